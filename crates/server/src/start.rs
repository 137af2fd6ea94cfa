//! Starting a node: everything it needs is there, or it says what is not and does not start.

use std::{
    fs::{self, DirBuilder},
    io,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use centre::{Centre, CentreConfig, Clock, FileSeenMark, RingLimits, SeenMarkError};
use directory::Problem;
use domain::{CentreId, Seconds, directory::Directory};
use identity::Expectations;
use journal::{Journal, JournalError, disk::SharedDisk};
use operations::{
    Ask, ControlRoom, OperationError,
    directory::{ApplyError, apply_directory},
    holding::{self, Holding},
};
use redis_store::{Address, Private, PrivateError, PrivateOptions, RedisStore, Settings};
use store::{Lineage, Retention, SharedJournal, SharedStore, StoreError};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::service::Routes;
use uuid::Uuid;

use crate::{
    admission::Admission,
    archiver,
    clock::{self, ClockError},
    configuration::{Configuration, ConfigurationError},
    door::Entrance,
    folder::read_folder,
    footing::{Footing, Instead},
    health::Readiness,
    hold::{Hold, HoldError},
    identities::Identities,
    journaling,
    keys::{Guard, KeysError},
    levels::{self, Levels},
    listen::{self, Answering, Listening},
    numbers::{FileNumbers, NumbersError},
    pages::Pages,
    plain,
    reviews::Reviews,
    running::Running,
    services::{self, Services},
    telemetry,
    tls::{self, TlsError},
};

/// How long the first picture of the centre may take before the node listens without it, and says that it is not ready.
const FIRST_PICTURE: Duration = Duration::from_secs(60);

/// How long the board may take to show a directory that was put in force at start.
const DIRECTORY_SHOWN: Duration = Duration::from_secs(10);

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// No centre is named, and no directory that would name one.
    #[error("no centre is named; set `centre`, or `directory` to a centre's folder")]
    NoCentre,
    /// The directory is another centre's.
    #[error("the directory in `{path}` is of centre `{found}`, not of `{expected}`")]
    OtherCentre {
        /// Where it is.
        path: PathBuf,
        /// The centre that is served.
        expected: CentreId,
        /// The centre it is of.
        found: CentreId,
    },
    /// The directory's files cannot be read.
    #[error("the directory in `{path}` cannot be read")]
    DirectoryFiles {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The directory has problems.
    #[error("the directory in `{path}` has {} problems; the first: {}", .problems.len(), .problems.first().map(ToString::to_string).unwrap_or_default())]
    DirectoryProblems {
        /// Where it is.
        path: PathBuf,
        /// All of them.
        problems: Vec<Problem>,
    },
    /// The directory could not be put in force.
    #[error("the directory could not be put in force")]
    Directory(#[source] ApplyError),
    /// The data directory cannot be used.
    #[error("the data directory `{path}` cannot be used")]
    DataDirectory {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process serves from the data directory.
    #[error("the data directory `{path}` is in use by {}", holder(*.pid))]
    DataDirectoryInUse {
        /// Where.
        path: PathBuf,
        /// The process that holds it; absent where it could not be read.
        pid: Option<u32>,
    },
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The port cannot be had.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The private Redis does not run.
    #[error("the private Redis does not run")]
    Private(#[source] PrivateError),
    /// The store cannot be opened.
    #[error("the store cannot be opened")]
    Store(#[source] StoreError),
    /// The clock cannot go on where it stood.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The mark of what was seen cannot be kept.
    #[error(transparent)]
    SeenMark(#[from] SeenMarkError),
    /// The counter of spoken numbers cannot be kept.
    #[error(transparent)]
    Numbers(#[from] NumbersError),
    /// The journal cannot be kept.
    #[error("the journal cannot be kept")]
    Journal(#[source] JournalError),
    /// The contract's own bytes are damaged, which is a mistake of ours.
    #[error("reflection cannot be built from the contract")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// A part of the node ended that never should.
    #[error("the node's {part} ended")]
    PartEnded {
        /// Which.
        part: &'static str,
    },
}

/// Starts a node. It serves from the moment this returns until the [`Running`] is drained or dropped.
///
/// # Errors
/// [`ServeError`] if anything it needs is not there.
pub async fn start(configuration: Configuration) -> Result<Running, ServeError> {
    Box::pin(start_on(configuration, Footing::default())).await
}

/// Starts a node that stands on something else than usual.
///
/// # Errors
/// As for [`start`].
pub async fn start_on(configuration: Configuration, footing: Footing) -> Result<Running, ServeError> {
    configuration.check()?;
    let Footing { disk, store: over_store, journal: over_journal, routes: over_routes, console, demo } =
        footing;
    telemetry::metrics();
    let offered = configuration.directory.as_deref().map(read_directory).transpose()?;
    let centre_id = centre_of(&configuration, offered.as_ref())?;
    let guard = Arc::new(Guard::open(configuration.keys.clone(), expectations(&configuration))?);
    let tls = match (&configuration.tls_certificate, &configuration.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::acceptor(certificate, key)?),
        (Some(_) | None, _) => None,
    };
    make_directory(&configuration.data_dir)?;
    let hold = hold(&configuration.data_dir)?;
    let unusable = |source| ServeError::Listen { address: configuration.listen, source };
    let listener = TcpListener::bind(configuration.listen).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let (store, private) = open_store(&configuration, &centre_id).await?;
    let store = over_store(store);
    let time = store.time().await.map_err(ServeError::Store)?;
    let clock: Arc<dyn Clock> =
        Arc::new(clock::clock(&configuration.data_dir, configuration.clock_rate, time)?);
    let node = node_name(&configuration)?;
    let numbers = FileNumbers::open(configuration.data_dir.join("numbers"), configuration.node_letter)?;
    let numbers = Arc::new(numbers);

    let (journal, damaged) = open_journal(&configuration, &node, disk).await?;
    let shared = journal.clone().map(|journal| over_journal(journal as SharedJournal));
    let store_wait = Duration::from_millis(configuration.store_wait_ms.into());
    let holding = shared.clone().map(|shared| Holding::new(shared, damaged, store_wait));

    let mut parts = JoinSet::new();
    let seen = FileSeenMark::open(configuration.data_dir.join(format!("{centre_id}.seen")))?;
    let (centre, driver) = Centre::start(CentreConfig {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        seen: Arc::new(seen),
        node: node.clone(),
        new_lineage: Arc::new(|| Lineage::from_uuid(Uuid::new_v4())),
        ring: RingLimits::default(),
        journal: shared.clone(),
    });
    parts.spawn(named("picture", driver));
    let room =
        ControlRoom { centre_id, store, centre, clock, numbers: Arc::clone(&numbers) as _, node, holding };
    if tokio::time::timeout(FIRST_PICTURE, room.centre.current()).await.is_err() {
        tracing::error!(
            status = room.centre.status().as_str(),
            "the store cannot be followed yet; not ready"
        );
    }
    if let Some((path, directory)) = offered {
        put_in_force(&room, &path, &directory).await?;
    }
    let pages = Pages::new(console, demo, address.ip(), configuration.basemap.as_deref());
    let base = Base {
        hold,
        room,
        guard,
        numbers,
        private,
        journal,
        kept: shared,
        parts,
        tls,
        listener,
        address,
        over_routes,
        pages,
    };
    open_doors(&configuration, base)
}

/// What stands before any door is opened.
struct Base {
    hold: Hold,
    room: ControlRoom,
    guard: Arc<Guard>,
    numbers: Arc<FileNumbers>,
    private: Option<Private>,
    journal: Option<Arc<Journal>>,
    /// The same as whatever reads the past has it.
    kept: Option<SharedJournal>,
    parts: JoinSet<&'static str>,
    tls: Option<TlsAcceptor>,
    listener: TcpListener,
    address: SocketAddr,
    over_routes: Instead<Routes>,
    pages: Pages,
}

/// Starts what works in the background, and lets requests in.
fn open_doors(configuration: &Configuration, base: Base) -> Result<Running, ServeError> {
    let Base { hold, room, guard, numbers, private, journal, mut parts, .. } = base;
    let Base { kept, tls, listener, address, over_routes, pages, .. } = base;
    let draining = CancellationToken::new();
    let ending = CancellationToken::new();
    let closing = CancellationToken::new();
    let cutting = CancellationToken::new();
    let readiness = Readiness::new(room.centre.clone(), draining.clone());
    let levels = Levels::default();
    parts.spawn(named("service levels", levels::follow(levels.clone(), room.centre.clone(), kept.clone())));
    let reviews = Reviews::of(kept);
    let commands = Arc::default();
    let shared = Services { room: room.clone(), commands, ending: ending.clone(), levels, reviews };
    let (routes, reporter, names) = services::routes(shared).map_err(ServeError::Reflection)?;
    let admission = Admission::new(configuration.requests_max, configuration.streams_max);
    let entrance = Entrance::new(over_routes(routes), Arc::clone(&guard), &room, admission, ending.clone());
    let connections = TaskTracker::new();
    parts.spawn(named("health", readiness.clone().report(reporter, names)));
    parts.spawn(named("keys", guard.keep_reading()));
    parts.spawn(named("metrics", settle_metrics()));
    parts.spawn(named("dispatcher", operations::dispatcher::run(room.clone())));
    parts.spawn(named("held calls", holding::run(room.clone())));
    if let Some(journal) = journal {
        parts.spawn(named("journal's metrics", journaling::measure(Arc::clone(&journal))));
        parts.spawn(named("journal's retention", journaling::retire(journal, room.centre.clone())));
    }
    let (archive, after) = (configuration.data_dir.join("archive"), Seconds(configuration.archive_after_s));
    parts.spawn(named("archiver", archiver::run(room.clone(), archive, after)));
    let listening = Listening {
        listener,
        tls,
        answering: Answering::new(entrance, plain::router(readiness, pages)),
        connections_max: configuration.connections_max,
        identities: Identities::new(configuration.connections_per_identity_max),
        closing: closing.clone(),
        cutting: cutting.clone(),
        connections: connections.clone(),
    };
    parts.spawn(named("listener", listen::accept(listening)));
    tracing::info!(%address, centre = %room.centre_id, node = %room.node, "serving");
    let notice = Duration::from_millis(configuration.drain_notice_ms.into());
    Ok(Running {
        hold,
        address,
        room,
        numbers,
        private,
        parts,
        connections,
        draining,
        closing,
        cutting,
        ending,
        notice,
    })
}

/// A part of the node that says its name when it ends.
async fn named(part: &'static str, work: impl Future<Output = ()> + Send) -> &'static str {
    work.await;
    part
}

async fn settle_metrics() {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        telemetry::metrics().settle();
    }
}

fn expectations(configuration: &Configuration) -> Expectations {
    Expectations {
        lifetime_seconds_max: configuration.token_lifetime_s,
        ..Expectations::new(&configuration.issuer, &configuration.audience)
    }
}

fn make_directory(path: &Path) -> Result<(), ServeError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| ServeError::DataDirectory { path: path.to_owned(), source })
}

/// Takes the data directory for this node alone.
fn hold(data_dir: &Path) -> Result<Hold, ServeError> {
    let path = data_dir.to_owned();
    Hold::take(data_dir).map_err(|error| match error {
        HoldError::Held(pid) => ServeError::DataDirectoryInUse { path, pid },
        HoldError::File(source) => ServeError::DataDirectory { path, source },
    })
}

/// Who holds a data directory, in words.
fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// The centre that is named, or the one that the directory names.
fn centre_of(
    configuration: &Configuration,
    offered: Option<&(PathBuf, Directory)>,
) -> Result<CentreId, ServeError> {
    match (&configuration.centre, offered) {
        (Some(expected), Some((path, directory))) if *expected != directory.centre => {
            Err(ServeError::OtherCentre {
                path: path.clone(),
                expected: expected.clone(),
                found: directory.centre.clone(),
            })
        }
        (Some(named), _) => Ok(named.clone()),
        (None, Some((_, directory))) => Ok(directory.centre.clone()),
        (None, None) => Err(ServeError::NoCentre),
    }
}

pub(crate) async fn open_store(
    configuration: &Configuration,
    centre: &CentreId,
) -> Result<(SharedStore, Option<Private>), ServeError> {
    let settings = if configuration.unsafe_redis { Settings::MayBeUnsafe } else { Settings::MustBeSafe };
    let (address, private) = match &configuration.redis {
        Some(url) => (Address::parse(url).map_err(ServeError::Store)?, None),
        None => {
            let options = PrivateOptions {
                memory_bytes_max: configuration.redis_memory_bytes_max,
                ..PrivateOptions::default()
            };
            let started = Private::start(&configuration.data_dir.join("redis"), options).await;
            let private = started.map_err(ServeError::Private)?;
            (private.address().clone(), Some(private))
        }
    };
    let connected = RedisStore::connect(address, centre, settings, Retention::default()).await;
    let store = connected.map_err(ServeError::Store)?.waiting_for(configuration.replicas);
    Ok((Arc::new(store), private))
}

/// The node's journal, and what of it can no longer be read.
async fn open_journal(
    configuration: &Configuration,
    node: &str,
    disk: SharedDisk,
) -> Result<(Option<Arc<Journal>>, Vec<String>), ServeError> {
    let opened = journaling::open(configuration, node, disk).await;
    let Some(opened) = opened.map_err(ServeError::Journal)? else {
        return Ok((None, Vec::new()));
    };
    Ok((Some(Arc::new(opened.journal)), journaling::damages(&opened.damage, &opened.strangers)))
}

/// The node's name: the one that is set, else one that was drawn at its first start.
fn node_name(configuration: &Configuration) -> Result<String, ServeError> {
    if let Some(name) = &configuration.node {
        return Ok(name.clone());
    }
    let path = configuration.data_dir.join("node");
    let unusable = |source| ServeError::DataDirectory { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Ok(_) => draw_node_name(&path).map_err(unusable),
        Err(error) if error.kind() == io::ErrorKind::NotFound => draw_node_name(&path).map_err(unusable),
        Err(error) => Err(unusable(error)),
    }
}

fn draw_node_name(path: &Path) -> io::Result<String> {
    let name = format!("node-{}", Uuid::new_v4().simple());
    fs::write(path, &name)?;
    Ok(name)
}

/// Reads a centre's folder.
fn read_directory(path: &Path) -> Result<(PathBuf, Directory), ServeError> {
    let (sources, unread) =
        read_folder(path).map_err(|source| ServeError::DirectoryFiles { path: path.to_owned(), source })?;
    match directory::read_but(&sources, &unread) {
        Ok(directory) => Ok((path.to_owned(), directory)),
        Err(problems) => Err(ServeError::DirectoryProblems { path: path.to_owned(), problems }),
    }
}

/// Puts a directory in force if none is. One that is in force is changed by an administrator, not by a restart.
async fn put_in_force(room: &ControlRoom, path: &Path, directory: &Directory) -> Result<(), ServeError> {
    if room.centre.read(|picture| picture.directory.is_some()) {
        tracing::info!(path = %path.display(), "a directory is in force already; this one is not looked at");
        return Ok(());
    }
    let ask = Ask::by_dispatcher(format_args!("directory_at_start:{}", Uuid::new_v4()));
    let done = apply_directory(room, &ask, directory, None).await.map_err(ServeError::Directory)?;
    let shown = room.centre.reached(done.receipt.cursor.number, DIRECTORY_SHOWN).await;
    shown.map_err(|_| ServeError::Directory(ApplyError::Operation(OperationError::Behind)))?;
    tracing::info!(path = %path.display(), "the directory is in force");
    Ok(())
}
