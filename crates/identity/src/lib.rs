//! Who is asking and what they may do: principals, roles, token claims and scope.
//!
//! It never reads a clock, a file or a network and draws no random number: the time, the keys and even the seed
//! of a demo key are arguments. It never writes a log, and nothing it returns contains a token.

pub mod demo;
mod keys;
mod principal;
mod role;
mod scope;
mod token;

pub use keys::{KEYS_MAX, KeyError, Keys, SigningAlgorithm};
pub use principal::{Claims, NAME_BYTES_MAX, Principal, PrincipalError, SYSTEM_NAME_PREFIX};
pub use role::{Role, RoleError, View};
pub use scope::{
    Reach, ScopeRefusal, may_act_for_station, may_act_for_unit, may_act_in, may_read, may_see_station,
    may_see_unit,
};
pub use token::{
    DEMO_LIFETIME_SECONDS, Expectations, ExpectationsError, LEEWAY_SECONDS, LIFETIME_SECONDS_DEFAULT,
    TOKEN_BYTES_MAX, TokenRefusal, Verifier,
};
