//! The box of a repair, and the frame of a picture that is extended, as they are dragged.

use eframe::egui::Color32;
use kento_finishing::PixelRect;
use kento_studio::Margins;
use kento_studio::workflow::Image;

use super::super::repair::{RepairAct, RepairPlan, box_limits, edges, frame, frame_limits, margins, rect};
use super::Repairing;
use crate::region::place_of;
use crate::theme;
use crate::widgets::pixel_box::{BoxDrag, BoxEvent, PixelBox};

/// The handles of an extended picture stand so far outside of it, in points: its edge is seen beside them.
const OUTSIDE: f32 = 9.0;

/// The box, the margins and their proportion.
type Before = (Option<PixelRect>, Margins, Option<[u32; 2]>);

/// What is dragged.
#[derive(Default)]
pub(super) struct Framing {
    drag: BoxDrag,
    /// The box and the margins before it was taken hold of.
    before: Option<Before>,
}

impl Repairing {
    /// What can be dragged now: the frame of the picture where it is extended, the box where a mask is repaired.
    pub fn pixel_box(&mut self, image: &Image, plan: &Result<RepairPlan, String>) -> Option<PixelBox> {
        let size = [image.width, image.height];
        let act = self.act_of(&image.sha256)?;
        match act {
            _ if self.shows_candidate() => None,
            RepairAct::Extend => {
                let edges = frame(self.form.as_ref()?.1.margins, size);
                Some(PixelBox { edges, limits: frame_limits(size), outset: OUTSIDE })
            }
            RepairAct::Region => {
                let crop = plan.as_ref().ok()?.region.as_ref()?.crop;
                let edges = edges(PixelRect::new(crop.x, crop.y, crop.width, crop.height));
                let limits = box_limits(size, self.masked_rect(image));
                Some(PixelBox { edges, limits, outset: 0.0 })
            }
            RepairAct::Refine | RepairAct::VarySubtle | RepairAct::VaryStrong => None,
        }
    }

    /// What is held of it.
    pub fn drag(&mut self) -> &mut BoxDrag {
        &mut self.framing.drag
    }

    /// Lets it stand as it was before it was taken hold of, where it is held.
    pub fn give_up_drag(&mut self, size: [u32; 2]) {
        if self.framing.drag.is_held() {
            self.framing.drag = BoxDrag::default();
            self.take_box(size, BoxEvent::GivenUp);
        }
    }

    /// Does what the pointer did to it, on a picture of this size.
    pub fn take_box(&mut self, size: [u32; 2], event: BoxEvent) {
        let Some((_, form)) = &mut self.form else { return };
        let framing = &mut self.framing;
        match event {
            BoxEvent::Dragged(edges) => {
                framing.before.get_or_insert((form.crop, form.margins, form.ratio));
                match form.act {
                    RepairAct::Extend => (form.margins, form.ratio) = (margins(edges, size), None),
                    _ => form.crop = Some(rect(edges)),
                }
            }
            BoxEvent::Done => framing.before = None,
            BoxEvent::GivenUp => {
                if let Some(before) = framing.before.take() {
                    (form.crop, form.margins, form.ratio) = before;
                }
            }
            BoxEvent::Reset => {
                framing.before = None;
                match form.act {
                    RepairAct::Extend => (form.margins, form.ratio) = (Margins::NONE, None),
                    _ => form.crop = None,
                }
            }
        }
    }

    /// The colour that masks are shown in.
    pub fn mask_colour(&self) -> Color32 {
        theme::MASK_COLOURS[self.tools.colour.min(theme::MASK_COLOURS.len() - 1)].1
    }
}

/// Left, top, right and bottom of the region that a plan makes, in pixels of the picture without its margins.
pub fn region_of(plan: &Result<RepairPlan, String>) -> Option<[f32; 4]> {
    plan.as_ref().ok()?.region.as_ref().map(place_of)
}
