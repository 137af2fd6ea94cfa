//! Proofs that need more than one crate: store conformance, end to end, scenarios, recovery, layering.
