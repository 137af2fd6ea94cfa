//! What watchers were shown: in order, without a gap, never taken back, and there in the end.

use std::collections::{BTreeMap, HashMap};

use domain::{RecordKey, Version, record::Record};

use super::{Finding, Verdict, collecting::Evidence};
use crate::{
    history::{ShownFrame, ShownRecord, WatcherHistory},
    watching::digest,
};

/// Applies every rule about what was shown.
pub(super) fn judge(evidence: &Evidence, watchers: &[WatcherHistory], verdict: &mut Verdict) {
    for watcher in watchers {
        in_order(watcher, &mut verdict.findings);
        never_taken_back(watcher, &mut verdict.findings);
        within_the_store(evidence, watcher, &mut verdict.findings);
    }
    let shown = all_shown(watchers, &mut verdict.findings);
    verdict.shown = shown.len() as u64;
    let kept = kept(evidence, &shown);
    for (shown, first) in &shown {
        is_there(evidence, &kept, shown, first, &mut verdict.findings);
    }
}

/// Each frame goes on where the one before ended, unless it begins the whole picture anew.
fn in_order(watcher: &WatcherHistory, findings: &mut Vec<Finding>) {
    let mut before: Option<&ShownFrame> = None;
    for frame in &watcher.frames {
        let follows = before.is_some_and(|before| {
            (frame.after, frame.lineage.as_str()) == (before.through, before.lineage.as_str())
        });
        if !frame.is_reset && !follows {
            let at = |before: &ShownFrame| format!("{} of {}", before.through, before.lineage);
            findings.push(Finding::StreamGap {
                watcher: watcher.watcher.clone(),
                after: frame.after,
                place: before.map_or_else(|| "the beginning".to_owned(), at),
            });
        }
        before = Some(frame);
    }
}

/// The versions of each record rise in a line of history; one that is shown again is shown alike.
fn never_taken_back(watcher: &WatcherHistory, findings: &mut Vec<Finding>) {
    let mut known: HashMap<(&str, &str), &ShownRecord> = HashMap::new();
    for frame in &watcher.frames {
        for (key, shown) in &frame.records {
            let Some(before) = known.insert((&frame.lineage, key), shown) else { continue };
            if shown.version < before.version || (shown.version == before.version && shown != before) {
                findings.push(Finding::ShownBack {
                    watcher: watcher.watcher.clone(),
                    key: key.clone(),
                    shown: shown.version,
                    before: before.version,
                });
            }
        }
    }
}

/// Nobody was shown a line of history that the store has left, or more of its own than there is.
fn within_the_store(evidence: &Evidence, watcher: &WatcherHistory, findings: &mut Vec<Finding>) {
    let mut reached: BTreeMap<&str, u64> = BTreeMap::new();
    // a node that has not loaded its centre yet shows nothing, of no line of history
    for frame in watcher.frames.iter().filter(|frame| frame.through > 0) {
        let reached = reached.entry(&frame.lineage).or_default();
        *reached = (*reached).max(frame.through);
    }
    let own = evidence.tip.lineage.to_string();
    for (lineage, through) in reached {
        let watcher = watcher.watcher.clone();
        if lineage != own {
            findings.push(Finding::HistoryBrokenOff { watcher, lineage: lineage.to_owned(), through });
        } else if through > evidence.tip.number.0 {
            let found = format!("the store has only reached {}", evidence.tip.number);
            let key = "a change".to_owned();
            findings.push(Finding::ShownLost { watcher, key, version: through, found });
        }
    }
}

/// One version of a record, in its line of history.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shown<'a> {
    key: &'a str,
    lineage: &'a str,
    version: u64,
}

/// Who was shown it first, and how.
struct First<'a> {
    watcher: &'a str,
    digest: &'a str,
}

/// Everything that anybody was shown, once. Two who were shown the same version were shown the same.
fn all_shown<'a>(
    watchers: &'a [WatcherHistory],
    findings: &mut Vec<Finding>,
) -> BTreeMap<Shown<'a>, First<'a>> {
    let mut all: BTreeMap<Shown<'_>, First<'_>> = BTreeMap::new();
    for watcher in watchers {
        for frame in &watcher.frames {
            for (key, ShownRecord { version, digest }) in &frame.records {
                let shown = Shown { key, lineage: &frame.lineage, version: *version };
                let first = all.entry(shown).or_insert(First { watcher: &watcher.watcher, digest });
                if first.digest != digest {
                    findings.push(otherwise(&watcher.watcher, shown));
                }
            }
        }
    }
    all
}

/// Digests of what was shown and the store still has in its stream, by key and version.
struct Kept {
    /// The number of the first change that it has.
    first: u64,
    digests: HashMap<(RecordKey, Version), Option<String>>,
}

/// What the store has in its stream of all that was shown.
fn kept(evidence: &Evidence, shown: &BTreeMap<Shown<'_>, First<'_>>) -> Kept {
    let wanted: std::collections::HashSet<(&str, u64)> =
        shown.keys().map(|shown| (shown.key, shown.version)).collect();
    let mut digests = HashMap::new();
    for change in &evidence.changes {
        for record in &change.records {
            if wanted.contains(&(record.key.to_string().as_str(), change.number.0)) {
                let read = Record::from_json(&record.key, &record.state).ok();
                let digest = read.and_then(|read| digest_of(&read, change.number));
                digests.insert((record.key.clone(), change.number), digest);
            }
        }
    }
    let first = evidence.changes.first().map_or(evidence.tip.number.0 + 1, |first| first.number.0);
    Kept { first, digests }
}

/// What was shown is there as it was shown, or later than that; a change that the store still has is there to the letter.
fn is_there(
    evidence: &Evidence,
    kept: &Kept,
    shown: &Shown<'_>,
    first: &First<'_>,
    findings: &mut Vec<Finding>,
) {
    let Ok(key) = shown.key.parse::<RecordKey>() else { return };
    let mut lost = |found: String| {
        findings.push(Finding::ShownLost {
            watcher: first.watcher.to_owned(),
            key: shown.key.to_owned(),
            version: shown.version,
            found,
        });
    };
    let Some(found) = evidence.records.get(&key) else { return lost("it is nowhere".to_owned()) };
    // the versions of another line of history say nothing of this one's
    if shown.lineage != evidence.tip.lineage.to_string() {
        return;
    }
    let version = Version(shown.version);
    if found.version < version {
        return lost(format!("it stands at version {}", found.version));
    }
    let as_it_is = if found.version == version {
        digest_of(&found.record, version)
    } else if shown.version < kept.first {
        return;
    } else if let Some(digest) = kept.digests.get(&(key, version)) {
        digest.clone()
    } else {
        return lost(format!("no change {version} wrote it"));
    };
    if as_it_is.is_none_or(|as_it_is| as_it_is != first.digest) {
        findings.push(otherwise(first.watcher, *shown));
    }
}

fn digest_of(record: &Record, version: Version) -> Option<String> {
    Some(digest(&protocol::encode::record(record, version)?))
}

fn otherwise(watcher: &str, shown: Shown<'_>) -> Finding {
    let (watcher, key) = (watcher.to_owned(), shown.key.to_owned());
    Finding::ShownOtherwise { watcher, key, version: shown.version }
}
