//! Who is asking and what they may do: principals, roles, token claims and scope.
