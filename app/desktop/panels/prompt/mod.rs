//! The panel with the prompt and the settings.

mod data;
mod ui;

pub use data::{Form, MainButton, PromptData, data};
pub use ui::show;
