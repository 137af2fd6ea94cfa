//! Where a Redis is.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion, io::tcp::TcpSettings};
use store::{Refusal, StoreError};

/// How long the kernel keeps sending into silence: a server whose machine is gone is noticed within this time.
const USER_TIMEOUT: Duration = Duration::from_secs(3);

/// Where a Redis is: a URL or a unix socket. Shown without its password.
#[derive(Clone)]
pub struct Address {
    info: ConnectionInfo,
    shown: String,
    /// Keeps open the directory that a socket's path goes through, if it does.
    _directory: Option<Arc<std::fs::File>>,
}

impl Address {
    /// Reads `redis://[user:password@]host[:port][/database]` or `unix:///path/to/socket`.
    ///
    /// # Errors
    /// [`Refusal::Settings`] if it is no such URL.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let refused = |error: redis::RedisError| {
            let why = error.to_string();
            StoreError::from(Refusal::Settings(format!("the address of Redis cannot be used: {why}")))
        };
        let info = url.into_connection_info().map_err(refused)?;
        Ok(Self::new(info, None))
    }

    /// A unix socket.
    ///
    /// # Errors
    /// [`Refusal::Settings`] if this system has no such sockets.
    pub fn unix(path: &Path) -> Result<Self, StoreError> {
        Self::unix_through(path, None)
    }

    /// A unix socket whose path leads through an open directory, which must stay open as long as the address.
    pub(crate) fn unix_through(
        path: &Path,
        directory: Option<Arc<std::fs::File>>,
    ) -> Result<Self, StoreError> {
        let address = ConnectionAddr::Unix(path.to_owned());
        let info = address.into_connection_info().map_err(|error| Refusal::Settings(error.to_string()))?;
        Ok(Self::new(info, directory))
    }

    fn new(info: ConnectionInfo, directory: Option<Arc<std::fs::File>>) -> Self {
        let shown = if let ConnectionAddr::Unix(path) = info.addr() {
            format!("unix://{}", path.display())
        } else {
            format!("redis://{}/{}", info.addr(), info.redis_settings().db())
        };
        // The library's name would be set by a command that Redis 7.0 does not have.
        let redis =
            info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
        let tcp = TcpSettings::default().set_nodelay(true);
        #[cfg(target_os = "linux")]
        let tcp = tcp.set_user_timeout(USER_TIMEOUT);
        let info = info.set_redis_settings(redis).set_tcp_settings(tcp);
        Self { info, shown, _directory: directory }
    }

    pub(crate) fn info(&self) -> ConnectionInfo {
        self.info.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let address = Address::parse("redis://kezek:secret@10.0.0.7:6380/2").expect("an address");
        assert_eq!(address.to_string(), "redis://10.0.0.7:6380/2");
        assert!(!format!("{address:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "localhost", "http://localhost", "redis://localhost:port"] {
            assert!(Address::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }
}
