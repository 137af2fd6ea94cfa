//! What the kernel knows of processes: how long they have worked.

use std::{fs, time::Duration};

use crate::side::Watched;

/// How long a process has been on a processor, in its own code and in the kernel's, all its threads together; absent if
/// it has ended.
pub fn worked(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name of the program, in brackets, may hold anything
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let ticks_per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis((user + system) * 1_000 / ticks_per_second))
}

/// The same for several, in their order.
pub fn all_worked(watched: &[Watched]) -> Vec<Option<Duration>> {
    watched.iter().map(|process| worked(process.pid)).collect()
}

/// The process id at the beginning of a lock's text: `<pid>` or `pid <pid>`.
pub fn pid_in(text: &str) -> Option<u32> {
    text.trim_start_matches("pid ").split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_has_worked_and_one_that_never_was_has_not() {
        assert!(worked(std::process::id()).is_some());
        assert_eq!(worked(u32::MAX), None);
    }

    #[test]
    fn a_lock_names_who_holds_it() {
        assert_eq!(pid_in("pid 17\nrun 3"), Some(17));
        assert_eq!(pid_in("42\n"), Some(42));
        assert_eq!(pid_in(""), None);
    }
}
