//! The private server of one machine: one on its directory, whoever dies and whoever comes at once.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use domain::CentreId;
use redis_store::{
    Private, PrivateError, PrivateOptions, RedisStore, Settings,
    private::{Obtained, Released, SOCKET_PATH_BYTES_MAX},
    scratch::eventually,
};
use rustix::process::{Pid, Signal, kill_process};
use store::{Retention, Store as _};

/// Tells this program, run as a child, to start a server in a directory, say its pid, and wait for its end.
const STARTER: &str = "KEZEK_TEST_STARTS_IN";

async fn start(directory: &Path) -> Result<Private, PrivateError> {
    Private::start(directory, PrivateOptions::default()).await
}

/// A directory that does not exist yet, in one that ends with the test.
struct Directory {
    _root: tempfile::TempDir,
    path: PathBuf,
}

impl Directory {
    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Directory {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        let Ok(lock) = fs::File::open(self.path.join("server.lock")) else { return };
        let noted = fs::read_to_string(self.path.join("server.lock")).unwrap_or_default();
        let pid = noted.lines().next().and_then(|line| line.strip_prefix("pid ")?.parse().ok());
        if let (Err(fs::TryLockError::WouldBlock), Some(pid)) = (lock.try_lock(), pid.and_then(Pid::from_raw))
        {
            kill_process(pid, Signal::KILL).ok();
        }
    }
}

fn private_directory() -> Directory {
    let root = tempfile::tempdir().expect("a directory");
    Directory { path: root.path().join("redis"), _root: root }
}

async fn can_be_used(private: &Private) {
    let centre = CentreId::new("bishkek").expect("a slug");
    let store =
        RedisStore::connect(private.address().clone(), &centre, Settings::MustBeSafe, Retention::default());
    store.await.expect("its settings are safe").tip().await.expect("it answers");
}

/// Not a test of anything by itself: what the tests below run as another process.
#[tokio::test]
async fn starter() {
    let Some(directory) = env::var_os(STARTER) else { return };
    let private = start(Path::new(&directory)).await.expect("a server");
    let process = private.process();
    println!("\nSERVER {} {} {:?}", process.pid, process.run_id, private.obtained());
    std::future::pending::<()>().await;
}

/// Another process that uses the server of a directory.
struct Other {
    child: Child,
    /// Kept open, for the child may say more.
    _output: BufReader<ChildStdout>,
    pid: u32,
    run_id: String,
}

impl Other {
    fn spawn(directory: &Path) -> Child {
        let program = env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(["--exact", "starter", "--nocapture"]).env(STARTER, directory);
        command.stdout(Stdio::piped()).spawn().expect("it starts")
    }

    /// Waits until it has a server.
    fn ready(mut child: Child) -> Self {
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = output.by_ref().lines().map_while(Result::ok);
        let said = lines.into_iter().find_map(|line| line.strip_prefix("SERVER ").map(str::to_owned));
        let said = said.expect("it says what it found");
        let words: Vec<_> = said.split(' ').collect();
        Self { child, _output: output, pid: words[0].parse().expect("a pid"), run_id: words[1].to_owned() }
    }

    /// As `kill -9` does.
    fn kill(mut self) {
        self.child.kill().expect("it ran");
        self.child.wait().expect("it ended");
    }
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    kill_process(pid, signal).expect("it runs");
}

#[tokio::test]
async fn after_the_death_of_the_starter_the_next_adopts_the_same_server() {
    let directory = private_directory();
    let other = Other::ready(Other::spawn(directory.path()));
    let (pid, run_id) = (other.pid, other.run_id.clone());
    other.kill();
    let private = start(directory.path()).await.expect("a server");
    assert_eq!(private.obtained(), Obtained::Adopted);
    assert_eq!((private.process().pid, private.process().run_id), (pid, run_id));
    can_be_used(&private).await;
    let noted = fs::read_to_string(directory.path().join("server.lock")).expect("the lock says who");
    assert_eq!(noted, format!("pid {pid}\nrun_id {}\n", private.process().run_id));
    assert_eq!(private.stop().await.expect("it stops"), Released::Stopped);
}

#[tokio::test]
async fn several_who_start_at_once_get_one_server() {
    let directory = private_directory();
    let children: Vec<_> = (0..3).map(|_| Other::spawn(directory.path())).collect();
    let here = start(directory.path()).await.expect("a server");
    let others: Vec<_> = children.into_iter().map(Other::ready).collect();
    let mut pids: BTreeSet<_> = others.iter().map(|other| other.pid).collect();
    pids.insert(here.process().pid);
    assert_eq!(pids.len(), 1);
    others.into_iter().for_each(Other::kill);
    assert_eq!(here.stop().await.expect("it stops"), Released::Stopped);
}

#[tokio::test]
async fn the_last_who_uses_it_stops_it() {
    let directory = private_directory();
    let one = start(directory.path()).await.expect("a server");
    let two = start(directory.path()).await.expect("the same server");
    assert_eq!((one.obtained(), two.obtained()), (Obtained::Started, Obtained::Adopted));
    assert_eq!(one.stop().await.expect("an answer"), Released::StillUsed);
    can_be_used(&two).await;
    assert_eq!(two.stop().await.expect("an answer"), Released::Stopped);
    let again = start(directory.path()).await.expect("a server");
    assert_eq!(again.obtained(), Obtained::Started);
    again.stop().await.expect("it stops");
}

#[tokio::test]
async fn one_who_comes_while_a_server_is_silent_waits_for_it() {
    let directory = private_directory();
    let other = Other::ready(Other::spawn(directory.path()));
    let pid = other.pid;
    other.kill();
    signal(pid, Signal::STOP);
    let coming = tokio::spawn({
        let directory = directory.path().to_owned();
        async move { start(&directory).await }
    });
    eventually(async || (!coming.is_finished() && directory.path().join("turn.lock").exists()).then_some(()))
        .await;
    assert!(!coming.is_finished(), "nobody starts a second one beside it");
    signal(pid, Signal::CONT);
    let private = coming.await.expect("no panic").expect("a server");
    assert_eq!(private.process().pid, pid);
    private.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_server_that_dies_is_started_again_by_whoever_uses_it() {
    let directory = private_directory();
    let one = start(directory.path()).await.expect("a server");
    let two = start(directory.path()).await.expect("the same server");
    let first = one.process();
    one.kill();
    let restarted = eventually(async || {
        let (one, two) = (one.process(), two.process());
        (one != first && one == two).then_some(one)
    });
    restarted.await.expect("both have the new server");
    can_be_used(&two).await;
    two.stop().await.expect("an answer");
    one.stop().await.expect("an answer");
}

#[tokio::test]
async fn a_directory_that_lost_its_data_is_not_started_empty() {
    let directory = private_directory();
    start(directory.path()).await.expect("a server").stop().await.expect("it stops");
    let data = directory.path().join("appendonlydir");
    let kept = directory.path().join("kept");
    fs::rename(&data, &kept).expect("moved away");
    let refused = start(directory.path()).await.map(|_| ());
    assert!(matches!(refused, Err(PrivateError::DataMissing { .. })), "{refused:?}");
    fs::create_dir(&data).expect("an empty one");
    let refused = start(directory.path()).await.map(|_| ());
    assert!(matches!(refused, Err(PrivateError::DataMissing { .. })), "{refused:?}");
    fs::remove_dir(&data).expect("removed");
    fs::rename(&kept, &data).expect("moved back");
    start(directory.path()).await.expect("a server").stop().await.expect("it stops");
}

#[tokio::test]
async fn data_damaged_in_the_middle_stop_the_start_and_the_log_says_why() {
    let directory = private_directory();
    start(directory.path()).await.expect("a server").stop().await.expect("it stops");
    let manifest = directory.path().join("appendonlydir").join("appendonly.aof.manifest");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let name = text.lines().last().and_then(|line| line.split(' ').nth(1)).expect("a file");
    fs::write(directory.path().join("appendonlydir").join(name), "not what Redis wrote\n").expect("written");
    let refused = start(directory.path()).await.map(|_| ());
    let Err(PrivateError::Ended { log, .. }) = refused else { panic!("{refused:?}") };
    assert!(log.contains("Bad file format"), "{log}");
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works_all_the_same() {
    let directory = private_directory();
    let long = directory.path().join("a".repeat(SOCKET_PATH_BYTES_MAX));
    let private = start(&long).await.expect("a server");
    can_be_used(&private).await;
    private.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_directory_open_to_others_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = private_directory();
    fs::create_dir(directory.path()).expect("made");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("set");
    let refused = start(directory.path()).await.map(|_| ());
    assert!(matches!(refused, Err(PrivateError::NotPrivate { .. })), "{refused:?}");
}

#[tokio::test]
async fn without_the_program_one_is_told_what_to_install() {
    let directory = private_directory();
    let missing =
        PrivateOptions { program: Some("/nowhere/redis-server".into()), ..PrivateOptions::default() };
    let refused = Private::start(directory.path(), missing).await.map(|_| ());
    let Err(error @ PrivateError::NotInstalled) = refused else { panic!("{refused:?}") };
    assert!(error.to_string().contains("apt install redis-server"), "{error}");
    let wrong = PrivateOptions { program: Some("/bin/echo".into()), ..PrivateOptions::default() };
    let refused = Private::start(directory.path(), wrong).await.map(|_| ());
    assert!(matches!(refused, Err(PrivateError::Program { .. })), "{refused:?}");
}
