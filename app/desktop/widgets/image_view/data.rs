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
}

impl ImageView {
    /// Takes a tool, or puts it back.
    pub fn toggle(&mut self, tool: ViewTool) {
        self.tool = if self.tool == tool { ViewTool::Look } else { tool };
    }
}

impl Default for ImageView {
    fn default() -> Self {
        Self { camera: Camera::default(), compare: Compare::Single, tool: ViewTool::Look }
    }
}

/// The keys of the view, for the list of shortcuts.
pub const SHORTCUTS: [(&str, &str); 8] = [
    ("F", "Show the whole picture"),
    ("1", "Show it at 100 %"),
    ("Wheel", "Zoom at the pointer"),
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
