use std::collections::BTreeSet;

use kento_studio::workflow::{ConceptSprint, GridRow, JobStatus};
use kento_studio::{JobId, Sha256};

use super::tiles::{Cell, Pictures, seconds_left, tile, tile_of_image};
use super::variations::{status_of, variations};
use super::{style_label, time_text};
use crate::desk::PanelInput;
use crate::widgets::contact_sheet::{Sheet, SheetRow};

/// A concept sprint as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SprintData {
    /// Its number.
    pub number: u32,
    /// Styles as rows, variations as columns.
    pub pictures: Pictures,
    /// What stands above the columns; empty where rows are varied differently.
    pub columns: Vec<String>,
    /// Every job.
    pub jobs: Vec<JobId>,
    /// `4 styles × 6 · 22 of 24 · about 3 s left`.
    pub summary: String,
}

impl SprintData {
    /// The sprint of a number, or the latest; none while there is none. Ranks are those of the draft that is given, or
    /// else of the saved moodboard.
    pub fn of(input: &PanelInput<'_>, number: Option<u32>, draft: &[Sha256]) -> Option<Self> {
        let sprint = chosen(input, number)?;
        let grid = input.state.grid(sprint.number);
        let mut pictures = Pictures::default();
        let mut rows = Vec::with_capacity(grid.len());
        for row in &grid {
            let label = style_label(&row.label);
            let mut tiles = Vec::with_capacity(row.cells.len());
            for cell in &row.cells {
                let name = format!("{label}: {}", cell.label);
                let drafted = || draft.iter().position(|one| Some(*one) == cell.image).map(|place| place + 1);
                let rank = if draft.is_empty() { cell.rank } else { drafted() };
                tiles.push(tile(input, name.clone(), cell, rank));
                pictures.cells.push(Cell { name, job: Some(cell.job), image: cell.image, culled: cell.image });
            }
            rows.push(SheetRow { label, tiles });
        }
        let jobs: Vec<JobId> = pictures.cells.iter().filter_map(|cell| cell.job).collect();
        let roots: BTreeSet<Sha256> = pictures.cells.iter().filter_map(|cell| cell.image).collect();
        let mut varied = SheetRow { label: "Variations".to_owned(), tiles: Vec::new() };
        for image in variations(input.state, &roots) {
            let of = pictures.place(image.root).and_then(|place| pictures.cells.get(place));
            let of = of.map_or("", |cell| cell.name.as_str());
            let name = format!("Variation {} of {of}", varied.tiles.len() + 1);
            varied.tiles.push(tile_of_image(input, name.clone(), image.sha256, &status_of(image)));
            let sha256 = Some(image.sha256);
            pictures.cells.push(Cell { name, job: None, image: sha256, culled: sha256 });
        }
        rows.extend(Some(varied).filter(|row| !row.tiles.is_empty()));
        pictures.sheet = Sheet { name: format!("Concept sprint {}", sprint.number), rows, can_be_sorted: false };
        let summary = summary(input, sprint);
        Some(Self { number: sprint.number, columns: columns(&grid), pictures, jobs, summary })
    }

    /// The note beside the panel's title, without all the rest.
    pub fn summary(input: &PanelInput<'_>, number: Option<u32>) -> Option<String> {
        chosen(input, number).map(|sprint| summary(input, sprint))
    }
}

/// The sprint of a number, or the latest.
fn chosen<'a>(input: &PanelInput<'a>, number: Option<u32>) -> Option<&'a ConceptSprint> {
    let sprints = input.state.sprints();
    sprints.iter().find(|one| Some(one.number) == number).or(sprints.last())
}

fn columns(grid: &[GridRow]) -> Vec<String> {
    let labels = |row: &GridRow| row.cells.iter().map(|cell| cell.label.clone()).collect::<Vec<_>>();
    let Some(first) = grid.first().map(labels) else { return Vec::new() };
    if grid.iter().all(|row| labels(row) == first) { first } else { Vec::new() }
}

fn summary(input: &PanelInput<'_>, sprint: &ConceptSprint) -> String {
    let jobs: Vec<JobId> = sprint.jobs.iter().flatten().copied().collect();
    let is_made = |id: &&JobId| matches!(input.state.job(**id).map(|job| &job.status), Some(JobStatus::Done { .. }));
    let longest = sprint.jobs.iter().map(Vec::len).max().unwrap_or(0);
    let made = jobs.iter().filter(is_made).count();
    let mut parts = vec![format!("{} styles × {longest}", sprint.jobs.len()), format!("{made} of {}", jobs.len())];
    if let Some(left) = seconds_left(input, &jobs) {
        parts.push(format!("{} left", time_text(Some(left))));
    }
    parts.join(" · ")
}
