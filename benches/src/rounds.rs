//! A run: every load on every side in turns, round after round, each turn verified before the next begins.

use std::time::Instant;

use crate::{
    figures::{Figure, Figures},
    load::bear,
    plan::{Cell, Pace, Turn, turns},
    side::{Fault, Side, Watched},
};

/// Runs all rounds and tells each turn.
///
/// # Errors
/// A side that cannot start or cannot say what it kept. What it kept wrongly is no error here: the figures say it.
pub async fn run(
    sides: &mut [Box<dyn Side>],
    cells: &[Cell],
    pace: &Pace,
    tell: &dyn Fn(&str),
) -> Result<Figures, Fault> {
    let mut figures = Figures::default();
    let began = Instant::now();
    for round in 0..pace.rounds {
        for turn in turns(cells, pace, round) {
            let side = sides.iter_mut().find(|side| side.name() == turn.side);
            let side = side.ok_or_else(|| Fault(format!("there is no side `{}`", turn.side)))?;
            let figure = take_turn(side.as_mut(), turn, pace, round + 1).await?;
            tell(&line(&figure, pace, began));
            figures.0.push(figure);
        }
    }
    Ok(figures)
}

async fn take_turn(side: &mut dyn Side, turn: Turn, pace: &Pace, round: u32) -> Result<Figure, Fault> {
    let name = turn.side;
    let told = |fault: Fault| Fault(format!("{name}, {}: {fault}", turn.load));
    let mut stand = side.stand().await.map_err(told)?;
    let mut watched = stand.processes();
    // who asks works too: where that is as much as a core has, the side was not what was full
    watched.push(Watched { name: "asking", pid: std::process::id() });
    let borne = bear(stand.target(), turn.load, pace, &watched).await;
    let kept = stand.kept().await.map_err(told)?;
    Ok(Figure::new(round, turn, borne, &watched, kept))
}

/// One turn, for whoever waits.
fn line(figure: &Figure, pace: &Pace, began: Instant) -> String {
    let wrong = if figure.verdict.is_clean() { "" } else { "  NOT KEPT AS ACKNOWLEDGED" };
    let failed = match figure.failed() {
        0 => String::new(),
        failed => format!("  {failed} failed"),
    };
    let latency =
        |percent| figure.latency_ms(percent).map_or_else(|| "       -".to_owned(), |ms| format!("{ms:>8.3}"));
    format!(
        "{:>5} s  round {} of {}  {:<14} {:<10} {:>8.0}/s  p50 {} ms  p99 {} ms{failed}{wrong}",
        began.elapsed().as_secs(),
        figure.round,
        pace.rounds,
        figure.load.to_string(),
        figure.side,
        figure.per_second,
        latency(50.0),
        latency(99.0),
    )
}
