//! A seeded city of callers, duty desks and crews; replays recorded traces; drives operations or gRPC.
