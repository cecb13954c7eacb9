//! Log lines on stderr: `KENTO_LOG` is `off`, `error`, `warn` (the default), `info`, `debug` or `trace`.

use log::{LevelFilter, Log, Metadata, Record};

/// Starts logging. Called once, before anything logs.
pub fn start() {
    let level = std::env::var("KENTO_LOG").ok().and_then(|text| text.parse().ok()).unwrap_or(LevelFilter::Warn);
    // Fails only when a logger is set already, which then stays.
    if log::set_logger(&STDERR).is_ok() {
        log::set_max_level(level);
    }
}

static STDERR: StderrLog = StderrLog;

struct StderrLog;

impl Log for StderrLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("{} {}: {}", record.level().as_str().to_lowercase(), record.target(), record.args());
        }
    }

    fn flush(&self) {}
}
