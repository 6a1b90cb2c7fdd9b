#![no_main]
rebuttal_fuzz::target!(decode_legacy);
