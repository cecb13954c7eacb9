use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::tile::{SIDE, Tile};
use super::{Mask, MaskError};

/// What was done to a mask: back and forth over up to 200 steps within a ceiling of memory.
///
/// Steps are clones of the mask and share all memory that no step changed; each piece counts once.
#[derive(Debug)]
pub struct History {
    /// The oldest state first. The label says what led to it.
    states: VecDeque<(Mask, String)>,
    now: usize,
    ceiling: u64,
    counts: Counts,
}

impl History {
    /// How many steps can be undone at most.
    pub const STEPS: usize = 200;

    /// Begins with a mask, within this many bytes. The present state is kept even where it alone needs more.
    pub fn new(mask: Mask, ceiling_in_bytes: u64) -> Self {
        let mut counts = Counts::default();
        counts.add(&mask);
        Self { states: [(mask, String::new())].into(), now: 0, ceiling: ceiling_in_bytes, counts }
    }

    /// The mask as it is now.
    pub fn mask(&self) -> &Mask {
        &self.states[self.now].0
    }

    /// Adds a step, with a few words that say what it did. Steps that were undone are dropped, and the oldest ones where there are
    /// too many or they need too much memory. A step that changes no pixel is none.
    ///
    /// # Errors
    /// The mask has another size.
    pub fn push(&mut self, mask: Mask, label: impl Into<String>) -> Result<(), MaskError> {
        if mask.size() != self.mask().size() {
            return Err(MaskError::OtherSize { size: self.mask().size(), other: mask.size() });
        }
        if mask == *self.mask() {
            return Ok(());
        }
        for (undone, _) in self.states.drain(self.now + 1..) {
            self.counts.remove(&undone);
        }
        self.counts.add(&mask);
        self.states.push_back((mask, label.into()));
        while self.states.len() > 1 && (self.states.len() > Self::STEPS + 1 || self.counts.bytes > self.ceiling) {
            if let Some((oldest, _)) = self.states.pop_front() {
                self.counts.remove(&oldest);
            }
        }
        self.now = self.states.len() - 1;
        Ok(())
    }

    /// Goes back a step: the mask as it was, and the label of what is undone. `None` at the beginning.
    pub fn undo(&mut self) -> Option<(&Mask, &str)> {
        let undone = self.now;
        self.now = self.now.checked_sub(1)?;
        Some((&self.states[self.now].0, &self.states[undone].1))
    }

    /// Goes forth again: the mask, and the label of what is done again. `None` at the end.
    pub fn redo(&mut self) -> Option<(&Mask, &str)> {
        let (mask, label) = self.states.get(self.now + 1)?;
        self.now += 1;
        Some((mask, label))
    }

    /// The label of the step that [`Self::undo`] would undo.
    pub fn undo_label(&self) -> Option<&str> {
        (self.now > 0).then(|| self.states[self.now].1.as_str())
    }

    /// The label of the step that [`Self::redo`] would do again.
    pub fn redo_label(&self) -> Option<&str> {
        self.states.get(self.now + 1).map(|(_, label)| label.as_str())
    }

    /// How many steps can be undone, and how many done again.
    pub fn steps(&self) -> (usize, usize) {
        (self.now, self.states.len() - 1 - self.now)
    }

    /// The memory that all states take together, in bytes: each shared piece once.
    pub fn bytes(&self) -> u64 {
        self.counts.bytes
    }
}

/// Which memory the states use, and how often. The addresses belong to states that are kept, so none is given out twice.
#[derive(Debug, Default)]
struct Counts {
    rows: HashMap<usize, u32>,
    tiles: HashMap<usize, u32>,
    bytes: u64,
}

/// A tile's values, and the two counters in front of them.
const TILE_BYTES: u64 = (SIDE * SIDE + 2 * size_of::<usize>()) as u64;

impl Counts {
    fn add(&mut self, mask: &Mask) {
        self.bytes += mask_bytes(mask);
        for row in mask.tile_rows() {
            let uses = self.rows.entry(row.as_ptr() as usize).or_default();
            *uses += 1;
            if *uses > 1 {
                continue;
            }
            self.bytes += row_bytes(row);
            for address in addresses(row) {
                let uses = self.tiles.entry(address).or_default();
                *uses += 1;
                self.bytes += if *uses == 1 { TILE_BYTES } else { 0 };
            }
        }
    }

    fn remove(&mut self, mask: &Mask) {
        self.bytes -= mask_bytes(mask);
        for row in mask.tile_rows() {
            if !is_last(&mut self.rows, row.as_ptr() as usize) {
                continue;
            }
            self.bytes -= row_bytes(row);
            for address in addresses(row) {
                if is_last(&mut self.tiles, address) {
                    self.bytes -= TILE_BYTES;
                }
            }
        }
    }
}

/// Counts a use less; whether it was the last one.
fn is_last(uses: &mut HashMap<usize, u32>, address: usize) -> bool {
    let Some(count) = uses.get_mut(&address) else { return false };
    *count -= 1;
    let is_last = *count == 0;
    if is_last {
        uses.remove(&address);
    }
    is_last
}

fn addresses(row: &Arc<[Tile]>) -> impl Iterator<Item = usize> {
    row.iter().filter_map(|tile| match tile {
        Tile::Bytes(bytes) => Some(Arc::as_ptr(bytes) as usize),
        Tile::Empty | Tile::Full => None,
    })
}

fn mask_bytes(mask: &Mask) -> u64 {
    (size_of::<Mask>() + size_of_val(mask.tile_rows())) as u64
}

fn row_bytes(row: &Arc<[Tile]>) -> u64 {
    (size_of_val(&**row) + 2 * size_of::<usize>()) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{History, TILE_BYTES, addresses, mask_bytes, row_bytes};
    use crate::mask::{Brush, Combine, Mask, Stroke};

    /// What all states take, counted anew.
    fn counted(history: &History) -> u64 {
        let masks = || history.states.iter().map(|(mask, _)| mask);
        let rows: HashSet<(usize, u64)> =
            masks().flat_map(Mask::tile_rows).map(|row| (row.as_ptr() as usize, row_bytes(row))).collect();
        let tiles: HashSet<usize> = masks().flat_map(Mask::tile_rows).flat_map(addresses).collect();
        masks().map(mask_bytes).sum::<u64>()
            + rows.iter().map(|row| row.1).sum::<u64>()
            + tiles.len() as u64 * TILE_BYTES
    }

    fn dab(mask: &Mask, at: [f32; 2]) -> Mask {
        let brush = Brush { radius: 30.0, hardness: 0.3, opacity: 0.6 };
        Stroke::begin(mask.clone(), brush, Combine::Add, at, 1.0).finish()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn back_and_forth_gives_every_state_again_within_the_ceiling(
            acts in prop::collection::vec((0..6_u8, 0.0..700.0_f32), 1..60), ceiling in 60_000..3_000_000_u64,
        ) {
            let blank = Mask::new([700, 500]).unwrap();
            let mut history = History::new(blank.clone(), ceiling);
            // All states that ever were, up to the present end.
            let (mut states, mut now) = (vec![(blank, String::new())], 0);
            for (i, (act, at)) in acts.into_iter().enumerate() {
                match act {
                    0 => {
                        let can = history.steps().0 > 0;
                        let undone = history.undo().map(|(mask, label)| (mask.clone(), label.to_owned()));
                        prop_assert_eq!(undone.is_some(), can);
                        if let Some((mask, label)) = undone {
                            prop_assert_eq!(&label, &states[now].1);
                            now -= 1;
                            prop_assert_eq!(&mask, &states[now].0);
                        }
                    }
                    1 => {
                        let done = history.redo().map(|(mask, label)| (mask.clone(), label.to_owned()));
                        prop_assert_eq!(done.is_some(), now + 1 < states.len());
                        if let Some(done) = done {
                            now += 1;
                            prop_assert_eq!(&done, &states[now]);
                        }
                    }
                    _ => {
                        let made = if act == 5 { history.mask().inverted() } else { dab(history.mask(), [at, at * 0.6]) };
                        if made != *history.mask() {
                            states.truncate(now + 1);
                            states.push((made.clone(), format!("step {i}")));
                            now += 1;
                        }
                        history.push(made, format!("step {i}")).unwrap();
                        prop_assert!(history.steps().0 == 0 || history.bytes() <= ceiling);
                    }
                }
                prop_assert_eq!(history.mask(), &states[now].0);
                prop_assert_eq!(history.bytes(), counted(&history));
            }
        }
    }

    #[test]
    fn two_hundred_steps_can_be_undone_and_no_more() {
        let mut history = History::new(Mask::new([300, 300]).unwrap(), u64::MAX);
        for i in 0..250_u16 {
            let made = dab(&Mask::new([300, 300]).unwrap(), [f32::from(i), 40.0]);
            history.push(made, format!("dab {i}")).unwrap();
        }
        assert_eq!((history.steps(), history.undo_label(), history.redo_label()), ((200, 0), Some("dab 249"), None));
        for _ in 0..200 {
            assert!(history.undo().is_some());
        }
        assert!(history.undo().is_none());
        assert_eq!((history.steps(), history.undo_label(), history.redo_label()), ((0, 200), None, Some("dab 50")));
        history.push(Mask::full([300, 300]).unwrap(), "all").unwrap();
        assert_eq!(history.steps(), (1, 0));
        history.push(Mask::full([300, 300]).unwrap(), "all again").unwrap();
        assert_eq!((history.steps(), history.undo_label()), ((1, 0), Some("all")), "nothing changed, so it is no step");
        assert!(history.push(Mask::new([300, 299]).unwrap(), "other").is_err());
        assert_eq!(history.bytes(), counted(&history));
    }
}
