use eframe::egui::{Frame, Margin, RichText, Ui};
use kento_studio::Sha256;
use kento_studio::workflow::Command;

use super::fresh::FreshData;
use crate::theme::{self, icons};
use crate::widgets::ActionButton;

/// What the user wants of the pass.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FreshAct {
    /// Begin it.
    Begin(Command),
    /// Look at its next image.
    LookAt(Sha256),
}

/// Draws the fresh-eyes pass: the countdown, the way through its images, its end.
pub(super) fn show(ui: &mut Ui, data: &FreshData, selected: Sha256) -> Option<FreshAct> {
    let palette = theme::palette(ui.style());
    let frame = Frame::new().fill(palette.header).stroke(theme::line(palette)).corner_radius(theme::group_rounding());
    let mut act = None;
    frame.inner_margin(Margin::same(theme::MARGIN)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new("Fresh-eyes pass").font(theme::strong_font()));
        let note = |text: String| RichText::new(text).font(theme::note_font()).color(palette.secondary);
        match (&data.next, data.in_pass) {
            (Some((next, views)), true) => {
                let (seen, all) = data.seen;
                ui.label(note(format!("{seen} of {all} images seen, in shuffled order. Each is looked at both ways.")));
                for (word, is_seen) in ["mirrored", "at 100 %, all of it"].into_iter().zip(views) {
                    let sign = if *is_seen { icons::PASS } else { icons::OPEN };
                    ui.label(note(format!("{sign}  {word}")));
                }
                if *next == selected {
                    ui.label(note("The canvas shows it and notes what was seen.".to_owned()));
                } else if ActionButton::primary("Look at the next image").show(ui) {
                    act = Some(FreshAct::LookAt(*next));
                }
            }
            (None, true) => {
                ui.label(note(
                    "All seen. The first tick counts now; a clearance is marked as self-approval.".to_owned(),
                ));
            }
            (_, false) => {
                let text = match &data.wait {
                    Some(wait) => format!("Rest your eyes: it can begin with this image in {wait}."),
                    None => "Look at your own images in shuffled order, mirrored once and at 100 %, before you judge."
                        .to_owned(),
                };
                ui.label(note(text));
                let label = match data.images.len() {
                    1 => "Begin with 1 image".to_owned(),
                    count => format!("Begin with {count} images"),
                };
                if ActionButton::primary(label).allowed(data.begin.clone()).show(ui) {
                    act = Some(FreshAct::Begin(Command::BeginFreshEyes { images: data.images.clone() }));
                }
            }
        }
    });
    act
}
