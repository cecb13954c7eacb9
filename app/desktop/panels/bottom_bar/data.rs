use crate::cli::duration;
use crate::window::session::{EngineState, Session, Stage};

/// What the engine does.
#[derive(Debug, Clone, PartialEq)]
pub struct BottomBarData {
    /// In words.
    pub text: String,
    /// How far it is, 0 to 1, while it does something measurable.
    pub fraction: Option<f32>,
    /// The time that is left, or that the last image took.
    pub time: String,
}

/// What to show.
pub fn data(session: &Session) -> BottomBarData {
    let Some(job) = &session.job else { return idle(session) };
    let (text, fraction, time) = match &job.stage {
        Stage::Waiting => ("Handed to the engine".to_owned(), Some(0.0), String::new()),
        Stage::Loading { component } => (format!("Loading {component}"), Some(0.0), String::new()),
        Stage::Encoded => ("First step".to_owned(), Some(0.0), String::new()),
        Stage::Step { done, of, elapsed_secs } => {
            let fraction = *done as f32 / (*of).max(1) as f32;
            let left = elapsed_secs / f64::from((*done).max(1)) * f64::from(of.saturating_sub(*done));
            (format!("Step {done} of {of}"), Some(fraction), format!("{} left", duration(left)))
        }
        Stage::Decoding => ("Decoding".to_owned(), Some(1.0), String::new()),
    };
    let text = if job.cancelled_at.is_some() { format!("Stopping after this step · {text}") } else { text };
    BottomBarData { text, fraction, time }
}

fn idle(session: &Session) -> BottomBarData {
    let text = match (&session.engine, &session.finished) {
        (EngineState::Starting, _) => "The engine starts",
        (EngineState::Unavailable(_), _) => "No engine",
        (EngineState::Ready { .. }, None) => "Ready",
        (EngineState::Ready { .. }, Some(_)) => "Done",
    };
    let time = session.finished.as_ref().map(|finished| {
        let timings = &finished.timings;
        let load = if timings.load_secs > 0.0 {
            format!(", {} of it loading", duration(timings.load_secs))
        } else {
            String::new()
        };
        format!("{}{load}", duration(timings.total_secs))
    });
    BottomBarData { text: text.to_owned(), fraction: None, time: time.unwrap_or_default() }
}
