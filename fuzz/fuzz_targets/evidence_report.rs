#![no_main]
rebuttal_fuzz::target!(evidence_report);
