//! How long a unit needs, until roads are known: straight line × detour ÷ speed.

use serde::{Deserialize, Serialize};

use crate::{Metres, MetresPerSecond, Seconds};

/// Road over straight line where a centre has not measured its own.
///
/// A perfect street grid gives 4/π ≈ 1.27 over all directions; one-way streets and the few crossings of rivers
/// and railways add to it, diagonals take away. Measured cities lie between 1.2 and 1.4.
pub const DETOUR_FACTOR_DEFAULT: f64 = 1.3;

/// Speed where a centre has not measured its own: 11 m/s, about 40 km/h, door to door in a city, lights
/// on, junctions included. Ranking units of one kind does not depend on it; the time shown does.
pub const SPEED_DEFAULT: MetresPerSecond = MetresPerSecond::whole(11);

/// Why no travel time can be computed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TravelError {
    /// No road is shorter than a straight line; above 10 somebody mistyped.
    #[error("detour factor {0} is not within 1 to 10")]
    DetourFactor(f64),
    /// Slower than walking, or faster than anything on a road: somebody mistook km/h for m/s.
    #[error("speed {} m/s is not within 1 to 70", .0.as_f64())]
    Speed(MetresPerSecond),
}

/// How straight lines become travel times in a centre, or for one kind of unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedModel")]
pub struct TravelModel {
    detour_factor: f64,
    speed: MetresPerSecond,
}

/// What a record says, before it is checked.
#[derive(Deserialize)]
struct UncheckedModel {
    detour_factor: f64,
    speed: MetresPerSecond,
}

impl TryFrom<UncheckedModel> for TravelModel {
    type Error = TravelError;
    fn try_from(model: UncheckedModel) -> Result<Self, TravelError> {
        Self::new(model.detour_factor, model.speed)
    }
}

impl Default for TravelModel {
    fn default() -> Self {
        Self { detour_factor: DETOUR_FACTOR_DEFAULT, speed: SPEED_DEFAULT }
    }
}

impl TravelModel {
    /// Checks a detour factor (1 to 10) and a speed (1 to 70 m/s).
    ///
    /// # Errors
    /// [`TravelError`] names the one out of range.
    pub fn new(detour_factor: f64, speed: MetresPerSecond) -> Result<Self, TravelError> {
        if !(1.0..=10.0).contains(&detour_factor) {
            return Err(TravelError::DetourFactor(detour_factor));
        }
        if !(1.0..=70.0).contains(&speed.as_f64()) {
            return Err(TravelError::Speed(speed));
        }
        Ok(Self { detour_factor, speed })
    }

    /// Road over straight line.
    pub const fn detour_factor(self) -> f64 {
        self.detour_factor
    }

    /// Speed along the road.
    pub const fn speed(self) -> MetresPerSecond {
        self.speed
    }

    /// What a straight line becomes. Longer lines never take less time.
    pub fn estimate(self, straight_line: Metres) -> TravelEstimate {
        let road = Metres::computed(straight_line.as_f64() * self.detour_factor);
        TravelEstimate { straight_line, road, time: Seconds::computed(road.as_f64() / self.speed.as_f64()) }
    }
}

/// A guess at a way, with what it was made from, so that it can be shown as a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelEstimate {
    /// The great-circle distance.
    pub straight_line: Metres,
    /// The guessed length of the road.
    pub road: Metres,
    /// The guessed time along it.
    pub time: Seconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_line_takes_longer() {
        let model = TravelModel::default();
        let estimate = model.estimate(Metres::whole(1100));
        assert_eq!(estimate.road, Metres::whole(1430));
        assert_eq!(estimate.time, Seconds::whole(130));
        assert!(model.estimate(Metres::whole(1101)).time > estimate.time);
        assert_eq!(model.estimate(Metres::ZERO).time, Seconds::ZERO);
    }

    #[test]
    fn absurd_models_are_refused_in_code_and_in_json() {
        assert_eq!(TravelModel::new(0.9, SPEED_DEFAULT), Err(TravelError::DetourFactor(0.9)));
        assert!(TravelModel::new(f64::NAN, SPEED_DEFAULT).is_err());
        let still = MetresPerSecond::ZERO;
        assert_eq!(TravelModel::new(1.3, still), Err(TravelError::Speed(still)));
        assert!(serde_json::from_str::<TravelModel>(r#"{"detour_factor":1.3,"speed":0}"#).is_err());
        let model = TravelModel::default();
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<TravelModel>(&json).unwrap(), model);
    }
}
