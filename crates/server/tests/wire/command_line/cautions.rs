//! What whoever types a line is told to think of before Enter.

use super::{operator_with_burglary, restrict};
use crate::node::Node;

#[tokio::test]
async fn a_new_incident_is_shown_with_those_that_it_may_be_the_same_matter_as() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let line = "NEW theft @42.8742, 74.5662 Kiev 1; the window is broken";
    let seen = operator.preview(line).await.unwrap();
    assert_eq!(seen.cautions, ["LIKELY_DUPLICATE"]);
    let [likely] = seen.likely.as_slice() else { panic!("{seen:?}") };
    let incident = likely.incident.as_ref().unwrap();
    assert_eq!((&incident.incident_id, &incident.spoken_number), (&taken.incident_id, &taken.spoken_number));
    assert_eq!(incident.incident_type_id, "burglary");
    assert!((10..80).contains(&likely.distance_m.unwrap()) && likely.age_s < 60, "{likely:?}");
    assert!(!likely.same_type && !likely.same_number, "{likely:?}");
    let same = operator.preview("NEW burglary @42.8742, 74.5662 Kiev 1").await.unwrap();
    assert!(same.likely[0].same_type, "{same:?}");

    let far = operator.preview("NEW theft @42.8842, 74.5662 Kiev 99").await.unwrap();
    assert!(far.cautions.is_empty() && far.likely.is_empty(), "{far:?}");
    let nowhere = operator.preview("NEW theft @Kiev 1").await.unwrap();
    assert_eq!((nowhere.cautions, nowhere.likely), (vec!["PLACE_WITHOUT_POSITION".to_owned()], Vec::new()));
    operator.run(line).await.unwrap();

    restrict(&node, &taken.incident_id).await;
    let seen = operator.preview(line).await.unwrap();
    let shown = seen.likely.iter().filter_map(|likely| likely.incident.as_ref());
    let shown: Vec<&str> = shown.map(|incident| incident.incident_id.as_str()).collect();
    assert_eq!(shown.len(), 1, "the one that was opened by the line");
    assert!(!shown.contains(&taken.incident_id.as_str()), "of what is restricted nobody else is told");
}
