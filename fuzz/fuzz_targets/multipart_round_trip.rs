#![no_main]
rebuttal_fuzz::target!(multipart_round_trip);
