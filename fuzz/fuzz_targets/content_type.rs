#![no_main]
rebuttal_fuzz::target!(content_type);
