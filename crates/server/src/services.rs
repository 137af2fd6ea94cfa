//! The services: decode, operation, encode, and nothing else. One file each.

mod alarms;
mod asking;
mod commands;
mod desk;
mod directory;
mod dispatch;
mod found;
mod incidents;
mod intake;
mod progress;
mod review;
mod runs;
mod units;
mod watch;

use std::sync::Arc;

use operations::{ControlRoom, commands::CommandMemory};
use protocol::{
    command::v1::command_service_server::CommandServiceServer,
    crew::v1::{run_service_server::RunServiceServer, unit_service_server::UnitServiceServer},
    desk::v1::desk_service_server::DeskServiceServer,
    directory::v1::directory_service_server::DirectoryServiceServer,
    dispatch::v1::{
        alarm_service_server::AlarmServiceServer, dispatch_service_server::DispatchServiceServer,
        incident_service_server::IncidentServiceServer,
    },
    intake::v1::intake_service_server::IntakeServiceServer,
    review::v1::review_service_server::ReviewServiceServer,
};
use tokio_util::sync::CancellationToken;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::server::HealthReporter;

use crate::{
    levels::Levels,
    limits::{ANSWER_BYTES_MAX, DIRECTORY_REQUEST_BYTES_MAX, REQUEST_BYTES_MAX},
    reviews::Reviews,
};

/// What every service works with.
#[derive(Clone)]
pub(crate) struct Services {
    /// The control room.
    pub(crate) room: ControlRoom,
    /// What was typed on this node lately.
    pub(crate) commands: Arc<CommandMemory>,
    /// Streams end when this is cancelled.
    pub(crate) ending: CancellationToken,
    /// How well the centre answers.
    pub(crate) levels: Levels,
    /// What can be looked back at.
    pub(crate) reviews: Reviews,
}

/// Reflection that cannot be built from the contract's bytes.
pub(crate) type ReflectionError = tonic_reflection::server::Error;

/// Every service, and the names of ours for the health service.
pub(crate) fn routes(services: Services) -> Result<(Routes, HealthReporter, Arc<[String]>), ReflectionError> {
    let mut routes = RoutesBuilder::default();
    let names =
        protocol::descriptor_pool().services().map(|service| service.full_name().to_owned()).collect();
    let shared = Arc::new(services);
    macro_rules! add {
        ($($server:ident,)*) => {
            $(routes.add_service(
                $server::from_arc(Arc::clone(&shared))
                    .max_decoding_message_size(REQUEST_BYTES_MAX)
                    .max_encoding_message_size(ANSWER_BYTES_MAX),
            );)*
        };
    }
    add![
        IntakeServiceServer,
        IncidentServiceServer,
        DispatchServiceServer,
        AlarmServiceServer,
        DeskServiceServer,
        RunServiceServer,
        UnitServiceServer,
        CommandServiceServer,
        ReviewServiceServer,
    ];
    routes.add_service(
        DirectoryServiceServer::from_arc(Arc::clone(&shared))
            .max_decoding_message_size(DIRECTORY_REQUEST_BYTES_MAX)
            .max_encoding_message_size(ANSWER_BYTES_MAX),
    );
    routes.add_service(watch::WatchDoor::new(Services::clone(&shared)));
    let (reporter, health) = tonic_health::server::health_reporter();
    routes.add_service(health);
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(protocol::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    routes.add_service(reflection().build_v1()?);
    routes.add_service(reflection().build_v1alpha()?);
    Ok((routes.routes(), reporter, names))
}
