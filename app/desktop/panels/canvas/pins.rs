use eframe::egui::Context;
use kento_studio::Sha256;

use super::CanvasPanel;
use crate::widgets::image_view::{Pin, ViewTool};

/// An item of a checklist that waits for a place on the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinWanted {
    /// The image.
    pub image: Sha256,
    /// The item.
    pub item: String,
}

/// A place that was pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedPin {
    /// The image.
    pub image: Sha256,
    /// The item that waited for it; none when the pin came first.
    pub item: Option<String>,
    /// From 0 to 1 on both axes, of the picture as it is, not mirrored.
    pub at: [f32; 2],
}

/// What the checklist and the canvas tell each other about places on the picture.
#[derive(Default)]
pub(super) struct PinTalk {
    pub wanted: Option<PinWanted>,
    pub placed: Vec<PlacedPin>,
    pub pressed: Option<u32>,
    shown: Option<(Sha256, u64, Vec<Pin>)>,
}

impl PinTalk {
    /// The pins that the checklist shows now.
    pub fn shown(&self, image: &Sha256, frame: u64) -> &[Pin] {
        match &self.shown {
            Some((of, at, pins)) if of == image && frame <= at + 1 => pins,
            _ => &[],
        }
    }

    /// Moves places between the picture and its mirror image.
    pub fn turned([x, y]: [f32; 2], mirrored: bool) -> [f32; 2] {
        if mirrored { [1.0 - x, y] } else { [x, y] }
    }
}

impl CanvasPanel {
    /// Shows these pins on an image in this frame and the next.
    pub fn show_pins(&mut self, ctx: &Context, image: Sha256, pins: Vec<Pin>) {
        self.pins.shown = Some((image, ctx.cumulative_frame_nr(), pins));
    }

    /// Takes the pin tool for an item, or puts it back.
    pub fn want_pin(&mut self, wanted: PinWanted) {
        if self.pins.wanted.as_ref() == Some(&wanted) {
            self.pins.wanted = None;
            self.view.tool = ViewTool::Look;
        } else {
            self.pins.wanted = Some(wanted);
            self.view.tool = ViewTool::Pin;
            self.view.take_keyboard();
        }
    }

    /// The item that waits for its place.
    pub fn wanted_pin(&self) -> Option<&PinWanted> {
        self.pins.wanted.as_ref()
    }

    /// The places that were pressed since the last call.
    pub fn take_placed(&mut self) -> Vec<PlacedPin> {
        std::mem::take(&mut self.pins.placed)
    }

    /// The number of the pin that was pressed since the last call.
    pub fn take_pressed(&mut self) -> Option<u32> {
        self.pins.pressed.take()
    }

    /// Brings a place of the picture into the middle, at least at 100 %.
    pub fn look_at(&mut self, at: [f32; 2]) {
        self.look_at = Some(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_in_the_mirror() {
        assert_eq!(PinTalk::turned([0.25, 0.75], true), [0.75, 0.75]);
        assert_eq!(PinTalk::turned(PinTalk::turned([0.25, 0.75], true), true), [0.25, 0.75]);
        assert_eq!(PinTalk::turned([0.25, 0.75], false), [0.25, 0.75]);
    }

    #[test]
    fn pressing_the_pin_button_again_puts_the_tool_back() {
        let mut canvas = CanvasPanel::default();
        let wanted = PinWanted { image: Sha256([1; 32]), item: "edges".to_owned() };
        canvas.want_pin(wanted.clone());
        assert_eq!((canvas.wanted_pin(), canvas.view.tool), (Some(&wanted), ViewTool::Pin));
        canvas.want_pin(wanted);
        assert_eq!((canvas.wanted_pin(), canvas.view.tool), (None, ViewTool::Look));
    }
}
