#![no_main]
rebuttal_fuzz::target!(multipart_writer);
