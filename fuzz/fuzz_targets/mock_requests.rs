#![no_main]
rebuttal_fuzz::target!(mock_requests);
