#![no_main]
rebuttal_fuzz::target!(scenario_file);
