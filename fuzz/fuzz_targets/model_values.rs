#![no_main]
rebuttal_fuzz::target!(model_values);
