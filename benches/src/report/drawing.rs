//! Drawings as SVG inside a page, so that a report is one file that opens anywhere.

use std::fmt::Write as _;

use hdrhistogram::Histogram;

use super::Curve;
use crate::figures::count;

/// Size of a drawing, in pixels, and the room left for its scales.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const BELOW: f64 = 40.0;

/// Colours that are told apart also by who sees few.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];

/// Percentiles along a curve: each step leaves half as many above.
const STEPS: [f64; 11] = [1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9];

/// A name and the points of its curve.
type Named<'a> = (&'a str, Vec<(f64, f64)>);

/// Latency by percentile, one curve for each side: both scales show ratios as distances.
pub(super) fn curves(sides: &[(&str, Histogram<u64>)]) -> String {
    let curves: Vec<Named<'_>> = sides
        .iter()
        .filter(|(_, histogram)| !histogram.is_empty())
        .map(|(side, histogram)| {
            let points =
                STEPS.map(|percent| (percent, count(histogram.value_at_percentile(percent)) / 1_000.0));
            (*side, points.to_vec())
        })
        .collect();
    let x = |percent: f64| across(rarity(percent) / rarity(STEPS[STEPS.len() - 1]));
    drawn("latency in milliseconds by percentile", &curves, " ms", x, |out| {
        for percent in [1.0, 50.0, 90.0, 99.0, 99.9] {
            line(out, (x(percent), 8.0), (x(percent), HEIGHT - BELOW + 8.0), "#eee");
            text(out, (x(percent), HEIGHT - BELOW + 24.0), "middle", &format!("p{percent}"));
        }
    })
}

/// Values by how often larger something is: both scales show ratios as distances, so what is flat looks flat.
pub(super) fn plot(curves: &[Curve]) -> String {
    let mut marks: Vec<f64> =
        curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).filter(|at| *at > 0.0).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    let (Some(left), Some(right)) = (marks.first().copied(), marks.last().copied()) else {
        return String::new();
    };
    let x = |value: f64| across((value / left).log10() / (right / left).log10().max(1e-9));
    let curves: Vec<Named<'_>> = curves.iter().map(|curve| (curve.name, curve.points.clone())).collect();
    drawn("one value by another", &curves, "", x, |out| {
        for mark in &marks {
            text(out, (x(*mark), HEIGHT - BELOW + 24.0), "middle", &format!("x{mark}"));
        }
    })
}

/// Curves over a scale of their own from left to right, and one of powers of ten from bottom to top; nothing if there is
/// nothing to show.
fn drawn(
    label: &str,
    curves: &[Named<'_>],
    unit: &str,
    x: impl Fn(f64) -> f64,
    mark_below: impl FnOnce(&mut String),
) -> String {
    let values =
        || curves.iter().flat_map(|(_, points)| points).map(|point| point.1).filter(|value| *value > 0.0);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    if !low.is_finite() {
        return String::new();
    }
    let (low, high) = (10_f64.powf(low.log10().floor()), 10_f64.powf(high.log10().ceil()));
    let y =
        |value: f64| (HEIGHT - BELOW) * (1.0 - (value / low).log10() / (high / low).log10().max(1e-9)) + 8.0;
    let mut out = open(label);
    let mut mark = low;
    while mark <= high * 1.001 {
        line(&mut out, (LEFT, y(mark)), (WIDTH - 100.0, y(mark)), "#ddd");
        text(&mut out, (LEFT - 6.0, y(mark) + 4.0), "end", &format!("{mark}{unit}"));
        mark *= 10.0;
    }
    mark_below(&mut out);
    for (index, (name, points)) in curves.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let path: Vec<String> =
            points.iter().map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value))).collect();
        write!(
            out,
            r#"<polyline fill="none" stroke="{colour}" stroke-width="2" points="{}"/>"#,
            path.join(" ")
        )
        .expect("a text takes more text");
        let place = (WIDTH - 92.0, 20.0 + 18.0 * count(index as u64));
        write!(out, r#"<text x="{}" y="{}" fill="{colour}">{name}</text>"#, place.0, place.1)
            .expect("a text takes more text");
    }
    out + "</svg>"
}

/// So far along the scale from left to right, from 0 to 1.
fn across(part: f64) -> f64 {
    LEFT + (WIDTH - LEFT - 100.0) * part
}

/// How rare it is to be above a percentile: 1 for every ten times rarer.
fn rarity(percent: f64) -> f64 {
    -(1.0 - percent / 100.0).log10()
}

/// Ratios of all rounds as dots, with their median and the goal.
pub(super) fn dots(ratios: &[f64], median: f64, goal: Option<f64>) -> String {
    let all = || ratios.iter().copied().chain(goal);
    let (low, high) = (all().fold(1.0, f64::min) * 0.9, all().fold(1.0, f64::max) * 1.1);
    let x = |ratio: f64| 4.0 + 212.0 * (ratio / low).ln() / (high / low).ln();
    let mut out =
        String::from(r#"<svg width="220" height="22" viewBox="0 0 220 22" role="img" aria-label="ratios">"#);
    line(&mut out, (x(1.0), 1.0), (x(1.0), 21.0), "#bbb");
    if let Some(goal) = goal {
        line(&mut out, (x(goal), 1.0), (x(goal), 21.0), "#d55e00");
    }
    for ratio in ratios {
        write!(out, r##"<circle cx="{:.1}" cy="11" r="3" fill="#0072b2" fill-opacity="0.4"/>"##, x(*ratio))
            .expect("a text takes more text");
    }
    write!(out, r##"<circle cx="{:.1}" cy="11" r="4" fill="#000"/></svg>"##, x(median))
        .expect("a text takes more text");
    out
}

fn open(label: &str) -> String {
    format!(
        r#"<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" font-size="12">"#
    )
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    write!(
        out,
        r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}"/>"#,
        from.0, from.1, to.0, to.1
    )
    .expect("a text takes more text");
}

fn text(out: &mut String, at: (f64, f64), anchor: &str, said: &str) {
    write!(out, r#"<text x="{:.1}" y="{:.1}" text-anchor="{anchor}">{said}</text>"#, at.0, at.1)
        .expect("a text takes more text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_drawn_for_each_side_that_has_latencies() {
        let mut histogram = crate::load::histogram();
        (1..2_000).for_each(|us| histogram.saturating_record(us));
        let drawn = curves(&[("raw", histogram), ("silent", crate::load::histogram())]);
        assert_eq!(drawn.matches("<polyline").count(), 1);
        assert!(drawn.ends_with("</svg>") && !drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        assert_eq!(curves(&[]), "");
    }

    #[test]
    fn a_plot_has_a_curve_for_each_thing_and_bears_a_single_point() {
        let points = |points: &[(f64, f64)]| Curve { name: "units", points: points.to_vec() };
        let drawn = plot(&[points(&[(1.0, 20.0), (10.0, 21.0)]), points(&[(1.0, 3.0)])]);
        assert_eq!(drawn.matches("<polyline").count(), 2);
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        assert_eq!(plot(&[]), "");
    }

    #[test]
    fn every_ratio_is_a_dot_and_the_median_one_more() {
        let drawn = dots(&[0.5, 0.7, 0.9], 0.7, Some(0.7));
        assert_eq!(drawn.matches("<circle").count(), 4);
        assert!(!drawn.contains("NaN"), "{drawn}");
    }
}
