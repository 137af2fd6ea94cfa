//! What a run showed, told to a person or a program.

use std::path::Path;

use serde_json::json;
use simulator::audit::Verdict;
use simulator::faults::{FaultReport, OutageReport};
use simulator::replay::Report;

use super::Ran;
use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, print};
use crate::table::{Table, count};

/// Prints the report and the verdict.
pub(super) fn tell(
    output: Output,
    ran: &Ran,
    verdict: Option<&Verdict>,
    folder: &Path,
) -> Result<(), Failure> {
    if output.is_json() {
        let told = json!({ "report": ran, "audit": verdict, "histories": folder });
        print(&serde_json::to_string_pretty(&told).expect("a report is texts and numbers"));
    } else {
        match ran {
            Ran::Calmly(report) => print(&report.to_string()),
            Ran::Killed(report) => print(&killed(report)),
            Ran::WithOutage(report) => print(&with_outage(report)),
        }
        match verdict {
            Some(verdict) => print(&verdict.to_string()),
            None => print("audit                none: say --audit, and where its store is, or --own"),
        }
        print(&format!("histories            {}", folder.display()));
    }
    match verdict {
        Some(verdict) if !verdict.is_clean() => Err(Failure::new(
            Exit::Refused,
            ClientCode::Audit,
            format!("the audit found {} that must not be", count(verdict.findings.len(), "thing", "things")),
            "the findings are above; the same --seed replays the same day",
        )),
        Some(_) | None => whole(ran, verdict),
    }
}

/// A replay of which calls were not taken, or incidents did not end, proves nothing of them. What was still open an audit
/// has looked at one by one, and one that found nothing explains it.
fn whole(ran: &Ran, verdict: Option<&Verdict>) -> Result<(), Failure> {
    let reports = match ran {
        Ran::Calmly(report) => std::slice::from_ref(&**report),
        Ran::Killed(report) => &report.replays,
        Ran::WithOutage(report) => std::slice::from_ref(&report.replay),
    };
    let missing: Vec<String> = reports
        .iter()
        .flat_map(|report| [report.not_taken(), report.not_ended().filter(|_| verdict.is_none())])
        .flatten()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        ClientCode::Replay,
        format!("the replay is not whole: {}", missing.join("; ")),
        "the report names the refusals and what was open; --patience waits longer for what is open",
    ))
}

/// Every kill, and what each replay came to.
fn killed(report: &FaultReport) -> String {
    let mut kills = Table::new(["KILL", "WHAT", "AFTER S", "CALLS BY THEN", "READY AGAIN S"]);
    for (number, kill) in report.kills.iter().enumerate() {
        kills.row([
            (number + 1).to_string(),
            kill.victim.as_str().to_owned(),
            format!("{:.1}", kill.at_s),
            kill.taken.to_string(),
            format!("{:.2}", kill.recovered_s),
        ]);
    }
    let replays: Vec<String> = report.replays.iter().map(Report::to_string).collect();
    format!("{}\n{}", kills.render(""), replays.join("\n"))
}

/// The outage, and what the replay around it came to.
fn with_outage(report: &OutageReport) -> String {
    let outage = &report.outage;
    let mut table =
        Table::new(["REDIS AWAY S", "AFTER S", "CALLS BY THEN", "CALLS MEANWHILE", "READY AGAIN S"]);
    table.row([
        format!("{:.1}", outage.away_s),
        format!("{:.1}", outage.at_s),
        outage.taken_before.to_string(),
        outage.taken_meanwhile.to_string(),
        format!("{:.2}", outage.recovered_s),
    ]);
    format!("{}\n{}", table.render(""), report.replay)
}
