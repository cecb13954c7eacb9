use std::fmt;

use crate::widgets::image_view::Pulled;

/// The own guides over one picture, with the steps that made them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwnGuides {
    /// Width and height of the picture in pixels.
    size: [u32; 2],
    lines: Vec<Pulled>,
    /// Each step with the guides before it, latest last.
    done: Vec<(GuideStep, Vec<Pulled>)>,
    /// Each step that was taken back with the guides after it, latest last.
    undone: Vec<(GuideStep, Vec<Pulled>)>,
}

/// What was done to own guides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuideStep {
    /// One was pulled out of a ruler.
    Add,
    /// One was moved.
    Move,
    /// One was let go beside the picture.
    Remove,
    /// All were taken away.
    RemoveAll,
}

impl fmt::Display for GuideStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "guide added",
            Self::Move => "guide moved",
            Self::Remove => "guide removed",
            Self::RemoveAll => "all guides removed",
        })
    }
}

/// Steps that can be taken back.
const MOST_STEPS: usize = 200;

impl OwnGuides {
    /// Guides as they were kept, over a picture of this width and height in pixels.
    pub fn of(size: [u32; 2], lines: Vec<Pulled>) -> Self {
        Self { size, lines, ..Self::default() }
    }

    /// Width and height of the picture in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The guides, in pixels of the picture.
    pub fn lines(&self) -> &[Pulled] {
        &self.lines
    }

    /// Adds one.
    pub fn add(&mut self, line: Pulled) {
        self.step(GuideStep::Add, |lines| lines.push(line));
    }

    /// Moves one, or takes it away where it has no place any more. Whether that changed anything.
    pub fn put(&mut self, place: usize, line: Option<Pulled>) -> bool {
        if self.lines.get(place).is_none_or(|before| Some(*before) == line) {
            return false;
        }
        match line {
            Some(line) => self.step(GuideStep::Move, |lines| lines[place] = line),
            None => self.step(GuideStep::Remove, |lines| {
                lines.remove(place);
            }),
        }
        true
    }

    /// Takes all away. Whether there were any.
    pub fn clear(&mut self) -> bool {
        let had_some = !self.lines.is_empty();
        if had_some {
            self.step(GuideStep::RemoveAll, Vec::clear);
        }
        had_some
    }

    fn step(&mut self, step: GuideStep, change: impl FnOnce(&mut Vec<Pulled>)) {
        self.done.push((step, self.lines.clone()));
        let too_many = self.done.len().saturating_sub(MOST_STEPS);
        self.done.drain(..too_many);
        self.undone.clear();
        change(&mut self.lines);
    }

    /// The step that can be taken back.
    pub fn undoes(&self) -> Option<GuideStep> {
        self.done.last().map(|(step, _)| *step)
    }

    /// The step that can be done again.
    pub fn redoes(&self) -> Option<GuideStep> {
        self.undone.last().map(|(step, _)| *step)
    }

    /// Takes the last step back. Whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some((step, before)) = self.done.pop() else { return false };
        self.undone.push((step, std::mem::replace(&mut self.lines, before)));
        true
    }

    /// Does it again. Whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some((step, after)) = self.undone.pop() else { return false };
        self.done.push((step, std::mem::replace(&mut self.lines, after)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_on_guides_is_taken_back_and_done_again() {
        let mut guides = OwnGuides::of([64, 48], vec![Pulled::Level(5.0)]);
        assert!(!guides.undo() && guides.undoes().is_none(), "what was kept is no step");
        guides.add(Pulled::Upright(9.0));
        assert!(guides.put(0, Some(Pulled::Level(7.0))) && !guides.put(0, Some(Pulled::Level(7.0))));
        assert!(guides.put(1, None) && !guides.put(8, None), "there is no ninth");
        assert!(guides.clear() && !guides.clear());
        let mut seen = Vec::new();
        while let Some(step) = guides.undoes() {
            assert!(guides.undo());
            seen.push((step, guides.lines().to_vec()));
        }
        let [five, seven, nine] = [Pulled::Level(5.0), Pulled::Level(7.0), Pulled::Upright(9.0)];
        let expected = [
            (GuideStep::RemoveAll, vec![seven]),
            (GuideStep::Remove, vec![seven, nine]),
            (GuideStep::Move, vec![five, nine]),
            (GuideStep::Add, vec![five]),
        ];
        assert_eq!(seen, expected);
        assert!(guides.redo() && guides.redo() && guides.redoes() == Some(GuideStep::Remove));
        assert_eq!(guides.lines(), [seven, nine]);
        guides.add(five);
        assert!(guides.redoes().is_none(), "another step was done");
        (0..300).for_each(|n| guides.add(Pulled::Level(n as f32)));
        assert_eq!((0..).take_while(|_| guides.undo()).count(), MOST_STEPS);
    }
}
