//! What people look up: answered from the picture of the centre, and from the store for what is over.

mod history;
mod likely;
mod list;
mod now;
mod over;
mod spoken;

pub(crate) use history::spoken_incident;
pub use history::{History, Name, call, incident};
pub use likely::{Likely, Likeness, find_likely_duplicates, likely_duplicates};
pub use list::{Listed, Page, Selection, Start, StartError, StateName, list_incidents};
pub use now::{
    DeskNow, Standing, Surveyed, UnitNow, alarms, desk, directory, dispatch, recommend, run, units,
};
pub(crate) use spoken::SpokenNumbers;
