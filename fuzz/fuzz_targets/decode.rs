#![no_main]
rebuttal_fuzz::target!(decode);
