//! The stage: a world with one node that dispatches, and what can be done to it from outside.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use centre::Attendance;
use domain::Version;
use simulator::day::{
    account::{Names, tell_since},
    ledger::Copy,
    model,
    wire::{Mishap, Weather, Wire},
    world::{Node, World, ask},
};
use store::{Forgotten, Read, Store as _};

use crate::words::Words;

/// How long everybody has to do what follows at once from what was said.
const AT_ONCE: Duration = Duration::from_millis(200);

/// A world on which a scenario is played.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) nodes: BTreeMap<String, Node>,
    pub(crate) wires: BTreeMap<String, Arc<Wire>>,
    pub(crate) names: Names,
    pub(crate) requests: usize,
    attending: BTreeMap<String, Attendance>,
    told: Version,
    kept: Option<Copy>,
    away: bool,
}

impl Stage {
    /// The model centre in the morning: every unit on duty, and node `n1` dispatches.
    pub(crate) async fn open() -> Self {
        let mut stage = Self {
            world: World::new(),
            nodes: BTreeMap::new(),
            wires: BTreeMap::new(),
            names: Names::default(),
            requests: 0,
            attending: BTreeMap::new(),
            told: Version::ABSENT,
            kept: None,
            away: false,
        };
        stage.start_node("n1");
        let room = stage.nodes["n1"].room.clone();
        room.centre.current().await;
        let adm = ask("adm", "first-directory");
        stage
            .world
            .apply(&room, &adm, &model::directory_without(&[]))
            .await
            .expect("the model can be applied");
        for unit in model::units() {
            let request = operations::units::SetDuty {
                unit: domain::UnitId::new(unit).expect("a unit"),
                expected: None,
                duty: operations::units::Duty::SignOn { crew: vec![format!("crew of {unit}")] },
            };
            let asked = ask("op", &format!("sign-on-{unit}"));
            tokio::time::sleep(AT_ONCE).await;
            operations::units::set_duty(&room, &asked, &request).await.expect("a unit can sign on");
        }
        if let Some(node) = stage.nodes.get_mut("n1") {
            node.start_dispatcher();
        }
        tokio::time::sleep(AT_ONCE).await;
        stage.told = stage.world.ledger.books().number();
        stage
    }

    /// Says one line and gives everything that happened then.
    pub(crate) async fn say(&mut self, line: &str) -> Vec<String> {
        let words = Words::of(line);
        let mut told = self.outside(&words).await;
        if told.is_none() {
            told = Some(crate::said::said(self, &words).await.into_iter().collect());
        }
        tokio::time::sleep(AT_ONCE).await;
        let mut lines = told.unwrap_or_default();
        {
            let books = self.world.ledger.books();
            let told = tell_since(&mut self.names, &books.entries, self.told, self.world.began());
            // what is said many times over is told once
            let skipped = if words.get("times").is_some() { told.len().saturating_sub(1) } else { 0 };
            lines.extend(told.into_iter().skip(skipped));
            self.told = books.number();
        }
        if !self.away {
            for node in self.nodes.values() {
                for violation in self.world.violations(node).await {
                    lines.push(format!("BROKEN: {violation}"));
                }
            }
        }
        lines.iter().flat_map(|line| line.lines()).map(|line| format!("    {line}")).collect()
    }

    /// What nobody says: time passes, and machines fail. `None` if it is something that somebody says.
    async fn outside(&mut self, words: &Words) -> Option<Vec<String>> {
        match words.at(0) {
            "wait" => {
                let seconds: u64 =
                    words.at(1).trim_end_matches('s').parse().expect("a wait is in whole seconds");
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            "kill" => self.nodes.get_mut(words.at(1)).expect("a node").kill_dispatcher(),
            "start" => {
                self.start_node(words.at(1));
                let node = self.nodes.get_mut(words.at(1)).expect("a node that was just started");
                node.room.centre.current().await;
                node.start_dispatcher();
            }
            "lose" => {
                let mishap = match words.at(1) {
                    "request" => Mishap::RequestLost,
                    "reply" => Mishap::ReplyLost,
                    other => panic!("`{other}` cannot be lost"),
                };
                for cause in words.from(2) {
                    self.wires["n1"].plan(cause, mishap);
                }
            }
            "refuse" => {
                for cause in words.from(1) {
                    self.wires["n1"].plan(cause, Mishap::Refused);
                }
            }
            "cut" => {
                self.away = true;
                self.wires["n1"].set_cut(true);
            }
            "mend" => {
                self.wires["n1"].set_cut(false);
                self.away = false;
                self.nodes["n1"].room.centre.current().await;
            }
            "connect" => {
                let room = &self.nodes[words.get("node").unwrap_or("n1")].room;
                let station = domain::StationId::new(words.at(1)).expect("a desk's name is a slug");
                self.attending.insert(words.at(1).to_owned(), room.centre.attend(station));
            }
            "hang_up" => drop(self.attending.remove(words.at(1)).expect("a desk that was connected")),
            "deaf" => {
                self.away = true;
                self.wires[words.at(1)].set_deaf(true);
            }
            "hears" => {
                self.wires[words.at(1)].set_deaf(false);
                self.away = false;
            }
            "archive" => self.archive(words).await,
            "keep" => self.kept = Some(self.world.ledger.copy()),
            "restore" => {
                self.world.ledger.restore(self.kept.clone().expect("a copy was kept"));
                self.told = self.world.ledger.books().number();
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// Lets the archive take the records named.
    async fn archive(&self, words: &Words) {
        let named = words.from(1);
        let keys = named.iter().map(|name| self.names.key(name).expect("a record was named").clone());
        let reads = {
            let books = self.world.ledger.books();
            keys.map(|key| Read::new(key.clone(), books.records[&key].version)).collect()
        };
        let forgotten = self.world.ledger.forget(reads).await.expect("memory answers");
        assert_eq!(forgotten, Forgotten::All, "what is archived is over");
    }

    /// Starts a node, or starts its dispatcher again if it only lost that.
    fn start_node(&mut self, name: &str) {
        if self.nodes.contains_key(name) {
            return;
        }
        let seed = self.nodes.len() as u64;
        let wire = Wire::new(self.world.ledger.clone(), self.world.pace, Weather::default(), seed);
        let node = self.world.node(name, wire.clone(), None);
        self.nodes.insert(name.to_owned(), node);
        self.wires.insert(name.to_owned(), wire);
    }
}
