//! The checklist of the selected image: the artefact gate, the review gate, who may clear and when, the release.

mod act_ui;
mod arriving;
mod cull_ui;
mod data;
mod draft;
mod elsewhere_ui;
mod evidence;
mod footer;
mod fresh;
mod fresh_ui;
mod item_ui;
mod measuring;
mod release;
#[cfg(test)]
mod sample;
mod ui;
#[cfg(test)]
mod ui_tests;

pub use data::{GroupData, ItemData, ListData, ListKind, VerdictData, View, default_kind, judge_command, list_data};
pub use evidence::{evidence_choices, evidence_name};
pub use footer::{notices, who_may_clear};
pub use fresh::{FreshData, fresh_data};
#[cfg(test)]
pub(crate) use sample::{Sample, jo, mara, sha};
pub use ui::ChecklistPanel;
