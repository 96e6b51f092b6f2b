//! What the seed documents ask of the pipeline, row by row: sections 3.1 to 3.6 of the requirements. docs/seeds.md maps
//! every row to its test, here or elsewhere, and `table` looks whether the tests that it names are there.

mod bridge;
mod closed_hours;
mod import;
mod left_to_the_phone;
mod table;
mod windows;
