//! `kezek cmd …`: a typed line, as every console takes it.

use clap::Args;
use protocol::command::v1::{
    AffectedUnit, Effect, ListCommandsRequest, PreviewCommandRequest, RunCommandRequest, Verb,
};

use crate::codes::ClientCode;
use crate::commands::incident;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{incident_id, new_request_id};
use crate::names::Names;
use crate::session::Session;
use crate::show::{self, Light};
use crate::table::plain;
use crate::words;

/// The line that asks for the grammar.
const HELP: &str = "?";

/// A line.
#[derive(Debug, Args)]
pub(crate) struct Cmd {
    /// One line, such as "D 21 1043"; `?` lists what can be typed. It is one argument, or one for each of its words
    #[arg(required = true, num_args = 1.., trailing_var_arg = false)]
    line: Vec<String>,
    /// Only say what it would do
    #[arg(long)]
    preview: bool,
    /// The incident that a line is about which names none: its number or id
    #[arg(long, value_name = "INCIDENT")]
    incident: Option<String>,
    /// Ask under this id (1 to 64 of A-Z a-z 0-9 . _ : -); the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID", conflicts_with = "preview")]
    request_id: Option<String>,
}

impl Cmd {
    /// The line: one argument, or one for each of its words. Anything else may be several lines, of which the second would
    /// be words of the first.
    ///
    /// # Errors
    /// That it may be several.
    pub(crate) fn line(&self) -> Result<String, Failure> {
        let line = self.line.join(" ").trim().to_owned();
        let is_of_words = !self.line.iter().any(|word| word.contains(char::is_whitespace));
        if (self.line.len() == 1 || is_of_words) && !line.contains(['\n', '\r']) {
            return Ok(line);
        }
        Err(Failure::new(
            Exit::Usage,
            ClientCode::Usage,
            "this may be several lines, and one is taken at a time: nothing was sent",
            "type `kezek cmd` for each line, in quotes as one argument: `kezek cmd \"N #5 he waits\"`",
        ))
    }
}

/// Does what the line says.
pub(crate) async fn run(session: &Session, line: String, wanted: Cmd) -> Result<(), Failure> {
    if line == HELP {
        return list(session).await;
    }
    let selected_incident_id = match &wanted.incident {
        Some(said) => Box::pin(incident_id(session, said)).await?,
        None => String::new(),
    };
    if wanted.preview {
        let question = PreviewCommandRequest { line, selected_incident_id };
        let ask = async |request| session.command_line().preview_command(request).await;
        let answer = session.read(question, ask).await?;
        let names = session.names().await;
        session.output().show(&answer, |paint| {
            let effect = answer.effect.clone().unwrap_or_default();
            format!("{}  Nothing was done.\n", told(&effect, Light::now(names, paint)))
        });
        return Ok(());
    }
    let request_id = wanted.request_id.unwrap_or_else(new_request_id);
    let request = RunCommandRequest {
        request_id: request_id.clone(),
        line,
        selected_incident_id,
        meaning: String::new(),
    };
    let ask = async |request| session.command_line().run_command(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let effect = answer.effect.clone().unwrap_or_default();
    if effect.verb() == Verb::View {
        return Box::pin(incident::get(session, &effect.incident_id)).await;
    }
    let names = session.names().await;
    session.output().show(&answer, |paint| {
        let told = told(&effect, Light::now(names, paint));
        let recommended = answer
            .recommendation
            .as_ref()
            .map(|found| show::recommendation::whole(found, Light::now(names, paint)));
        let receipt = words::receipt(answer.receipt.as_ref());
        let undo =
            if answer.undo_until.is_some() { "  `kezek cmd UNDO` takes it back for 10 s\n" } else { "" };
        let receipt = if receipt.is_empty() { receipt } else { format!("  {receipt}") };
        format!("{told}{receipt}{undo}{}", recommended.unwrap_or_default())
    });
    Ok(())
}

/// The grammar, for the role of the token.
async fn list(session: &Session) -> Result<(), Failure> {
    let ask = async |request| session.command_line().list_commands(request).await;
    let answer = session.read(ListCommandsRequest {}, ask).await?;
    session.output().show(&answer, |_| {
        let wide =
            answer.commands.iter().map(|command| command.form.chars().count()).max().unwrap_or_default();
        let rows = answer.commands.iter();
        rows.map(|command| format!("{:wide$}  {}\n", command.form, command.example)).collect::<String>()
    });
    Ok(())
}

/// What is done, and what to think of.
fn told(effect: &Effect, light: Light<'_>) -> String {
    let mut told = format!("{}{}\n", sentence(effect, light.names), cautions(effect));
    if !effect.likely.is_empty() {
        told.push_str(&show::call::duplicates(&effect.likely, light));
    }
    told
}

/// What is done, in a sentence.
fn sentence(effect: &Effect, names: &Names) -> String {
    let incident = effect.incident_number.as_str();
    let units = effect.units.iter().map(unit).collect::<Vec<_>>().join(", ");
    let station = names.station(&effect.station_id);
    let told = match effect.verb() {
        Verb::Dispatch => format!("to {incident}: {units}"),
        Verb::CrossDistrict => format!("{incident} to {station}"),
        Verb::Acknowledged => format!("{units} goes to {incident}"),
        Verb::EnRoute => format!("{units} drives to {incident}"),
        Verb::OnScene => format!("{units} is at {incident}"),
        Verb::Clear => format!("{units} is free of {incident}"),
        Verb::UnitState => format!("{units}: {}", effect.state),
        Verb::Received => format!("{station} has {incident}"),
        Verb::Accept => format!("{station} accepts {incident} with {units}"),
        Verb::Return => format!("{station} returns {incident}"),
        Verb::StandDown if units.is_empty() => format!("{station} is stood down from {incident}"),
        Verb::StandDown => format!("{units} stood down from {incident}"),
        Verb::ConfirmStandDown => format!("the stand-down for {incident} is known"),
        Verb::Priority => format!("{incident} is priority {}", effect.priority),
        Verb::Type => format!("{incident} is {}", names.incident_type(&effect.incident_type_id)),
        Verb::Location => format!("{incident} is at {}", plain(&effect.text)),
        Verb::Note => format!("a note on {incident}"),
        Verb::Hold => format!("{incident} is held"),
        Verb::Release => format!("{incident} is released"),
        Verb::Merge => format!("{incident} is part of {}", effect.other_incident_number),
        Verb::Unmerge => format!("{incident} is its own again"),
        Verb::RequestResource => {
            format!("{} × {} more for {incident}", effect.count, names.kind(&effect.unit_kind_id))
        }
        Verb::Close => format!("{incident} is closed"),
        Verb::Cancel => format!("{incident} is cancelled"),
        Verb::Reopen => format!("{incident} is open again"),
        Verb::New => {
            let what = names.incident_type(&effect.incident_type_id);
            format!("{what}, priority {}: {incident} is opened at {}", effect.priority, plain(&effect.text))
        }
        Verb::Answer => format!("call {} is answered", effect.call_number),
        Verb::AcknowledgeAlarm => format!("alarm {} is yours", effect.alarm_code),
        Verb::Recommend => format!("for {incident} the centre would send"),
        Verb::View => format!("{incident} is shown"),
        Verb::Automatic => format!("automatic sending {}", effect.state),
        Verb::Undo | Verb::Unspecified => "done before".to_owned(),
    };
    format!("{}: {}{}", plain(&effect.canonical), told.trim(), circumstances(effect, names))
}

/// With what result, when, by which way and on whose word, as far as the line said so.
fn circumstances(effect: &Effect, names: &Names) -> String {
    let mut told = String::new();
    if effect.verb() == Verb::Clear && !effect.text.is_empty() {
        told.push_str(&format!(": {}", plain(&effect.text)));
    }
    if effect.occurred_at.is_some() {
        told.push_str(&format!(", at {}", names.clock(effect.occurred_at.as_ref(), jiff::Timestamp::now())));
    }
    told.push_str(words::channel(effect.channel()));
    if !effect.person.is_empty() {
        told.push_str(&format!(", on the word of {}", plain(&effect.person)));
    }
    told
}

fn unit(unit: &AffectedUnit) -> String {
    let travel = unit.travel_time_s.map(|seconds| format!(", {}:{:02} away", seconds / 60, seconds % 60));
    let through = if unit.through_desk { ", through its desk" } else { "" };
    format!(
        "{} ({}{}{through})",
        plain(&unit.callsign),
        unit.state.replace('_', " "),
        travel.unwrap_or_default()
    )
}

/// What to think of, a line each.
fn cautions(effect: &Effect) -> String {
    // those that it may be a duplicate of are told by themselves
    let of_line = effect.cautions.iter().filter(|caution| *caution != "LIKELY_DUPLICATE");
    let told = of_line.map(|caution| match caution.as_str() {
        "NOT_NEAREST" => "somebody is nearer",
        "NOT_NEEDED" => "no need of this kind is open",
        "WRONG_LAYOUT" => "it was typed in another keyboard layout",
        "OPEN_WORK" => "units are still under way",
        "PLACE_WITHOUT_POSITION" => {
            "the place has no point on the map: no district and no travel time follow from it"
        }
        "BEFORE_SENT" => "it is said to have happened before it was sent",
        "NOT_ARRIVED" => "the unit has not arrived",
        "TIME_IN_WORDS" => {
            "the time among its words is not read: say it before them, as in `C 21 at 09:10 report taken`"
        }
        other => other,
    });
    told.map(|told| format!("\n  Mind: {told}")).collect()
}
