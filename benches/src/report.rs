//! What is told of a run: a page for people, a table for documents, and every figure for programs.

mod drawing;
mod page;
mod raw_figures;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    figures::{Comparison, Figures, Spread},
    machine,
    plan::Pace,
    side::Fault,
};

/// What figures are of, as tables call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// One of them.
    pub each: &'static str,
    /// What becomes of it.
    pub done: &'static str,
}

impl Default for Words {
    fn default() -> Self {
        Self { each: "call", done: "acknowledged" }
    }
}

/// One value by another, drawn.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What is drawn by what, and in which units.
    pub title: &'static str,
    /// One curve for each thing that grows.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it is of.
    pub name: &'static str,
    /// Its points, from left to right; both values above 0.
    pub points: Vec<(f64, f64)>,
}

/// Everything that is told of a run.
pub struct Told {
    /// One word: the measurement.
    pub name: &'static str,
    /// What it is about, as a heading.
    pub title: &'static str,
    /// What figures are of.
    pub words: Words,
    /// How long and how often.
    pub pace: Pace,
    /// How it was measured, in one sentence; absent: as the pace says.
    pub how: Option<String>,
    /// The machine and the programs.
    pub facts: Vec<(String, String)>,
    /// Every figure.
    pub figures: Figures,
    /// What it comes to in all, by what it is and in which unit.
    pub totals: Vec<(&'static str, f64)>,
    /// What is said of them.
    pub comparisons: Vec<Comparison>,
    /// What is drawn beside.
    pub plots: Vec<Plot>,
    /// How to read them.
    pub notes: Vec<String>,
    /// What they do not say.
    pub not_measured: Vec<String>,
}

/// The files of one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Every figure of every round, as JSON.
    pub figures: PathBuf,
    /// The page for people, as HTML.
    pub page: PathBuf,
    /// Goals and ratios, as Markdown.
    pub table: PathBuf,
}

impl Told {
    /// A report that knows the machine and nothing else yet.
    pub fn new(name: &'static str, title: &'static str, pace: Pace) -> Self {
        Self {
            name,
            title,
            words: Words::default(),
            pace,
            how: None,
            facts: machine::facts(),
            figures: Figures::default(),
            totals: Vec::new(),
            comparisons: Vec::new(),
            plots: Vec::new(),
            notes: Vec::new(),
            not_measured: Vec::new(),
        }
    }

    /// Writes it into a folder, which is made.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Files, Fault> {
        fs::create_dir_all(folder).map_err(Fault::at("make the folder of the report"))?;
        let write = |name: &str, text: String| {
            let file = folder.join(name);
            fs::write(&file, text).map_err(Fault::at("write the report"))?;
            Ok(file)
        };
        Ok(Files {
            figures: write("figures.json", raw_figures::json(self))?,
            page: write("report.html", page::html(self))?,
            table: write("table.md", table::markdown(self))?,
        })
    }

    /// The table alone, for whoever looks at the terminal.
    pub fn table(&self) -> String {
        table::markdown(self)
    }

    /// How it was measured, in one sentence.
    fn how(&self) -> String {
        if let Some(how) = &self.how {
            return how.clone();
        }
        let Pace { rounds, warm, measured, seed } = self.pace;
        format!(
            "{rounds} rounds in turns, each load {:.1} s after {:.1} s of warming; order within a round drawn from seed {seed}",
            measured.as_secs_f64(),
            warm.as_secs_f64()
        )
    }
}

/// A median with its range, as a person reads it.
fn spread(values: impl IntoIterator<Item = f64>, digits: usize) -> String {
    Spread::of(values).map_or_else(
        || "not measured".to_owned(),
        |Spread { median, min, max, .. }| format!("{median:.digits$} ({min:.digits$}–{max:.digits$})"),
    )
}

/// The same for so many a second.
fn rate(values: impl IntoIterator<Item = f64>) -> String {
    Spread::of(values).map_or_else(
        || "not measured".to_owned(),
        |Spread { median, min, max, .. }| format!("{} ({}–{})", grouped(median), grouped(min), grouped(max)),
    )
}

/// One value: a large one without its fraction.
fn total(value: f64) -> String {
    if value < 1_000.0 { format!("{value:.2}") } else { grouped(value) }
}

/// A whole number in groups of three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let first = digits.len() % 3;
    let groups = std::iter::once(&digits[..first])
        .chain((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.filter(|group| !group.is_empty()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(spread([1.0, 2.0, 4.0], 2), "2.00 (1.00–4.00)");
        assert_eq!(rate([999.0, 1_000.4, 1_234_567.0]), "1,000 (999–1,234,567)");
        assert_eq!(rate([]), "not measured");
        assert_eq!([total(1.5), total(200_000.0)], ["1.50", "200,000"]);
    }
}
