//! Recommendations in cities drawn at random against the plainest way to say the same, and by hand where the rule is
//! a sentence.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its city has failed")]

mod by_hand;
mod city;
mod oracle;
mod properties;
