#![no_main]
rebuttal_fuzz::target!(deep);
