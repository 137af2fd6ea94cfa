//! Watching: in order, without a gap, in scope, whatever the watcher does and whatever happens to the store.

#[path = "watching/client.rs"]
mod client;
#[path = "watching/damaged.rs"]
mod damaged;
#[path = "watching/outages.rs"]
mod outages;
#[path = "watching/random.rs"]
mod random;
#[path = "watching/scopes.rs"]
mod scopes;
#[path = "watching/slow.rs"]
mod slow;
#[path = "watching/world.rs"]
mod world;
