use super::camera::Camera;

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
    /// Where the keyboard sets a pin or takes a colour, from 0 to 1 on both axes; none before it is moved there.
    pub(super) crosshair: Option<[f32; 2]>,
    /// Whether the view shall have the keyboard with the next frame.
    pub(super) wants_focus: bool,
}

impl ImageView {
    /// Takes a tool, and the keyboard with it, or puts it back.
    pub fn toggle(&mut self, tool: ViewTool) {
        self.tool = if self.tool == tool { ViewTool::Look } else { tool };
        self.wants_focus |= self.tool != ViewTool::Look;
    }

    /// Gives the keyboard to the view with the next frame, so that its keys work at once.
    pub fn take_keyboard(&mut self) {
        self.wants_focus = true;
    }
}

impl Default for ImageView {
    fn default() -> Self {
        let (camera, compare, tool) = (Camera::default(), Compare::Single, ViewTool::Look);
        Self { camera, compare, tool, crosshair: None, wants_focus: false }
    }
}

/// The keys of the view, for the list of shortcuts.
pub const SHORTCUTS: [(&str, &str); 11] = [
    ("F  0", "Show the whole picture"),
    ("1", "Show it at 100 %"),
    ("Wheel", "Zoom at the pointer"),
    ("+ −", "Larger, smaller"),
    ("← ↑ → ↓", "Move the picture, the crosshair or the slider"),
    ("Enter", "Set the pin or take the colour at the crosshair"),
    ("D", "Side by side"),
    ("S", "Slider"),
    ("B", "Before and after, in turn"),
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
}
