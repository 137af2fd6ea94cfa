//! What a Redis must be set to before it may hold acknowledged calls; each unsafe setting is named.

use std::collections::HashMap;

use redis::{ErrorKind, RedisError, ServerErrorKind, Value, aio::MultiplexedConnection, cmd};
use store::{Refusal, StoreError};

use crate::{
    fault::{Effect, meaning},
    reply::text_of,
};

/// Whether a Redis that could lose what it acknowledged may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Settings {
    /// Refuse it, and name what is unsafe.
    #[default]
    MustBeSafe,
    /// Use it, and warn: for trying things out.
    MayBeUnsafe,
}

/// A setting that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name in redis.conf, or what it is about.
    pub setting: &'static str,
    /// What it is.
    pub found: String,
    /// What it must be.
    pub wanted: &'static str,
    /// What happens otherwise.
    pub why: &'static str,
    /// True if nothing works with it, whatever risk is accepted.
    pub is_fatal: bool,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is {}, must be {}: {}", self.setting, self.found, self.wanted, self.why)
    }
}

/// What a setting must be, and why.
struct Rule {
    setting: &'static str,
    wanted: &'static str,
    why: &'static str,
}

/// The settings without which an acknowledged call can be lost.
const RULES: [Rule; 4] = [
    Rule {
        setting: "appendonly",
        wanted: "yes",
        why: "a restart would lose everything since the last snapshot",
    },
    Rule {
        setting: "appendfsync",
        wanted: "always",
        why: "a power cut would lose calls that were acknowledged before they were on the disk",
    },
    Rule {
        setting: "no-appendfsync-on-rewrite",
        wanted: "no",
        why: "calls acknowledged while the file is rewritten would not be on the disk",
    },
    Rule {
        setting: "maxmemory-policy",
        wanted: "noeviction",
        why: "with memory out, Redis would silently delete calls to make room",
    },
];

/// The oldest version that has functions.
const VERSION_MIN: (u32, u32) = (7, 0);

/// Checks a server, and refuses it or warns.
pub(crate) async fn check(
    connection: &mut MultiplexedConnection,
    settings: Settings,
) -> Result<(), StoreError> {
    let findings = findings(connection).await?;
    let (fatal, unsafe_only): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.is_fatal);
    if fatal.is_empty() && settings == Settings::MayBeUnsafe {
        for finding in unsafe_only {
            tracing::warn!(%finding, "this Redis can lose what it acknowledged");
        }
        return Ok(());
    }
    if findings.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = findings.iter().map(Finding::to_string).collect();
    Err(Refusal::Settings(format!("this Redis may not be used: {}", named.join("; "))).into())
}

/// Everything about a server that is not as it must be.
async fn findings(connection: &mut MultiplexedConnection) -> Result<Vec<Finding>, StoreError> {
    let info =
        cmd("INFO").query_async::<Value>(connection).await.map_err(|error| meaning(error, Effect::Reads))?;
    let info = text_of(&info).unwrap_or_default();
    let mut found = server_findings(&info_fields(&info));
    let mut config = cmd("CONFIG");
    config.arg("GET");
    for rule in &RULES {
        config.arg(rule.setting);
    }
    match config.query_async::<HashMap<String, String>>(connection).await {
        Ok(set) => found.extend(config_findings(&set)),
        Err(error) if is_forbidden(&error) => found.push(Finding {
            setting: "the user's rights",
            found: "without config|get".to_owned(),
            wanted: "with config|get",
            why: "the settings cannot be checked",
            is_fatal: false,
        }),
        Err(error) => return Err(meaning(error, Effect::Reads)),
    }
    Ok(found)
}

fn is_forbidden(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm)
}

/// The fields of INFO.
fn info_fields(info: &str) -> HashMap<&str, &str> {
    info.lines().filter_map(|line| line.trim_end().split_once(':')).collect()
}

/// What INFO tells: version, role, cluster.
fn server_findings(info: &HashMap<&str, &str>) -> Vec<Finding> {
    let field = |name: &str| info.get(name).copied().unwrap_or("unknown");
    let fatal = |setting, found: &str, wanted, why| Finding {
        setting,
        found: found.to_owned(),
        wanted,
        why,
        is_fatal: true,
    };
    let mut found = Vec::new();
    if parse_version(field("redis_version")).is_none_or(|version| version < VERSION_MIN) {
        let version = field("redis_version");
        found.push(fatal("the version of Redis", version, "7.0 or newer", "older ones have no functions"));
    }
    if field("role") != "master" {
        found.push(fatal("the role", field("role"), "master", "a replica takes no writes"));
    }
    if field("cluster_enabled") != "0" {
        let why = "a centre lives in one Redis, with replicas";
        found.push(fatal("cluster-enabled", "yes", "no", why));
    }
    found
}

fn config_findings(set: &HashMap<String, String>) -> Vec<Finding> {
    let broken = RULES.iter().filter_map(|rule| {
        let value = set.get(rule.setting).map_or("unknown", String::as_str);
        (value != rule.wanted).then(|| Finding {
            setting: rule.setting,
            found: value.to_owned(),
            wanted: rule.wanted,
            why: rule.why,
            is_fatal: false,
        })
    });
    broken.collect()
}

/// The first two numbers of a version.
fn parse_version(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_server_gives_no_findings() {
        let info = "redis_version:7.0.15\r\nrole:master\r\ncluster_enabled:0\r\n";
        assert_eq!(server_findings(&info_fields(info)), Vec::new());
        let set = RULES.iter().map(|rule| (rule.setting.to_owned(), rule.wanted.to_owned())).collect();
        assert_eq!(config_findings(&set), Vec::new());
    }

    #[test]
    fn an_old_server_a_replica_and_a_cluster_are_fatal() {
        let info = "redis_version:6.2.7\r\nrole:slave\r\ncluster_enabled:1\r\n";
        let found = server_findings(&info_fields(info));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|finding| finding.is_fatal));
        assert_eq!(server_findings(&HashMap::new()).len(), 3, "what is not said is not good");
    }

    #[test]
    fn each_unsafe_setting_is_named() {
        let found = config_findings(&HashMap::from([("appendonly".to_owned(), "no".to_owned())]));
        let named: Vec<_> = found.iter().map(|finding| finding.setting).collect();
        assert_eq!(named, RULES.map(|rule| rule.setting));
    }
}
