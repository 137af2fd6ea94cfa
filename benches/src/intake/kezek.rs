//! A centre that serves as it is deployed takes calls: the model centre's directory, its limits, with a journal or without.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Version;
use futures::future::BoxFuture;

use super::{
    call::{Sample, calls_in},
    gateways::Gateways,
};
use crate::{
    node::{Journal, Node, Serving, Setup},
    side::{Fault, Kept, Side, Stand, Target, Watched},
};

/// Calls taken before the one that everybody else's payload is made of: a centre that has nothing open finds no likely
/// duplicates, so its first call is smaller than a usual one.
const CALLS_BEFORE_SAMPLE: u64 = 200;

/// How long what the journal holds may take to reach the store.
const GIVEN_WITHIN: Duration = Duration::from_secs(60);

/// How often it is looked whether it has.
const GIVEN_LOOKED_EVERY: Duration = Duration::from_millis(200);

/// A side that brings calls to a centre.
pub(crate) struct Centre {
    serving: Serving,
    way: Way,
}

/// How calls come, and whether the centre keeps a journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Each as a request of its own.
    Unary,
    /// Over one stream of each gateway.
    Stream,
    /// Each as a request of its own, to a centre without a journal.
    WithoutJournal,
}

impl Way {
    /// The name of the side.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::Stream => "stream",
            Self::WithoutJournal => "no-journal",
        }
    }

    /// Whether the centre keeps a journal.
    const fn journal(self) -> Journal {
        match self {
            Self::Unary | Self::Stream => Journal::Anywhere,
            Self::WithoutJournal => Journal::Off,
        }
    }
}

impl Centre {
    /// A centre that is served so.
    pub(crate) const fn new(serving: Serving, way: Way) -> Self {
        Self { serving, way }
    }

    /// Lets a centre take some calls, and reads what it did for the last of them.
    ///
    /// # Errors
    /// The centre cannot be started or asked.
    pub(crate) async fn sample(&self) -> Result<Sample, Fault> {
        let centre = Standing::start(&self.serving, Way::Unary).await?;
        let response = centre.gateways.first_takes(CALLS_BEFORE_SAMPLE).await?;
        Sample::read(&centre.node.store, response).await
    }
}

impl Side for Centre {
    fn name(&self) -> &'static str {
        self.way.name()
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async { Ok(Box::new(Standing::start(&self.serving, self.way).await?) as Box<dyn Stand>) })
    }
}

/// A centre that takes calls.
struct Standing {
    gateways: Arc<Gateways>,
    way: Way,
    /// Where the store was before the first call.
    beginning: Version,
    node: Node,
}

impl Standing {
    async fn start(serving: &Serving, way: Way) -> Result<Self, Fault> {
        let node = Node::start(serving, &Setup { journal: way.journal(), ..Setup::model() }).await?;
        let gateways = Arc::new(Gateways::connect(&node, way).await?);
        let beginning = node.store.tip().await.map_err(Fault::at("read the centre's store"))?.number;
        Ok(Self { gateways, way, beginning, node })
    }
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.gateways) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.node.processes()
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(async {
            if self.way.journal() != Journal::Off {
                all_given(&self.node.journal()).await?;
            }
            let names = calls_in(&self.node.store).await?;
            let tip = self.node.store.tip().await.map_err(Fault::at("read the centre's store"))?;
            let changes = tip.number.0 - self.beginning.0;
            Ok(Kept { own_changes: Some(changes.saturating_sub(names.len() as u64)), names: Some(names) })
        })
    }
}

/// Waits until what was acknowledged from the journal alone has reached the store.
async fn all_given(journal: &Path) -> Result<(), Fault> {
    let until = Instant::now() + GIVEN_WITHIN;
    loop {
        let verified = journal::verify(journal).map_err(Fault::at("read the centre's journal"))?;
        match verified.waiting.len() {
            0 => return Ok(()),
            waiting if Instant::now() >= until => {
                return Err(Fault(format!("{waiting} calls in the journal do not reach the store")));
            }
            _ => tokio::time::sleep(GIVEN_LOOKED_EVERY).await,
        }
    }
}
