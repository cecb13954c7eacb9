use std::collections::BTreeSet;

use super::data::FrameData;
use super::layout::PanelKind;
use crate::theme::{ActingRole, ThemeChoice, ZOOM_STEP};
use crate::widgets::Allowed;
use crate::widgets::command_palette::PaletteEntry;

/// What the frame itself can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FrameAction {
    /// Act as another role.
    Role(ActingRole),
    /// Bring a panel into sight.
    Reveal(PanelKind),
    /// Show a panel that is hidden, or hide it.
    Toggle(PanelKind),
    /// Zoom by so much.
    Zoom(f32),
    /// Back to 100 %.
    NoZoom,
    /// Dark or light.
    Theme(ThemeChoice),
    /// Show the keys.
    Shortcuts,
    /// Put the panels of this role back as they were at first.
    UsualPanels,
    /// Open or close the queue.
    Queue,
    /// Open or close the numbers.
    Numbers,
    /// Open or close the messages.
    Messages,
    /// Open or close the project drawer.
    Project,
    /// Open or close what waits for the person who acts.
    Waiting,
}

/// The frame's own keys, for the list of shortcuts.
pub const FRAME_SHORTCUTS: [(&str, &str); 8] = [
    ("Ctrl+K", "Search for a command"),
    ("F1", "This list"),
    ("F6  F7  F8", "Act as Director, Operator, Reviewer"),
    ("Ctrl+1 … 4", "Go to a panel"),
    ("Double click", "A header: fill the window, and back"),
    ("Ctrl++  Ctrl+−", "Zoom the interface, 100–300 %"),
    ("Ctrl+0", "Zoom 100 %"),
    ("Tab", "Next control"),
];

/// The frame's own entries of the command palette.
pub fn frame_entries(data: &FrameData, hidden: &BTreeSet<PanelKind>) -> Vec<(PaletteEntry, FrameAction)> {
    let mut entries = Vec::new();
    let mut add = |group: &str, title: &str, keys: &str, action| {
        entries.push((PaletteEntry::new(group, title, keys), action));
    };
    for (panel, keys) in PanelKind::ALL.into_iter().zip(["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"]) {
        add("Go to", panel.title(), keys, FrameAction::Reveal(panel));
    }
    for panel in PanelKind::ALL {
        let verb = if hidden.contains(&panel) { "Show" } else { "Hide" };
        add("View", &format!("{verb} {}", panel.title()), "", FrameAction::Toggle(panel));
    }
    for (role, keys) in ActingRole::ALL.into_iter().zip(["F6", "F7", "F8"]) {
        add("Role", &format!("Act as {}", role.label()), keys, FrameAction::Role(role));
    }
    add("Window", "Open the queue", "", FrameAction::Queue);
    add("Window", "Open the numbers", "", FrameAction::Numbers);
    add("Window", "Open the messages", "", FrameAction::Messages);
    if data.project.is_some() {
        add("Project", "People, review and rules of the project", "", FrameAction::Project);
        add("Project", "What waits for you", "", FrameAction::Waiting);
    }
    add("Window", "Dark theme", "", FrameAction::Theme(ThemeChoice::Dark));
    add("Window", "Light theme", "", FrameAction::Theme(ThemeChoice::Light));
    add("Window", "Theme of the system", "", FrameAction::Theme(ThemeChoice::System));
    add("Window", "Larger interface", "Ctrl++", FrameAction::Zoom(ZOOM_STEP));
    add("Window", "Smaller interface", "Ctrl+−", FrameAction::Zoom(-ZOOM_STEP));
    add("Window", "Interface at 100 %", "Ctrl+0", FrameAction::NoZoom);
    add("Window", "Usual panels of this role", "", FrameAction::UsualPanels);
    add("Help", "Keyboard shortcuts", "F1", FrameAction::Shortcuts);
    for (entry, action) in &mut entries {
        if let FrameAction::Role(role) = action
            && let Some(place) = ActingRole::ALL.iter().position(|other| other == role)
        {
            entry.allowed = data.roles[place].clone();
        }
        if let FrameAction::Toggle(panel) = action {
            entry.allowed = may_toggle(*panel, hidden);
        }
    }
    entries
}

/// Whether a panel can be shown or hidden: one is always in sight.
pub fn may_toggle(panel: PanelKind, hidden: &BTreeSet<PanelKind>) -> Allowed {
    match !hidden.contains(&panel) && hidden.len() + 1 >= PanelKind::ALL.len() {
        true => Allowed::No("it is the only panel in sight: show another one first".to_owned()),
        false => Allowed::Yes,
    }
}
