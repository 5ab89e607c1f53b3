//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    unjwt::cli::main()
}
