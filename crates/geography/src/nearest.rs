//! The nearest N of many places, exactly.
//!
//! A scan of all of them: up to ten thousand it is as fast as a tree, it needs no care at poles or the date line, and there is
//! no index to go stale.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::{EARTH_RADIUS, Metres, Position};

/// A place as a vector of length 1 from the centre of the earth; kept beside a unit so that a query costs
/// no trigonometry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitVector {
    x: f64,
    y: f64,
    z: f64,
}

impl UnitVector {
    /// The square of the straight chord to another place, 0 to 4. It grows with the great-circle distance, so
    /// it orders candidates; unlike the dot product, whose distance from 1 it doubles, it still tells
    /// places centimetres apart.
    #[inline]
    fn chord_squared(self, other: Self) -> f64 {
        let (x, y, z) = (self.x - other.x, self.y - other.y, self.z - other.z);
        x * x + y * y + z * z
    }

    /// The distance over the ground, the same as [`crate::distance`] but for rounding.
    pub fn distance(self, other: Self) -> Metres {
        ground(self.chord_squared(other))
    }
}

impl From<Position> for UnitVector {
    fn from(place: Position) -> Self {
        let (sin_latitude, cos_latitude) = place.latitude().to_radians().sin_cos();
        let (sin_longitude, cos_longitude) = place.longitude().to_radians().sin_cos();
        Self { x: cos_latitude * cos_longitude, y: cos_latitude * sin_longitude, z: sin_latitude }
    }
}

/// The arc over the ground of a squared chord.
fn ground(chord_squared: f64) -> Metres {
    Metres::computed(2.0 * EARTH_RADIUS * (chord_squared.sqrt() / 2.0).min(1.0).asin())
}

/// One of the nearest so far, ordered by distance, then id.
struct Candidate<Id> {
    chord_squared: f64,
    id: Id,
}

impl<Id: Ord> Ord for Candidate<Id> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.chord_squared.total_cmp(&other.chord_squared).then_with(|| self.id.cmp(&other.id))
    }
}

impl<Id: Ord> PartialOrd for Candidate<Id> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Id: Ord> PartialEq for Candidate<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<Id: Ord> Eq for Candidate<Id> {}

/// How many places are compared with the farthest one kept before anything is looked at one by one: almost none of them is
/// nearer, and a processor compares several at once.
const BLOCK: usize = 64;

/// How far a chord of rounded vectors may be from the true one: each of six coordinates is off by half a step of `f32` below 1,
/// which is 3e-8, and so each end by 5.2e-8 (33 cm on the ground). Twice both ends.
const ROUNDED_BY: f64 = 2.1e-7;

/// What computing the square of such a chord in `f32` may add, for its own size: six operations of 6e-8 each, doubled.
const COMPUTED_BY: f64 = 8e-7;

/// The place in half the size, to tell who is too far.
fn rounded(UnitVector { x, y, z }: UnitVector) -> [f32; 3] {
    [x as f32, y as f32, z as f32]
}

/// The square of the chord between two of those.
#[inline]
fn rounded_chord_squared([x, y, z]: [f32; 3], [other_x, other_y, other_z]: [f32; 3]) -> f32 {
    let (x, y, z) = (x - other_x, y - other_y, z - other_z);
    x * x + y * y + z * z
}

/// Places that are asked which of them are the nearest. Those that are too far are told by coordinates of half the size that
/// lie side by side, so that a processor takes several at once; who is nearest is told by the vectors themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Places<Id> {
    places: Vec<(Id, UnitVector)>,
    x: Vec<f32>,
    y: Vec<f32>,
    z: Vec<f32>,
}

impl<Id> FromIterator<(Id, UnitVector)> for Places<Id> {
    fn from_iter<T: IntoIterator<Item = (Id, UnitVector)>>(places: T) -> Self {
        let mut all =
            Self { places: places.into_iter().collect(), x: Vec::new(), y: Vec::new(), z: Vec::new() };
        for (_, place) in &all.places {
            let [x, y, z] = rounded(*place);
            all.x.push(x);
            all.y.push(y);
            all.z.push(z);
        }
        all
    }
}

impl<Id: Ord> Places<Id> {
    /// The `count` nearest to `from`, nearest first; those equally near in order of their id, whatever order they came in.
    pub fn nearest(&self, count: usize, from: UnitVector) -> Vec<(&Id, Metres)> {
        let mut kept: BinaryHeap<Candidate<&Id>> = BinaryHeap::new();
        // nothing farther is kept any more
        let mut reach = if count == 0 { f64::NEG_INFINITY } else { f64::INFINITY };
        let mut may_be = may_be_within(reach);
        let here = rounded(from);
        let coordinates = self.x.chunks(BLOCK).zip(self.y.chunks(BLOCK)).zip(self.z.chunks(BLOCK));
        for (places, ((x, y), z)) in self.places.chunks(BLOCK).zip(coordinates) {
            let mut chords = [f32::INFINITY; BLOCK];
            for (((chord, x), y), z) in chords.iter_mut().zip(x).zip(y).zip(z) {
                *chord = rounded_chord_squared(here, [*x, *y, *z]);
            }
            // every one is compared, which is faster than to stop at the first
            if !chords.iter().fold(false, |is_near, chord| is_near | (*chord <= may_be)) {
                continue;
            }
            for ((id, place), chord) in places.iter().zip(chords) {
                if chord > may_be {
                    continue;
                }
                let candidate = Candidate { chord_squared: from.chord_squared(*place), id };
                if candidate.chord_squared > reach {
                    continue;
                }
                if kept.len() < count {
                    kept.push(candidate);
                } else if let Some(mut farthest) = kept.peek_mut()
                    && candidate < *farthest
                {
                    *farthest = candidate;
                }
                if kept.len() == count {
                    reach = kept.peek().map_or(reach, |farthest| farthest.chord_squared);
                    may_be = may_be_within(reach);
                }
            }
        }
        let nearest = kept.into_sorted_vec().into_iter();
        nearest.map(|candidate| (candidate.id, ground(candidate.chord_squared))).collect()
    }
}

/// The largest square of a chord of rounded vectors at which the true one may still be within this.
fn may_be_within(chord_squared: f64) -> f32 {
    let chord = chord_squared.sqrt() + ROUNDED_BY;
    (chord * chord * (1.0 + COMPUTED_BY)) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::distance;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    fn found(nearest: Vec<(&i32, Metres)>) -> Vec<(i32, Metres)> {
        nearest.into_iter().map(|(id, metres)| (*id, metres)).collect()
    }

    #[test]
    fn equally_near_is_in_order_of_id_whatever_the_order_given() {
        let (here, there) = (UnitVector::from(at(42.87, 74.6)), UnitVector::from(at(42.9, 74.6)));
        let expected = vec![(1, Metres::ZERO), (2, Metres::ZERO), (0, here.distance(there))];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let places: Places<i32> =
                order.map(|id| (id, if id == 0 { there } else { here })).into_iter().collect();
            assert_eq!(found(places.nearest(3, here)), expected);
            assert_eq!(found(places.nearest(1, here)), expected[..1]);
        }
    }

    #[test]
    fn none_asked_and_none_there() {
        let here = UnitVector::from(at(0.0, 0.0));
        assert_eq!(Places::from_iter([(1, here)]).nearest(0, here), vec![]);
        assert_eq!(Places::<u8>::from_iter([]).nearest(5, here), vec![]);
    }

    #[test]
    fn the_other_side_of_the_date_line_and_of_a_pole_is_near() {
        let places = [("east", at(0.0, -179.99)), ("west", at(0.0, 179.0)), ("pole", at(89.99, 0.0))];
        let places = Places::from_iter(places.map(|(id, place)| (id, UnitVector::from(place))));
        assert_eq!(*places.nearest(1, at(0.0, 179.99).into())[0].0, "east");
        assert_eq!(*places.nearest(1, at(89.99, 180.0).into())[0].0, "pole");
    }

    #[test]
    fn places_centimetres_apart_are_told_apart() {
        let from = UnitVector::from(at(42.87, 74.6));
        let (near, far) = (at(42.870_000_1, 74.6), at(42.870_000_2, 74.6));
        let places = Places::from_iter([("far", far.into()), ("near", near.into())]);
        let found = places.nearest(2, from);
        assert_eq!((*found[0].0, *found[1].0), ("near", "far"));
        assert!((found[0].1.as_f64() - 0.0111).abs() < 1e-4, "{:?}", found[0].1);
    }

    /// Places in a city, over the whole earth, at the date line or at a pole.
    fn places() -> impl Strategy<Value = Vec<Position>> {
        let region = prop_oneof![
            Just((42.0, 43.0, 74.0, 75.0)),
            Just((-90.0, 90.0, -180.0, 180.0)),
            Just((-1.0, 1.0, 179.0, 180.0)),
            Just((-90.0, -89.0, -180.0, 180.0)),
        ];
        region.prop_flat_map(|(south, north, west, east)| {
            prop::collection::vec((south..=north, west..=east).prop_map(|(lat, lon)| at(lat, lon)), 1..400)
        })
    }

    proptest! {
        #[test]
        fn what_is_near_is_never_told_to_be_too_far(
            places in places(), north in -5e-6..5e-6_f64, east in -5e-6..5e-6_f64,
        ) {
            for place in places {
                let latitude = (place.latitude() + north).clamp(-90.0, 90.0);
                let longitude = (place.longitude() + east).clamp(-180.0, 180.0);
                for other in [at(latitude, longitude), at(-place.latitude(), place.longitude())] {
                    let (from, to) = (UnitVector::from(place), UnitVector::from(other));
                    let told = rounded_chord_squared(rounded(from), rounded(to));
                    prop_assert!(told <= may_be_within(from.chord_squared(to)));
                }
            }
        }

        /// They lie so near each other that coordinates of half the size tell nothing of them.
        #[test]
        fn the_nearest_of_many_within_a_metre_are_exact(
            offsets in prop::collection::vec((-1e-5..1e-5_f64, -1e-5..1e-5_f64), 100..300), count in 1..9_usize,
        ) {
            let vectors = offsets.iter().map(|(north, east)| at(42.87 + north, 74.6 + east).into());
            let vectors: Vec<UnitVector> = vectors.collect();
            let from = vectors[0];
            let ready: Places<usize> = vectors.iter().copied().enumerate().collect();
            let mut all: Vec<_> = (0..vectors.len()).collect();
            all.sort_by(|one, other| {
                let chord = |place: usize| from.chord_squared(vectors[place]);
                chord(*one).total_cmp(&chord(*other)).then(one.cmp(other))
            });
            let found: Vec<_> = ready.nearest(count, from).into_iter().map(|(id, _)| *id).collect();
            prop_assert_eq!(&found[..], &all[..count]);
        }

        #[test]
        fn is_what_sorting_all_by_haversine_gives(places in places(), count in 0..20_usize, flip in any::<bool>()) {
            let from = if flip { at(-places[0].latitude(), -places[0].longitude()) } else { places[0] };
            let vectors = places.iter().map(|place| UnitVector::from(*place)).enumerate();
            let ready = Places::from_iter(vectors);
            let found = ready.nearest(count, from.into());
            let mut all: Vec<(Metres, usize)> =
                places.iter().enumerate().map(|(id, place)| (distance(from, *place), id)).collect();
            all.sort();
            prop_assert_eq!(found.len(), count.min(places.len()));
            for ((id, metres), (expected, _)) in found.iter().zip(&all) {
                // opposite ends of the earth lose digits in any formula; a metre there decides nothing
                let slack = if expected.as_f64() > 1.9e7 { 1.0 } else { 1e-6 * (1.0 + expected.as_f64()) };
                prop_assert!((metres.as_f64() - expected.as_f64()).abs() <= slack, "{} and {}", metres, expected);
                prop_assert!((distance(from, places[**id]).as_f64() - metres.as_f64()).abs() <= slack);
            }
        }
    }
}
