//! The codes of refusals that are the server's own: what it answers before or after any operation.

/// A refusal of the server's own. Each has a page in `deploy/runbook/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerCode {
    /// A field of the request is wrong.
    Malformed,
    /// The role may not call this.
    RoleNotAllowed,
    /// There is no such method.
    MethodUnknown,
    /// More requests at once than are taken.
    TooManyRequests,
    /// More streams at once than are taken.
    TooManyStreams,
    /// More connections of one identity than are taken.
    TooManyConnections,
    /// The request took too long; it may or may not have been done.
    TimedOut,
    /// Our own mistake.
    Internal,
    /// The server is about to stop.
    ShuttingDown,
    /// The stream has reached its age: resume.
    StreamRenewal,
    /// More is asked to be watched than the token reaches.
    ScopeTooWide,
    /// The role is shown less than what is asked for.
    ViewNotAllowed,
    /// The directory is another centre's.
    DirectoryOfOtherCentre,
    /// The message is larger than the contract allows.
    MessageTooLarge,
    /// The message is compressed or otherwise not as it is taken.
    EncodingNotTaken,
    /// The past is not kept so far back.
    ReviewNotKept,
    /// More of the past is looked at than is taken at once.
    TooManyReviews,
    /// The node's journal takes nothing any more, so the node takes no new gateways.
    JournalSealed,
}

impl ServerCode {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::Malformed,
        Self::RoleNotAllowed,
        Self::MethodUnknown,
        Self::TooManyRequests,
        Self::TooManyStreams,
        Self::TooManyConnections,
        Self::TimedOut,
        Self::Internal,
        Self::ShuttingDown,
        Self::StreamRenewal,
        Self::ScopeTooWide,
        Self::ViewNotAllowed,
        Self::DirectoryOfOtherCentre,
        Self::MessageTooLarge,
        Self::EncodingNotTaken,
        Self::ReviewNotKept,
        Self::TooManyReviews,
        Self::JournalSealed,
    ];

    /// The code as clients see it and as its runbook page is named.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::RoleNotAllowed => "ROLE_NOT_ALLOWED",
            Self::MethodUnknown => "METHOD_UNKNOWN",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::TooManyStreams => "TOO_MANY_STREAMS",
            Self::TooManyConnections => "TOO_MANY_CONNECTIONS",
            Self::TimedOut => "TIMED_OUT",
            Self::Internal => "INTERNAL",
            Self::ShuttingDown => "SHUTTING_DOWN",
            Self::StreamRenewal => "STREAM_RENEWAL",
            Self::ScopeTooWide => "SCOPE_TOO_WIDE",
            Self::ViewNotAllowed => "VIEW_NOT_ALLOWED",
            Self::DirectoryOfOtherCentre => "DIRECTORY_OF_OTHER_CENTRE",
            Self::MessageTooLarge => "MESSAGE_TOO_LARGE",
            Self::EncodingNotTaken => "ENCODING_NOT_TAKEN",
            Self::ReviewNotKept => "REVIEW_NOT_KEPT",
            Self::TooManyReviews => "TOO_MANY_REVIEWS",
            Self::JournalSealed => "JOURNAL_SEALED",
        }
    }
}
