//! Signs of the icon font (Phosphor, `assets/fonts`), named after what they mean here. Each is one character of text.
//!
//! Inter and JetBrains Mono have letters of their own at some of Phosphor's places in the private use area, which would be drawn instead;
//! arrows and triangles are therefore Inter's and JetBrains Mono's, and no other sign stands at such a place.

/// Passed, done, yes.
pub const PASS: &str = "\u{E182}";
/// Failed, no, close.
pub const FAIL: &str = "\u{E4F6}";
/// Not applicable.
pub const NOT_APPLICABLE: &str = "\u{E32A}";
/// Opens downwards.
pub const DOWN: &str = "▾";
/// Opens upwards.
pub const UP: &str = "▴";
/// Opens to the right.
pub const RIGHT: &str = "▸";
/// A number that rises.
pub const RISES: &str = "↗";
/// A number that falls.
pub const FALLS: &str = "↘";
/// A number that stays.
pub const STEADY: &str = "→";
/// Search.
pub const SEARCH: &str = "\u{E30C}";
/// Fill the window with this panel.
pub const FILL: &str = "\u{E1D0}";
/// Back to all panels.
pub const RESTORE: &str = "\u{E1CE}";
/// The whole picture.
pub const FIT: &str = "\u{E626}";
/// One pixel of the picture to one of the screen.
pub const ONE_TO_ONE: &str = "\u{E36C}";
/// Two pictures side by side.
pub const COLUMNS: &str = "\u{E870}";
/// Two pictures and a line between them.
pub const SLIDER: &str = "\u{E18C}";
/// Two pictures in turn.
pub const FLICKER: &str = "\u{E83C}";
/// One picture.
pub const SINGLE: &str = "\u{E2CA}";
/// Pick a colour.
pub const PICK: &str = "\u{E568}";
/// A pin on the picture.
pub const PIN: &str = "\u{E316}";
/// Locked, or not allowed.
pub const LOCK: &str = "\u{E308}";
/// A stage that is done.
pub const DONE: &str = "\u{E184}";
/// A stage that is still to come.
pub const OPEN: &str = "\u{E18A}";
/// The stage that runs.
pub const CURRENT: &str = "\u{EB08}";
/// A stage that was skipped.
pub const SKIPPED: &str = "\u{E5A6}";
/// A stage that cannot begin.
pub const BLOCKED: &str = "\u{E3DE}";
/// A warning.
pub const WARNING: &str = "\u{E4E0}";
/// A note.
pub const NOTE: &str = "\u{E2CE}";
/// Copy.
pub const COPY: &str = "\u{E1CA}";
/// More.
pub const MORE: &str = "\u{E1FE}";
/// Drag here.
pub const GRIP: &str = "\u{EAE2}";
/// Try again.
pub const RETRY: &str = "↻";
/// Undo.
pub const UNDO: &str = "↺";
/// The dark theme.
pub const DARK: &str = "\u{E330}";
/// The light theme.
pub const LIGHT: &str = "\u{E472}";
/// Keyboard shortcuts.
pub const KEYS: &str = "\u{E2D8}";
/// The command palette.
pub const COMMANDS: &str = "\u{E1C4}";
/// A project folder.
pub const FOLDER: &str = "\u{E256}";
/// Pictures.
pub const PICTURES: &str = "\u{E836}";
/// Smaller tiles.
pub const SMALLER: &str = "\u{EC8C}";
/// Larger tiles.
pub const LARGER: &str = "\u{E464}";
/// A checklist.
pub const CHECKLIST: &str = "\u{EADC}";
/// The queue.
pub const QUEUE: &str = "\u{E6AC}";
/// The numbers.
pub const NUMBERS: &str = "\u{E4AE}";
/// The device.
pub const DEVICE: &str = "\u{E610}";
/// A hero or a favourite.
pub const STAR: &str = "\u{E46A}";
/// Discard.
pub const DELETE: &str = "\u{E4A6}";
/// Stop.
pub const STOP: &str = "\u{E46C}";
/// Edit.
pub const EDIT: &str = "\u{E3B4}";
/// Add.
pub const ADD: &str = "\u{E3D4}";
/// Waits.
pub const WAITS: &str = "\u{E2B2}";
/// A proof.
pub const PROOF: &str = "\u{E606}";
/// Settings.
pub const SETTINGS: &str = "\u{E272}";
/// A person.
pub const PERSON: &str = "\u{E4C2}";
/// Help.
pub const HELP: &str = "\u{E3E8}";
/// A random seed.
pub const RANDOM: &str = "\u{E1EE}";
/// Settings of a recipe.
pub const CONTROLS: &str = "\u{E434}";
/// Earlier.
pub const EARLIER: &str = "↑";
/// Later.
pub const LATER: &str = "↓";
/// Messages.
pub const TOASTS: &str = "\u{E17A}";
/// Paints a mask.
pub const BRUSH: &str = "\u{E6F0}";
/// Erases from a mask.
pub const ERASER: &str = "\u{E21E}";
/// Masks what a line encloses.
pub const LASSO: &str = "\u{EDC6}";
/// Masks what corners enclose.
pub const POLYGON: &str = "\u{E6D0}";
/// Masks a rectangle.
pub const RECTANGLE: &str = "\u{E69A}";
/// Masks an ellipse.
pub const ELLIPSE: &str = "\u{E602}";
/// Masks what has a colour.
pub const WAND: &str = "\u{E6B6}";
/// Masks from full to nothing.
pub const GRADIENT: &str = "\u{EB42}";
/// How an image came to be.
pub const LINEAGE: &str = "\u{E278}";
/// Repairs a place.
pub const REPAIR: &str = "\u{E0B2}";
/// Where two pictures differ.
pub const DIFFERENCE: &str = "\u{E882}";
/// Rulers and guides.
pub const RULER: &str = "\u{E6B8}";
