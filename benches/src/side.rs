//! What is compared: something that is asked, acknowledges, and can say afterwards what it kept.

use std::sync::Arc;

use futures::future::BoxFuture;

/// Why a side could not do its part, as a sentence for whoever started the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// Says which step failed and why, with all causes.
    pub fn new(step: &str, cause: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(cause), |cause| cause.source());
        let told: Vec<String> = causes.map(ToString::to_string).collect();
        Self(format!("cannot {step}: {}", told.join(": ")))
    }

    /// For `map_err`: what was tried.
    pub fn at<E: std::error::Error + 'static>(step: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self::new(step, &cause)
    }
}

/// What becomes of one request: the name of what was acknowledged, which the side must find again when it is asked what
/// it kept.
pub type Asked = BoxFuture<'static, Result<Name, Fault>>;

/// The name of one thing that was acknowledged, unique within its cell.
pub type Name = u128;

/// Something that takes requests, from many tasks at once.
pub trait Target: Send + Sync {
    /// Sends the request of this number, and waits for its acknowledgement.
    fn ask(&self, number: u64) -> Asked;
}

/// One of the things that are compared.
pub trait Side: Send {
    /// One word for tables.
    fn name(&self) -> &'static str;

    /// Starts anew, with nothing kept: what one cell leaves must not slow the next.
    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>>;

    /// Ends whatever outlives a cell.
    fn end(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A side that stands ready for one cell. Dropped, it ends whatever it started for that cell.
pub trait Stand: Send {
    /// Where requests go.
    fn target(&self) -> Arc<dyn Target>;

    /// The processes that do the work and nothing else.
    fn processes(&self) -> Vec<Watched>;

    /// Reads what was kept.
    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>>;
}

/// A process whose work is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// What it is, in one word.
    pub name: &'static str,
    /// Its process id.
    pub pid: u32,
}

/// What a side kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The names of what was kept, each as often as it was; absent for a side that keeps nothing.
    pub names: Option<Vec<Name>>,
    /// What the side wrote beside that by itself, in changes; absent where that means nothing.
    pub own_changes: Option<u64>,
}
