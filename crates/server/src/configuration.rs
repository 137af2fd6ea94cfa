//! Everything that can be set, what it is unless it is set, and who set it.

mod loading;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use domain::CentreId;
use operations::holding::STORE_GRACE;
use serde::{Deserialize, Deserializer, Serialize};

pub use loading::{ConfigurationError, Loaded, Origin, Setting, shown_settings};

/// Everything that can be set. Each field is a key of the file, and `KEZEK_` with the same name in capitals a variable of
/// the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// Which centre is served. Absent: the one that the directory names.
    pub centre: Option<CentreId>,
    /// Where it listens. Port 0: any that is free.
    pub listen: SocketAddr,
    /// Where everything is kept that must outlast the process.
    pub data_dir: PathBuf,
    /// A Redis of one's own, as a URL. Absent: a private one in the data directory.
    pub redis: Option<String>,
    /// Replicas of that Redis that must have a change before an answer says that it is replicated; an answer waits 200 ms for
    /// them at most. They have it on their disks if they write with `appendfsync always`, as deploy/redis/replicated.conf
    /// says; that is not checked from here. 0: none is waited for.
    pub replicas: u32,
    /// Use a Redis whose settings can lose what it acknowledged: for trying things out.
    pub unsafe_redis: bool,
    /// Most bytes of data of a private Redis. Absent: no limit.
    pub redis_memory_bytes_max: Option<u64>,
    /// A folder with a centre's directory, put in force at start if none is. Absent: none is.
    pub directory: Option<PathBuf>,
    /// Files with the public keys that tokens are checked with: JSON Web Key Sets or PEM.
    #[serde(deserialize_with = "one_or_many")]
    pub keys: Vec<PathBuf>,
    /// Who issues tokens (`iss`).
    pub issuer: String,
    /// For whom they are issued (`aud`).
    pub audience: String,
    /// Longest life of a token, in seconds, 1 to 86,400.
    pub token_lifetime_s: u32,
    /// Certificate chain in PEM. Absent: plain text.
    pub tls_certificate: Option<PathBuf>,
    /// Its private key in PEM; needed with a certificate and only then.
    pub tls_key: Option<PathBuf>,
    /// Speak plain text beyond loopback: only where something else encrypts.
    pub plaintext: bool,
    /// Seconds of the centre in each real second, from 1; more than 1 is for replays.
    pub clock_rate: u32,
    /// Whether this node keeps a journal in its data directory, and where that may be.
    pub journal: JournalSetting,
    /// How long a call that the journal has already waits for the store before it is answered, in milliseconds, 1 to 60,000.
    pub store_wait_ms: u32,
    /// The name of this node, unique among the centre's nodes. Absent: one is drawn and kept in the data directory.
    pub node: Option<String>,
    /// The letter, `A` to `Z`, before the numbers that this node gives. Absent: none, for a node that is alone.
    pub node_letter: Option<char>,
    /// A file with the streets below the console's map, in PMTiles of version 3. Absent: the map shows districts, stations,
    /// units and incidents alone. It is opened at start; one that cannot be used is told of in the log and left out.
    pub basemap: Option<PathBuf>,
    /// How long a closed incident stays in the store before it goes to the archive, in seconds.
    pub archive_after_s: u32,
    /// What is logged: a level, or targets with levels, such as `info,centre=debug`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Most connections at once.
    pub connections_max: usize,
    /// Most connections at once of one identity: a gateway's count for everybody who asks through it.
    pub connections_per_identity_max: usize,
    /// Most requests at once; a quarter of them is kept for calls coming in.
    pub requests_max: usize,
    /// Most streams at once.
    pub streams_max: usize,
    /// How long it says that it is not ready before it stops taking connections, in milliseconds, for those who share
    /// out requests to notice.
    pub drain_notice_ms: u32,
}

/// Whether a node keeps a journal, so that it takes calls while the store is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalSetting {
    /// It does, and does not start where a power cut would take it.
    #[default]
    Disk,
    /// It does, also in memory: for trying things out.
    Anywhere,
    /// It does not: no call is accepted that the store does not have.
    Off,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            centre: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7102)),
            data_dir: PathBuf::from("kezek-data"),
            redis: None,
            replicas: 0,
            unsafe_redis: false,
            redis_memory_bytes_max: None,
            directory: None,
            keys: Vec::new(),
            issuer: "kezek".to_owned(),
            audience: "kezek".to_owned(),
            token_lifetime_s: identity::LIFETIME_SECONDS_DEFAULT,
            tls_certificate: None,
            tls_key: None,
            plaintext: false,
            clock_rate: 1,
            journal: JournalSetting::Disk,
            store_wait_ms: u32::try_from(STORE_GRACE.as_millis()).unwrap_or(u32::MAX),
            node: None,
            node_letter: None,
            basemap: None,
            archive_after_s: 24 * 60 * 60,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            connections_max: 1024,
            connections_per_identity_max: 64,
            requests_max: 512,
            streams_max: 2048,
            drain_notice_ms: 2_000,
        }
    }
}

/// Reads one path or a list of them: a variable of the environment is easier to write with one.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}
