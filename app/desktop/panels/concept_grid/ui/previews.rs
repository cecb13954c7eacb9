use std::collections::BTreeMap;

use eframe::egui::Ui;
use kento_studio::{JobId, Sha256};

use super::Desk;
use crate::desk::PanelInput;
use crate::panels::concept_grid::data::Pictures;
use crate::widgets::thumbnails::{PictureSource, Thumbnail};

/// The last preview of every running job that is ready to be drawn. Every preview is another picture, and a tile would be
/// empty while the next one is made small.
#[derive(Default)]
pub(super) struct Previews {
    shown: BTreeMap<JobId, (Sha256, PictureSource)>,
}

impl Previews {
    /// Whether any tile may show another picture than its own.
    pub(super) fn is_needed(&self, input: &PanelInput<'_>) -> bool {
        !(input.running.is_empty() && self.shown.is_empty())
    }

    /// Leaves the preview before on its tile until the next one, or the finished picture, is ready.
    pub(super) fn steady(&mut self, ui: &Ui, desk: &mut Desk<'_, '_>, pictures: &mut Pictures, side: f32) {
        let side_px = side * ui.pixels_per_point();
        let tiles = pictures.sheet.rows.iter_mut().flat_map(|row| &mut row.tiles);
        for (tile, cell) in tiles.zip(&pictures.cells) {
            let Some(job) = cell.job else { continue };
            if !desk.input.running.contains_key(&job) && !self.shown.contains_key(&job) {
                continue;
            }
            let Some((name, source)) = tile.picture.clone() else { continue };
            if !matches!(desk.thumbnails.get(name, side_px, &source), Thumbnail::Waiting) {
                let before = match cell.image {
                    Some(_) => self.shown.remove(&job),
                    None => self.shown.insert(job, (name, source)),
                };
                if let Some((before, _)) = before.filter(|(before, _)| *before != name) {
                    desk.thumbnails.forget(before);
                }
            } else if let Some(shown) = self.shown.get(&job) {
                tile.picture = Some(shown.clone());
            }
        }
    }
}
