//! The program `buffycoat`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
