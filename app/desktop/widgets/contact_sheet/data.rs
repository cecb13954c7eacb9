use std::collections::BTreeSet;

use kento_studio::Sha256;

use super::places::Arrangement;
use crate::widgets::thumbnails::PictureSource;

/// How far the picture of a tile is.
#[derive(Debug, Clone, PartialEq)]
pub enum TileState {
    /// It waits in the queue.
    Queued,
    /// It is being made.
    Running {
        /// 0 to 1.
        fraction: f32,
    },
    /// It is there.
    Done,
    /// It is there and was set aside, for this reason.
    Rejected {
        /// Why.
        reason: String,
    },
    /// It could not be made.
    Failed {
        /// The cause, in one sentence.
        cause: String,
    },
    /// Somebody decided that it is not made.
    Cancelled {
        /// Why.
        cause: String,
    },
}

impl TileState {
    /// Whether it was given up and can be tried again.
    pub fn can_be_retried(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Cancelled { .. })
    }
}

/// One small picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// What it is called: `Flat vector 3`.
    pub name: String,
    /// The picture, once there is one, or its live preview.
    pub picture: Option<(Sha256, PictureSource)>,
    /// How far it is.
    pub state: TileState,
    /// Its rank, from 1, once it has one.
    pub rank: Option<u8>,
    /// Whether it was kept.
    pub is_kept: bool,
}

impl Tile {
    /// A tile whose picture is still to be made.
    pub fn queued(name: impl Into<String>) -> Self {
        Self { name: name.into(), picture: None, state: TileState::Queued, rank: None, is_kept: false }
    }

    /// What a screen reader says.
    pub fn spoken(&self) -> String {
        let state = match &self.state {
            TileState::Queued => ", queued".to_owned(),
            TileState::Running { fraction } => format!(", {:.0} % made", fraction * 100.0),
            TileState::Done => String::new(),
            TileState::Rejected { reason } => format!(", rejected: {reason}"),
            TileState::Failed { cause } => format!(", failed: {cause}"),
            TileState::Cancelled { cause } => format!(", cancelled: {cause}"),
        };
        let rank = self.rank.map(|rank| format!(", rank {rank}")).unwrap_or_default();
        let kept = if self.is_kept { ", kept" } else { "" };
        format!("{}{rank}{kept}{state}", self.name)
    }
}

/// Tiles that belong together, with the name that stands before them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetRow {
    /// The name: a style, a batch. May be empty.
    pub label: String,
    /// The tiles.
    pub tiles: Vec<Tile>,
}

/// Everything on a sheet. Tiles are counted through all rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// What it is called by screen readers.
    pub name: String,
    /// The rows.
    pub rows: Vec<SheetRow>,
    /// Whether tiles can be put into another order by dragging them.
    pub can_be_sorted: bool,
}

impl Sheet {
    /// How many tiles there are.
    pub fn len(&self) -> usize {
        self.rows.iter().map(|row| row.tiles.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tile at a place.
    pub fn tile(&self, mut place: usize) -> Option<&Tile> {
        for row in &self.rows {
            match row.tiles.get(place) {
                Some(tile) => return Some(tile),
                None => place -= row.tiles.len(),
            }
        }
        None
    }
}

/// What the user has done with a sheet and the sheet itself does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetState {
    /// The tile that keys are for.
    pub cursor: usize,
    /// The selected tiles.
    pub selected: BTreeSet<usize>,
    /// How the tiles stand.
    pub arrangement: Arrangement,
    /// Side of a tile in points; the largest that the longest row or, in a flow, all tiles fit with, until the user zooms.
    pub tile_side: f32,
    pub(super) fits_rows: bool,
    /// The side below which a flow is not fitted but scrolled.
    pub(super) least_side: f32,
    /// The tile where a range began.
    pub(super) anchor: usize,
    /// Whether the cursor was moved by a key and should be brought into sight.
    pub(super) shows_cursor: bool,
    /// Whether the sheet had the keyboard when it was drawn last.
    pub(super) has_focus: bool,
}

impl SheetState {
    /// Smallest and largest side of a tile, in points.
    pub const SIDES: [f32; 2] = [36.0, 320.0];

    /// A sheet where nothing was done yet.
    pub fn new(arrangement: Arrangement, tile_side: f32) -> Self {
        Self {
            cursor: 0,
            selected: BTreeSet::new(),
            arrangement,
            tile_side,
            fits_rows: arrangement != Arrangement::Strip,
            least_side: tile_side,
            anchor: 0,
            shows_cursor: false,
            has_focus: false,
        }
    }

    /// Makes tiles larger or smaller by a factor.
    pub fn zoom(&mut self, factor: f32) {
        let [least, most] = Self::SIDES;
        self.tile_side = (self.tile_side * factor).clamp(least, most);
        self.fits_rows = false;
        self.shows_cursor = true;
    }

    /// Whether the sheet had the keyboard when it was drawn last.
    pub fn has_focus(&self) -> bool {
        self.has_focus
    }

    /// Side of a tile in whole points, so that pictures stay sharp.
    pub(super) fn side(&self) -> f32 {
        self.tile_side.round()
    }

    /// Selects one tile.
    pub fn select(&mut self, place: usize) {
        self.cursor = place;
        self.anchor = place;
        self.selected = BTreeSet::from([place]);
    }

    /// Selects everything between the tile where the range began and this one.
    pub fn select_to(&mut self, place: usize) {
        self.cursor = place;
        self.selected = (self.anchor.min(place)..=self.anchor.max(place)).collect();
    }

    /// Adds a tile to the selection or takes it out.
    pub fn toggle(&mut self, place: usize) {
        self.cursor = place;
        self.anchor = place;
        if !self.selected.remove(&place) {
            self.selected.insert(place);
        }
    }

    /// Forgets tiles that are no longer there.
    pub fn fit(&mut self, tiles: usize) {
        self.cursor = self.cursor.min(tiles.saturating_sub(1));
        self.anchor = self.anchor.min(tiles.saturating_sub(1));
        self.selected.retain(|place| *place < tiles);
    }
}

/// What the user did.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetEvent {
    /// The selection is another one.
    Selected,
    /// Wants to see one large: Enter or a double click.
    Opened(usize),
    /// Gives a rank, or takes it away with `None`.
    Ranked(usize, Option<u8>),
    /// Keeps one.
    Kept(usize),
    /// Sets one aside.
    Rejected(usize),
    /// Wants to compare two.
    Compared(usize, usize),
    /// Wants one that failed or was cancelled to be tried again: Enter, or the button on the tile.
    Retried(usize),
    /// Drags one to the place of another.
    Moved {
        /// From here.
        from: usize,
        /// To here, counted with the tile still at its old place.
        to: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_counted_through_all_rows() {
        let row = |names: &[&str]| SheetRow {
            label: String::new(),
            tiles: names.iter().map(|name| Tile::queued(*name)).collect(),
        };
        let sheet = Sheet { rows: vec![row(&["a", "b"]), row(&[]), row(&["c"])], ..Sheet::default() };
        let name = |place| sheet.tile(place).map(|tile| tile.name.as_str());
        assert_eq!((name(0), name(2), name(3), sheet.len()), (Some("a"), Some("c"), None, 3));
    }

    #[test]
    fn a_selection_is_one_a_range_or_a_set() {
        let mut state = SheetState::new(Arrangement::Flow, 60.0);
        state.select(3);
        state.select_to(1);
        assert_eq!(state.selected, BTreeSet::from([1, 2, 3]));
        state.toggle(2);
        state.toggle(7);
        assert_eq!(state.selected, BTreeSet::from([1, 3, 7]));
        state.fit(3);
        assert_eq!((state.cursor, state.selected.clone()), (2, BTreeSet::from([1])));
    }

    #[test]
    fn a_tile_is_told_in_words() {
        let mut tile = Tile::queued("Woodcut 2");
        assert_eq!(tile.spoken(), "Woodcut 2, queued");
        tile.state = TileState::Rejected { reason: "two masts".to_owned() };
        tile.rank = Some(3);
        assert_eq!(tile.spoken(), "Woodcut 2, rank 3, rejected: two masts");
        let cancelled = TileState::Cancelled { cause: "the boat is wrong".to_owned() };
        let tile = Tile { state: cancelled, ..Tile::queued("Woodcut 3") };
        assert_eq!(
            (tile.spoken().as_str(), tile.state.can_be_retried()),
            ("Woodcut 3, cancelled: the boat is wrong", true)
        );
    }
}
