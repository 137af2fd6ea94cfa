//! What the kernel knows of processes: how long they have worked.

use std::{fs, time::Duration};

use crate::side::Watched;

/// How long a process has been on a processor, in its own code and in the kernel's, all its threads together; absent if
/// it has ended.
pub fn worked(pid: u32) -> Option<Duration> {
    time_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The same of the thread that asks alone.
pub fn worked_here() -> Option<Duration> {
    time_in(&fs::read_to_string("/proc/thread-self/stat").ok()?)
}

/// What the kernel's line on a process or a thread says of its time on a processor.
fn time_in(text: &str) -> Option<Duration> {
    // the name of the program, in brackets, may hold anything
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let ticks_per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis((user + system) * 1_000 / ticks_per_second))
}

/// Memory that a process holds now, and the most that it held, in MiB; absent if it has ended.
pub fn resident_mib(pid: u32) -> Option<(f64, f64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: f64 = line.trim_end_matches("kB").trim().parse().ok()?;
        Some(kib / 1_024.0)
    };
    Some((of("VmRSS:")?, of("VmHWM:")?))
}

/// How long several have worked, in their order.
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
        assert!(worked(std::process::id()).is_some() && worked_here().is_some());
        assert_eq!(worked(u32::MAX), None);
        let (now, most) = resident_mib(std::process::id()).unwrap();
        assert!(now > 0.0 && most >= now);
    }

    #[test]
    fn a_lock_names_who_holds_it() {
        assert_eq!(pid_in("pid 17\nrun 3"), Some(17));
        assert_eq!(pid_in("42\n"), Some(42));
        assert_eq!(pid_in(""), None);
    }
}
