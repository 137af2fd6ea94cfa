//! Records of the centre as a whole.

use domain::{
    Version,
    dispatch::{Automatic, Dispatch},
    record::{DirectoryHead, Dropped},
};

use super::timestamp;
use crate::record::v1 as wire;

/// The switch for automatic sending.
pub fn dispatch(dispatch: &Dispatch, version: Version) -> wire::Dispatch {
    let automatic = match dispatch.automatic {
        Automatic::On => wire::AutomaticDispatch::On,
        Automatic::Off => wire::AutomaticDispatch::Off,
    };
    wire::Dispatch {
        version: version.0,
        holder: dispatch.holder.clone(),
        automatic: automatic.into(),
        switched_by: dispatch.switched_by.clone(),
        reason: dispatch.reason.clone(),
    }
}

/// Which directory is in force.
pub fn directory_head(head: &DirectoryHead, version: Version) -> wire::DirectoryHead {
    let (mut units, mut stations) = (Vec::new(), Vec::new());
    for dropped in &head.closing {
        match dropped {
            Dropped::Unit(id) => units.push(id.to_string()),
            Dropped::Station(id) => stations.push(id.to_string()),
        }
    }
    wire::DirectoryHead {
        version: version.0,
        directory_version: head.version.0,
        sha256: head.sha256.clone(),
        applied_by: head.applied_by.clone(),
        applied_at: Some(timestamp(head.applied_at)),
        closing_unit_ids: units,
        closing_station_ids: stations,
    }
}
