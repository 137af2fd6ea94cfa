//! Generates the contract's Rust from `proto/` with protox: no `protoc` to install, nothing generated to commit.

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use tonic_prost_build::Config;

/// Where the bytes that [`FILE_DESCRIPTOR_SET`](../src/lib.rs) includes are put.
const DESCRIPTOR_SET_FILE: &str = "kezek.descriptor_set.bin";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    let sources = root.join("kezek");
    // Cargo looks at every file below a folder, so a new or removed file counts as well.
    println!("cargo::rerun-if-changed={}", sources.display());

    let mut files = Vec::new();
    collect_protos(&sources, &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;

    let mut config = Config::new();
    config.enable_type_names();
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .compile_fds_with_config(compiler.file_descriptor_set(), config)?;

    // Encoded by protox itself: prost's own types drop the option that names the roles. Comments would only make the
    // binary and every answer of reflection larger.
    let bytes = compiler.include_source_info(false).encode_file_descriptor_set();
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join(DESCRIPTOR_SET_FILE), bytes)?;
    Ok(())
}

/// Adds every `.proto` file below `folder`.
fn collect_protos(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_protos(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
