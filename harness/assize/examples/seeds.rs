//! Writes the seed inputs of every fuzz target: `cargo run -p assize --example seeds`.
//!
//! They lie in `corpus/seeds/TARGET`. Run it again when the generators have changed much: seeds keep their bytes, but bytes that were
//! chosen for a feature may then make another scenario.

use std::path::Path;
use std::{fs, io};

use assize::fuzzing::TARGETS;
use assize::fuzzing::seeds::seeds;

fn main() -> io::Result<()> {
    for target in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/seeds").join(target.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let seeds = seeds(target);
        for (at, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("{at:03}")), seed)?;
        }
        println!(
            "{}: {} seeds, {} bytes",
            target.name,
            seeds.len(),
            seeds.iter().map(Vec::len).sum::<usize>()
        );
    }
    Ok(())
}
