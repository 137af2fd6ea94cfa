//! A directory in force: its version, its content and the districts ready to be asked.

use geography::{DistrictIndex, Position};

use super::{Directory, DirectoryVersion, District};
use crate::DistrictId;

/// A directory in force. Made once, when a directory is applied or loaded.
#[derive(Debug)]
pub struct InForce {
    /// Which one.
    pub version: DirectoryVersion,
    /// Its content.
    pub directory: Directory,
    districts: DistrictIndex<DistrictId>,
}

/// A district of the directory that is no area.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("district `{district}` is no area: {reason}")]
pub struct InForceError {
    /// Which district.
    pub district: DistrictId,
    /// Why.
    pub reason: String,
}

impl InForce {
    /// Makes the districts ready to be asked.
    ///
    /// # Errors
    /// [`InForceError`] if an outline is open, crosses itself or is no area; a directory that was checked has none.
    pub fn new(version: DirectoryVersion, directory: Directory) -> Result<Self, InForceError> {
        let mut areas = Vec::new();
        for (id, district) in &directory.districts {
            let area = geography::District::new(id.clone(), &district.outlines)
                .map_err(|error| InForceError { district: id.clone(), reason: error.to_string() })?;
            areas.push(area);
        }
        let districts = DistrictIndex::new(areas)
            .map_err(|error| InForceError { district: error.0.clone(), reason: error.to_string() })?;
        Ok(Self { version, directory, districts })
    }

    /// The district that `position` lies in, if any. A point on a shared border belongs to the lowest id.
    pub fn district_at(&self, position: Position) -> Option<(&DistrictId, &District)> {
        let id = self.districts.find(position)?;
        self.directory.districts.get_key_value(id)
    }
}
