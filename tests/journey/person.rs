//! A person at the real window: finds every control by what it is called, presses, types and waits, and knows nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{
    DroppedFile, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, Role, TouchPhase,
    Vec2,
};
use egui_kittest::kittest::{AccessKitNode, NodeT as _};
use egui_kittest::{Harness, Node};
use kento::frame::PanelKind;
use kento::window::{KentoApp, WindowSetup};

/// Frames until the window stands still; while the engine works it never does.
const MOST_FRAMES: u64 = 40;
/// How long the window itself may take for anything, on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long the engine may take for anything.
pub const ENGINE_PATIENCE: Duration = Duration::from_secs(120);
/// How far one turn of the wheel scrolls, in points, and after how many turns the person looks the other way.
const WHEEL_STEP: f32 = 40.0;
/// See [`WHEEL_STEP`].
const LOOKS_DOWN: u32 = 30;
/// Between two looks at what the window shows; its threads work meanwhile.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Somebody at the window.
pub struct Person {
    window: Harness<'static, KentoApp>,
    size: Vec2,
}

/// A file that somebody dragged here.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// What a control is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Press,
    Type,
}

impl Person {
    /// Somebody who opens the window.
    pub fn at(setup: WindowSetup, size: [f32; 2]) -> Self {
        let size = Vec2::from(size);
        let window = Harness::builder()
            .with_size(size)
            .with_max_steps(MOST_FRAMES)
            .build_eframe(move |creation| KentoApp::with(&creation.egui_ctx, setup));
        let mut person = Self { window, size };
        person.settle();
        person
    }

    /// Presses the control of exactly this name.
    #[track_caller]
    pub fn click(&mut self, name: &str) {
        self.press(name, Modifiers::NONE);
    }

    /// Presses it while the control key is held.
    #[track_caller]
    pub fn ctrl_click(&mut self, name: &str) {
        self.press(name, Modifiers::COMMAND);
    }

    /// Lets a file fall onto the window.
    #[track_caller]
    pub fn drop_file(&mut self, path: &Path) {
        self.window.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
        self.settle();
        self.find_no_fault();
    }

    /// Draws with the pointer from place to place.
    #[track_caller]
    pub fn drag(&mut self, way: &[Pos2]) {
        let button = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.window.hover_at(way[0]);
        self.window.step();
        self.window.event(button(way[0], true));
        self.window.step();
        for at in &way[1..] {
            self.window.event(Event::PointerMoved(*at));
            self.window.step();
        }
        self.window.event(button(way[way.len() - 1], false));
        self.settle();
        self.window.remove_cursor();
        self.settle();
        self.find_no_fault();
    }

    /// Where the largest picture of the window is.
    pub fn place_of_picture(&self) -> Rect {
        let pictures = self.nodes().filter(|node| node.accesskit_node().role() == Role::Image);
        pictures.map(|node| node.rect()).max_by(|a, b| a.area().total_cmp(&b.area())).unwrap()
    }

    /// Every text that ends so.
    pub fn texts_that_end(&self, end: &str) -> Vec<String> {
        let texts = self.nodes().filter(|node| node.accesskit_node().role() == Role::Label);
        texts.filter_map(|node| spoken(&node.accesskit_node())).filter(|text| text.ends_with(end)).collect()
    }

    /// Presses a key.
    #[track_caller]
    pub fn key(&mut self, key: Key) {
        self.window.key_press(key);
        self.settle();
        self.find_no_fault();
    }

    /// Takes a command from the palette by what it is called.
    #[track_caller]
    pub fn command(&mut self, title: &str) {
        self.window.key_press_modifiers(Modifiers::COMMAND, Key::K);
        self.settle();
        self.window.event(Event::Text(title.to_owned()));
        self.settle();
        self.wait_for(title);
        self.key(Key::Enter);
    }

    /// Brings a panel into sight, wherever it stands.
    #[track_caller]
    pub fn go_to(&mut self, panel: PanelKind) {
        let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4];
        let key = PanelKind::ALL.into_iter().zip(keys).find_map(|(other, key)| (other == panel).then_some(key));
        self.window.key_press_modifiers(Modifiers::COMMAND, key.unwrap());
        self.settle();
        self.wait_for(panel.title());
        self.find_no_fault();
    }

    /// Replaces what stands in the field of this name.
    #[track_caller]
    pub fn fill(&mut self, name: &str, text: &str) {
        self.type_into(name, text);
        let said = format!("{name} to hold {text:?}");
        self.wait_until(&said, PATIENCE, |person| {
            person.the_control(name, Use::Type).is_ok_and(|field| field.value().is_some_and(|value| value == text))
        });
    }

    /// Replaces the number in the field of this name.
    #[track_caller]
    pub fn fill_number(&mut self, name: &str, number: u32) {
        self.type_into(name, &number.to_string());
        self.key(Key::Enter);
        let said = format!("{name} to be {number}");
        self.wait_until(&said, PATIENCE, |person| {
            let field = person.the_control(name, Use::Type);
            field.is_ok_and(|field| field.accesskit_node().numeric_value() == Some(f64::from(number)))
        });
    }

    /// Waits until something that can be read contains these words.
    #[track_caller]
    pub fn wait_for(&mut self, words: &str) {
        self.wait_until(&format!("the words {words:?}"), PATIENCE, |person| person.sees(words));
    }

    /// Waits for words that stand there once the engine has worked.
    #[track_caller]
    pub fn wait_for_engine(&mut self, words: &str) {
        self.wait_until(&format!("the words {words:?}"), ENGINE_PATIENCE, |person| person.sees(words));
    }

    /// Waits until no job runs and none waits.
    #[track_caller]
    pub fn wait_for_idle_engine(&mut self) {
        self.wait_for_control("Queue: No job runs", ENGINE_PATIENCE);
    }

    /// Waits until the control of this name can be pressed.
    #[track_caller]
    pub fn wait_for_control(&mut self, name: &str, patience: Duration) {
        self.wait_until(&format!("the control {name:?}"), patience, |person| person.can_press(name));
    }

    /// Whether the control of this name is there once and can be pressed.
    pub fn can_press(&self, name: &str) -> bool {
        self.the_control(name, Use::Press).is_ok()
    }

    /// Whether something that can be read contains these words.
    pub fn sees(&self, words: &str) -> bool {
        self.nodes().any(|node| spoken(&node.accesskit_node()).is_some_and(|said| said.contains(words)))
    }

    /// The names of everything that begins so and can be pressed, from top to bottom.
    pub fn names_that_begin(&self, begin: &str) -> Vec<String> {
        let pressable = self.nodes().filter(|node| fits(&node.accesskit_node(), Use::Press));
        let names = pressable.filter_map(|node| spoken(&node.accesskit_node()));
        names.filter(|name| name.starts_with(begin)).collect()
    }

    /// Every text that begins so.
    pub fn texts_that_begin(&self, begin: &str) -> Vec<String> {
        let texts = self.nodes().filter(|node| node.accesskit_node().role() == Role::Label);
        texts.filter_map(|node| spoken(&node.accesskit_node())).filter(|text| text.starts_with(begin)).collect()
    }

    /// Looks at the window again and again until something is so, or says what was waited for and what there is instead.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, patience: Duration, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            let waited = began.elapsed();
            assert!(waited < patience, "waited {:.0} s for {what}.\n{}", waited.as_secs_f32(), self.told());
            std::thread::sleep(BETWEEN_LOOKS);
            self.window.step();
        }
        self.settle();
        self.find_no_fault();
    }

    /// No two controls of one kind have one name, and none is off without saying why.
    #[track_caller]
    fn find_no_fault(&self) {
        let mut faults = Vec::new();
        let mut seen = BTreeMap::new();
        for node in self.nodes() {
            let node = node.accesskit_node();
            let rect = node.bounding_box();
            if !fits(&node, Use::Press) && !fits(&node, Use::Type) {
                continue;
            }
            let Some(name) = spoken(&node) else { continue };
            if node.is_disabled() && !name.contains(", not possible: ") {
                faults.push(format!("{:?} {name:?} is off and does not say why", node.role()));
            }
            if let Some(other) = seen.insert((format!("{:?}", node.role()), name.clone()), rect) {
                faults.push(format!("{:?} {name:?} is there twice: at {other:?} and {rect:?}", node.role()));
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), self.told());
    }

    /// Everything that can be read, with what it is.
    pub fn told(&self) -> String {
        let mut told = "The window says:\n".to_owned();
        for node in self.nodes() {
            let node = node.accesskit_node();
            if let Some(said) = spoken(&node).filter(|said| !said.is_empty()) {
                let value = node.value().filter(|value| *value != said).map(|value| format!(" = {value:?}"));
                let off = if node.is_disabled() { " (off)" } else { "" };
                // Writing into a text never fails.
                writeln!(told, "  {:?} {said:?}{}{off}", node.role(), value.unwrap_or_default()).ok();
            }
        }
        told
    }

    #[track_caller]
    fn press(&mut self, name: &str, modifiers: Modifiers) {
        let at = self.bring_into_sight(name, Use::Press);
        self.window.hover_at(at.center());
        self.window.step();
        match self.the_control(name, Use::Press) {
            Ok(node) if node.rect() == at => node.click_modifiers(modifiers),
            Ok(node) => panic!("{name:?} jumps from {at:?} to {:?} below the pointer", node.rect()),
            Err(why) => panic!("{why} once the pointer is there"),
        }
        self.settle();
        self.window.remove_cursor();
        self.settle();
        self.find_no_fault();
    }

    #[track_caller]
    fn type_into(&mut self, name: &str, text: &str) {
        self.bring_into_sight(name, Use::Type);
        if let Ok(field) = self.the_control(name, Use::Type) {
            field.click();
        }
        self.settle();
        self.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.window.event(Event::Text(text.to_owned()));
        self.settle();
        self.window.remove_cursor();
        self.settle();
    }

    /// Waits for the control, scrolls to it as a person would, and says where it is.
    #[track_caller]
    fn bring_into_sight(&mut self, name: &str, for_use: Use) -> Rect {
        let began = Instant::now();
        let mut looks = 0;
        while let Err(why) = self.the_control(name, for_use) {
            assert!(began.elapsed() < PATIENCE, "{why}.\n{}", self.told());
            std::thread::sleep(BETWEEN_LOOKS);
            self.turn_the_wheel(looks);
            looks += 1;
        }
        if let Ok(node) = self.the_control(name, for_use) {
            node.scroll_to_me();
        }
        self.settle();
        let window = Rect::from_min_size(Default::default(), self.size);
        match self.the_control(name, for_use).map(|node| node.rect()) {
            Ok(rect) if window.contains(rect.center()) => rect,
            Ok(rect) => panic!("{name:?} is at {rect:?}, where nobody can press it.\n{}", self.told()),
            Err(why) => panic!("{why} after scrolling to it.\n{}", self.told()),
        }
    }

    /// Turns the wheel above the pictures, down and up again: those out of sight are not drawn at all.
    fn turn_the_wheel(&mut self, looks: u32) {
        let is_picture = |node: &Node<'_>| node.accesskit_node().role() == Role::ListBoxOption;
        let pictures: Vec<Rect> = self.nodes().filter(is_picture).map(|picture| picture.rect()).collect();
        if let Some(middle) = pictures.get(pictures.len() / 2) {
            let step = if (looks / LOOKS_DOWN).is_multiple_of(2) { -WHEEL_STEP } else { WHEEL_STEP };
            self.window.hover_at(middle.center());
            self.window.event(Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: Vec2::new(0.0, step),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
        }
        self.settle();
    }

    /// The one control of this name that can be used, or why there is none.
    fn the_control(&self, name: &str, for_use: Use) -> Result<Node<'_>, String> {
        let is_it = |node: &Node<'_>| {
            let node = node.accesskit_node();
            fits(&node, for_use) && spoken(&node).is_some_and(|said| said == name)
        };
        let mut found = self.nodes().filter(is_it);
        let Some(first) = found.next() else {
            let reason = format!("{name}, not possible: ");
            let off = self.nodes().filter_map(|node| spoken(&node.accesskit_node()));
            let off = off.into_iter().find_map(|said| said.strip_prefix(&reason).map(str::to_owned));
            return Err(match off {
                Some(reason) => format!("{name:?} cannot be used: {reason}"),
                None => format!("there is no control {name:?}"),
            });
        };
        match found.next() {
            Some(second) => {
                Err(format!("two controls are called {name:?}: {:?} and {:?}", first.rect(), second.rect()))
            }
            None if first.accesskit_node().is_disabled() => Err(format!("{name:?} is off and does not say why")),
            None => Ok(first),
        }
    }

    fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.window.root().children_recursive().filter(|node| !node.accesskit_node().is_hidden())
    }

    /// Lets the window draw until it stands still, or as long as a person would look.
    fn settle(&mut self) {
        self.window.run_ok();
    }
}

/// What a screen reader says of a control or a text.
fn spoken(node: &AccessKitNode<'_>) -> Option<String> {
    if node.role() == Role::Label { node.value() } else { node.label() }
}

fn fits(node: &AccessKitNode<'_>, for_use: Use) -> bool {
    let is_typed = matches!(node.role(), Role::TextInput | Role::MultilineTextInput | Role::SpinButton);
    match for_use {
        Use::Type => is_typed,
        Use::Press => !is_typed && !matches!(node.role(), Role::Label | Role::List | Role::Image | Role::Window),
    }
}

/// A fresh place for projects and settings, and a window that works in it with the real engine and a model that is as small as it gets.
pub fn setup(place: &Path) -> WindowSetup {
    let mut engine = kento::build_info::engine_launch(crate::cpu()).unwrap();
    engine.program = env!("CARGO_BIN_EXE_kento").into();
    WindowSetup {
        settings: Some(place.join("settings")),
        new_projects: Some(place.join("projects")),
        engine: Some(engine),
        model: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/pipelines/fixtures/sd1"),
        ..WindowSetup::default()
    }
}
