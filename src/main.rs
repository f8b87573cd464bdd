//! `two-phase`: the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    two_phase::cli::main()
}
