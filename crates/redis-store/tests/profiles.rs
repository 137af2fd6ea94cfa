//! The files of deploy/redis as somebody would use them: a real server starts from each, Kezek finds it safe, and what
//! is committed on a primary is on its replica.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use domain::{CentreId, OperationId, RecordKey, RecordKind, Version};
use redis_store::{Address, RedisStore, Settings, scratch::eventually};
use rustix::process::{Pid, Signal, kill_process};
use store::{Commit, Fingerprint, Lineage, Outcome, Place, Retention, Store as _, Write};
use tempfile::TempDir;
use uuid::Uuid;

/// A server that ends with this value.
struct Server(Child);

impl Server {
    /// Starts one from a file, with what differs on this machine.
    fn start(file: &Path, differs: &[&str]) -> Self {
        let mut command = Command::new("redis-server");
        command.arg(file).args(differs);
        Self(command.stdout(Stdio::null()).spawn().expect("redis-server is installed"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Copies a shipped file into a folder, with its words in capitals filled in and its data in that folder.
fn filled_in(name: &str, folder: &TempDir) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/redis").join(name);
    let text = fs::read_to_string(shipped).expect("it is shipped");
    let text = text.replace("/var/lib/kezek-redis", &folder.path().display().to_string());
    let text = ["KEZEK", "LOADER", "REPLICA", "SENTINEL", "METRICS"]
        .iter()
        .fold(text, |text, whose| text.replace(&format!("{whose}-PASSWORD"), &format!("of-{whose}")));
    let path = folder.path().join(name);
    fs::write(&path, text.replace("CENTRE", "bishkek")).expect("it can be written");
    path
}

/// A port that nobody had a moment ago.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port().to_string()
}

async fn store(url: &str) -> RedisStore {
    let centre = CentreId::new("bishkek").expect("a slug");
    let connect = async || {
        let address = Address::parse(url).expect("an address");
        RedisStore::connect(address, &centre, Settings::MustBeSafe, Retention::default()).await.ok()
    };
    let store = eventually(connect).await.expect("the server is there and safe");
    let new = Lineage::from_uuid(Uuid::from_u128(1));
    store.begin_lineage(Lineage::NONE, new).await.expect("a beginning");
    store
}

fn call() -> Commit {
    numbered(1)
}

fn numbered(number: u32) -> Commit {
    Commit {
        operation: OperationId::derived("test", &format!("call {number}")),
        fingerprint: Fingerprint::of(b"call"),
        answer: "{}".into(),
        actor: "test".to_owned(),
        cause: "take_call".to_owned(),
        at: jiff::Timestamp::UNIX_EPOCH,
        seen: None,
        reads: Vec::new(),
        writes: vec![Write {
            key: RecordKey::new(RecordKind::Call, number),
            version: Version::ABSENT,
            state: "{}".into(),
            place: Place::OPEN,
        }],
    }
}

#[tokio::test]
async fn the_profile_of_one_machine_starts_and_is_found_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("redis.sock").display().to_string();
    let _server = Server::start(&filled_in("single.conf", &folder), &["--unixsocket", &socket]);
    let store = store(&format!("unix://{socket}")).await;
    assert_eq!(store.commit(call()).await.expect("an answer"), Outcome::committed(Version(1)));
}

#[tokio::test]
async fn the_replicated_profile_starts_is_found_safe_and_replicates() {
    let (first, second) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let users = filled_in("kezek.acl", &first).display().to_string();
    let (primary, replica) = (free_port(), free_port());
    let on = |port: &str| ["--aclfile".to_owned(), users.clone(), "--port".to_owned(), port.to_owned()];
    let start = |folder: &TempDir, differs: &[String]| {
        let file = filled_in("replicated.conf", folder);
        Server::start(&file, &differs.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let _primary = start(&first, &on(&primary));
    let follows = ["--replicaof".to_owned(), format!("127.0.0.1 {primary}")];
    let replica_process = start(&second, &[on(&replica).as_slice(), &follows].concat());

    let as_kezek = |port: &str| format!("redis://kezek:of-KEZEK@127.0.0.1:{port}");
    let loader = format!("redis://loader:of-LOADER@127.0.0.1:{primary}");
    load(&loader).await;
    // a primary takes nothing before its replica is there, so this alone shows that one came in
    let store = store(&as_kezek(&primary)).await;
    assert_eq!(store.commit(call()).await.expect("an answer"), Outcome::committed(Version(1)));
    let client = redis::Client::open(as_kezek(&replica)).expect("an address");
    let replicated = async || {
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        let mut asked = redis::cmd("HGET");
        asked.arg("kezek:{bishkek}:head").arg("number");
        asked.query_async::<Option<u64>>(&mut connection).await.ok()?.filter(|number| *number == 1)
    };
    eventually(replicated).await.expect("the replica has what was committed");

    let store = store.waiting_for(1);
    let on_both = |number| Ok(Outcome::Committed { number: Version(number), replicas: 1 });
    assert_eq!(store.commit(numbered(2)).await.map_err(|error| error.to_string()), on_both(2));
    signal(&replica_process, Signal::STOP);
    let alone = store.commit(numbered(3)).await.map_err(|error| error.to_string());
    assert_eq!(
        alone,
        Ok(Outcome::committed(Version(3))),
        "a replica that is silent is not waited for for ever"
    );
    signal(&replica_process, Signal::CONT);
    let asked = async || {
        let again = numbered(4 + u32::try_from(asked_again()).expect("it is not asked so often"));
        matches!(store.commit(again).await, Ok(Outcome::Committed { replicas: 1, .. })).then_some(())
    };
    eventually(asked).await.expect("a replica that is back counts again");
}

/// How often this was asked.
fn asked_again() -> usize {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    ASKED.fetch_add(1, Ordering::Relaxed)
}

fn signal(server: &Server, signal: Signal) {
    let pid = i32::try_from(server.0.id()).expect("a pid");
    kill_process(Pid::from_raw(pid).expect("a pid"), signal).expect("it runs");
}

/// Loads the functions as whoever administers that Redis: the user `kezek` may not.
async fn load(url: &str) {
    let client = redis::Client::open(url).expect("an address");
    for library in redis_store::LIBRARIES {
        let load = async || {
            let mut connection = client.get_multiplexed_async_connection().await.ok()?;
            let mut load = redis::cmd("FUNCTION");
            load.arg("LOAD").arg(library.text);
            load.query_async::<String>(&mut connection).await.ok()
        };
        eventually(load).await.expect("the functions load once there is a replica");
    }
}
