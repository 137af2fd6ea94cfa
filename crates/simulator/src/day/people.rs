//! Everybody who acts through operations: callers, duty desks, crews, operators and the administrator. Each looks at a
//! board, does something, and rests; what they do is drawn from dice of their own.

mod callers;
mod crews;
mod desks;
mod operators;

use std::sync::Arc;

use super::{city::City, model, troupe::Part};

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

/// Everybody at work.
pub struct AtWork {
    /// Whoever lets the callers call; over when the last call is.
    pub callers: Part,
    /// Everybody else: they work for as long as this is kept.
    pub others: Vec<Part>,
}

/// Lets everybody come to work. Callers call, and everybody works until the day ends.
pub fn come_to_work(city: &Arc<City>) -> AtWork {
    let troupe = &city.world.troupe;
    let callers = troupe.spawn(callers::call(Arc::clone(city)));
    let mut others = Vec::new();
    for desk in model::DESKS {
        others.push(troupe.spawn(desks::sit(Arc::clone(city), desk)));
    }
    for unit in model::units() {
        others.push(troupe.spawn(crews::ride(Arc::clone(city), unit)));
    }
    for operator in ["op", "op2", "sup"] {
        others.push(troupe.spawn(operators::watch(Arc::clone(city), operator)));
    }
    AtWork { callers, others }
}
