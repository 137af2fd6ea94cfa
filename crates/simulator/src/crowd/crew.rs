//! A crew with a device: it watches its own unit, drives what it is sent and tells where it is.

use std::sync::Arc;

use domain::UnitId;
use protocol::watch::v1::scope;

use super::{
    driver::{Driver, Voice},
    hands::Hands,
    positions,
    scene::{Scene, follow, is_run_open},
    stage::Stage,
};
use crate::connection::Person;

/// Rides in a unit for good.
pub(super) async fn work(stage: Arc<Stage>, crew: Arc<Person>, unit: UnitId) {
    let scene = Scene::default();
    let scope = scope::Scope::UnitId(unit.to_string());
    tokio::join!(
        follow(&crew, scope, &scene, &|_| {}),
        drive_all(&stage, &crew, &unit, &scene),
        positions::tell(&stage, &crew, &unit, &scene),
    );
}

async fn drive_all(stage: &Arc<Stage>, crew: &Arc<Person>, unit: &UnitId, scene: &Scene) {
    let mut hands = Hands::default();
    let mut changed = scene.changes();
    loop {
        let open: Vec<String> = scene.read(|picture| {
            let own = picture.runs.values().filter(|run| run.unit_id == unit.as_str() && is_run_open(run));
            own.map(|run| run.run_id.clone()).collect()
        });
        for run in open {
            let driver = Driver {
                stage: Arc::clone(stage),
                person: Arc::clone(crew),
                scene: scene.clone(),
                voice: Voice::Device,
            };
            hands.see_to(format!("run/{run}"), async move { driver.drive(&run).await });
        }
        hands.look_up(&mut changed, stage.access.pace()).await;
    }
}
