//! The gRPC services on one port, their configuration, telemetry and drain.
