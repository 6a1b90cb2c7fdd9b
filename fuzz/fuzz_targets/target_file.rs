#![no_main]
rebuttal_fuzz::target!(target_file);
