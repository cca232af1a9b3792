//! The `assize` command.

mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Generating, deciding and throwing away is a fifth faster with it. The program chooses an allocator, the library crates leave that to
/// whoever links them. It is built from C source that its crate carries: a C compiler is all that it takes beside Rust.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
