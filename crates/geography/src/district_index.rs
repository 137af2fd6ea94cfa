//! Which district a place is in.

use geo::{BooleanOps, ChamberlainDuquetteArea};

use crate::{District, Position, SquareMetres};

/// The districts of a centre, in order of their id.
///
/// A place on a border that districts share, or in an overlap, belongs to exactly one: the lowest id.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictIndex<Id> {
    districts: Vec<District<Id>>,
}

/// Two districts have the same id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two districts are called `{0}`")]
pub struct DuplicateDistrict<Id: std::fmt::Display>(pub Id);

/// Ground that two districts claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap<Id> {
    /// The lower id.
    pub first: Id,
    /// The higher id.
    pub second: Id,
    /// How much ground both claim.
    pub area: SquareMetres,
}

impl<Id: Ord + Clone + std::fmt::Display> DistrictIndex<Id> {
    /// Puts the districts in order.
    ///
    /// # Errors
    /// [`DuplicateDistrict`] names the lowest id that two of them have.
    pub fn new(mut districts: Vec<District<Id>>) -> Result<Self, DuplicateDistrict<Id>> {
        districts.sort_by(|a, b| a.id().cmp(b.id()));
        match districts.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            Some(pair) => Err(DuplicateDistrict(pair[0].id().clone())),
            None => Ok(Self { districts }),
        }
    }
}

impl<Id: Ord + Clone> DistrictIndex<Id> {
    /// The district of a place, or none outside them all.
    pub fn find(&self, place: Position) -> Option<&Id> {
        self.districts.iter().find(|district| district.contains(place)).map(District::id)
    }

    /// Every district, in order of id.
    pub fn districts(&self) -> &[District<Id>] {
        &self.districts
    }

    /// Every two districts that claim more common ground than `tolerance`, in order of ids. Borders
    /// drawn twice by hand differ by a few metres: a tolerance lets those pass.
    pub fn overlaps(&self, tolerance: SquareMetres) -> Vec<Overlap<Id>> {
        let mut found = Vec::new();
        for (place, first) in self.districts.iter().enumerate() {
            let later = self.districts[place + 1..].iter();
            for second in later.filter(|second| first.bounds().touches(&second.bounds())) {
                let common = first.area().intersection(second.area());
                let area = SquareMetres::computed(common.chamberlain_duquette_unsigned_area());
                if area > tolerance {
                    found.push(Overlap { first: first.id().clone(), second: second.id().clone(), area });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(x: f64, y: f64) -> Position {
        Position::new(y, x).unwrap()
    }

    fn square<Id>(id: Id, x: f64, y: f64, side: f64) -> District<Id> {
        let ring = vec![at(x, y), at(x + side, y), at(x + side, y + side), at(x, y + side), at(x, y)];
        District::new(id, &[vec![ring]]).unwrap()
    }

    #[test]
    fn a_shared_border_belongs_to_the_lowest_id_whatever_the_order_given() {
        let (west, east) = (square("b-west", 0.0, 0.0, 1.0), square("a-east", 1.0, 0.0, 1.0));
        for districts in [vec![west.clone(), east.clone()], vec![east, west]] {
            let index = DistrictIndex::new(districts).unwrap();
            assert_eq!(index.find(at(1.0, 0.5)), Some(&"a-east"));
            assert_eq!(index.find(at(0.5, 0.5)), Some(&"b-west"));
            assert_eq!(index.find(at(2.0, 1.0)), Some(&"a-east"));
            assert_eq!(index.find(at(2.1, 1.0)), None);
            assert_eq!(index.overlaps(SquareMetres::ZERO), vec![]);
        }
    }

    #[test]
    fn an_id_twice_is_named() {
        let twice = vec![square("b", 0.0, 0.0, 1.0), square("a", 3.0, 0.0, 1.0), square("b", 5.0, 0.0, 1.0)];
        assert_eq!(DistrictIndex::new(twice), Err(DuplicateDistrict("b")));
    }

    #[test]
    fn overlaps_are_measured_and_small_ones_tolerated() {
        let districts = vec![
            square("c", 10.0, 10.0, 1.0),
            square("b", 0.5, 0.0, 1.0),
            square("a", 0.0, 0.0, 1.0),
            square("d", 10.999_999, 10.0, 1.0),
        ];
        let index = DistrictIndex::new(districts).unwrap();
        let found = index.overlaps(SquareMetres::whole(100_000));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].first, found[0].second), ("a", "b"));
        // half of a square degree at the equator is 6,180 square kilometres
        assert!((found[0].area.as_f64() / 6.18e9 - 1.0).abs() < 0.01, "{}", found[0].area);
        assert_eq!(index.overlaps(SquareMetres::ZERO).len(), 2);
    }

    #[test]
    fn a_district_inside_another_overlaps_and_in_its_hole_does_not() {
        let outer = vec![vec![at(0.0, 0.0), at(9.0, 0.0), at(9.0, 9.0), at(0.0, 9.0), at(0.0, 0.0)]];
        let mut with_hole = outer.clone();
        with_hole.push(vec![at(3.0, 3.0), at(6.0, 3.0), at(6.0, 6.0), at(3.0, 6.0), at(3.0, 3.0)]);
        let inner = || square(2, 3.0, 3.0, 3.0);
        let full = DistrictIndex::new(vec![District::new(1, &[outer]).unwrap(), inner()]).unwrap();
        assert_eq!(full.overlaps(SquareMetres::whole(1)).len(), 1);
        let ring = DistrictIndex::new(vec![District::new(1, &[with_hole]).unwrap(), inner()]).unwrap();
        assert_eq!(ring.overlaps(SquareMetres::whole(1)), vec![]);
        assert_eq!(ring.find(at(4.0, 4.0)), Some(&2));
    }

    proptest! {
        #[test]
        fn a_grid_covers_its_ground_once(x in 0.0..=4.0_f64, y in 0.0..=4.0_f64, snap in any::<bool>()) {
            let (x, y) = if snap { (x.round(), y) } else { (x, y) };
            let grid = (0..16_u32).map(|n| square(n, f64::from(n % 4), f64::from(n / 4), 1.0)).collect();
            let index = DistrictIndex::new(grid).unwrap();
            let claiming: Vec<u32> =
                index.districts().iter().filter(|d| d.contains(at(x, y))).map(|d| *d.id()).collect();
            prop_assert!(!claiming.is_empty());
            prop_assert_eq!(index.find(at(x, y)), claiming.iter().min());
        }
    }
}
