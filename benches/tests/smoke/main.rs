//! Every measurement still works: as short as it can be, with a centre in this very process, and no figure believed.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod country;
mod intake;
mod telling;

use std::path::PathBuf;

use benches::node::OwnNode;
use futures::future::BoxFuture;
use server::{Configuration, Running, start};

/// A node that ends, with its Redis, when it is dropped.
struct Ending(Option<Running>);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(running) = self.0.take() {
            running.end();
        }
    }
}

/// Serves here what `kezek serve --config` serves.
fn serve(file: PathBuf) -> BoxFuture<'static, Result<OwnNode, String>> {
    Box::pin(async move {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let configuration: Configuration = toml::from_str(&text).map_err(|error| error.to_string())?;
        let running = Box::pin(start(configuration)).await.map_err(|error| error.to_string())?;
        Ok(Box::new(Ending(Some(running))) as OwnNode)
    })
}
