//! The generated contract and its conversions to and from the domain; nothing else.
