//! Who may call what, read from the contract itself, so that a table kept elsewhere cannot differ from it.

use std::{collections::BTreeMap, sync::LazyLock};

use prost_reflect::{DescriptorPool, MethodDescriptor, Value};

use crate::{FILE_DESCRIPTOR_SET, access::v1::Role};

/// Name of the option that says who may call a method.
const ACCESS_OPTION: &str = "kezek.access.v1.access";

/// The contract's files, messages and services, for reflection and for printing messages as JSON.
///
/// # Panics
/// If the bytes that the build made are not a descriptor set, which a test rules out.
pub fn descriptor_pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build encodes a descriptor set that is whole")
    });
    &POOL
}

/// The roles that may call each method, by its path such as `/kezek.intake.v1.IntakeService/TakeCall`, in the order the
/// contract names them. A method without the option is absent: it is not served.
///
/// # Panics
/// If the contract lacks the option itself, which a test rules out.
pub fn roles() -> BTreeMap<String, Vec<Role>> {
    descriptor_pool()
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter_map(|method| Some((path_of(&method), roles_of(&method)?)))
        .collect()
}

/// The path that gRPC calls the method by.
fn path_of(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// The roles that the method's option names; `None` without the option, or if it names none.
fn roles_of(method: &MethodDescriptor) -> Option<Vec<Role>> {
    let option =
        descriptor_pool().get_extension_by_name(ACCESS_OPTION).expect("access.proto defines the option");
    let options = method.options();
    if !options.has_extension(&option) {
        return None;
    }
    let access = options.get_extension(&option);
    let named = access.as_message()?.get_field_by_name("roles")?;
    let roles: Vec<Role> = named.as_list()?.iter().filter_map(role_of).collect();
    (!roles.is_empty()).then_some(roles)
}

/// The role that an enum value stands for; `None` for the unspecified one, which lets nobody in.
fn role_of(value: &Value) -> Option<Role> {
    let role = Role::try_from(value.as_enum_number()?).ok()?;
    (role != Role::Unspecified).then_some(role)
}
