//! The configuration of a node as the command line sets it: the last word after defaults, file and environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};
use server::{Configuration, ConfigurationError, Loaded, Origin, Setting};

use crate::codes::ClientCode;
use crate::commands::token::Issuer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::output::note;
use crate::table::{Table, plain};

/// What the command line is called where origins are told.
const COMMAND_LINE: &str = "the command line";

/// What can be set on the command line; `kezek config show` lists everything that can be set at all.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Settings {
    /// A configuration file in TOML
    #[arg(long, value_name = "FILE", env = "KEZEK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Where everything is kept that must outlast the process
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where it listens; port 0 takes any that is free
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// A folder with a centre's directory, put in force at start if none is
    #[arg(long, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Which centre is served; the one that the directory names unless given
    #[arg(long)]
    pub(crate) centre: Option<String>,
    /// A Redis of one's own; a private one in the data directory unless given
    #[arg(long, value_name = "URL")]
    pub(crate) redis: Option<String>,
    /// Use a Redis whose settings can lose what it acknowledged: for trying things out
    #[arg(long)]
    pub(crate) unsafe_redis: bool,
    /// A file with public keys that tokens are checked with (JWKS or PEM); may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Certificate chain in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Speak plain text beyond loopback: only where something else encrypts
    #[arg(long)]
    pub(crate) plaintext: bool,
    /// Seconds of the centre in each real second; more than 1 is for replays
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) clock_rate: Option<u32>,
    /// What is logged: a level, or targets with levels
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// How it is logged
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogForm>,
    /// Any other value by its name, such as `requests_max=256`; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(crate) set: Vec<(String, String)>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "say NAME=VALUE".to_owned())?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

impl Settings {
    /// Everything that was said, by its name in the configuration.
    fn said(&self) -> Dict {
        let path = |path: &PathBuf| path.display().to_string();
        let texts = [
            ("data_dir", self.data_dir.as_ref().map(path)),
            ("listen", self.listen.map(|address| address.to_string())),
            ("directory", self.directory.as_ref().map(path)),
            ("centre", self.centre.clone()),
            ("redis", self.redis.clone()),
            ("tls_certificate", self.tls_certificate.as_ref().map(path)),
            ("tls_key", self.tls_key.as_ref().map(path)),
            ("log", self.log.clone()),
            (
                "log_format",
                self.log_format.map(|form| match form {
                    LogForm::Text => "text".to_owned(),
                    LogForm::Json => "json".to_owned(),
                }),
            ),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?))));
        let switches = [("unsafe_redis", self.unsafe_redis), ("plaintext", self.plaintext)];
        // a switch that is not there leaves the environment's word
        let switches =
            switches.into_iter().filter(|(_, on)| *on).map(|(name, on)| (name.to_owned(), Value::from(on)));
        let keys: Vec<Value> = self.keys.iter().map(|key| Value::from(path(key))).collect();
        let keys = (!keys.is_empty()).then(|| ("keys".to_owned(), Value::from(keys)));
        let rate = self.clock_rate.map(|rate| ("clock_rate".to_owned(), Value::from(rate)));
        let others = self.set.iter().map(|(name, value)| (name.clone(), parsed(value)));
        texts.chain(switches).chain(keys).chain(rate).chain(others).collect()
    }
}

/// A value as the environment would be read: a number, a switch, a list, else a text.
fn parsed(text: &str) -> Value {
    match text.parse() {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// What the command line says, for figment.
struct CommandLine(Dict);

impl Provider for CommandLine {
    fn metadata(&self) -> Metadata {
        Metadata::named(COMMAND_LINE)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}

/// The configuration, joined.
///
/// # Errors
/// A value cannot be used; the sentence names it and where it comes from.
pub(crate) fn load(settings: &Settings) -> Result<Loaded, Failure> {
    Loaded::load(settings.config.as_deref(), CommandLine(settings.said())).map_err(|error| wrong(&error))
}

/// Every value with where it comes from, and why they cannot be used where they cannot.
///
/// # Errors
/// There is no such file.
pub(crate) fn shown(settings: &Settings) -> Result<(Vec<Setting>, Option<Failure>), Failure> {
    let shown = server::shown_settings(settings.config.as_deref(), CommandLine(settings.said()));
    let (values, problem) = shown.map_err(|error| wrong(&error))?;
    let next = "correct what is named; the column ORIGIN says where each value comes from";
    let problem = problem.map(|error| Failure { next: next.to_owned(), ..wrong(&error) });
    Ok((values, problem))
}

fn wrong(error: &ConfigurationError) -> Failure {
    Failure::new(
        Exit::Usage,
        ClientCode::Configuration,
        chain(error),
        "`kezek config show` lists every value with its origin",
    )
}

/// An error with all its causes, fit for a terminal.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    plain(&server::with_causes(error))
}

/// Who issues demo tokens by this configuration.
pub(crate) fn issuer(configuration: &Configuration) -> Issuer<'_> {
    Issuer {
        data_dir: &configuration.data_dir,
        issuer: &configuration.issuer,
        audience: &configuration.audience,
    }
}

/// Where no issuer is configured, has tokens checked with demo keys, made on first run. Gives the keys.
///
/// # Errors
/// The keys cannot be made or read.
pub(crate) fn with_demo_keys(configuration: &mut Configuration) -> Result<Option<KeyRing>, Failure> {
    if !configuration.keys.is_empty() {
        return Ok(None);
    }
    let ring = KeyRing::open(&configuration.data_dir)?;
    configuration.keys = vec![ring.public_file()];
    configuration.token_lifetime_s = identity::DEMO_LIFETIME_SECONDS;
    Ok(Some(ring))
}

/// Refuses to serve where nobody said who issues tokens: whoever can read a data folder with demo keys in it could make
/// themselves anybody.
///
/// # Errors
/// No keys are configured.
pub(crate) fn must_have_keys(configuration: &Configuration) -> Result<(), Failure> {
    if configuration.keys.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            ClientCode::NoKeys,
            "nobody could be let in: no public keys of an issuer of tokens are configured",
            "name the issuer's keys with --keys or KEZEK_KEYS, or try it out with --demo-keys or `kezek demo`",
        ));
    }
    Ok(())
}

/// Says that demo keys are used, where somebody may forget it.
pub(crate) fn warn_of_demo_keys(ring: Option<&KeyRing>) {
    if let Some(ring) = ring {
        let file = ring.public_file();
        note(&format!(
            "this is for trying out: tokens are checked with the demo keys in {}; `kezek token` makes tokens",
            file.parent().unwrap_or(&file).display()
        ));
    }
}

/// Every value with where it comes from.
pub(crate) fn table(settings: &[Setting]) -> String {
    let mut table = Table::new(["NAME", "VALUE", "ORIGIN"]);
    for setting in settings {
        let value = if setting.value.is_empty() { "-".to_owned() } else { plain(&setting.value) };
        table.row([setting.name.clone(), value, origin(&setting.origin)]);
    }
    table.render("")
}

/// Where a value comes from, in words.
pub(crate) fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File(path) => format!("file {}", path.display()),
        Origin::Environment(variable) => format!("environment {variable}"),
        Origin::Given(name) => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_has_the_last_word_and_is_named_as_the_origin() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kezek.toml");
        std::fs::write(&file, "issuer = \"centre\"\nlisten = \"127.0.0.1:1\"\n").unwrap();
        let settings = Settings {
            config: Some(file),
            listen: Some("127.0.0.1:2".parse().unwrap()),
            keys: vec!["issuer.pem".into()],
            set: vec![("requests_max".to_owned(), "256".to_owned())],
            ..Settings::default()
        };
        let loaded = load(&settings).unwrap();
        assert_eq!((loaded.configuration.listen.port(), loaded.configuration.requests_max), (2, 256));
        assert_eq!(loaded.configuration.keys, [PathBuf::from("issuer.pem")]);
        let text = table(&loaded.settings);
        let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        assert!(line("listen ").ends_with("the command line"), "{text}");
        assert!(line("requests_max ").contains("  256  "), "{text}");
        assert!(line("requests_max ").ends_with("the command line"), "{text}");
        assert!(line("issuer ").contains("kezek.toml"), "{text}");
        assert!(line("audience ").ends_with("default"), "{text}");
    }

    #[test]
    fn what_cannot_be_used_is_a_usage_error_that_names_it() {
        let settings =
            Settings { set: vec![("request_max".to_owned(), "1".to_owned())], ..Settings::default() };
        let failure = load(&settings).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("request_max"), "{failure}");
    }

    #[test]
    fn without_an_issuer_demo_keys_are_made_and_used() {
        let folder = tempfile::tempdir().unwrap();
        let mut configuration =
            Configuration { data_dir: folder.path().join("data"), ..Configuration::default() };
        let ring = with_demo_keys(&mut configuration).unwrap().unwrap();
        assert_eq!(configuration.keys, [ring.public_file()]);
        assert!(with_demo_keys(&mut configuration).unwrap().is_none(), "an issuer is configured by now");
    }
}
