//! The directory in force, read from its parts in the store.

use std::sync::Arc;

use domain::{
    directory::{Directory, InForce, InForceError},
    record::{DirectoryHead, Record, RecordError},
};
use store::{Fingerprint, Store, StoreError, limits::GET_KEYS_MAX};

use crate::limits::DIRECTORY_PARTS_MAX;

/// Why the content of a directory cannot be used.
#[derive(Debug, thiserror::Error)]
enum ContentError {
    #[error("it stands in {0} parts, at most {DIRECTORY_PARTS_MAX} are read")]
    Parts(u32),
    #[error("part {0} is missing")]
    Missing(usize),
    #[error("a part cannot be read")]
    Part(#[source] RecordError),
    #[error("its parts joined are not what was applied")]
    Digest,
    #[error("it is no directory")]
    Content(#[source] serde_json::Error),
    #[error("its districts cannot be used")]
    Districts(#[source] InForceError),
}

/// Reads the directory that a head names; `None`, with an error in the log, if its content cannot be used: the board is
/// then shown without it, for a control room without a directory still takes calls.
///
/// # Errors
/// Those of the store.
pub(crate) async fn load(
    store: &dyn Store,
    head: &DirectoryHead,
) -> Result<Option<Arc<InForce>>, StoreError> {
    if head.parts > DIRECTORY_PARTS_MAX {
        return Ok(unusable(head, &ContentError::Parts(head.parts)));
    }
    let keys: Vec<_> = (0..head.parts).map(|part| Record::directory_part_key(&head.sha256, part)).collect();
    let mut parts = Vec::with_capacity(keys.len());
    for keys in keys.chunks(GET_KEYS_MAX) {
        parts.extend(store.get(keys).await?);
    }
    let mut text = String::new();
    for (number, (key, part)) in keys.iter().zip(parts).enumerate() {
        let Some(part) = part else { return Ok(unusable(head, &ContentError::Missing(number))) };
        match Record::from_json(key, &part.state) {
            Ok(Record::DirectoryPart(part)) => text.push_str(&part.text),
            Ok(_) => return Ok(unusable(head, &ContentError::Missing(number))),
            Err(error) => return Ok(unusable(head, &ContentError::Part(error))),
        }
    }
    Ok(read(head, &text).map_or_else(|error| unusable(head, &error), |directory| Some(Arc::new(directory))))
}

fn read(head: &DirectoryHead, text: &str) -> Result<InForce, ContentError> {
    let digest = Fingerprint::of(text.as_bytes()).to_string();
    if !digest.eq_ignore_ascii_case(&head.sha256) {
        return Err(ContentError::Digest);
    }
    let directory: Directory = serde_json::from_str(text).map_err(ContentError::Content)?;
    InForce::new(head.version, directory).map_err(ContentError::Districts)
}

fn unusable(head: &DirectoryHead, error: &ContentError) -> Option<Arc<InForce>> {
    let error: &dyn std::error::Error = error;
    tracing::error!(version = head.version.0, error, "the directory in force cannot be used");
    None
}
