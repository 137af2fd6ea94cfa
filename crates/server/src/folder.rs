//! A centre's folder as files with their text, and those whose text cannot be had.

use std::{fs, io, path::Path};

use directory::{Source, Unread};

/// The largest file of a centre, in bytes: a whole directory is at most 4 MiB on the wire.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Reads the files of a folder as a directory takes them, by name. Others (a README) are left out; those that cannot be
/// read are named with the reason, so that whoever prepares a centre sees every problem at once.
///
/// # Errors
/// The folder itself cannot be read.
pub fn read_folder(folder: &Path) -> io::Result<(Vec<Source>, Vec<Unread>)> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml" || end == "geojson"));
    paths.sort();
    let (mut sources, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match text(&path) {
            Ok(text) => sources.push(Source { name, text }),
            Err(why) => unread.push(Unread { name, why }),
        }
    }
    Ok((sources, unread))
}

fn text(path: &Path) -> Result<String, String> {
    let unreadable = |cause: io::Error| format!("cannot be read: {cause}");
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err("is no file; put a file of that name there".to_owned());
    }
    if about.len() > FILE_BYTES_MAX {
        return Err(format!("is {} bytes; {FILE_BYTES_MAX} is the most", about.len()));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let bytes = error.as_bytes();
        let before = &bytes[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("is not UTF-8 (line {line}); save it as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_without_what_is_no_part_of_a_centre() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("units.toml", "a"), ("README.md", "b"), ("districts.geojson", "c")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let (sources, unread) = read_folder(folder.path()).unwrap();
        let names: Vec<String> = sources.into_iter().map(|source| source.name).collect();
        assert_eq!(names, ["districts.geojson", "units.toml"]);
        assert!(unread.is_empty());
        assert!(read_folder(&folder.path().join("none")).is_err());
    }

    #[test]
    fn every_file_that_cannot_be_read_is_named_and_none_is_said_to_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("units.toml"), b"one\n\xff").unwrap();
        fs::create_dir(folder.path().join("kinds.toml")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("stations.toml")).unwrap();
        fs::write(folder.path().join("types.toml"), "").unwrap();
        let (sources, unread) = read_folder(folder.path()).unwrap();
        let problems = directory::read_but(&sources, &unread).unwrap_err();
        let of = |file: &str| {
            let of_file = problems.iter().filter(|problem| problem.file == file);
            of_file.map(|problem| problem.code.as_str()).collect::<Vec<_>>()
        };
        for file in ["units.toml", "kinds.toml", "stations.toml"] {
            assert_eq!(of(file), ["UNREADABLE_FILE"], "{file}");
        }
        assert_eq!(of("centre.toml"), ["MISSING_FILE"]);
        assert!(
            !of("types.toml").is_empty(),
            "what the others hide is not hidden in a file that can be read"
        );
        let named = problems.iter().find(|problem| problem.file == "units.toml").unwrap();
        assert_eq!(named.message, "is not UTF-8 (line 2); save it as UTF-8");
    }
}
