//! The selected image, large: zoom, compare, pins, pixel values, where it came from. Files are read on a thread of their own.

mod around;
mod composing;
mod data;
mod framing;
mod fresh_look;
mod guiding;
mod header;
mod lineage;
mod looking;
mod masking;
mod pins;
mod repair;
mod repairing;
mod shelf;
mod stand_in;
#[cfg(test)]
mod tests;
mod ui;

use eframe::egui::{ScrollArea, Ui};

pub use data::{CanvasData, canvas_data, context, fresh_view, grouped, step};
pub use fresh_look::FreshLook;
pub use masking::MASK_SHORTCUTS;
pub use pins::{PinWanted, PlacedPin};
pub use shelf::{Broken, PictureKey, PictureShelf, Pixels};
pub use stand_in::{show_broken, show_stand_in};
pub use ui::CanvasPanel;

/// Begins a row of a wrapped layout where what follows, so many points wide, has no room in this one: a name stays beside its field.
fn stay_together(ui: &mut Ui, width: f32) {
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

/// A canvas lower than this, in points, shows only what is needed now: the picture keeps room.
const LOW: f32 = 460.0;

/// Whether there is room for everything around the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Rows are as many as they need.
    Enough,
    /// Each is one line that is moved sideways.
    Little,
}

impl Room {
    fn of(ui: &Ui) -> Self {
        if ui.available_height() < LOW { Self::Little } else { Self::Enough }
    }

    /// A row of controls.
    fn row(self, ui: &mut Ui, name: &str, controls: impl FnOnce(&mut Ui)) {
        match self {
            Self::Enough => drop(ui.horizontal_wrapped(controls)),
            Self::Little => drop(ScrollArea::horizontal().id_salt(name).show(ui, |ui| ui.horizontal(controls))),
        }
    }
}
