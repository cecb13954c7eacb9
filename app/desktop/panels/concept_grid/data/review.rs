use kento_studio::workflow::Image;

use super::counted;
use super::tiles::{Cell, Pictures};
use crate::desk::PanelInput;
use crate::widgets::contact_sheet::{Sheet, SheetRow, Tile, TileState};

/// The candidates at the review gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewData {
    /// Oldest submission first.
    pub pictures: Pictures,
    /// `3 candidates`.
    pub summary: String,
}

impl ReviewData {
    /// The candidates as they stand.
    pub fn of(input: &PanelInput<'_>) -> Self {
        let mut pictures = Pictures::default();
        let mut tiles = Vec::new();
        for image in input.state.candidates() {
            let name = name(input, image);
            tiles.push(Tile {
                name: name.clone(),
                picture: Some((image.sha256, input.source(image.sha256))),
                state: TileState::Done,
                rank: None,
                is_kept: false,
            });
            let job = input.state.jobs_of_image(&image.sha256).next().map(|(job, _)| job);
            pictures.cells.push(Cell { name, job, image: Some(image.sha256) });
        }
        let summary = match tiles.len() {
            0 => "nothing at the gate".to_owned(),
            count => counted(count, "candidate", "candidates"),
        };
        let rows = vec![SheetRow { label: String::new(), tiles }];
        pictures.sheet = Sheet { name: "Candidates".to_owned(), rows, can_be_sorted: false };
        Self { pictures, summary }
    }
}

/// `harbour-flat-r1, 2 of 12 judged, made by Mara`.
fn name(input: &PanelInput<'_>, image: &Image) -> String {
    let what = image.card.as_ref().map_or_else(|| image.sha256.auto_v2(), ToString::to_string);
    let gate = input.state.gate(&image.sha256, input.actor, input.now);
    let judged = gate.map(|gate| format!(", {} of {} judged", gate.judged, gate.items)).unwrap_or_default();
    let makers: Vec<String> = image.makers.iter().map(ToString::to_string).collect();
    format!("{what}{judged}, made by {}", makers.join(" and "))
}
