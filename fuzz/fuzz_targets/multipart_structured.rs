#![no_main]
rebuttal_fuzz::target!(multipart_structured, every way: structured_every_way);
