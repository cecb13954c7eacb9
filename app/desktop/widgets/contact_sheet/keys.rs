use eframe::egui::{Key, Modifiers, Ui};

use super::data::{Sheet, SheetEvent, SheetState, TileState};
use super::places::{Direction, Places};

/// The keys of a sheet, for the list of shortcuts.
pub const SHORTCUTS: [(&str, &str); 9] = [
    ("← ↑ → ↓", "Go to a picture"),
    ("Shift+arrow", "Select a range"),
    ("Enter", "Open, or try again what failed"),
    ("1–5", "Rank"),
    ("0", "Take the rank away"),
    ("K", "Keep"),
    ("X", "Reject, with a reason"),
    ("C", "Compare two"),
    ("+ −  Ctrl+wheel", "Larger, smaller"),
];

/// What a letter or digit means for the tile at the cursor.
pub fn event_of_key(key: Key, sheet: &Sheet, state: &SheetState) -> Option<SheetEvent> {
    let place = state.cursor;
    let tile = sheet.tile(place)?;
    let is_there = matches!(tile.state, TileState::Done | TileState::Rejected { .. });
    match key {
        Key::Enter if tile.state.can_be_retried() => Some(SheetEvent::Retried(place)),
        Key::Enter => Some(SheetEvent::Opened(place)),
        _ if !is_there => None,
        Key::Num0 => Some(SheetEvent::Ranked(place, None)),
        Key::Num1 => Some(SheetEvent::Ranked(place, Some(1))),
        Key::Num2 => Some(SheetEvent::Ranked(place, Some(2))),
        Key::Num3 => Some(SheetEvent::Ranked(place, Some(3))),
        Key::Num4 => Some(SheetEvent::Ranked(place, Some(4))),
        Key::Num5 => Some(SheetEvent::Ranked(place, Some(5))),
        Key::K => Some(SheetEvent::Kept(place)),
        Key::X => Some(SheetEvent::Rejected(place)),
        Key::C => {
            let other = state.selected.iter().copied().find(|selected| *selected != place)?;
            Some(SheetEvent::Compared(other, place))
        }
        _ => None,
    }
}

/// Takes the keys of this frame, while the sheet has the keyboard.
pub(super) fn take(ui: &Ui, sheet: &Sheet, state: &mut SheetState, places: &Places, events: &mut Vec<SheetEvent>) {
    const ARROWS: [(Key, Direction); 4] = [
        (Key::ArrowLeft, Direction::Left),
        (Key::ArrowRight, Direction::Right),
        (Key::ArrowUp, Direction::Up),
        (Key::ArrowDown, Direction::Down),
    ];
    const LETTERS: [Key; 10] =
        [Key::Enter, Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::K, Key::X, Key::C];
    ui.input_mut(|input| {
        for (key, direction) in ARROWS {
            for shift in [true, false] {
                let modifiers = if shift { Modifiers::SHIFT } else { Modifiers::NONE };
                for _ in 0..input.count_and_consume_key(modifiers, key) {
                    let to = places.step(state.cursor, direction);
                    if shift {
                        state.select_to(to)
                    } else {
                        state.select(to)
                    }
                    state.shows_cursor = true;
                    events.push(SheetEvent::Selected);
                }
            }
        }
        for (key, place) in [(Key::Home, 0), (Key::End, sheet.len().saturating_sub(1))] {
            if input.consume_key(Modifiers::NONE, key) {
                state.select(place);
                state.shows_cursor = true;
                events.push(SheetEvent::Selected);
            }
        }
        for (key, factor) in [(Key::Plus, 1.25), (Key::Equals, 1.25), (Key::Minus, 0.8)] {
            if input.consume_key(Modifiers::NONE, key) {
                state.zoom(factor);
            }
        }
        for key in LETTERS {
            if input.consume_key(Modifiers::NONE, key) {
                events.extend(event_of_key(key, sheet, state));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::data::{SheetRow, Tile};
    use super::super::places::Arrangement;
    use super::*;

    #[test]
    fn keys_act_on_pictures_that_are_there_and_retry_those_that_failed() {
        let mut tiles = ["a", "b", "c"].map(Tile::queued);
        tiles[0].state = TileState::Done;
        tiles[1].state = TileState::Failed { cause: "out of memory".to_owned() };
        let rows = vec![SheetRow { label: String::new(), tiles: tiles.to_vec() }];
        let sheet = Sheet { rows, ..Sheet::default() };
        let mut state = SheetState::new(Arrangement::Flow, 40.0);
        let key = |key, state: &SheetState| event_of_key(key, &sheet, state);
        assert_eq!(key(Key::Num4, &state), Some(SheetEvent::Ranked(0, Some(4))));
        assert_eq!(key(Key::C, &state), None);
        state.selected.insert(2);
        assert_eq!(key(Key::C, &state), Some(SheetEvent::Compared(2, 0)));
        state.select(1);
        assert_eq!((key(Key::Enter, &state), key(Key::K, &state)), (Some(SheetEvent::Retried(1)), None));
        state.select(2);
        assert_eq!((key(Key::Enter, &state), key(Key::X, &state)), (Some(SheetEvent::Opened(2)), None));
    }
}
