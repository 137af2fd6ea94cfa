//! The page for people: what was compared, how it came out, and everything behind it, in one file.

use std::fmt::Write as _;

use hdrhistogram::Histogram;

use super::{
    Told, Words, drawing, rate, spread,
    table::{beside, goal, pairs, verified, work},
    total,
};
use crate::{
    figures::{Comparison, Figure, Spread, Wanted},
    plan::Load,
};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111}\
    table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left}\
    .no{color:#b00;font-weight:600}.yes{color:#060;font-weight:600}h2{margin-top:2.5rem}";

/// The whole page.
pub(super) fn html(told: &Told) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{0}</title><style>{STYLE}</style>\n<h1>{0}</h1>\n<p>{1}.</p>\n<p>{2}</p>\n",
        escaped(told.title),
        escaped(&told.how()),
        escaped(&verified(told)),
    );
    totals(&mut out, told);
    comparisons(&mut out, told);
    for plot in &told.plots {
        let drawn = drawing::plot(&plot.curves);
        write!(out, "<h2>{}</h2>\n{drawn}\n", escaped(plot.title)).expect("a text takes more text");
    }
    latencies(&mut out, told);
    everything(&mut out, told);
    list(&mut out, "How to read it", told.notes.iter().cloned());
    list(&mut out, "What was not measured", told.not_measured.iter().cloned());
    list(&mut out, "The machine", told.facts.iter().map(|(name, fact)| format!("{name}: {fact}")));
    out + "</html>\n"
}

fn totals(out: &mut String, told: &Told) {
    if told.totals.is_empty() {
        return;
    }
    out.push_str("<h2>In all</h2>\n<table>\n");
    told.totals.iter().for_each(|(what, value)| row(out, "td", &[escaped(what), total(*value)]));
    out.push_str("</table>\n");
}

fn comparisons(out: &mut String, told: &Told) {
    if told.comparisons.is_empty() {
        return;
    }
    out.push_str(
        "<h2>Ratios</h2>\n<p>One dot for each round, black the median, grey 1, red the goal.</p>\n<table>\n",
    );
    row(out, "th", &["what", "goal", "measured: median (range)", "rounds", ""].map(str::to_owned));
    for Comparison { what, wanted, ratios } in &told.comparisons {
        let known = Spread::of(ratios.iter().copied());
        let met = match known.and_then(|known| wanted.is_met(known.median)) {
            Some(true) => "<span class=\"yes\">met</span> ",
            Some(false) => "<span class=\"no\">missed</span> ",
            None => "",
        };
        let line = match wanted {
            Wanted::AtMost(goal) | Wanted::AtLeast(goal) => Some(*goal),
            Wanted::Told => None,
        };
        let drawn = known.map(|known| drawing::dots(ratios, known.median, line)).unwrap_or_default();
        let measured = met.to_owned() + &spread(ratios.iter().copied(), 2);
        row(out, "td", &[escaped(what), goal(*wanted), measured, ratios.len().to_string(), drawn]);
    }
    out.push_str("</table>\n");
}

fn latencies(out: &mut String, told: &Told) {
    if told.figures.0.iter().all(|figure| figure.latency_us.is_empty()) {
        return;
    }
    out.push_str("<h2>Latency by percentile</h2>\n<p>All rounds together.</p>\n");
    let mut loads: Vec<Load> = pairs(told).into_iter().map(|(load, _)| load).collect();
    loads.dedup();
    for load in loads {
        let sides: Vec<(&str, Histogram<u64>)> = pairs(told)
            .into_iter()
            .filter(|(of, _)| *of == load)
            .map(|(_, side)| (side, together(told.figures.of(side, load))))
            .collect();
        write!(out, "<h3>{load}</h3>\n{}\n", drawing::curves(&sides)).expect("a text takes more text");
    }
}

fn together<'a>(figures: impl Iterator<Item = &'a Figure>) -> Histogram<u64> {
    figures.fold(crate::load::histogram(), |mut all, figure| {
        all += &figure.latency_us;
        all
    })
}

fn everything(out: &mut String, told: &Told) {
    out.push_str("<h2>Every load on every side</h2>\n<p>Medians of rounds, with their range.</p>\n<table>\n");
    let Words { each, done } = told.words;
    let (done, each) = (format!("{done}/s"), format!("work, us per {each}"));
    let head = [
        "load",
        "side",
        &done,
        "p50, ms",
        "p99, ms",
        &each,
        "beside",
        "sent late p99, ms",
        "own changes",
        "failed",
    ];
    row(out, "th", &head.map(str::to_owned));
    for (load, side) in pairs(told) {
        let of = || told.figures.of(side, load);
        let cells = [
            load.to_string(),
            side.to_owned(),
            rate(of().map(|figure| figure.per_second)),
            spread(of().filter_map(|figure| figure.latency_ms(50.0)), 2),
            spread(of().filter_map(|figure| figure.latency_ms(99.0)), 2),
            work(&of().collect::<Vec<_>>()),
            escaped(&beside(&of().collect::<Vec<_>>())),
            spread(of().filter_map(|figure| figure.late_ms(99.0)), 2),
            rate(of().filter_map(|figure| figure.own_changes).map(crate::figures::count)),
            failures(of()),
        ];
        row(out, "td", &cells);
    }
    out.push_str("</table>\n");
}

/// How many failed, and what was said.
fn failures<'a>(figures: impl Iterator<Item = &'a Figure>) -> String {
    let mut all = std::collections::BTreeMap::<&str, u64>::new();
    for (said, times) in figures.flat_map(|figure| &figure.failures) {
        *all.entry(said).or_default() += times;
    }
    all.iter().map(|(said, times)| format!("{times}: {}", escaped(said))).collect::<Vec<_>>().join("<br>")
}

fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    write!(out, "<h2>{title}</h2>\n<ul>\n").expect("a text takes more text");
    for line in lines {
        writeln!(out, "<li>{}</li>", escaped(&line)).expect("a text takes more text");
    }
    out.push_str("</ul>\n");
}

fn row(out: &mut String, cell: &str, cells: &[String]) {
    let cells: String = cells.iter().map(|text| format!("<{cell}>{text}</{cell}>")).collect();
    writeln!(out, "<tr>{cells}</tr>").expect("a text takes more text");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
