//! The directory over the wire: shown to all, checked with every problem, put in force by an administrator.

use std::fs;

use identity::Role;
use protocol::directory::v1::{
    ApplyDirectoryRequest, CheckDirectoryRequest, DirectoryFile, GetDirectoryRequest,
    directory_service_client::DirectoryServiceClient,
};
use tonic::Code;

use crate::node::{Node, assert_refused, repository, request_id};

fn files() -> Vec<DirectoryFile> {
    let folder = fs::read_dir(repository().join("deploy/centres/bishkek")).unwrap();
    let files = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it != "md"));
    files
        .map(|path| DirectoryFile {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            content: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// The files with one text in them replaced.
fn changed(file: &str, from: &str, to: &str) -> Vec<DirectoryFile> {
    let mut files = files();
    let file = files.iter_mut().find(|it| it.name == file).unwrap();
    assert!(file.content.contains(from), "{from}");
    file.content = file.content.replace(from, to);
    files
}

#[tokio::test]
async fn a_directory_is_shown_checked_and_put_in_force() {
    let node = Node::start().await;
    let mut service = DirectoryServiceClient::new(node.client(Role::Administrator).await);
    let shown = service.get_directory(GetDirectoryRequest {}).await.unwrap().into_inner();
    let head = shown.head.unwrap();
    assert_eq!((head.directory_version, shown.directory.unwrap().centre_id.as_str()), (1, "bishkek"));

    let checked =
        service.check_directory(CheckDirectoryRequest { files: files() }).await.unwrap().into_inner();
    assert!(checked.problems.is_empty() && checked.directory.is_some(), "{:?}", checked.problems);
    let wrong = changed("units.toml", "desk = \"pervomaysky\"", "desk = \"pervomayskiy\"");
    let checked =
        service.check_directory(CheckDirectoryRequest { files: wrong.clone() }).await.unwrap().into_inner();
    assert!(checked.directory.is_none());
    assert!(
        checked.problems.iter().all(|it| it.code == "UNKNOWN_DESK" && it.line > 0),
        "{:?}",
        checked.problems
    );

    let apply = |files| ApplyDirectoryRequest { request_id: request_id(), expected_version: None, files };
    let refused = service.apply_directory(apply(wrong)).await.unwrap().into_inner();
    assert!(refused.receipt.is_none() && !refused.problems.is_empty());
    let other = changed("centre.toml", "id = \"bishkek\"", "id = \"osh\"");
    let refused = service.apply_directory(apply(other)).await;
    assert_refused(refused, Code::FailedPrecondition, "DIRECTORY_OF_OTHER_CENTRE");
    let next = apply(changed("units.toml", "callsign = \"11\"", "callsign = \"19\""));
    let applied = service.apply_directory(next.clone()).await.unwrap().into_inner();
    assert_eq!(applied.head.unwrap().directory_version, 2);
    let again = service.apply_directory(next).await.unwrap().into_inner();
    assert!(again.receipt.unwrap().repeated);
    let stale = ApplyDirectoryRequest { expected_version: Some(1), ..apply(files()) };
    assert_refused(service.apply_directory(stale).await, Code::FailedPrecondition, "VERSION_MOVED");

    let too_many = vec![DirectoryFile { name: "x".to_owned(), content: String::new() }; 257];
    let refused = service.check_directory(CheckDirectoryRequest { files: too_many }).await;
    assert_refused(refused, Code::InvalidArgument, "MALFORMED");
}
