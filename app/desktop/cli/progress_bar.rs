use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// One line on stderr that is drawn over and over; nothing at all when stderr is not a terminal.
pub struct ProgressBar {
    on_terminal: bool,
    began: Instant,
    drawn: Option<Instant>,
}

/// How often the line is drawn at most: faster is unreadable and slows down a terminal at the other end of a network.
const REDRAW: Duration = Duration::from_millis(50);
const CELLS: usize = 24;

impl ProgressBar {
    pub fn new() -> Self {
        Self { on_terminal: std::io::stderr().is_terminal(), began: Instant::now(), drawn: None }
    }

    /// Shows what happens without a measure, for example loading.
    pub fn say(&mut self, text: &str) {
        if self.on_terminal {
            self.draw(text);
        }
    }

    /// Shows the progress of the image `index` of `count` (from 1), and the time that all of them still need.
    pub fn show(&mut self, index: u32, count: u32, done: u32, of: u32) {
        let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW);
        if self.on_terminal && (due || done == of) {
            let share = overall(index, count, done, of);
            self.draw(&line(index, count, done, of, remaining(self.began.elapsed(), share)));
        }
    }

    /// Starts the clock of the estimate: when the model is loaded, so that loading does not count as generating.
    pub fn restart_clock(&mut self) {
        self.began = Instant::now();
    }

    /// Removes the line, so that other output stands alone.
    pub fn clear(&mut self) {
        if self.on_terminal && self.drawn.take().is_some() {
            self.write("\r\x1b[2K");
        }
    }

    fn draw(&mut self, text: &str) {
        self.drawn = Some(Instant::now());
        self.write(&format!("\r\x1b[2K{text}"));
    }

    fn write(&mut self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        // A terminal that went away is no reason to stop generating.
        if stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()).is_err() {
            self.on_terminal = false;
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.clear();
    }
}

fn overall(index: u32, count: u32, done: u32, of: u32) -> f64 {
    let here = f64::from(done) / f64::from(of.max(1));
    (f64::from(index.saturating_sub(1)) + here) / f64::from(count.max(1))
}

fn remaining(elapsed: Duration, share: f64) -> Option<f64> {
    (share > 0.0).then(|| elapsed.as_secs_f64() * (1.0 - share) / share)
}

fn line(index: u32, count: u32, done: u32, of: u32, remaining_secs: Option<f64>) -> String {
    let filled = (CELLS * done as usize / of.max(1) as usize).min(CELLS);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(CELLS - filled));
    let image = if count > 1 { format!("image {index} of {count} · ") } else { String::new() };
    let left = remaining_secs.map(|secs| format!(" · {} left", duration(secs))).unwrap_or_default();
    format!("{image}{bar} step {done} of {of}{left}")
}

/// Seconds as people say them.
pub fn duration(secs: f64) -> String {
    match secs {
        secs if secs < 9.95 => format!("{secs:.1} s"),
        secs if secs < 99.5 => format!("{secs:.0} s"),
        secs if secs < 3570.0 => format!("{:.0} min", secs / 60.0),
        secs => format!("{:.1} h", secs / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_steps_images_and_the_time_that_is_left() {
        assert_eq!(line(1, 1, 5, 20, Some(12.3)), "██████░░░░░░░░░░░░░░░░░░ step 5 of 20 · 12 s left");
        assert_eq!(line(2, 3, 20, 20, None), "image 2 of 3 · ████████████████████████ step 20 of 20");
    }

    #[test]
    fn the_estimate_counts_all_images() {
        assert_eq!(overall(2, 4, 10, 20), 0.375);
        assert_eq!(remaining(Duration::from_secs(30), 0.375), Some(50.0));
        assert_eq!(remaining(Duration::from_secs(30), 0.0), None);
        assert_eq!([0.04, 12.4, 240.0, 7200.0].map(duration), ["0.0 s", "12 s", "4 min", "2.0 h"]);
    }
}
