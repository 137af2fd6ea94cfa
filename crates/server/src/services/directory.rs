//! The directory: checked, put in force, shown.

use directory::{Problem, Source};
use domain::{
    RecordKind,
    record::{Record, THE_ONE, Versioned},
};
use operations::{
    Ask, Asker, Done,
    directory::{Applied, ApplyError, apply_directory},
    queries,
};
use protocol::{
    decode::Fields,
    directory::v1::{self as wire, directory_service_server::DirectoryService},
    encode,
};
use tonic::{Request, Response, Status};

use super::{
    Services,
    asking::{all, ask, open, receipt},
    found::{Found, key},
};
use crate::{
    codes::ServerCode,
    limits::DIRECTORY_FILES_MAX,
    status::{of_operation, of_server},
};

/// The files of a directory.
fn sources(fields: &mut Fields, files: Vec<wire::DirectoryFile>) -> Vec<Source> {
    if files.len() > DIRECTORY_FILES_MAX {
        fields.refuse(
            "files",
            format_args!("has {} entries, at most {DIRECTORY_FILES_MAX} are taken", files.len()),
        );
    }
    let files = files.into_iter().enumerate();
    files
        .map(|(place, file)| Source {
            name: fields.required_line(&format!("files[{place}].name"), file.name),
            text: file.content,
        })
        .collect()
}

fn problem(problem: &Problem) -> wire::DirectoryProblem {
    wire::DirectoryProblem {
        file: problem.file.clone(),
        line: problem.line.unwrap_or_default(),
        feature: problem.feature.clone().unwrap_or_default(),
        code: problem.code.as_str().to_owned(),
        message: problem.message.clone(),
    }
}

/// Why a directory that was checked could not be put in force.
fn refused(error: ApplyError) -> Status {
    match error {
        ApplyError::Operation(error) => of_operation(error),
        ApplyError::OtherCentre { ref expected, ref found } => {
            let facts = vec![("expected", expected.to_string()), ("found", found.to_string())];
            of_server(ServerCode::DirectoryOfOtherCentre, error.to_string(), facts)
        }
        ApplyError::District(ref district) => {
            let facts = vec![("district", district.district.to_string())];
            of_server(ServerCode::Malformed, error.to_string(), facts)
        }
    }
}

impl Services {
    async fn applied(&self, asker: &Asker, done: Done<Applied>) -> wire::ApplyDirectoryResponse {
        let receipt = receipt(&done);
        let found = Found::with(&self.room, asker, done.records, [key(RecordKind::Directory, THE_ONE)]).await;
        wire::ApplyDirectoryResponse { receipt, head: found.directory_head(), problems: Vec::new() }
    }

    async fn apply(
        &self,
        ask: Ask,
        directory: &domain::directory::Directory,
        expected: Option<domain::Version>,
    ) -> Result<wire::ApplyDirectoryResponse, Status> {
        let done = apply_directory(&self.room, &ask, directory, expected).await.map_err(refused)?;
        Ok(self.applied(&ask.asker, done).await)
    }
}

#[tonic::async_trait]
impl DirectoryService for Services {
    async fn check_directory(
        &self,
        request: Request<wire::CheckDirectoryRequest>,
    ) -> Result<Response<wire::CheckDirectoryResponse>, Status> {
        let (_, said) = open(request);
        let mut fields = Fields::new();
        let sources = sources(&mut fields, said.files);
        all(fields, || Some(()))?;
        let (problems, directory) = match directory::read(&sources) {
            Ok(directory) => (Vec::new(), Some(encode::directory(&directory))),
            Err(problems) => (problems.iter().map(problem).collect(), None),
        };
        Ok(Response::new(wire::CheckDirectoryResponse { problems, directory }))
    }

    async fn apply_directory(
        &self,
        request: Request<wire::ApplyDirectoryRequest>,
    ) -> Result<Response<wire::ApplyDirectoryResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let sources = sources(&mut fields, said.files);
        let expected = Fields::version(said.expected_version);
        let ask = all(fields, || ask)?;
        let answer = match directory::read(&sources) {
            Ok(directory) => self.apply(ask, &directory, expected).await?,
            Err(problems) => wire::ApplyDirectoryResponse {
                receipt: None,
                head: None,
                problems: problems.iter().map(problem).collect(),
            },
        };
        Ok(Response::new(answer))
    }

    async fn get_directory(
        &self,
        _request: Request<wire::GetDirectoryRequest>,
    ) -> Result<Response<wire::GetDirectoryResponse>, Status> {
        let in_force = queries::directory(&self.room).map_err(of_operation)?;
        let head = self.room.centre.read(|picture| picture.board.get(&key(RecordKind::Directory, THE_ONE)));
        let head = match head {
            Some(Versioned { version, record: Record::Directory(head) }) => {
                Some(encode::directory_head(&head, version))
            }
            _ => None,
        };
        let directory = Some(encode::directory(&in_force.directory));
        Ok(Response::new(wire::GetDirectoryResponse { head, directory }))
    }
}
