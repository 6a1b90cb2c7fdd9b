#![no_main]
rebuttal_fuzz::target!(multipart_raw, every way: raw_every_way);
