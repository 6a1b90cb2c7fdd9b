#![no_main]
rebuttal_fuzz::target!(schema);
