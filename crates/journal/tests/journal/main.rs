//! A journal under everything that can happen to it: crowds, failing disks, power cuts, damage and kills.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod damage;
mod faults;
mod killed;
mod made;
mod node;
mod opening;
mod power;
mod power_disk;
mod retention;
mod writing;
