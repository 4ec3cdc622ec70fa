//! The program `buffycoat`.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
