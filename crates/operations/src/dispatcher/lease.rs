//! The dispatcher's lease: it decides which node works. Losing it late does no harm, for versions are what is safe.

use std::time::Duration;

use store::Lease;

use crate::ControlRoom;

/// How long a lease lasts: a node that dies is followed within this.
const LASTS: Duration = Duration::from_secs(6);

/// How often it is renewed: two renewals may fail.
const RENEWED_EVERY: Duration = Duration::from_secs(2);

/// This node's hold on the lease.
pub(super) struct Leadership {
    room: ControlRoom,
}

impl Leadership {
    pub(super) const fn new(room: ControlRoom) -> Self {
        Self { room }
    }

    /// Waits until this node has the lease.
    pub(super) async fn await_lease(&mut self) {
        loop {
            let wait = match self.room.store.lease(&self.room.node, LASTS).await {
                Ok(Lease::Held) => return,
                Ok(Lease::HeldBy { remaining, .. }) => remaining.min(RENEWED_EVERY),
                Err(_) => RENEWED_EVERY,
            };
            tokio::time::sleep(wait.max(Duration::from_millis(50))).await;
        }
    }

    /// Renews the lease until another node has it. A store that cannot be asked takes nothing away.
    pub(super) async fn lost(&mut self) {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            if let Ok(Lease::HeldBy { .. }) = self.room.store.lease(&self.room.node, LASTS).await {
                return;
            }
        }
    }
}
