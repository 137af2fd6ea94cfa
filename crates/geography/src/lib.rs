//! Positions, distances, district polygons and the nearest units, with no clock and no I/O.
