//! Generators and oracles shared by property tests and fuzz targets.
