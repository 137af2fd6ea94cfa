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

/// Places that are asked which of them are the nearest. They come and go one by one: a tree that `rstar` 0.12 loads at once may
/// have leaves of unequal depth, and one more place taken into that panics.
#[derive(Clone, Debug)]
pub struct Places<Id>(RTree<GeomWithData<[f64; 3], Id>>);

impl<Id> Default for Places<Id> {
    fn default() -> Self {
        Self(RTree::new())
    }
}

impl<Id> Places<Id> {
    /// Takes in a place. The same one under the same id stands there twice then.
    pub fn insert(&mut self, id: Id, at: UnitVector) {
        self.0.insert(GeomWithData::new(at.point(), id));
    }

    /// All of them, nearest to `from` first; of those equally near any may come before the others.
    pub fn by_distance(&self, from: UnitVector) -> impl Iterator<Item = &Id> {
        self.0.nearest_neighbor_iter(&from.point()).map(|entry| &entry.data)
    }
}

impl<Id: PartialEq> Places<Id> {
    /// Takes out what was taken in there under that id; nothing if there is no such place.
    pub fn remove(&mut self, id: Id, at: UnitVector) {
        self.0.remove(&GeomWithData::new(at.point(), id));
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

    fn ready<Id>(places: impl IntoIterator<Item = (Id, UnitVector)>) -> Places<Id> {
        let mut ready = Places::default();
        places.into_iter().for_each(|(id, at)| ready.insert(id, at));
        ready
    }

    #[test]
    fn none_is_near_where_none_is() {
        assert_eq!(Places::<u8>::default().by_distance(at(0.0, 0.0).into()).next(), None);
    }

    #[test]
    fn the_other_side_of_the_date_line_and_of_a_pole_is_near() {
        let places = [("east", at(0.0, -179.99)), ("west", at(0.0, 179.0)), ("pole", at(89.99, 0.0))];
        let places = ready(places.map(|(id, place)| (id, UnitVector::from(place))));
        assert_eq!(places.by_distance(at(0.0, 179.99).into()).next(), Some(&"east"));
        assert_eq!(places.by_distance(at(89.99, 180.0).into()).next(), Some(&"pole"));
    }

    #[test]
    fn places_centimetres_apart_are_told_apart() {
        let from = UnitVector::from(at(42.87, 74.6));
        let (near, far) =
            (UnitVector::from(at(42.870_000_1, 74.6)), UnitVector::from(at(42.870_000_2, 74.6)));
        let found: Vec<_> = ready([("far", far), ("near", near)]).by_distance(from).copied().collect();
        assert_eq!(found, ["near", "far"]);
        assert!((from.distance(near).as_f64() - 0.0111).abs() < 1e-4);
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

    /// The ids in the order in which they come, by how far each is.
    fn distances(places: &Places<usize>, vectors: &[UnitVector], from: UnitVector) -> Vec<(Metres, usize)> {
        places.by_distance(from).map(|id| (from.distance(vectors[*id]), *id)).collect()
    }

    proptest! {
        #[test]
        fn whoever_came_and_went_leaves_those_who_are_there(
            places in places(), moves in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..800),
        ) {
            // three stand at each
            let vectors: Vec<UnitVector> = (0..places.len()).map(|id| places[id / 3].into()).collect();
            let (mut moving, mut there) = (Places::default(), BTreeMap::new());
            for (index, comes) in moves {
                let id = index.index(vectors.len());
                if let Some(at) = there.remove(&id) {
                    moving.remove(id, at);
                }
                if comes {
                    moving.insert(id, vectors[id]);
                    there.insert(id, vectors[id]);
                }
            }
            let found = distances(&moving, &vectors, vectors[0]);
            prop_assert!(found.is_sorted_by_key(|(metres, _)| *metres));
            let ids: BTreeSet<usize> = found.iter().map(|(_, id)| *id).collect();
            prop_assert_eq!((found.len(), ids), (there.len(), there.keys().copied().collect()));
            prop_assert_eq!(moving, ready(there));
        }

        #[test]
        fn the_nearest_of_many_within_a_metre_are_exact(
            offsets in prop::collection::vec((-1e-5..1e-5_f64, -1e-5..1e-5_f64), 100..300), count in 1..9_usize,
        ) {
            let vectors = offsets.iter().map(|(north, east)| at(42.87 + north, 74.6 + east).into());
            let vectors: Vec<UnitVector> = vectors.collect();
            let from = vectors[0];
            let ready = ready(vectors.iter().copied().enumerate());
            let chord = |id: usize| from.chord_squared(vectors[id]);
            let mut all: Vec<f64> = (0..vectors.len()).map(chord).collect();
            all.sort_by(f64::total_cmp);
            let found: Vec<f64> = ready.by_distance(from).take(count).map(|id| chord(*id)).collect();
            prop_assert_eq!(&found[..], &all[..count]);
        }

        #[test]
        fn is_what_sorting_all_by_haversine_gives(places in places(), count in 0..20_usize, flip in any::<bool>()) {
            let from = if flip { at(-places[0].latitude(), -places[0].longitude()) } else { places[0] };
            let vectors: Vec<UnitVector> = places.iter().map(|place| UnitVector::from(*place)).collect();
            let found = distances(&ready(vectors.iter().copied().enumerate()), &vectors, from.into());
            let mut all: Vec<Metres> = places.iter().map(|place| distance(from, *place)).collect();
            all.sort();
            prop_assert_eq!(found.len(), places.len());
            for ((metres, id), expected) in found.iter().zip(&all).take(count) {
                // opposite ends of the earth lose digits in any formula; a metre there decides nothing
                let slack = if expected.as_f64() > 1.9e7 { 1.0 } else { 1e-6 * (1.0 + expected.as_f64()) };
                prop_assert!((metres.as_f64() - expected.as_f64()).abs() <= slack, "{} and {}", metres, expected);
                prop_assert!((distance(from, places[*id]).as_f64() - metres.as_f64()).abs() <= slack);
            }
        }
    }
}
