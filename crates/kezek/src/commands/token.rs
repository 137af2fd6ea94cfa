//! `kezek token`: a token for a role, signed with this machine's demo keys.

use std::path::Path;

use clap::Args;
use identity::{Claims, DEMO_LIFETIME_SECONDS, Role};
use serde_json::json;

use crate::commands::directory::{sources, with_problems};
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::output::{Output, note, print};
use crate::table::plain;

/// For whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct Token {
    /// operator, duty_officer, crew, supervisor, administrator, integration or observer
    role: Role,
    /// The person or system; the role with its station or unit unless given
    #[arg(long)]
    name: Option<String>,
    /// The centre
    #[arg(long, env = "KEZEK_CENTRE", default_value = "bishkek")]
    centre: String,
    /// The duty officer's station; required for a duty officer
    #[arg(long)]
    station: Option<String>,
    /// The crew's unit, by its id, or by its callsign with --directory; required for a crew
    #[arg(long)]
    unit: Option<String>,
    /// A folder with the centre's directory, to look the station or unit up in; it is taken as said unless given
    #[arg(long, value_name = "DIR")]
    pub(crate) directory: Option<std::path::PathBuf>,
    /// The operator's or supervisor's desk
    #[arg(long)]
    desk: Option<String>,
    /// The data directory with the keys; as `serve` would use unless given
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<std::path::PathBuf>,
    /// A configuration file in TOML, for the data directory, issuer and audience
    #[arg(long, value_name = "FILE", env = "KEZEK_CONFIG")]
    pub(crate) config: Option<std::path::PathBuf>,
    /// How long it is good for, in seconds; `serve` takes demo tokens of up to a day
    #[arg(long, value_name = "SECONDS", default_value_t = DEMO_LIFETIME_SECONDS, value_parser = clap::value_parser!(u32).range(1..=i64::from(DEMO_LIFETIME_SECONDS)))]
    lifetime: u32,
}

/// Who issues demo tokens, for whom, and where their keys are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issuer<'a> {
    /// Where the keys are.
    pub(crate) data_dir: &'a Path,
    /// What tokens name as their issuer.
    pub(crate) issuer: &'a str,
    /// What tokens name as their audience.
    pub(crate) audience: &'a str,
}

/// Makes a token and prints it.
pub(crate) fn run(output: Output, issuer: Issuer<'_>, wanted: &Token) -> Result<(), Failure> {
    let mut wanted = wanted.clone();
    match wanted.directory.clone() {
        Some(folder) => look_up(&folder, &mut wanted)?,
        None if wanted.unit.is_some() || wanted.station.is_some() => note(
            "no directory was looked at: the centre refuses a station or unit that it does not have; --directory DIR \
             checks it here, and `kezek directory show --part units` lists the ids",
        ),
        None => {}
    }
    let claims = claims(&wanted)?;
    let ring = KeyRing::open(issuer.data_dir)?;
    let token = ring.token(&claims, issuer.issuer, issuer.audience, wanted.lifetime)?;
    if output.is_json() {
        let told = json!({ "token": token, "claims": claims, "lifetime_s": wanted.lifetime });
        print(&serde_json::to_string_pretty(&told).expect("claims are texts"));
    } else {
        print(&token);
        note(&format!("a token for `{}` ({}), good for {} s", claims.name, claims.role, wanted.lifetime));
    }
    Ok(())
}

/// Finds the station and the unit in a centre's files, the unit by its id or callsign.
fn look_up(folder: &Path, wanted: &mut Token) -> Result<(), Failure> {
    let read = directory::read(&sources(folder)?).map_err(|problems| with_problems(problems.len()))?;
    if let Some(said) = &wanted.station
        && !read.stations.keys().any(|id| id.as_str() == said)
    {
        let ids: Vec<&str> = read.stations.keys().map(|id| id.as_str()).collect();
        return Err(Failure::not_found(
            format!("{} has no station `{}`", folder.display(), plain(said)),
            format!("its stations: {}", ids.join(", ")),
        ));
    }
    let Some(said) = &wanted.unit else { return Ok(()) };
    let called = said.to_lowercase();
    let mut units = read.units.iter();
    let found = units.find(|(id, unit)| id.as_str() == said || unit.callsign.to_lowercase() == called);
    let (id, _) = found.ok_or_else(|| {
        Failure::not_found(
            format!("{} has no unit `{}`", folder.display(), plain(said)),
            format!("{}/units.toml lists ids and callsigns", folder.display()),
        )
    })?;
    wanted.unit = Some(id.to_string());
    Ok(())
}

/// What the token says.
fn claims(wanted: &Token) -> Result<Claims, Failure> {
    let wrong = |what: &str, cause: &dyn std::fmt::Display| Failure::usage(format!("--{what}: {cause}"));
    let post = wanted.unit.as_ref().or(wanted.station.as_ref()).or(wanted.desk.as_ref());
    let usual = || match post {
        Some(post) => format!("{}.{post}", wanted.role),
        None => wanted.role.to_string(),
    };
    Ok(Claims {
        name: wanted.name.clone().unwrap_or_else(usual),
        role: wanted.role,
        centre: wanted.centre.parse().map_err(|cause| wrong("centre", &cause))?,
        desk: wanted.desk.clone(),
        station: match &wanted.station {
            Some(station) => Some(station.parse().map_err(|cause| wrong("station", &cause))?),
            None => None,
        },
        unit: match &wanted.unit {
            Some(unit) => Some(unit.parse().map_err(|cause| wrong("unit", &cause))?),
            None => None,
        },
    })
}
