//! What is written is read back.

use directory::Source;
use domain::{CentreId, IncidentTypeId, StationId, UnitId, directory::Directory};
use geography::Position;
use proptest::prelude::*;

fn assert_reads_back(directory: &Directory) {
    assert_eq!(directory::check(directory), vec![]);
    let files = directory::write(directory);
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, directory::FILES);
    let again = directory::read(&files).unwrap_or_else(|problems| panic!("\n{}", super::listed(&problems)));
    assert_eq!(&again, directory);
}

#[test]
fn both_centres_read_back_as_they_were() {
    for files in [super::small(), super::bishkek()] {
        assert_reads_back(&directory::read(&files).unwrap());
    }
}

#[test]
fn a_problem_of_a_value_names_its_file_and_no_line() {
    let mut directory = directory::read(&super::small()).unwrap();
    directory.units.get_mut(&UnitId::new("east-21").unwrap()).unwrap().desk = StationId::new("eest").unwrap();
    directory.types.get_mut(&IncidentTypeId::new("murder").unwrap()).unwrap().plan.needs[0].count = 0;
    let expected = "\
        types.toml: type `murder`: `count` is 0; write 1 to 40 [COUNT_OUT_OF_RANGE]\n\
        units.toml: unit `east-21`: there is no station `eest` (did you mean `east`?); name one of stations.toml, \
        or add it there [UNKNOWN_DESK]\n";
    assert_eq!(super::listed(&directory::check(&directory)), expected);
}

#[test]
fn other_files_of_the_folder_are_not_looked_at() {
    let mut files = super::small();
    files.push(Source { name: "README.md".to_owned(), text: "= not TOML".to_owned() });
    assert!(directory::read(&files).is_ok());
}

#[test]
fn what_a_windows_editor_adds_is_no_problem() {
    let mut files = super::small();
    for file in &mut files {
        file.text = format!("\u{feff}{}", file.text.replace('\n', "\r\n"));
    }
    assert_eq!(directory::read(&files), directory::read(&super::small()));
}

proptest! {
    #[test]
    fn any_text_and_any_place_read_back(
        title in "[^\\p{Cc}]{1,40}", callsign in "[^\\p{Cc}]{1,20}", contact in "[^\\p{Cc}]{1,40}",
        latitude in 42.8..42.9_f64, longitude in 74.5..74.7_f64,
    ) {
        let blank = |text: &str| text.trim().is_empty();
        prop_assume!(!blank(&title) && !blank(&callsign) && !blank(&contact));
        prop_assume!(!["12", "21", "71"].contains(&callsign.trim()));
        let mut directory = directory::read(&super::small()).unwrap();
        directory.centre = CentreId::new("other").unwrap();
        for text in directory.title.0.values_mut() {
            *text = title.clone();
        }
        let unit = directory.units.get_mut(&UnitId::new("west-11").unwrap()).unwrap();
        unit.callsign = callsign;
        unit.beat = Some(Position::new(latitude, longitude).unwrap());
        directory.contact.clone_from(&contact);
        directory.stations.get_mut(&StationId::new("west").unwrap()).unwrap().contact = contact;
        for district in directory.districts.values_mut() {
            for text in district.title.0.values_mut() {
                *text = title.clone();
            }
        }
        assert_reads_back(&directory);
    }

    #[test]
    fn no_text_makes_it_panic(number in 0..6_usize, cut in 0..2_000_usize, put in "\\PC{0,8}|[\\[\\]{}\"=,\n]{1,4}") {
        let mut files = super::small();
        let text = &mut files[number].text;
        let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        text.insert_str(cut, &put);
        let _ = directory::read(&files);
        files[number].text.truncate(cut);
        let _ = directory::read(&files);
    }
}
