use super::camera::Camera;
use super::pixel_grid::PixelGrid;

/// How two pictures are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compare {
    /// Only the first is seen.
    Single,
    /// Both, beside each other, moved together.
    SideBySide,
    /// One in the place of the other; a press changes them. Nothing blinks by itself.
    Flicker {
        /// Which one is seen.
        shows_second: bool,
    },
    /// Both in one place, the first left of a line that can be dragged.
    Slider {
        /// Where the line stands, from 0 to 1.
        at: f32,
    },
    /// Where and how far they differ, in the colours of a heat map.
    Difference,
}

impl Compare {
    /// With the line here, but never so far at the edge that it cannot be taken hold of.
    pub fn slider(at: f32) -> Self {
        Self::Slider { at: at.clamp(0.02, 0.98) }
    }
}

/// What a press on the picture does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewTool {
    /// Nothing; dragging moves the picture.
    Look,
    /// Sets a pin, once.
    Pin,
    /// Takes the colour of a pixel, once.
    Pick,
    /// Draws: where the pointer goes is told, and the picture is moved with Space or the middle button.
    Draw,
}

/// A moment of the pointer while it draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trace {
    /// What it did.
    pub step: TraceStep,
    /// Where, in pixels of the picture; also beside it.
    pub at_in_image: [f32; 2],
    /// How hard a pen presses, from 0 to 1; 1 where nothing tells.
    pub pressure: f32,
    /// The keys that were held.
    pub keys: Keys,
}

impl Trace {
    pub(super) fn cancelled() -> Self {
        Self { step: TraceStep::Cancel, at_in_image: [0.0, 0.0], pressure: 1.0, keys: Keys::default() }
    }

    /// Let go of where it was.
    pub(super) fn ended(self) -> Self {
        Self { step: TraceStep::End, ..self }
    }
}

/// What the pointer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceStep {
    /// Was pressed.
    Begin,
    /// Moved while it was pressed.
    Move,
    /// Was let go; or the window, the tool or the pointer went away, and what was drawn so far is kept.
    End,
    /// What it drew is not wanted: Escape.
    Cancel,
}

/// Keys that were held while something was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keys {
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
}

/// A finding that has a place on the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pin {
    /// Its number, as in the checklist.
    pub number: u32,
    /// Its place, from 0 to 1 on both axes.
    pub at: [f32; 2],
}

/// What the two pictures are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PictureNames<'a> {
    /// The first.
    pub first: &'a str,
    /// The second.
    pub second: &'a str,
}

/// What the user has set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageView {
    /// What is seen how large.
    pub camera: Camera,
    /// How two pictures are compared.
    pub compare: Compare,
    /// What a press does.
    pub tool: ViewTool,
    /// Whether lines are drawn between pixels that are seen large.
    pub grid: PixelGrid,
    /// Where the keyboard sets a pin or takes a colour, from 0 to 1 on both axes; none before it is moved there.
    pub(super) crosshair: Option<[f32; 2]>,
    /// Whether something that lies over the picture has the pointer in this frame: the view neither draws nor moves. Whoever draws
    /// that something sets it before the view is shown.
    pub yields: bool,
    /// Where the floating tools stood last: left, top, right and bottom in the window.
    pub(super) tools_at: [f32; 4],
    /// Whether the view shall have the keyboard with the next frame.
    pub(super) wants_focus: bool,
    /// What the pointer drew last, while it draws.
    pub(super) drawn_last: Option<Trace>,
    /// How hard the pen presses, where there is one that tells.
    pub(super) pressure: Option<f32>,
}

impl ImageView {
    /// Takes a tool, and the keyboard with it, or puts it back.
    pub fn toggle(&mut self, tool: ViewTool) {
        self.tool = if self.tool == tool { ViewTool::Look } else { tool };
        self.wants_focus |= self.tool != ViewTool::Look;
    }

    /// Whether the pointer draws at this moment.
    pub fn is_drawing(&self) -> bool {
        self.drawn_last.is_some()
    }

    /// Forgets that the pointer draws: the view is out of sight, and whoever keeps what was drawn has been told otherwise.
    pub fn stop_drawing(&mut self) {
        self.drawn_last = None;
    }

    /// Whether the floating tools stand at this place of the window.
    pub fn has_tools_at(&self, at_in_window: [f32; 2]) -> bool {
        let [left, top, right, bottom] = self.tools_at;
        (left..right).contains(&at_in_window[0]) && (top..bottom).contains(&at_in_window[1])
    }

    /// Gives the keyboard to the view with the next frame, so that its keys work at once.
    pub fn take_keyboard(&mut self) {
        self.wants_focus = true;
    }
}

impl Default for ImageView {
    fn default() -> Self {
        Self {
            camera: Camera::default(),
            compare: Compare::Single,
            tool: ViewTool::Look,
            grid: PixelGrid::default(),
            crosshair: None,
            yields: false,
            tools_at: [0.0; 4],
            wants_focus: false,
            drawn_last: None,
            pressure: None,
        }
    }
}

/// The keys of the view, for the list of shortcuts.
pub const SHORTCUTS: [(&str, &str); 15] = [
    ("F  0", "Show the whole picture"),
    ("1", "Show it at 100 %"),
    ("Wheel", "Zoom at the pointer"),
    ("+ −", "Larger, smaller"),
    ("← ↑ → ↓", "Move the picture, the crosshair or the slider"),
    ("Enter", "Set the pin or take the colour at the crosshair"),
    ("4  5  6", "Turn it left, upright, right"),
    ("Shift+wheel", "Turn it; so does Shift+Space and dragging"),
    ("Ctrl+R", "Rulers; drag guides out of them"),
    ("D", "Side by side"),
    ("S", "Slider"),
    ("B", "Before and after, in turn"),
    ("H", "Heat map of the difference"),
    ("P", "Set a pin"),
    ("I", "Pick a colour"),
];

/// What the user did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ViewEvent {
    /// Set a pin here, from 0 to 1 on both axes.
    PinPlaced([f32; 2]),
    /// Pressed the pin with this number.
    PinPressed(u32),
    /// Took a colour, as bytes of sRGB.
    ColourPicked([u8; 3]),
    /// Drew.
    Drew(Trace),
    /// Dragged to the right with the other button, by so many points: a larger brush.
    BrushDragged(f32),
}
