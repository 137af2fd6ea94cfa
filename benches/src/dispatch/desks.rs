//! The duty desks: each watches its station, and notes when it sees for the first time that somebody is sent.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{StationId, Version};
use identity::{Claims, Role};
use protocol::{
    record::v1::assignment_purpose::Purpose,
    watch::v1::{Record, WatchRequest, record::Record as Shown, watch_service_client::WatchServiceClient},
};
use tokio::{sync::Notify, task::JoinSet, time::timeout};
use tonic::Request;

use crate::{
    city::stations,
    intake::gateways::refused,
    node::{Node, wide_channel},
    side::Fault,
};

/// Desks that share a connection.
const DESKS_PER_CONNECTION: usize = 12;

/// Largest frame that is taken.
const FRAME_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What all desks saw.
#[derive(Default)]
pub(super) struct Seen {
    /// When an assignment of each incident came to a desk first.
    sent: Mutex<HashMap<String, Instant>>,
    /// Every assignment.
    assignments: Mutex<HashSet<String>>,
    again: AtomicU64,
    /// How far each desk was told.
    through: Mutex<HashMap<usize, u64>>,
    stirred: Notify,
}

impl Seen {
    /// When a desk saw somebody sent to this incident.
    pub(super) fn sent_to(&self, incident: &str) -> Option<Instant> {
        self.sent.lock().expect("nothing panics while it notes").get(incident).copied()
    }

    /// Incidents to which somebody was sent more than once.
    pub(super) fn again(&self) -> u64 {
        self.again.load(Ordering::Relaxed)
    }

    /// Waits until everybody has been told of the change of this number; true if that came to pass.
    pub(super) async fn all_through(&self, number: Version, within: Duration) -> bool {
        self.until(within, || {
            let through = self.through.lock().expect("nothing panics while it notes");
            through.len() == stations().count() && through.values().all(|known| *known >= number.0)
        })
        .await
    }

    /// Waits until somebody is sent to so many incidents; true if that came to pass.
    pub(super) async fn all_sent(&self, incidents: &HashSet<String>, within: Duration) -> bool {
        self.until(within, || {
            let sent = self.sent.lock().expect("nothing panics while it notes");
            sent.len() >= incidents.len() && incidents.iter().all(|incident| sent.contains_key(incident))
        })
        .await
    }

    async fn until(&self, within: Duration, is_so: impl Fn() -> bool) -> bool {
        let waiting = async {
            loop {
                let stirred = self.stirred.notified();
                if is_so() {
                    return;
                }
                stirred.await;
            }
        };
        timeout(within, waiting).await.is_ok()
    }

    fn note(&self, record: Record, at: Instant) {
        let Some(Shown::Assignment(assignment)) = record.record else { return };
        // the station that answers for the place is told as well, to know and not to send
        let purpose = assignment.purpose.and_then(|purpose| purpose.purpose);
        if !matches!(purpose, Some(Purpose::Respond(_))) {
            return;
        }
        let is_new = self
            .assignments
            .lock()
            .expect("nothing panics while it notes")
            .insert(assignment.assignment_id.clone());
        if is_new {
            let mut sent = self.sent.lock().expect("nothing panics while it notes");
            if sent.insert(assignment.incident_id, at).is_some() {
                self.again.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Lets a duty officer of every station watch it, until the set is dropped.
///
/// # Errors
/// One is not let in.
pub(super) async fn attend(node: &Node, seen: &Arc<Seen>) -> Result<JoinSet<()>, Fault> {
    let mut tasks = JoinSet::new();
    let mut channel = None;
    for (number, station) in stations().enumerate() {
        if number % DESKS_PER_CONNECTION == 0 {
            channel = Some(wide_channel(node.address).await?);
        }
        let Some(channel) = channel.clone() else { continue };
        let token = node.token_of(Claims {
            name: format!("officer-{number}"),
            role: Role::DutyOfficer,
            centre: node.centre().clone(),
            desk: None,
            station: Some(StationId::new(station).map_err(Fault::at("name a station"))?),
            unit: None,
        })?;
        let mut client = WatchServiceClient::new(channel).max_decoding_message_size(FRAME_BYTES_MAX);
        let mut request = Request::new(WatchRequest::default());
        request.metadata_mut().insert("authorization", token);
        let mut frames = client.watch(request).await.map_err(|status| refused(&status))?.into_inner();
        let seen = Arc::clone(seen);
        tasks.spawn(async move {
            while let Ok(Some(frame)) = frames.message().await {
                let at = Instant::now();
                frame.records.into_iter().for_each(|record| seen.note(record, at));
                if !frame.incomplete {
                    let mut through = seen.through.lock().expect("nothing panics while it notes");
                    through.insert(number, frame.through);
                }
                seen.stirred.notify_waiters();
            }
        });
    }
    Ok(tasks)
}
