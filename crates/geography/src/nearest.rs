//! The nearest of many places, exactly.
//!
//! They stand in a tree of boxes (an R*-tree, of the crate `rstar`) as points on the unit sphere: a straight chord grows with
//! the distance over the ground, so nothing special happens at the poles or at the date line.

use rstar::{RTree, primitives::GeomWithData};

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
    const fn point(self) -> [f64; 3] {
        [self.x, self.y, self.z]
    }

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

/// Places that are asked which of them are the nearest. They may come and go.
#[derive(Clone, Debug)]
pub struct Places<Id>(RTree<GeomWithData<[f64; 3], Id>>);

impl<Id> Default for Places<Id> {
    fn default() -> Self {
        Self(RTree::new())
    }
}

impl<Id> FromIterator<(Id, UnitVector)> for Places<Id> {
    fn from_iter<T: IntoIterator<Item = (Id, UnitVector)>>(places: T) -> Self {
        // one by one: a tree that `rstar` 0.12 loads at once may have leaves of unequal depth, and panics when it takes in more
        // (its pull request 239)
        let mut all = Self::default();
        places.into_iter().for_each(|(id, at)| all.insert(id, at));
        all
    }
}

impl<Id> Places<Id> {
    /// Takes in a place. The same one under the same id stands there twice then.
    pub fn insert(&mut self, id: Id, at: UnitVector) {
        self.0.insert(GeomWithData::new(at.point(), id));
    }

    /// All of them, nearest to `from` first; of those equally near any may come before the others.
    pub fn by_distance(&self, from: UnitVector) -> impl Iterator<Item = (&Id, Metres)> {
        let chords = self.0.nearest_neighbor_iter_with_distance_2(&from.point());
        chords.map(|(entry, chord_squared)| (&entry.data, ground(chord_squared)))
    }
}

impl<Id: PartialEq> Places<Id> {
    /// Takes out what was taken in there under that id; nothing if there is no such place.
    pub fn remove(&mut self, id: Id, at: UnitVector) {
        self.0.remove(&GeomWithData::new(at.point(), id));
    }
}

impl<Id: Ord> Places<Id> {
    /// The `count` nearest to `from`, nearest first; those equally near in order of their id, whatever order they came in.
    pub fn nearest(&self, count: usize, from: UnitVector) -> Vec<(&Id, Metres)> {
        let mut nearest: Vec<(f64, &Id)> = Vec::new();
        for (entry, chord_squared) in self.0.nearest_neighbor_iter_with_distance_2(&from.point()) {
            // whoever is as near as the last may come before it
            let is_farther = nearest.last().is_some_and(|(farthest, _)| *farthest < chord_squared);
            if nearest.len() >= count && (is_farther || count == 0) {
                break;
            }
            nearest.push((chord_squared, &entry.data));
        }
        nearest.sort_unstable_by(|(one, one_id), (other, other_id)| {
            one.total_cmp(other).then(one_id.cmp(other_id))
        });
        nearest.truncate(count);
        nearest.into_iter().map(|(chord_squared, id)| (id, ground(chord_squared))).collect()
    }
}

impl<Id: Ord> Places<Id> {
    /// All of them in order of id.
    fn sorted(&self) -> Vec<(&Id, [u64; 3])> {
        let mut all: Vec<_> =
            self.0.iter().map(|entry| (&entry.data, entry.geom().map(f64::to_bits))).collect();
        all.sort_unstable();
        all
    }
}

/// Equal if they hold the same places, however they came to.
impl<Id: Ord> PartialEq for Places<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

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
        fn whoever_came_and_went_leaves_those_who_are_there(
            places in places(), moves in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..800),
        ) {
            let vectors: Vec<UnitVector> = places.iter().map(|place| UnitVector::from(*place)).collect();
            let (mut moving, mut there) = (Places::default(), BTreeMap::new());
            for (index, comes) in moves {
                let id = index.index(vectors.len());
                if let Some(at) = there.remove(&id) {
                    moving.remove(id, at);
                }
                if comes {
                    // to where somebody else may stand already
                    let at = vectors[id / 3];
                    moving.insert(id, at);
                    there.insert(id, at);
                }
            }
            let from = vectors[0];
            let all: Vec<_> = moving.by_distance(from).collect();
            prop_assert!(all.is_sorted_by_key(|(_, metres)| *metres));
            let ids: BTreeSet<usize> = all.iter().map(|(id, _)| **id).collect();
            prop_assert_eq!((all.len(), ids), (there.len(), there.keys().copied().collect()));
            let still: Places<usize> = there.into_iter().collect();
            prop_assert_eq!(&moving, &still);
            prop_assert_eq!(moving.nearest(9, from), still.nearest(9, from));
        }

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
