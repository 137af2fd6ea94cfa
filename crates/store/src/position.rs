//! Where units are: not commits, for an old position is worth nothing.

use domain::UnitId;
use jiff::Timestamp;

use crate::{Refusal, commit::whole_milliseconds};

/// Where a unit was at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionReport {
    /// Which unit.
    pub unit: UnitId,
    /// When its device measured it. Never later than `received_at`: a device whose clock is ahead is taken to have
    /// measured when the centre heard it.
    pub measured_at: Timestamp,
    /// When the centre heard it.
    pub received_at: Timestamp,
    /// Latitude in degrees, −90 to 90.
    pub latitude: f64,
    /// Longitude in degrees, −180 to 180.
    pub longitude: f64,
    /// Radius the device vouches for, in metres; absent if it does not say.
    pub accuracy_m: Option<f64>,
}

impl PositionReport {
    /// The report as a store keeps it: in whole milliseconds, measured no later than received.
    ///
    /// # Errors
    /// [`Refusal::Position`] if a coordinate is no number or out of range.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        let accuracy_fits = self.accuracy_m.is_none_or(|metres| metres.is_finite() && metres >= 0.0);
        if !(-90.0..=90.0).contains(&self.latitude)
            || !(-180.0..=180.0).contains(&self.longitude)
            || !accuracy_fits
        {
            return Err(Refusal::Position { unit: self.unit });
        }
        self.received_at = whole_milliseconds(self.received_at);
        self.measured_at = whole_milliseconds(self.measured_at).min(self.received_at);
        Ok(self)
    }
}
