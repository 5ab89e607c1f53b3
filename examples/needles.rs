//! Prints the strings that pick the files to be looked at, one in a line; `benches/run.sh` searches for the same ones.

#![allow(clippy::print_stdout)]

fn main() {
    for needle in unjwt::rules::Rules::embedded().needles() {
        println!("{needle}");
    }
}
