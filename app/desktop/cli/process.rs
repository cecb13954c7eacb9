//! What the system tells of processes: how long this one has run, and how much memory another one has.

use std::time::Duration;

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessMemory {
    /// What it has in memory now.
    pub resident: u64,
    /// The most that it ever had there.
    pub peak: u64,
}

/// Time since this process was started: what a clock beside it counts, the loading of the program by the system included.
/// Exact to 20 ms; None where the system does not tell.
#[cfg(target_os = "linux")]
pub fn age() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    age_from(&stat, &uptime)
}

#[cfg(not(target_os = "linux"))]
pub fn age() -> Option<Duration> {
    None
}

/// The kernel's own record of a process; None where there is no such process or the system does not tell.
#[cfg(target_os = "linux")]
pub fn memory(process: u32) -> Option<ProcessMemory> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let bytes = |field: &str| {
        let kilobytes = status.lines().find_map(|line| line.strip_prefix(field))?.trim().strip_suffix("kB")?;
        Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
    };
    Some(ProcessMemory { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
}

#[cfg(not(target_os = "linux"))]
pub fn memory(_process: u32) -> Option<ProcessMemory> {
    None
}

/// The age by `/proc/self/stat` (its 22nd field is the start after boot, in ticks) and `/proc/uptime` (seconds since boot).
#[cfg(target_os = "linux")]
fn age_from(stat: &str, uptime: &str) -> Option<Duration> {
    // What the kernel reports to programs, on every architecture that Rust's standard library runs on.
    const TICKS_PER_SEC: f64 = 100.0;
    // Both figures are cut to a hundredth, so a young process may seem to start in the future by that much.
    const ROUNDING_SECS: f64 = 0.02;
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    let started: f64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let now: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let secs = now - started / TICKS_PER_SEC;
    // In some containers the two count from another boot; then nothing is known.
    if secs < -ROUNDING_SECS { None } else { Duration::try_from_secs_f64(secs.max(0.0)).ok() }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_a_process_is_read() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.resident > 100_000 && memory.peak > 100_000, "{memory:?}");
        assert_eq!(super::memory(u32::MAX), None);
    }

    #[test]
    fn the_age_of_a_process_is_counted_from_its_start() {
        let stat = "42 (a (odd) name) S 1 42 42 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 3 0 12345 1000 200";
        assert_eq!(age_from(stat, "125.45 300.00\n"), Some(Duration::from_secs_f64(125.45 - 123.45)));
        assert_eq!(age_from(stat, "123.44 300.00\n"), Some(Duration::ZERO));
        assert_eq!(age_from(stat, "7.00 1.00\n"), None, "the uptime of a container");
        assert_eq!(age_from("", "7.00 1.00\n"), None);
        // This very process grows older.
        let before = age().unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert!(age().unwrap() >= before + Duration::from_millis(80));
    }
}
