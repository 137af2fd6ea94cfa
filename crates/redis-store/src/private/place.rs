//! The directory of a private server: what is in it, and who may touch it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::{
        fd::AsRawFd as _,
        unix::{
            ffi::OsStrExt as _,
            fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
        },
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{PrivateError, PrivateOptions, Process};
use crate::Address;

/// The longest path a unix socket can have. A longer one is reached through the open directory instead.
pub const SOCKET_PATH_BYTES_MAX: usize = 107;

/// The socket, as the server itself names it: it lives in the directory, so no path is too long for it.
pub(super) const SOCKET: &str = "redis.sock";

/// The settings, written anew at each start.
pub(super) const SETTINGS: &str = "redis.conf";

/// What the server says.
pub(super) const LOG: &str = "redis.log";

/// How much of the log an error repeats, in bytes.
const LOG_TAIL_BYTES: u64 = 1_000;

/// The directory of a private server.
pub(super) struct Place {
    /// Absolute, without links.
    pub(super) directory: PathBuf,
    pub(super) options: PrivateOptions,
    pub(super) address: Address,
}

impl Place {
    /// Makes the directory if there is none, and makes sure that nobody else can use it.
    pub(super) fn prepare(directory: &Path, options: PrivateOptions) -> Result<Self, PrivateError> {
        let failed = |step, source| PrivateError::File { step, path: directory.to_owned(), source };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|source| failed("make", source))?;
        let directory = directory.canonicalize().map_err(|source| failed("find", source))?;
        let metadata = directory.metadata().map_err(|source| failed("look at", source))?;
        let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
        if !is_ours || metadata.mode() & 0o077 != 0 {
            return Err(PrivateError::NotPrivate { directory });
        }
        let address = socket_address(&directory)?;
        Ok(Self { directory, options, address })
    }

    /// Held by whoever starts, adopts or stops the server.
    pub(super) fn turn_lock(&self) -> PathBuf {
        self.directory.join("turn.lock")
    }

    /// Held, shared, by everybody who uses the server.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.directory.join("users.lock")
    }

    /// Held by the server itself; says its pid and run id.
    pub(super) fn server_lock(&self) -> PathBuf {
        self.directory.join("server.lock")
    }

    /// Says that there are data.
    fn marker(&self) -> PathBuf {
        self.directory.join("holds-data")
    }

    pub(super) fn open_lock(&self, path: &Path) -> Result<File, PrivateError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        options.open(path).map_err(self.failed("open", path))
    }

    /// Writes down which process runs, for whoever looks.
    pub(super) fn note_process(&self, process: &Process) -> Result<(), PrivateError> {
        let path = self.server_lock();
        let text = format!("pid {}\nrun_id {}\n", process.pid, process.run_id);
        fs::write(&path, text).map_err(self.failed("write", &path))
    }

    /// Which process was written down last.
    pub(super) fn noted_process(&self) -> Option<Process> {
        let text = fs::read_to_string(self.server_lock()).ok()?;
        let (pid, run_id) = text.strip_prefix("pid ")?.split_once("\nrun_id ")?;
        Some(Process { pid: pid.parse().ok()?, run_id: run_id.strip_suffix('\n')?.to_owned() })
    }

    /// Writes down that there are data from now on.
    pub(super) fn note_data(&self) -> Result<(), PrivateError> {
        let path = self.marker();
        if path.exists() {
            return Ok(());
        }
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(b"This directory holds the durable state of a call centre.\n")?;
            file.sync_all()?;
            File::open(&self.directory)?.sync_all()
        };
        write().map_err(self.failed("write", &path))
    }

    /// Refuses to start on a directory that has lost its data.
    pub(super) fn check_data(&self) -> Result<(), PrivateError> {
        if !self.marker().exists() || self.append_only_bytes() > 0 {
            return Ok(());
        }
        Err(PrivateError::DataMissing { directory: self.directory.clone(), marker: self.marker() })
    }

    /// The bytes of the append-only files that the manifest names; 0 if it or one of them is missing.
    fn append_only_bytes(&self) -> u64 {
        let files = self.directory.join("appendonlydir");
        let Ok(manifest) = fs::read_to_string(files.join("appendonly.aof.manifest")) else { return 0 };
        let names = manifest.lines().filter_map(|line| line.strip_prefix("file ")?.split(' ').next());
        let sizes: Option<Vec<u64>> =
            names.map(|name| files.join(name).metadata().ok().map(|metadata| metadata.len())).collect();
        sizes.unwrap_or_default().iter().sum()
    }

    /// The end of the server's log, on one line.
    pub(super) fn log_tail(&self) -> String {
        let read = || -> io::Result<String> {
            let mut file = File::open(self.directory.join(LOG))?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))?;
            let mut tail = Vec::new();
            file.read_to_end(&mut tail)?;
            Ok(String::from_utf8_lossy(&tail).trim().replace('\n', " | "))
        };
        read().unwrap_or_else(|_| "none".to_owned())
    }

    /// An error that names what was tried with which file.
    pub(super) fn failed(
        &self,
        step: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> PrivateError + use<> {
        let path = path.to_owned();
        move |source| PrivateError::File { step, path, source }
    }
}

/// The address of the socket: through the open directory if its path is longer than a socket's may be.
fn socket_address(directory: &Path) -> Result<Address, PrivateError> {
    let failed = |step, source| PrivateError::File { step, path: directory.to_owned(), source };
    let path = directory.join(SOCKET);
    let address = if path.as_os_str().as_bytes().len() <= SOCKET_PATH_BYTES_MAX {
        Address::unix(&path)
    } else {
        let open = Arc::new(File::open(directory).map_err(|source| failed("open", source))?);
        let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", open.as_raw_fd()));
        Address::unix_through(&path, Some(open))
    };
    address.map_err(|error| failed("reach a socket in", io::Error::other(error)))
}
