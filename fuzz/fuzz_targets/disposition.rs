#![no_main]
rebuttal_fuzz::target!(disposition);
