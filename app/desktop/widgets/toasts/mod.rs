//! Short messages at the lower right: refusals, saves, failures. Each is seen for six seconds and kept in a list.

mod data;
mod ui;

pub use data::{Toast, ToastKind, Toasts};
pub use ui::{show, show_list};
