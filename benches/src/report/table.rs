//! Goals and ratios as Markdown: short enough for a document.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{Told, Words, rate, spread, total};
use crate::{
    figures::{Comparison, Figure, Spread, Wanted},
    plan::Load,
};

/// The whole table.
pub(super) fn markdown(told: &Told) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a text takes more text");
    line(format!("# {}\n", told.title));
    line(format!("{}.\n", told.how()));
    if !told.totals.is_empty() {
        line("| in all | |\n|---|---|".to_owned());
        told.totals.iter().for_each(|(what, value)| line(format!("| {what} | {} |", total(*value))));
        line(String::new());
    }
    if !told.comparisons.is_empty() {
        line(compared(told));
    }
    let Words { each, done } = told.words;
    line(format!("| load | side | {done}/s | p50 ms | p99 ms | work, us per {each} | beside | failed |"));
    line("|---|---|---|---|---|---|---|---|".to_owned());
    for (load, side) in pairs(told) {
        let of = || told.figures.of(side, load);
        line(format!(
            "| {load} | {side} | {} | {} | {} | {} | {} | {} |",
            rate(of().map(|figure| figure.per_second)),
            spread(of().filter_map(|figure| figure.latency_ms(50.0)), 2),
            spread(of().filter_map(|figure| figure.latency_ms(99.0)), 2),
            work(&of().collect::<Vec<_>>()),
            beside(&of().collect::<Vec<_>>()),
            of().map(Figure::failed).sum::<u64>(),
        ));
    }
    line(format!("\n{}\n", verified(told)));
    told.facts.iter().for_each(|(name, fact)| line(format!("- {name}: {fact}")));
    told.not_measured.iter().for_each(|what| line(format!("- not measured: {what}")));
    out
}

/// What was aimed at, and what came of it.
fn compared(told: &Told) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a text takes more text");
    line("| what | goal | measured: median (range) | rounds | goal met |\n|---|---|---|---|---|".to_owned());
    for comparison in &told.comparisons {
        let Comparison { what, wanted, ratios } = comparison;
        let met = match (Spread::of(ratios.iter().copied()), wanted) {
            (None, _) => "not measured",
            (Some(_), Wanted::Told) => "",
            (Some(ratio), wanted) => {
                if wanted.is_met(ratio.median) == Some(true) {
                    "yes"
                } else {
                    "no"
                }
            }
        };
        let measured = spread(ratios.iter().copied(), 2);
        line(format!("| {what} | {} | {measured} | {} | {met} |", goal(*wanted), ratios.len()));
    }
    out
}

/// What was wanted, as a person reads it.
pub(super) fn goal(wanted: Wanted) -> String {
    match wanted {
        Wanted::AtMost(most) => format!("≤ {most:.2}"),
        Wanted::AtLeast(least) => format!("≥ {least:.2}"),
        Wanted::Told => "none".to_owned(),
    }
}

/// Every load and side that was measured, closed loads first.
pub(super) fn pairs(told: &Told) -> Vec<(Load, &'static str)> {
    let mut pairs: Vec<(Load, &'static str)> = Vec::new();
    for figure in &told.figures.0 {
        if !pairs.contains(&(figure.load, figure.side)) {
            pairs.push((figure.load, figure.side));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The work of each process, in microseconds per acknowledgement.
pub(super) fn work(figures: &[&Figure]) -> String {
    let Some(first) = figures.first() else { return String::new() };
    let each = first.work_us.keys().map(|process| {
        let known = figures.iter().filter_map(|figure| figure.work_us.get(process).copied().flatten());
        format!("{process} {}", spread(known, 1))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// What else was measured.
pub(super) fn beside(figures: &[&Figure]) -> String {
    let names: BTreeSet<&str> = figures.iter().flat_map(|figure| figure.beside.keys().copied()).collect();
    let each = names.into_iter().map(|name| {
        let known = figures.iter().filter_map(|figure| figure.beside.get(name).copied());
        format!("{name} {}", spread(known, 2))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Whether everything acknowledged was kept.
pub(super) fn verified(told: &Told) -> String {
    let faults = told.figures.faults();
    if !faults.is_empty() {
        return format!("NOT ALL AS IT SHOULD BE:\n\n- {}", faults.join("\n- "));
    }
    let acknowledged: u64 = told.figures.0.iter().map(|figure| figure.verdict.acknowledged).sum();
    let checked: u64 = told.figures.0.iter().filter_map(|figure| figure.verdict.kept).sum();
    let done = told.words.done;
    format!(
        "In all {acknowledged} {done}, of which {checked} were to be kept and were found, each once: 0 lost, 0 double, \
         in {} turns.",
        told.figures.0.len()
    )
}
