//! A centre in a process of its own.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use simulator::process::{CentreProcess, Launch};
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};

/// The program, without what this machine's environment would set.
fn kezek(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KEZEK_")) {
        command.env_remove(name);
    }
    // where tests keep their files may be in memory
    command.current_dir(folder).env("KEZEK_JOURNAL", "anywhere").env("KEZEK_STORE_WAIT_MS", "30000");
    command
}

/// The command that serves Bishkek.
pub(crate) fn serve(folder: &Path, address: SocketAddr) -> Command {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/centres/bishkek");
    let mut command = kezek(folder);
    command.args(["serve", "--demo-keys", "--data-dir", "data", "--listen", &address.to_string()]);
    command.arg("--directory").arg(model);
    command
}

/// An address where nobody listens: it must come back there, so it is chosen here.
pub(crate) fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap()
}

/// A centre that takes calls, and the way to it.
pub(crate) async fn centre(folder: &Path, options: &'static [&str]) -> (CentreProcess, SocketAddr, Channel) {
    let (address, served): (_, PathBuf) = (free(), folder.to_owned());
    let serve = move || {
        let mut command = serve(&served, address);
        command.args(options);
        command
    };
    let launch =
        Launch { command: Box::new(serve), address, redis: folder.join("data/redis"), log: log(folder) };
    let process = CentreProcess::start(launch).await.unwrap_or_else(|error| panic!("{error}"));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy();
    (process, address, channel)
}

/// Where its log goes.
pub(crate) fn log(folder: &Path) -> PathBuf {
    folder.join("centre.log")
}

/// What the program answers to whoever asks the centre at this address by these words, as an operator.
pub(crate) fn asked(folder: &Path, address: SocketAddr, words: &[&str]) -> Output {
    let made = kezek(folder).args(["token", "operator", "--data-dir", "data"]).output().unwrap();
    let mut command = kezek(folder);
    command.env("KEZEK_TOKEN", String::from_utf8(made.stdout).unwrap().trim());
    command.args(["--address", &format!("http://{address}")]).args(words).output().unwrap()
}

/// What an operator shows with each request, as `kezek token` gives it.
pub(crate) fn token(folder: &Path) -> MetadataValue<Ascii> {
    let made = kezek(folder).args(["token", "operator", "--data-dir", "data"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    format!("Bearer {}", String::from_utf8(made.stdout).unwrap().trim()).parse().unwrap()
}

/// A message as somebody with the token sends it.
pub(crate) fn shown<T>(token: &MetadataValue<Ascii>, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", token.clone());
    request
}
