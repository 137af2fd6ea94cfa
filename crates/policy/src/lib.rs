//! Recommends whom to send: a pure function from a situation to a recommendation with its reasons.
