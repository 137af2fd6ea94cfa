//! An error with all its causes, on one line: what a log, an alarm and a person at the command line are told.

use std::error::Error;

/// An error and what lies beneath it, each said once: many errors repeat the text of their cause.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let beneath = std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source());
    for cause in beneath {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error("the disk is full")]
        Disk,
        #[error("{said}")]
        Because {
            said: &'static str,
            #[source]
            source: Box<Self>,
        },
    }

    #[test]
    fn every_cause_is_said_once_and_in_order() {
        let because = |said, source| Failed::Because { said, source: Box::new(source) };
        let error = because("the call was not kept", because("no write: the disk is full", Failed::Disk));
        assert_eq!(with_causes(&error), "the call was not kept: no write: the disk is full");
        let error = because("the call was not kept", because("no write", Failed::Disk));
        assert_eq!(with_causes(&error), "the call was not kept: no write: the disk is full");
    }
}
