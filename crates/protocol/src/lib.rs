//! The generated contract and its conversions to and from the domain; nothing else.
//!
//! It never decides anything: what is legal is `domain`'s to say, and who may call what stands in `proto/` and is only
//! read here. Nothing generated is committed; `build.rs` makes it from `proto/` with protox.

mod access_table;

pub mod decode;
pub mod encode;

pub use access_table::{descriptor_pool, roles};

/// The contract as a `google.protobuf.FileDescriptorSet`, imports and the `access` option of each method included: what
/// reflection serves.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kezek.descriptor_set.bin"));

/// Puts the generated code of one package where the other packages expect it: `crate::<area>::v1`.
macro_rules! package {
    ($(#[$doc:meta])* $area:ident, $package:literal) => {
        $(#[$doc])*
        pub mod $area {
            #[doc = concat!("Version 1: the package `", $package, "`.")]
            #[allow(
                clippy::all,
                clippy::allow_attributes_without_reason,
                clippy::too_many_lines,
                clippy::wildcard_enum_match_arm,
                missing_docs,
                rustdoc::all,
                reason = "the generators' style is not ours to change; what it is generated from is documented and linted"
            )]
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    };
}

package! {
    /// Roles, and the option that names them on each method.
    access, "kezek.access.v1"
}

package! {
    /// The records of a centre as clients see them.
    record, "kezek.record.v1"
}

package! {
    /// Calls come in and are never lost.
    intake, "kezek.intake.v1"
}

package! {
    /// The life of incidents, who is sent to them, and alarms.
    dispatch, "kezek.dispatch.v1"
}

package! {
    /// What duty desks say to their assignments.
    desk, "kezek.desk.v1"
}

package! {
    /// What crews say of their runs, and what units are fit for.
    crew, "kezek.crew.v1"
}

package! {
    /// Every change, in order, without a gap.
    watch, "kezek.watch.v1"
}

package! {
    /// How well the service answers, and what was to be seen some hours ago.
    review, "kezek.review.v1"
}

package! {
    /// A centre as data.
    directory, "kezek.directory.v1"
}

package! {
    /// The command line: one grammar for every console and for programs.
    command, "kezek.command.v1"
}
