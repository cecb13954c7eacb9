use crate::frame::Chip;
use crate::window::session::{EngineState, ModelState, Session};

/// The two chips: a short text and what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopBarData {
    /// The model.
    pub model: Chip,
    /// The device and its number format.
    pub device: Chip,
}

impl TopBarData {
    /// Both in one: the device, its number format, the model.
    pub fn chip(&self) -> Chip {
        Chip {
            text: format!("{} · {}", self.device.text, self.model.text),
            explanation: format!("{}\n{}", self.device.explanation, self.model.explanation),
            has_failed: self.device.has_failed || self.model.has_failed,
        }
    }
}

/// What to show.
pub fn data(session: &Session) -> TopBarData {
    let chip = |text: String, explanation: String, has_failed| Chip { text, explanation, has_failed };
    let model = match &session.model {
        ModelState::Opening => {
            chip("opening the model".to_owned(), "The model's files are read and hashed".to_owned(), false)
        }
        ModelState::Found(model) => chip(
            format!("{} · {}", model.reference.name, model.family),
            format!(
                "{}, {} files, trained at {} pixels",
                model.source.model.display(),
                model.reference.files.len(),
                model.native_side
            ),
            false,
        ),
        ModelState::Missing(why) => chip("no model".to_owned(), why.clone(), true),
    };
    let device = match &session.engine {
        EngineState::Starting => {
            chip("opening the device".to_owned(), "The engine starts in its own process".to_owned(), false)
        }
        EngineState::Ready { fingerprint, why } => {
            let device = &fingerprint.device;
            chip(
                format!("{} · {}", device.name, fingerprint.dtype),
                format!("{} through {}, chosen because {why}", device.class, device.api),
                false,
            )
        }
        EngineState::Unavailable(why) => chip("no device".to_owned(), why.clone(), true),
    };
    TopBarData { model, device }
}
