//! Where each value comes from: what it is unless it is set, a file, the environment, the command line.

use std::path::{Path, PathBuf};

use figment::{
    Figment, Metadata, Provider, Source,
    providers::{Env, Format as _, Serialized, Toml},
    value::Value,
};

use super::Configuration;
use crate::limits::DRAIN_NOTICE_MAX;

/// What the variables of the environment start with.
const ENVIRONMENT_PREFIX: &str = "KEZEK_";

/// A configuration, and where each of its values comes from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub configuration: Configuration,
    /// The same, one by one, by name.
    pub settings: Vec<Setting>,
}

/// One value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value as text; empty if it is not set. A password in a URL is not shown.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A file.
    File(PathBuf),
    /// The environment; the variable is named.
    Environment(String),
    /// Whoever started the server, such as the command line, by the name it gave itself.
    Given(String),
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// A value cannot be read. The sentence names the value and where it comes from.
    #[error("the configuration cannot be read")]
    Unreadable(#[source] Box<figment::Error>),
    /// A file was named and is not there.
    #[error("there is no configuration file `{0}`")]
    NoFile(PathBuf),
    /// Values that do not go together.
    #[error("the configuration cannot be used: {}", .0.join("; "))]
    Unusable(Vec<String>),
}

impl Loaded {
    /// Joins what is known, the later over the earlier: defaults, `file`, the environment, `given` (the command line).
    ///
    /// # Errors
    /// [`ConfigurationError`].
    pub fn load(file: Option<&Path>, given: impl Provider) -> Result<Self, ConfigurationError> {
        let figment = joined(file, given)?;
        let configuration = usable(&figment)?;
        Ok(Self { configuration, settings: settings(&figment) })
    }
}

/// Every value and where it comes from, and why they cannot be used where they cannot: to mend a configuration one has
/// to see it.
///
/// # Errors
/// [`ConfigurationError::NoFile`].
pub fn shown_settings(
    file: Option<&Path>,
    given: impl Provider,
) -> Result<(Vec<Setting>, Option<ConfigurationError>), ConfigurationError> {
    let figment = joined(file, given)?;
    Ok((settings(&figment), usable(&figment).err()))
}

/// What is known, the later over the earlier.
fn joined(file: Option<&Path>, given: impl Provider) -> Result<Figment, ConfigurationError> {
    if let Some(path) = file.filter(|path| !path.exists()) {
        return Err(ConfigurationError::NoFile(path.to_owned()));
    }
    let names = names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut figment = Figment::from(Serialized::defaults(Configuration::default()));
    if let Some(path) = file {
        figment = figment.merge(Toml::file_exact(path));
    }
    Ok(figment.merge(Env::prefixed(ENVIRONMENT_PREFIX).only(&known)).merge(given))
}

/// The configuration, if every value can be read and they go together.
fn usable(figment: &Figment) -> Result<Configuration, ConfigurationError> {
    let configuration: Configuration =
        figment.extract().map_err(|error| ConfigurationError::Unreadable(Box::new(error)))?;
    configuration.check()?;
    Ok(configuration)
}

fn settings(figment: &Figment) -> Vec<Setting> {
    names().iter().map(|name| setting(figment, name)).collect()
}

impl Configuration {
    /// Checks what a single value cannot say.
    ///
    /// # Errors
    /// [`ConfigurationError::Unusable`] with everything that is wrong at once.
    pub fn check(&self) -> Result<(), ConfigurationError> {
        let mut wrong = Vec::new();
        let mut check = |holds: bool, sentence: &str| {
            if !holds {
                wrong.push(sentence.to_owned());
            }
        };
        check(
            self.tls_certificate.is_some() == self.tls_key.is_some(),
            "`tls_certificate` and `tls_key` go together",
        );
        let is_safe = self.listen.ip().is_loopback() || self.tls_certificate.is_some() || self.plaintext;
        check(
            is_safe,
            "`listen` is beyond loopback: give a certificate, or set `plaintext` if something else encrypts",
        );
        check(self.clock_rate >= 1, "`clock_rate` is at least 1");
        check(
            self.node_letter.is_none_or(|letter| letter.is_ascii_uppercase()),
            "`node_letter` is one of A to Z",
        );
        check(
            self.node.as_deref().is_none_or(|name| store::check_holder(name).is_ok()),
            "`node` is 1 to 128 bytes",
        );
        check(
            (1..=identity::DEMO_LIFETIME_SECONDS).contains(&self.token_lifetime_s),
            "`token_lifetime_s` is 1 to 86400",
        );
        check(self.replicas <= 8, "`replicas` is at most 8");
        check(self.replicas == 0 || self.redis.is_some(), "`replicas` needs `redis`: a private one has none");
        check((1..=60_000).contains(&self.store_wait_ms), "`store_wait_ms` is 1 to 60000");
        check(self.connections_max >= 1, "`connections_max` is at least 1");
        check(self.connections_per_identity_max >= 1, "`connections_per_identity_max` is at least 1");
        check(self.requests_max >= 4, "`requests_max` is at least 4");
        check(self.streams_max >= 1, "`streams_max` is at least 1");
        let notice_max = u32::try_from(DRAIN_NOTICE_MAX.as_millis()).unwrap_or(u32::MAX);
        check(self.drain_notice_ms <= notice_max, "`drain_notice_ms` is at most 5000");
        if wrong.is_empty() { Ok(()) } else { Err(ConfigurationError::Unusable(wrong)) }
    }
}

/// The names of all values, sorted.
fn names() -> Vec<String> {
    let defaults = Value::serialize(Configuration::default()).ok().and_then(Value::into_dict);
    let mut names: Vec<String> = defaults.unwrap_or_default().into_keys().collect();
    names.sort();
    names
}

fn setting(figment: &Figment, name: &str) -> Setting {
    let value = figment.find_value(name).ok();
    let shown = value.as_ref().map(|value| shown(name, value)).unwrap_or_default();
    let origin = figment.find_metadata(name).map_or(Origin::Default, |metadata| origin(metadata, name));
    Setting { name: name.to_owned(), value: shown, origin }
}

fn origin(metadata: &Metadata, name: &str) -> Origin {
    match &metadata.source {
        Some(Source::File(path)) => Origin::File(path.clone()),
        // what the defaults are made of is code, and so is what a program gives
        Some(Source::Code(_)) if metadata.name.contains("Configuration") => Origin::Default,
        _ if metadata.name.contains("environment") => {
            Origin::Environment(format!("{ENVIRONMENT_PREFIX}{}", name.to_ascii_uppercase()))
        }
        _ => Origin::Given(metadata.name.to_string()),
    }
}

/// A value as text.
fn shown(name: &str, value: &Value) -> String {
    let text = match value {
        Value::String(_, text) => text.clone(),
        Value::Char(_, letter) => letter.to_string(),
        Value::Bool(_, holds) => holds.to_string(),
        Value::Num(_, number) => {
            let whole = number.to_u128().map(|whole| whole.to_string());
            let negative = || number.to_i128().map(|whole| whole.to_string());
            let fraction = || number.to_f64().map(|fraction| fraction.to_string());
            whole.or_else(negative).or_else(fraction).unwrap_or_default()
        }
        Value::Empty(..) => String::new(),
        Value::Dict(..) => "…".to_owned(),
        Value::Array(_, values) => values.iter().map(|one| shown(name, one)).collect::<Vec<_>>().join(", "),
    };
    if name == "redis" { without_password(&text) } else { text }
}

/// A URL without the password in it.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use figment::providers::Serialized;
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Flags {
        listen: &'static str,
    }

    fn origin_of<'a>(loaded: &'a Loaded, name: &str) -> &'a Setting {
        loaded.settings.iter().find(|setting| setting.name == name).unwrap()
    }

    #[test]
    fn each_value_names_where_it_comes_from() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("kezek.toml");
        fs::write(
            &file,
            "issuer = \"centre\"\nredis = \"redis://u:secret@host:6379\"\nlisten = \"127.0.0.1:1\"\n",
        )
        .unwrap();
        let given = Serialized::defaults(Flags { listen: "127.0.0.1:2" });
        let loaded = Loaded::load(Some(&file), given).unwrap();
        assert_eq!(loaded.configuration.listen.port(), 2);
        assert_eq!(origin_of(&loaded, "issuer").value, "centre");
        assert!(matches!(origin_of(&loaded, "issuer").origin, Origin::File(_)));
        assert_eq!(origin_of(&loaded, "audience").origin, Origin::Default);
        assert!(matches!(origin_of(&loaded, "listen").origin, Origin::Given(_)));
        assert_eq!(origin_of(&loaded, "redis").value, "redis://…@host:6379");
        assert_eq!(origin_of(&loaded, "centre").value, "");
        assert_eq!(origin_of(&loaded, "clock_rate").value, "1");
        assert_eq!(origin_of(&loaded, "plaintext").value, "false");
    }

    #[test]
    fn what_cannot_be_used_is_shown_with_the_problem() {
        let given = Serialized::defaults(Flags { listen: "0.0.0.0:80" });
        let (settings, problem) = shown_settings(None, given).unwrap();
        let listen = settings.iter().find(|setting| setting.name == "listen").unwrap();
        assert_eq!(listen.value, "0.0.0.0:80");
        assert!(problem.unwrap().to_string().contains("loopback"));
        let (settings, problem) = shown_settings(None, Serialized::defaults(Flags { listen: "a" })).unwrap();
        assert_eq!(settings.iter().find(|setting| setting.name == "listen").unwrap().value, "a");
        assert!(matches!(problem, Some(ConfigurationError::Unreadable(_))));
    }

    #[test]
    fn a_misspelt_key_and_a_missing_file_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("kezek.toml");
        fs::write(&file, "isuer = \"centre\"\n").unwrap();
        let nothing = || Serialized::defaults(std::collections::BTreeMap::<String, String>::new());
        assert!(matches!(Loaded::load(Some(&file), nothing()), Err(ConfigurationError::Unreadable(_))));
        let none = directory.path().join("none.toml");
        assert!(matches!(Loaded::load(Some(&none), nothing()), Err(ConfigurationError::NoFile(_))));
    }

    #[test]
    fn plain_text_stays_on_loopback_unless_told() {
        let beyond = Configuration { listen: "0.0.0.0:7102".parse().unwrap(), ..Configuration::default() };
        let refused = beyond.check().unwrap_err();
        assert!(refused.to_string().contains("loopback"), "{refused}");
        assert!(Configuration { plaintext: true, ..beyond }.check().is_ok());
        let half =
            Configuration { tls_key: Some("key.pem".into()), clock_rate: 0, ..Configuration::default() };
        let ConfigurationError::Unusable(wrong) = half.check().unwrap_err() else { panic!("not refused") };
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }
}
