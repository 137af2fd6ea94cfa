//! The function libraries: loaded if absent, verified if present, never replaced.

use redis::{ErrorKind, RedisError, ServerErrorKind, Value, aio::MultiplexedConnection, cmd};
use store::{Refusal, StoreError};

use crate::{
    fault::{Effect, meaning},
    reply::text_of,
};

/// A function library.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    /// Its name, which carries its version.
    pub name: &'static str,
    /// Its text, as Redis keeps it.
    pub text: &'static str,
}

/// Every library. A function that is added later is in one of its own, or in a new version of the library whose functions
/// it shares something with, so that two releases can use one Redis: each finds the text it knows under the name it knows.
pub const LIBRARIES: [Library; 2] = [
    Library { name: "kezek_v3", text: include_str!("../functions/kezek.lua") },
    Library { name: "kezek_presence_v1", text: include_str!("../functions/presence.lua") },
];

pub(crate) const COMMIT: &str = "kezek_commit_v3";
pub(crate) const GET: &str = "kezek_get_v3";
pub(crate) const CHANGES: &str = "kezek_changes_v3";
pub(crate) const FORGET: &str = "kezek_forget_v3";
pub(crate) const BEGIN_LINEAGE: &str = "kezek_begin_lineage_v3";
pub(crate) const OFFER: &str = "kezek_offer_v3";
pub(crate) const RESTORING: &str = "kezek_restoring_v3";
pub(crate) const PUT_BACK: &str = "kezek_put_back_v3";
pub(crate) const END_RESTORE: &str = "kezek_end_restore_v3";
pub(crate) const POSITIONS: &str = "kezek_positions_v3";
pub(crate) const PRESENCE: &str = "kezek_presence_v1";
pub(crate) const LEASE: &str = "kezek_lease_v3";
pub(crate) const RELEASE: &str = "kezek_release_v3";

/// Makes sure that Redis has exactly these libraries.
///
/// # Errors
/// [`Refusal::Settings`] if it has another text under a name, or lacks one and we may not load it.
pub(crate) async fn ensure(connection: &mut MultiplexedConnection) -> Result<(), StoreError> {
    for library in LIBRARIES {
        ensure_one(connection, library).await?;
    }
    Ok(())
}

async fn ensure_one(connection: &mut MultiplexedConnection, library: Library) -> Result<(), StoreError> {
    if is_present(connection, library).await? {
        return Ok(());
    }
    let Library { name, text } = library;
    match cmd("FUNCTION").arg("LOAD").arg(text).query_async::<Value>(connection).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) => {
            let why = format!(
                "Redis does not have the function library {name} and this user may not load it; load it as an \
                 administrator: redis-cli -x FUNCTION LOAD < its .lua file"
            );
            Err(Refusal::Settings(why).into())
        }
        // Another node may have loaded it in between.
        Err(error) => match is_present(connection, library).await? {
            true => Ok(()),
            false => Err(meaning(error, Effect::Reads)),
        },
    }
}

/// True if the library is there with our text.
async fn is_present(connection: &mut MultiplexedConnection, library: Library) -> Result<bool, StoreError> {
    let Library { name, text } = library;
    let mut list = cmd("FUNCTION");
    list.arg("LIST").arg("LIBRARYNAME").arg(name).arg("WITHCODE");
    let reply: Value =
        list.query_async(connection).await.map_err(|error: RedisError| meaning(error, Effect::Reads))?;
    match code_in(&reply) {
        None => Ok(false),
        Some(code) if code == text => Ok(true),
        Some(_) => {
            let why = format!(
                "Redis has another text under the name {name}; a library is never replaced in place, so this is \
                 either a build from between two releases or another program"
            );
            Err(Refusal::Settings(why).into())
        }
    }
}

/// Finds the value after `library_code`, in a map (RESP3) or a flat list (RESP2).
fn code_in(reply: &Value) -> Option<String> {
    if let Value::Map(pairs) = reply {
        let code = pairs.iter().find(|(name, _)| text_of(name).as_deref() == Some("library_code"));
        return code.and_then(|(_, code)| text_of(code));
    }
    let Value::Array(items) = reply else { return None };
    let after = items.windows(2).find(|pair| text_of(&pair[0]).as_deref() == Some("library_code"));
    after.and_then(|pair| text_of(&pair[1])).or_else(|| items.iter().find_map(code_in))
}
