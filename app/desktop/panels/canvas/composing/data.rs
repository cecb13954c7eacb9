use std::path::Path;

use eframe::egui::Context;
use kento_studio::Sha256;
use kento_studio::workflow::{CompositionGuides, DeliverableGuides};

use super::kept::{GuidesAnswer, GuidesWork, KeptGuides, Work};
use super::labels::labels;
use super::own::{GuideStep, OwnGuides};
use crate::widgets::image_view::{Guide, GuideLine, Pulled, RulerEvent};

/// What is drawn around and over the picture for composition. It is nobody's decision and is not recorded; own guides are kept for each
/// image beside its masks.
#[derive(Default)]
pub struct Composing {
    rulers: RulerSight,
    /// Label of the deliverable whose guides are shown.
    chosen: Option<String>,
    /// Own guides of the images that were looked at.
    own: Vec<(Sha256, OwnGuides)>,
    /// The image that is looked at.
    shown: Option<Sha256>,
    /// Images whose guides are being read.
    reading: Vec<Sha256>,
    /// Guides that were pulled out of the rulers before those of their image were read.
    early: Vec<(Sha256, Pulled)>,
    /// Images whose guides are to be saved.
    unsaved: Vec<Sha256>,
    kept: KeptGuides,
    pulling: Option<Pulled>,
    held: Option<Held>,
    turn: Option<Turn>,
    /// What is to be known of the guides, until somebody has read it.
    note: Option<String>,
}

/// A guide that the pointer holds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    place: usize,
    /// Where it is; none beside the picture, where it is taken away.
    now: Option<Pulled>,
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
        self.has_rulers() || self.chosen.is_some() || self.own() > 0
    }

    /// Whether rulers are seen.
    pub fn has_rulers(&self) -> bool {
        self.rulers == RulerSight::Shown
    }

    /// Shows rulers, or hides them.
    pub fn toggle_rulers(&mut self) {
        self.rulers = if self.has_rulers() { RulerSight::Hidden } else { RulerSight::Shown };
    }

    /// Label of the deliverable whose guides are shown.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// Shows the guides of a deliverable, or of none.
    pub fn choose(&mut self, label: Option<&str>) {
        self.chosen = label.map(str::to_owned);
    }

    /// Looks at an image of this size in pixels: what was kept of its own guides is read, unless it is there. `folder` is where the
    /// project keeps masks, `ancestors` are the images that it was made from, nearest first.
    pub fn look_at(
        &mut self,
        ctx: &Context,
        folder: &Path,
        (image, size): (Sha256, [u32; 2]),
        ancestors: impl FnOnce() -> Vec<Sha256>,
    ) {
        for answer in self.kept.answers() {
            match answer {
                GuidesAnswer::Opened(of, guides) => {
                    self.reading.retain(|reading| *reading != of);
                    self.begin(of, guides);
                }
                GuidesAnswer::Told(text) => self.tell(text),
            }
        }
        if self.shown != Some(image) {
            self.shown = Some(image);
            (self.pulling, self.held) = (None, None);
        }
        let is_known = self.reading.contains(&image) || self.own.iter().any(|(of, _)| *of == image);
        if is_known {
            return;
        }
        let what = GuidesWork::Open { size, ancestors: ancestors() };
        match self.kept.send(ctx, Work { image, folder: folder.to_owned(), what }) {
            Ok(()) => self.reading.push(image),
            Err(why) => {
                // They are worked on in memory all the same.
                self.own.push((image, OwnGuides::of(size, Vec::new())));
                self.tell(crate::widgets::sentence(&why));
            }
        }
    }

    /// Has the guides of an image as they were kept, and what was pulled meanwhile.
    fn begin(&mut self, image: Sha256, mut guides: OwnGuides) {
        let early = self.early.extract_if(.., |(of, _)| *of == image);
        let early: Vec<Pulled> = early.map(|(_, pulled)| pulled).collect();
        if !early.is_empty() {
            self.unsaved.push(image);
        }
        early.into_iter().for_each(|pulled| guides.add(pulled));
        self.own.push((image, guides));
    }

    /// Sends what was done to guides to the drive. To be called once a frame.
    pub fn keep(&mut self, ctx: &Context, folder: &Path) {
        for image in std::mem::take(&mut self.unsaved) {
            let Some((_, guides)) = self.own.iter().find(|(of, _)| *of == image) else { continue };
            let what = GuidesWork::Save(guides.clone());
            if let Err(why) = self.kept.send(ctx, Work { image, folder: folder.to_owned(), what }) {
                self.tell(crate::widgets::sentence(&why));
                self.unsaved.push(image);
            }
        }
    }

    fn tell(&mut self, text: String) {
        if self.note.as_ref() != Some(&text) {
            self.note = Some(text);
        }
    }

    /// What is to be known of the guides.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Somebody has read it.
    pub fn noted(&mut self) {
        self.note = None;
    }

    /// The own guides of the image that is looked at, once they are read.
    fn own_guides(&self) -> Option<&OwnGuides> {
        self.own.iter().find(|(of, _)| Some(*of) == self.shown).map(|(_, guides)| guides)
    }

    /// Does something to them; where that changed anything, it is saved.
    fn change(&mut self, change: impl FnOnce(&mut OwnGuides) -> bool) {
        let Some((image, guides)) = self.own.iter_mut().find(|(of, _)| Some(*of) == self.shown) else { return };
        if change(guides) && !self.unsaved.contains(image) {
            self.unsaved.push(*image);
        }
    }

    /// The guides that were pulled out of the rulers, in pixels of the picture.
    pub fn lines(&self) -> &[Pulled] {
        self.own_guides().map(OwnGuides::lines).unwrap_or_default()
    }

    /// How many these are.
    pub fn own(&self) -> usize {
        self.lines().len()
    }

    /// Takes these away.
    pub fn remove_own(&mut self) {
        self.held = None;
        self.change(OwnGuides::clear);
    }

    /// The last step on own guides, and the one that was taken back last.
    pub fn steps(&self) -> [Option<GuideStep>; 2] {
        self.own_guides().map_or([None; 2], |guides| [guides.undoes(), guides.redoes()])
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        self.held = None;
        self.change(OwnGuides::undo);
    }

    /// Does it again.
    pub fn redo(&mut self) {
        self.held = None;
        self.change(OwnGuides::redo);
    }

    /// The own guide nearest to a place of the picture, no farther than this from it, both in pixels: its place in the list.
    pub fn near(&self, [x, y]: [f32; 2], reach: f32) -> Option<usize> {
        let far = |line: &Pulled| match line {
            Pulled::Level(at) => (at - y).abs(),
            Pulled::Upright(at) => (at - x).abs(),
        };
        let lines = self.lines().iter().map(far).enumerate().filter(|(_, far)| *far <= reach);
        lines.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(place, _)| place)
    }

    /// Takes hold of an own guide.
    pub fn hold(&mut self, place: usize) {
        self.held = self.lines().get(place).map(|line| Held { place, now: Some(*line) });
    }

    /// The guide that is held, as it stood before.
    pub fn held(&self) -> Option<Pulled> {
        self.held.and_then(|held| self.lines().get(held.place).copied())
    }

    /// Moves the guide that is held; none takes it from the picture.
    pub fn drag(&mut self, now: Option<Pulled>) {
        if let Some(held) = &mut self.held {
            held.now = now;
        }
    }

    /// Lets go of it where it is.
    pub fn let_go(&mut self) {
        if let Some(Held { place, now }) = self.held.take() {
            self.change(|guides| guides.put(place, now));
        }
    }

    /// Lets it stand where it was.
    pub fn give_up(&mut self) {
        self.held = None;
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
                let unread = self.shown.filter(|_| self.own_guides().is_none());
                self.early.extend(unread.map(|image| (image, pulled)));
                self.change(|guides| {
                    guides.add(pulled);
                    true
                });
                None
            }
            None => None,
        };
    }

    /// The lines over a picture of this size in pixels.
    pub fn guides(&self, brief: &CompositionGuides, size: [f32; 2], mirrored: bool) -> Vec<Guide> {
        let mut labelled = labels(&brief.deliverables).into_iter().zip(&brief.deliverables);
        let chosen = labelled.find(|(label, _)| self.chosen.as_ref() == Some(label));
        let mut guides = chosen.map(|(label, one)| guides_of(&label, one, size)).unwrap_or_default();
        // A candidate that was extended has other pixels in the same places.
        let own = self.own_guides().filter(|own| own.size().map(|side| side as f32) == size);
        let lines = own.map(OwnGuides::lines).unwrap_or_default().iter().enumerate().filter_map(|(place, line)| {
            let held = self.held.filter(|held| held.place == place);
            held.map_or(Some(*line), |held| held.now)
        });
        guides.extend(lines.chain(self.pulling).map(|pulled| {
            let line = match pulled {
                Pulled::Level(y) => GuideLine::Level(y),
                Pulled::Upright(x) => GuideLine::Upright(x),
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
fn guides_of(label: &str, one: &DeliverableGuides, size: [f32; 2]) -> Vec<Guide> {
    let image = size.map(|side| side as u32);
    let frame = one.frame(image);
    let [left, top, right, bottom] = frame;
    let pixels = format!("{:.0}×{:.0} px", right - left, bottom - top);
    let enlarged = match one.enlarged(image) {
        Some(factor) if factor > 1.005 => format!(", enlarged {factor:.1}×"),
        _ => String::new(),
    };
    let mut guides = vec![Guide { line: GuideLine::Frame(frame), label: format!("{label} · {pixels}{enlarged}") }];
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
        let mut composing = looking_at(sha(1), [100, 100]);
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
        composing.undo();
        assert_eq!(lines(&composing), [GuideLine::Level(21.0)]);
        assert_eq!(composing.unsaved, [sha(1)], "each step is saved");
        let guides = composing.guides(&CompositionGuides::default(), [100.0, 120.0], false);
        assert!(guides.is_empty(), "an extended candidate has other pixels there");
    }

    #[test]
    fn a_guide_is_moved_where_it_is_held_and_taken_away_beside_the_picture() {
        let mut composing = looking_at(sha(1), [100, 100]);
        for line in [Pulled::Level(20.0), Pulled::Upright(50.0)] {
            composing.take(Some(RulerEvent::Let(line)));
        }
        assert_eq!([composing.near([48.0, 23.0], 4.0), composing.near([80.0, 30.0], 4.0)], [Some(1), None]);
        composing.hold(1);
        assert_eq!(composing.held(), Some(Pulled::Upright(50.0)));
        composing.drag(Some(Pulled::Upright(60.0)));
        let shown = composing.guides(&CompositionGuides::default(), [100.0, 100.0], false);
        assert_eq!(shown[1].line, GuideLine::Upright(60.0), "it follows the pointer");
        composing.give_up();
        assert_eq!(composing.lines()[1], Pulled::Upright(50.0));
        composing.hold(1);
        composing.drag(Some(Pulled::Upright(60.0)));
        composing.let_go();
        assert_eq!((composing.lines()[1], composing.held()), (Pulled::Upright(60.0), None));
        composing.hold(0);
        composing.drag(None);
        composing.let_go();
        assert_eq!(composing.lines(), [Pulled::Upright(60.0)]);
        composing.undo();
        composing.undo();
        assert_eq!(composing.lines(), [Pulled::Level(20.0), Pulled::Upright(50.0)]);
        assert_eq!(composing.steps(), [Some(GuideStep::Add), Some(GuideStep::Move)]);
        // What is pulled before they are read comes behind them.
        composing.shown = Some(sha(3));
        composing.take(Some(RulerEvent::Let(Pulled::Level(8.0))));
        assert_eq!((composing.own(), composing.unsaved.contains(&sha(3))), (0, false));
        composing.begin(sha(3), OwnGuides::of([100, 100], vec![Pulled::Level(4.0)]));
        assert_eq!(composing.lines(), [Pulled::Level(4.0), Pulled::Level(8.0)]);
        assert!(composing.unsaved.contains(&sha(3)) && composing.early.is_empty());
        // Another image has its own.
        composing.own.push((sha(2), OwnGuides::of([100, 100], Vec::new())));
        composing.shown = Some(sha(2));
        assert_eq!((composing.own(), composing.steps()), (0, [None; 2]));
    }

    #[test]
    fn two_deliverables_of_one_name_have_guides_each_and_are_told_apart() {
        let mut brief = brief();
        let narrow = DeliverableGuides { size: [512, 1024], ..brief.deliverables[0].clone() };
        brief.deliverables.push(narrow);
        let mut composing = Composing::default();
        let frame = |composing: &Composing| {
            let guides = composing.guides(&brief, [256.0, 256.0], false);
            guides.first().map(|guide| (guide.line, guide.label.clone()))
        };
        composing.choose(Some("cover"));
        assert_eq!(frame(&composing), None, "which of the two?");
        composing.choose(Some("cover 1024×512"));
        let (line, label) = frame(&composing).unwrap();
        assert_eq!((line, label.as_str()), (GuideLine::Frame([0.0, 64.0, 256.0, 192.0]), WIDE));
        composing.choose(Some("cover 512×1024"));
        let (line, label) = frame(&composing).unwrap();
        assert_eq!((line, label.as_str()), (GuideLine::Frame([64.0, 0.0, 192.0, 256.0]), NARROW));
    }

    const WIDE: &str = "cover 1024×512 · 256×128 px, enlarged 4.0×";
    const NARROW: &str = "cover 512×1024 · 128×256 px, enlarged 4.0×";

    fn sha(n: u8) -> Sha256 {
        Sha256([n; 32])
    }

    /// At an image that has no own guides yet.
    fn looking_at(image: Sha256, size: [u32; 2]) -> Composing {
        let own = vec![(image, OwnGuides::of(size, Vec::new()))];
        Composing { own, shown: Some(image), ..Composing::default() }
    }
}
