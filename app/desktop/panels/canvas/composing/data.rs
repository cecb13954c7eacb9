use kento_studio::workflow::{CompositionGuides, DeliverableGuides};

use crate::widgets::image_view::{Guide, GuideLine, Pulled, RulerEvent};

/// What is drawn around and over the picture for composition. It is nobody's decision and is not recorded.
#[derive(Debug, Default)]
pub struct Composing {
    rulers: RulerSight,
    /// Name of the deliverable whose guides are shown.
    chosen: Option<String>,
    /// Guides that were pulled out of the rulers, in pixels of the picture.
    own: Vec<Pulled>,
    pulling: Option<Pulled>,
    turn: Option<Turn>,
}

/// Whether rulers are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum RulerSight {
    #[default]
    Hidden,
    Shown,
}

/// How the view is to be turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// By so many degrees to the right.
    By(f32),
    /// Upright.
    Upright,
}

impl Composing {
    /// Whether anything of it is seen.
    pub fn is_on(&self) -> bool {
        self.has_rulers() || self.chosen.is_some() || !self.own.is_empty()
    }

    /// Whether rulers are seen.
    pub fn has_rulers(&self) -> bool {
        self.rulers == RulerSight::Shown
    }

    /// Shows rulers, or hides them.
    pub fn toggle_rulers(&mut self) {
        self.rulers = if self.has_rulers() { RulerSight::Hidden } else { RulerSight::Shown };
    }

    /// The deliverable whose guides are shown.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// Shows the guides of a deliverable, or of none.
    pub fn choose(&mut self, name: Option<&str>) {
        self.chosen = name.map(str::to_owned);
    }

    /// How many guides were pulled out of the rulers.
    pub fn own(&self) -> usize {
        self.own.len()
    }

    /// Takes these away.
    pub fn remove_own(&mut self) {
        self.own.clear();
    }

    /// Turns the view with the next frame.
    pub fn turn(&mut self, turn: Turn) {
        self.turn = Some(turn);
    }

    /// How the view is to be turned now.
    pub fn take_turn(&mut self) -> Option<Turn> {
        self.turn.take()
    }

    /// Takes what was done with a ruler in this frame.
    pub fn take(&mut self, event: Option<RulerEvent>) {
        self.pulling = match event {
            Some(RulerEvent::Pulling(pulled)) => Some(pulled),
            Some(RulerEvent::Let(pulled)) => {
                self.own.push(pulled);
                None
            }
            None => None,
        };
    }

    /// The lines over a picture of this size in pixels.
    pub fn guides(&self, brief: &CompositionGuides, size: [f32; 2], mirrored: bool) -> Vec<Guide> {
        let chosen = self.chosen.as_ref().and_then(|name| brief.deliverables.iter().find(|one| one.name == *name));
        let mut guides = chosen.map(|one| guides_of(one, size)).unwrap_or_default();
        guides.extend(self.own.iter().chain(&self.pulling).map(|pulled| {
            let line = match pulled {
                Pulled::Level(y) => GuideLine::Level(*y),
                Pulled::Upright(x) => GuideLine::Upright(*x),
            };
            Guide { line, label: String::new() }
        }));
        if mirrored {
            guides.iter_mut().for_each(|guide| guide.line = turned(guide.line, size[0]));
        }
        guides
    }
}

/// The frame of a deliverable in a picture of this size in pixels, its safe area and its copy space.
fn guides_of(one: &DeliverableGuides, size: [f32; 2]) -> Vec<Guide> {
    let image = size.map(|side| side as u32);
    let frame = one.frame(image);
    let [left, top, right, bottom] = frame;
    let pixels = format!("{:.0}×{:.0} px", right - left, bottom - top);
    let enlarged = match one.enlarged(image) {
        Some(factor) if factor > 1.005 => format!(", enlarged {factor:.1}×"),
        _ => String::new(),
    };
    let mut guides =
        vec![Guide { line: GuideLine::Frame(frame), label: format!("{} · {pixels}{enlarged}", one.name) }];
    let margin = one.margin.map(|margin| (margin.within(frame, one.size), margin.label()));
    let spaces = one.copy_spaces.iter().map(|space| (space.within(frame), space.label()));
    guides.extend(margin.into_iter().chain(spaces).map(|(part, label)| Guide { line: GuideLine::Part(part), label }));
    guides
}

/// The same line where left and right have changed places.
fn turned(line: GuideLine, width: f32) -> GuideLine {
    let part = |[left, top, right, bottom]: [f32; 4]| [width - right, top, width - left, bottom];
    match line {
        GuideLine::Frame(frame) => GuideLine::Frame(part(frame)),
        GuideLine::Part(inner) => GuideLine::Part(part(inner)),
        GuideLine::Upright(x) => GuideLine::Upright(width - x),
        level @ GuideLine::Level(_) => level,
    }
}

#[cfg(test)]
mod tests {
    use kento_studio::workflow::{Answer, Brief, ColourSpace, Deliverable, FileFormat};

    use super::*;

    fn brief() -> CompositionGuides {
        let cover = Deliverable {
            name: "cover".to_owned(),
            width: 1024,
            height: 512,
            format: FileFormat::Png,
            count: 1,
            colour_space: ColourSpace::Srgb,
        };
        let brief = Brief {
            deliverables: Answer::Filled(vec![cover]),
            must_haves: Answer::Filled("copy space left half, safe area 10 %".to_owned()),
            ..Brief::open("harbour")
        };
        CompositionGuides::of(&brief)
    }

    #[test]
    fn a_deliverable_has_a_frame_with_its_safe_area_and_copy_space_in_it() {
        let mut composing = Composing::default();
        assert!(composing.guides(&brief(), [256.0, 256.0], false).is_empty() && !composing.is_on());
        composing.choose(Some("cover"));
        let guides = composing.guides(&brief(), [256.0, 256.0], false);
        let told: Vec<(&GuideLine, &str)> = guides.iter().map(|guide| (&guide.line, guide.label.as_str())).collect();
        let [frame, safe, space] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(*frame, (&GuideLine::Frame([0.0, 64.0, 256.0, 192.0]), "cover · 256×128 px, enlarged 4.0×"));
        assert_eq!(safe.1, "safe area, 10 % at each side");
        let GuideLine::Part([left, top, right, bottom]) = safe.0 else { panic!("{safe:?}") };
        assert_eq!([left, top, right, bottom].map(|edge| edge.round()), [26.0, 77.0, 230.0, 179.0]);
        assert_eq!(*space, (&GuideLine::Part([0.0, 64.0, 128.0, 192.0]), "copy space left, 50 %"));
        // In the mirror the left is at the right.
        let mirrored = composing.guides(&brief(), [256.0, 256.0], true);
        assert_eq!(mirrored[2].line, GuideLine::Part([128.0, 64.0, 256.0, 192.0]));
        composing.choose(Some("gone"));
        assert!(composing.guides(&brief(), [256.0, 256.0], false).is_empty(), "a deliverable that is no more");
    }

    #[test]
    fn a_guide_follows_the_pointer_and_stays_where_it_is_let_go() {
        let mut composing = Composing::default();
        let lines = |composing: &Composing| {
            let guides = composing.guides(&CompositionGuides::default(), [100.0, 100.0], false);
            guides.into_iter().map(|guide| guide.line).collect::<Vec<_>>()
        };
        composing.take(Some(RulerEvent::Pulling(Pulled::Level(20.0))));
        assert_eq!((lines(&composing), composing.own()), (vec![GuideLine::Level(20.0)], 0));
        composing.take(Some(RulerEvent::Let(Pulled::Level(21.0))));
        composing.take(None);
        composing.take(Some(RulerEvent::Pulling(Pulled::Upright(5.0))));
        assert_eq!(lines(&composing), [GuideLine::Level(21.0), GuideLine::Upright(5.0)]);
        // Back beside the picture it is let go of for good.
        composing.take(None);
        assert_eq!(lines(&composing), [GuideLine::Level(21.0)]);
        composing.remove_own();
        assert!(lines(&composing).is_empty());
    }
}
