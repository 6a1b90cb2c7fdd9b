#![no_main]
rebuttal_fuzz::target!(http_response);
