//! The contact sheet: many small pictures in rows with names, in one flowing list, or in one strip. Only what is seen is drawn.

mod data;
mod keys;
mod places;
mod tile;
mod ui;

pub use data::{Sheet, SheetEvent, SheetRow, SheetState, Tile, TileState};
pub use keys::{SHORTCUTS, event_of_key};
pub use places::{Arrangement, Direction, Places};
pub use ui::show;
