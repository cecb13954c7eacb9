use kento_finishing::mask::{Brush, Combine, Steadying};

/// What the pointer does to a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MaskTool {
    /// Paints.
    #[default]
    Brush,
    /// Takes away.
    Eraser,
    /// What a free line encloses.
    Lasso,
    /// What straight lines between clicks enclose.
    Polygon,
    /// An upright rectangle.
    Rectangle,
    /// An ellipse.
    Ellipse,
    /// What has the colour of the place that is clicked.
    Colour,
    /// From full to nothing along a line.
    Gradient,
}

impl MaskTool {
    /// All, in the order of the bar.
    pub const ALL: [Self; 8] = [
        Self::Brush,
        Self::Eraser,
        Self::Lasso,
        Self::Polygon,
        Self::Rectangle,
        Self::Ellipse,
        Self::Colour,
        Self::Gradient,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brush => "Brush",
            Self::Eraser => "Eraser",
            Self::Lasso => "Lasso",
            Self::Polygon => "Polygon",
            Self::Rectangle => "Rectangle",
            Self::Ellipse => "Ellipse",
            Self::Colour => "Select by colour",
            Self::Gradient => "Gradient",
        }
    }

    /// The key that takes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Brush => "B",
            Self::Eraser => "E",
            Self::Lasso => "L",
            Self::Polygon => "Y",
            Self::Rectangle => "R",
            Self::Ellipse => "O",
            Self::Colour => "W",
            Self::Gradient => "G",
        }
    }

    /// Whether it strokes: its place is a disc and not a point.
    pub fn strokes(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }
}

/// How far a selection by colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// What is joined with the place.
    #[default]
    Connected,
    /// The whole image.
    Everywhere,
}

/// How the tools are set. The same for every image.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskTools {
    /// The tool that is held.
    pub tool: MaskTool,
    /// The brush; its radius is in pixels of the image.
    pub brush: Brush,
    /// How the hand is steadied.
    pub steadying: Steadying,
    /// How shapes and selections join what is masked.
    pub combine: Combine,
    /// How far from the clicked colour another one may be, 0 to 255 in each channel.
    pub tolerance: u8,
    /// How far a selection by colour goes.
    pub reach: Reach,
    /// By how many pixels a mask is grown, shrunk and feathered.
    pub amount: f32,
    /// Which of [`crate::theme::MASK_COLOURS`] a mask is shown in.
    pub colour: usize,
    /// Whether a mask is seen.
    pub sight: MaskSight,
}

/// Whether a mask is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MaskSight {
    /// Its colour and its outline.
    #[default]
    Filled,
    /// Its outline alone, so that what is below is judged.
    Outline,
}

impl Default for MaskTools {
    fn default() -> Self {
        Self {
            tool: MaskTool::Brush,
            brush: Brush { radius: 12.0, hardness: 0.8, opacity: 1.0 },
            steadying: Steadying::Off,
            combine: Combine::Add,
            tolerance: 24,
            reach: Reach::Connected,
            amount: 8.0,
            colour: 0,
            sight: MaskSight::Filled,
        }
    }
}

/// Smallest and largest radius of the brush that the bar offers, in pixels of the image.
pub const RADII: [f32; 2] = [0.5, 1000.0];

impl MaskTools {
    /// Makes the brush so many times as large.
    pub fn scale_brush(&mut self, by: f32) {
        self.brush.radius = (self.brush.radius * by).clamp(RADII[0], RADII[1]);
    }

    /// The radius as steps of the keys go: a pixel for a small brush, a tenth for a large one.
    pub fn step_brush(&mut self, up: Step) {
        let by = (self.brush.radius * 0.1).max(0.5);
        let radius = if up == Step::Larger { self.brush.radius + by } else { self.brush.radius - by };
        self.brush.radius = radius.clamp(RADII[0], RADII[1]);
    }
}

/// A step of the brush's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Smaller.
    Smaller,
    /// Larger.
    Larger,
}

/// The keys of the work on masks, for the list of shortcuts.
pub const MASK_SHORTCUTS: [(&str, &str); 11] = [
    ("M", "Begin and end it"),
    ("B  E  L  Y", "Brush, eraser, lasso, polygon"),
    ("R  O  W  G", "Rectangle, ellipse, colour, gradient"),
    ("[  ]", "Smaller and larger brush; or drag, right button"),
    ("Alt", "While drawing: take away"),
    ("Space", "While dragging: move the picture"),
    ("Q", "Only the outline of the mask"),
    ("\\", "While held: the picture before"),
    ("Ctrl+Z  Ctrl+Shift+Z", "Undo and redo on the mask"),
    ("Ctrl+I  Ctrl+A  Ctrl+D", "Invert, everything, nothing"),
    ("Enter  Delete", "Accept or discard the candidate that is shown"),
];
