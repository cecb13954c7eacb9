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
            pictures.cells.push(Cell { name, job, image: Some(image.sha256), culled: Some(image.sha256) });
        }
        let summary = summary(tiles.len());
        let rows = vec![SheetRow { label: String::new(), tiles }];
        pictures.sheet = Sheet { name: "Candidates".to_owned(), rows, can_be_sorted: false };
        Self { pictures, summary }
    }
}

/// `harbour-flat-r1 · 0000001eab, 2 of 12 judged, made by Mara`.
fn name(input: &PanelInput<'_>, image: &Image) -> String {
    let hash = image.sha256.auto_v2();
    let what = image.card.as_ref().map_or_else(|| hash.clone(), |card| format!("{card} · {hash}"));
    let list = image.open_review().and_then(|review| input.state.checklist_of(review));
    let judged = list.map(|list| {
        let counts = |id: &str| image.counting_verdict(id, &input.actor.person).is_some();
        let judged = list.items.iter().filter(|item| counts(&item.id)).count();
        format!(", {judged} of {} judged", list.items.len())
    });
    let makers: Vec<String> = image.makers.iter().map(ToString::to_string).collect();
    format!("{what}{}, made by {}", judged.unwrap_or_default(), makers.join(" and "))
}

/// The note beside the title, without all the rest: `3 candidates`.
pub(super) fn summary(count: usize) -> String {
    match count {
        0 => "nothing at the gate".to_owned(),
        count => counted(count, "candidate", "candidates"),
    }
}
