//! Who may call what: the roles that the contract names on each method, and nothing that it does not.
//!
//! Deny by default: a method that the contract does not name, or names no roles for, is served to nobody.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Principal, Role};
use prost_reflect::MethodDescriptor;
use protocol::access::v1::Role as WireRole;
use tonic::Status;

use crate::{codes::ServerCode, status};

/// Health is open to everybody: whoever shares out requests has no token, and hears nothing of the centre.
const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// The same as a stream.
const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";

/// The contract is public, but only those who may ask anything at all need to read it here.
const REFLECTION: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// The one method that calls come in by; it may use the share of requests that is kept for it.
const TAKE_CALL: &str = "/kezek.intake.v1.IntakeService/TakeCall";

/// Methods whose requests carry a whole directory.
const DIRECTORY_SERVICE: &str = "/kezek.directory.v1.DirectoryService/";

/// How a method is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// A call comes in.
    Intake,
    /// One request, one answer.
    Unary,
    /// One request that may take long.
    Long,
    /// One request, and answers until one side ends them.
    Stream,
    /// Requests until the client ends them, and one answer.
    Feed,
}

/// One method as it is served.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    /// Its name for metrics, such as `IntakeService/TakeCall`.
    pub(crate) name: String,
    /// The roles that may call it.
    roles: BTreeSet<Role>,
    pub(crate) treatment: Treatment,
}

/// What a path leads to.
pub(crate) enum Door<'a> {
    /// Open to everybody.
    Health,
    /// Open to everybody, and a stream.
    HealthWatch,
    /// For anyone with a token.
    Reflection,
    /// For the roles of the method.
    Method(&'a Method),
    /// Nowhere.
    Unknown,
}

/// Every method, by its path.
#[derive(Debug)]
pub(crate) struct Access(BTreeMap<String, Method>);

impl Access {
    /// Reads the contract.
    pub(crate) fn read() -> Self {
        let streams = streams();
        let method = |(path, roles): (String, Vec<WireRole>)| {
            let treatment = if path == TAKE_CALL {
                Treatment::Intake
            } else if let Some(treatment) = streams.get(&path) {
                *treatment
            } else if path.starts_with(DIRECTORY_SERVICE) {
                Treatment::Long
            } else {
                Treatment::Unary
            };
            let roles = roles.into_iter().filter_map(role).collect();
            let name = short(&path).to_owned();
            (path, Method { name, roles, treatment })
        };
        Self(protocol::roles().into_iter().map(method).collect())
    }

    /// What the path leads to.
    pub(crate) fn door(&self, path: &str) -> Door<'_> {
        if let Some(method) = self.0.get(path) {
            Door::Method(method)
        } else if path == HEALTH_WATCH {
            Door::HealthWatch
        } else if path == HEALTH_CHECK {
            Door::Health
        } else if REFLECTION.contains(&path) {
            Door::Reflection
        } else {
            Door::Unknown
        }
    }
}

impl Method {
    /// Refuses a principal whose role may not call it.
    pub(crate) fn admit(&self, principal: &Principal) -> Result<(), Box<Status>> {
        if self.roles.contains(&principal.role()) {
            return Ok(());
        }
        let allowed = self.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",");
        let sentence = format!("role {} may not call {}", principal.role(), self.name);
        let facts = vec![("role", principal.role().to_string()), ("allowed", allowed)];
        Err(Box::new(status::of_server(ServerCode::RoleNotAllowed, sentence, facts)))
    }
}

/// One row of the table of who may call what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The method's path, such as `/kezek.intake.v1.IntakeService/TakeCall`.
    pub path: String,
    /// The roles that may call it.
    pub roles: BTreeSet<Role>,
}

/// The table of who may call what, as it is enforced.
pub fn access_table() -> Vec<AccessRow> {
    Access::read().0.into_iter().map(|(path, method)| AccessRow { path, roles: method.roles }).collect()
}

/// The methods that stream in either direction.
fn streams() -> BTreeMap<String, Treatment> {
    let services = protocol::descriptor_pool().services();
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    let treatment =
        |method: &MethodDescriptor| match (method.is_client_streaming(), method.is_server_streaming()) {
            (true, _) => Some(Treatment::Feed),
            (false, true) => Some(Treatment::Stream),
            (false, false) => None,
        };
    let path =
        |method: &MethodDescriptor| format!("/{}/{}", method.parent_service().full_name(), method.name());
    methods.filter_map(|method| Some((path(&method), treatment(&method)?))).collect()
}

/// A path without its package: the last of its name's parts and the method.
fn short(path: &str) -> &str {
    let (service, _) = path.rsplit_once('/').unwrap_or((path, ""));
    let start = service.rfind('.').map_or(0, |dot| dot + 1);
    &path[start..]
}

/// The contract's role as the one that tokens name.
const fn role(role: WireRole) -> Option<Role> {
    match role {
        WireRole::Unspecified => None,
        WireRole::Operator => Some(Role::Operator),
        WireRole::DutyOfficer => Some(Role::DutyOfficer),
        WireRole::Crew => Some(Role::Crew),
        WireRole::Supervisor => Some(Role::Supervisor),
        WireRole::Administrator => Some(Role::Administrator),
        WireRole::Integration => Some(Role::Integration),
        WireRole::Observer => Some(Role::Observer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_contract_has_its_treatment() {
        let access = Access::read();
        let treatment = |path: &str| match access.door(path) {
            Door::Method(method) => Some(method.treatment),
            Door::Health | Door::HealthWatch | Door::Reflection | Door::Unknown => None,
        };
        assert_eq!(treatment(TAKE_CALL), Some(Treatment::Intake));
        assert_eq!(treatment("/kezek.watch.v1.WatchService/Watch"), Some(Treatment::Stream));
        assert_eq!(treatment("/kezek.crew.v1.UnitService/StreamPositions"), Some(Treatment::Feed));
        assert_eq!(treatment("/kezek.directory.v1.DirectoryService/ApplyDirectory"), Some(Treatment::Long));
        assert_eq!(treatment("/kezek.dispatch.v1.IncidentService/GetIncident"), Some(Treatment::Unary));
        assert!(matches!(access.door("/kezek.intake.v1.IntakeService/Nothing"), Door::Unknown));
        assert!(matches!(access.door("/grpc.health.v1.Health/Check"), Door::Health));
        assert!(matches!(access.door("/grpc.health.v1.Health/Watch"), Door::HealthWatch));
    }

    #[test]
    fn a_methods_short_name_has_no_package() {
        assert_eq!(short(TAKE_CALL), "IntakeService/TakeCall");
    }
}
