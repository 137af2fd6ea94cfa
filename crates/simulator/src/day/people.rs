//! Everybody who acts through operations: callers, duty desks, crews, operators and the administrator. Each looks at a
//! board, does something, and rests; what they do is drawn from dice of their own.

mod callers;
mod crews;
mod desks;
mod operators;

use std::sync::Arc;

use super::{city::City, model};

/// Does one operation until there is an answer.
macro_rules! insist {
    ($city:expr, $dice:expr, $asked:expr, $operation:path, $request:expr) => {{
        let request = $request;
        let act = |room: operations::ControlRoom, asked: operations::Ask| {
            let request = request.clone();
            async move { $operation(&room, &asked, &request).await }
        };
        $city.insist($dice, &$asked, act).await
    }};
}
pub(crate) use insist;

/// Lets everybody come to work. `calls` callers call, and everybody works until the day ends.
pub fn come_to_work(city: &Arc<City>, calls: usize) -> tokio::task::JoinSet<()> {
    let mut everybody = tokio::task::JoinSet::new();
    everybody.spawn(callers::call(Arc::clone(city), calls));
    for desk in model::DESKS {
        everybody.spawn(desks::sit(Arc::clone(city), desk));
    }
    for unit in model::units() {
        everybody.spawn(crews::ride(Arc::clone(city), unit));
    }
    for operator in ["op", "op2", "sup"] {
        everybody.spawn(operators::watch(Arc::clone(city), operator));
    }
    everybody
}
