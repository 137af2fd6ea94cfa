//! Each lifecycle as a table: a row for each state, a column for each event, and where it leads.
//!
//! `-` is a refusal and `=` changes nothing at all, the names that stand in the state included. To change a lifecycle,
//! change the code, read what the failing test prints, and put it here if it is what you meant.

use std::collections::BTreeSet;

use crate::{
    lifecycle::State,
    samples::{self, Samples},
};

const CALL: &str = "
                 answer    abandon    call_back  call_back_failed  end
ringing          answered  abandoned  -          -                 -
answered         -         -          call_back  -                 ended
abandoned        -         -          call_back  -                 -
call_back        answered  -          -          call_back         -
call_back, last  answered  -          -          needs_decision    -
needs_decision   -         -          -          -                 ended
ended            -         -          -          -                 -
";

const INCIDENT: &str = "
           hold  release  merge   unmerge  close   cancel     reopen
held       held  open     -       -        -       cancelled  -
open       held  -        merged  -        closed  cancelled  -
merged     -     -        -       open     -       -          -
closed     -     -        -       -        -       -          open
cancelled  -     -        -       -        -       -          open
";

const ASSIGNMENT: &str = "
                 deliver    receive   accept    finish  return    stand_down       confirm
sent             delivered  received  accepted  done    returned  stand_down_sent  -
delivered        =          received  accepted  done    returned  stand_down_sent  -
received         =          =         accepted  done    returned  stand_down_sent  -
accepted         =          =         =         done    -         stand_down_sent  -
stand_down_sent  =          -         -         done    -         -                stood_down
done             -          -         -         -       -         -                -
returned         -          -         -         -       -         -                -
stood_down       -          -         -         -       -         -                -
";

const RUN: &str = "
                 acknowledge   depart    arrive    clear    stand_down       confirm     correct to ack.  correct to en r.  correct to on sc.
sent             acknowledged  en_route  on_scene  cleared  stand_down_sent  -           -                -                 -
acknowledged     =             en_route  on_scene  cleared  stand_down_sent  -           =                en_route          on_scene
en_route         =             =         on_scene  cleared  stand_down_sent  -           acknowledged     =                 on_scene
on_scene         =             =         =         cleared  stand_down_sent  -           acknowledged     en_route          =
stand_down_sent  =             =         =         cleared  -                stood_down  -                -                 -
cleared          -             -         -         -        -                -           -                -                 -
stood_down       -             -         -         -        -                -           -                -                 -
";

const UNIT: &str = "
                sign_on    sign_off    assign    free       free of another  out_of_service  return_to_serv.
signed_off      available  -           -         -          -                -               -
available       -          signed_off  assigned  -          -                out_of_service  -
assigned        -          -           -         available  -                -               -
out_of_service  -          signed_off  -         -          -                -               available
";

const ALARM: &str = "
              acknowledge   end
raised        acknowledged  ended
acknowledged  acknowledged  ended
ended         -             -
";

/// The table of a lifecycle.
fn table<S: State>(samples: &Samples<S>) -> String {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(samples.events.iter().map(|(label, _)| (*label).to_owned()));
    for (label, state) in &samples.states {
        let mut row = vec![(*label).to_owned()];
        for (_, event) in &samples.events {
            row.push(match state.clone().next(event.clone()) {
                Ok(next) if &next == state => "=".to_owned(),
                Ok(next) => next.word().to_owned(),
                Err(_) => "-".to_owned(),
            });
        }
        rows.push(row);
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or_default())
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Checks the table, and that every state allows by name exactly what it does not refuse.
fn check<S: State>(samples: &Samples<S>, expected: &str) {
    let table = table(samples);
    assert_eq!(table, expected.trim_matches('\n'), "\n\nthe lifecycle as it is:\n\n{table}\n");
    for (label, state) in &samples.states {
        let mut taken = BTreeSet::new();
        for (_, event) in &samples.events {
            let word = S::event_word(event);
            match state.clone().next(event.clone()) {
                Ok(_) => drop(taken.insert(word)),
                Err(refusal) => {
                    assert_eq!(refusal.lifecycle, S::LIFECYCLE);
                    assert_eq!((refusal.state, refusal.event), (state.word(), word));
                    assert_eq!(refusal.allowed, state.allowed());
                }
            }
        }
        let allowed: BTreeSet<_> = state.allowed().iter().copied().collect();
        assert_eq!(allowed, taken, "what {label} allows by name and by deed");
        assert_eq!(allowed.len(), state.allowed().len(), "{label} names something twice");
    }
}

#[test]
fn a_call() {
    check(&samples::call(), CALL);
}

#[test]
fn an_incident() {
    check(&samples::incident(), INCIDENT);
}

#[test]
fn an_assignment() {
    check(&samples::assignment(), ASSIGNMENT);
}

#[test]
fn a_run() {
    check(&samples::run_states(), RUN);
}

#[test]
fn a_unit() {
    check(&samples::unit(), UNIT);
}

#[test]
fn an_alarm() {
    check(&samples::alarm(), ALARM);
}
