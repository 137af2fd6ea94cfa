//! The function library: loaded if absent, verified if present, never replaced.

use redis::{ErrorKind, RedisError, ServerErrorKind, Value, aio::MultiplexedConnection, cmd};
use store::{Refusal, StoreError};

use crate::{
    fault::{Effect, meaning},
    reply::text_of,
};

/// The text of the library, as Redis keeps it.
pub const TEXT: &str = include_str!("../functions/kezek.lua");

/// The name of the library, which carries its version.
pub const NAME: &str = "kezek_v1";

pub(crate) const COMMIT: &str = "kezek_commit_v1";
pub(crate) const GET: &str = "kezek_get_v1";
pub(crate) const CHANGES: &str = "kezek_changes_v1";
pub(crate) const FORGET: &str = "kezek_forget_v1";
pub(crate) const BEGIN_LINEAGE: &str = "kezek_begin_lineage_v1";
pub(crate) const POSITIONS: &str = "kezek_positions_v1";
pub(crate) const LEASE: &str = "kezek_lease_v1";
pub(crate) const RELEASE: &str = "kezek_release_v1";

/// Makes sure that Redis has exactly this library.
///
/// # Errors
/// [`Refusal::Settings`] if it has another text under the name, or has none and we may not load it.
pub(crate) async fn ensure(connection: &mut MultiplexedConnection) -> Result<(), StoreError> {
    if is_present(connection).await? {
        return Ok(());
    }
    match cmd("FUNCTION").arg("LOAD").arg(TEXT).query_async::<Value>(connection).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) => {
            let why = format!(
                "Redis does not have the function library {NAME} and this user may not load it; load it as an \
                 administrator: redis-cli -x FUNCTION LOAD < kezek.lua"
            );
            Err(Refusal::Settings(why).into())
        }
        // Another node may have loaded it in between.
        Err(error) => match is_present(connection).await? {
            true => Ok(()),
            false => Err(meaning(error, Effect::Reads)),
        },
    }
}

/// True if the library is there with our text.
async fn is_present(connection: &mut MultiplexedConnection) -> Result<bool, StoreError> {
    let mut list = cmd("FUNCTION");
    list.arg("LIST").arg("LIBRARYNAME").arg(NAME).arg("WITHCODE");
    let reply: Value =
        list.query_async(connection).await.map_err(|error: RedisError| meaning(error, Effect::Reads))?;
    match code_in(&reply) {
        None => Ok(false),
        Some(code) if code == TEXT => Ok(true),
        Some(_) => {
            let why = format!(
                "Redis has another text under the name {NAME}; a library is never replaced in place, so this is \
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
