//! How many connections each identity has: a program that opens them without end must not keep everybody else out.
//!
//! It knows names and nothing else, and forgets each with its last connection. A gateway carries the requests of several
//! on one connection: that counts for each of them, and is kept for as long as one of them has a place.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use metrics::counter;
use tokio_util::sync::CancellationToken;

/// The connections of every identity.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    connections_max: usize,
    connections: Arc<Mutex<HashMap<Arc<str>, usize>>>,
}

/// One connection and whose it is. Its places are given back with it.
#[derive(Debug)]
pub(crate) struct Owned {
    identities: Identities,
    owners: Mutex<Owners>,
    is_nobodys: CancellationToken,
}

#[derive(Debug, Default)]
struct Owners {
    names: BTreeSet<Arc<str>>,
    has_refused: bool,
}

/// An identity has as many connections as it may, and this would be one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// How many it has.
    pub(crate) present: usize,
    /// How many it may have.
    pub(crate) allowed: usize,
}

impl Identities {
    /// So many connections at once for each.
    pub(crate) fn new(connections_max: usize) -> Self {
        Self { connections_max, connections: Arc::default() }
    }

    /// A new connection, which belongs to nobody yet.
    pub(crate) fn connection(&self) -> Owned {
        let (owners, is_nobodys) = (Mutex::default(), CancellationToken::new());
        Owned { identities: self.clone(), owners, is_nobodys }
    }

    /// A place for one more connection, under the name that is shared by all of them.
    fn take(&self, name: &str) -> Result<Arc<str>, TooMany> {
        let mut connections = self.connections.lock().expect("nothing panics while it counts");
        let (name, present) = match connections.get_key_value(name) {
            Some((name, present)) => (Arc::clone(name), *present),
            None => (Arc::from(name), 0),
        };
        if present >= self.connections_max {
            return Err(TooMany { present, allowed: self.connections_max });
        }
        connections.insert(Arc::clone(&name), present + 1);
        Ok(name)
    }

    fn give_back(&self, names: &BTreeSet<Arc<str>>) {
        let mut connections = self.connections.lock().expect("nothing panics while it counts");
        for name in names {
            if let Some(present) = connections.get_mut(name) {
                *present -= 1;
                if *present == 0 {
                    connections.remove(name);
                }
            }
        }
    }
}

impl Owned {
    /// Counts the connection for who asks on it, once. Refused, it is tried again with the next request.
    pub(crate) fn admit(&self, name: &str) -> Result<(), TooMany> {
        let mut owners = self.owners.lock().expect("nothing panics while it counts");
        if owners.names.contains(name) {
            return Ok(());
        }
        match self.identities.take(name) {
            Ok(name) => {
                owners.names.insert(name);
                Ok(())
            }
            Err(too_many) => {
                if !owners.has_refused {
                    owners.has_refused = true;
                    counter!("kezek_connections_refused_total", "cause" => "too_many_of_one").increment(1);
                }
                if owners.names.is_empty() {
                    self.is_nobodys.cancel();
                }
                Err(too_many)
            }
        }
    }

    /// Waits until somebody was refused on it while nobody has a place: open, it would only take one from others.
    pub(crate) async fn nobodys(&self) {
        self.is_nobodys.cancelled().await;
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let owners = self.owners.get_mut().expect("nothing panics while it counts");
        self.identities.give_back(&owners.names);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn is_nobodys(connection: &Owned) -> bool {
        connection.nobodys().now_or_never().is_some()
    }

    #[test]
    fn a_connection_counts_once_however_much_is_asked_on_it_and_its_place_comes_back() {
        let identities = Identities::new(2);
        let (first, second, third) =
            (identities.connection(), identities.connection(), identities.connection());
        for connection in [&first, &first, &second, &second] {
            assert_eq!(connection.admit("a"), Ok(()));
        }
        assert_eq!(third.admit("a"), Err(TooMany { present: 2, allowed: 2 }));
        drop(first);
        assert_eq!(third.admit("a"), Ok(()));
        drop((second, third));
        assert!(identities.connections.lock().unwrap().is_empty(), "nobody is remembered for ever");
    }

    #[test]
    fn a_shared_connection_counts_for_each_and_is_kept_while_one_has_a_place() {
        let identities = Identities::new(1);
        let (gateway, other, another) =
            (identities.connection(), identities.connection(), identities.connection());
        assert_eq!((gateway.admit("a"), gateway.admit("b")), (Ok(()), Ok(())));
        assert!(other.admit("b").is_err() && is_nobodys(&other));
        assert_eq!(another.admit("c"), Ok(()));
        assert!(another.admit("a").is_err() && !is_nobodys(&another), "c goes on");
        assert_eq!(another.admit("c"), Ok(()));
        drop(gateway);
        assert_eq!(another.admit("a"), Ok(()));
    }
}
