use eframe::egui::{CentralPanel, Frame, Key, KeyboardShortcut, Margin, Modifiers, Panel, Rect, Ui};

use super::data::{FrameData, FrameEvent, NumbersBy};
use super::entries::{self, FrameAction};
use super::layout::{PanelKind, WindowLayout};
use super::panels::{PanelContents, PanelTree};
use super::top_bar::{self, BarPlaces};
use super::{bottom_bar, numbers_drawer, queue_drawer, waiting_drawer};
use crate::theme::{self, ActingRole, ThemeChoice};
use crate::widgets::command_palette::{self, CommandPalette, PaletteEntry};
use crate::widgets::toasts::{self, ToastKind, Toasts};
use crate::widgets::{ShortcutGroup, show_shortcuts};

/// What stands open above the bar at the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawer {
    /// Jobs.
    Queue,
    /// Plots of the numbers.
    Numbers,
    /// Messages of this run.
    Messages,
    /// What waits for the person who acts.
    Waiting,
    /// Who acts, the workflow document, the project review, the figures of the rules.
    Project,
}

/// Something of the window that can be pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The rail with the seven stages.
    Stages,
    /// The switch between the roles.
    Roles,
    /// A panel.
    Panel(PanelKind),
}

/// The frame while the window runs.
pub struct WindowFrame {
    /// What is remembered. Change it through the frame only.
    layout: WindowLayout,
    tree: PanelTree,
    bar: BarPlaces,
    /// For which role and width the tree stands.
    stands_for: (ActingRole, Width),
    filled: Option<PanelKind>,
    numbers_by: NumbersBy,
    /// The stage whose explanation is to be opened with the next frame, by its place.
    opens_stage: Option<usize>,
    /// Whether a panel was brought into sight since the last frame that was drawn.
    was_revealed: bool,
    palette: CommandPalette,
    shows_shortcuts: bool,
    /// What stands open above the bar at the bottom.
    pub drawer: Option<Drawer>,
    /// Messages.
    pub toasts: Toasts,
    styled: Option<(ActingRole, ThemeChoice)>,
    /// Of the window's own clock.
    now_secs: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Wide,
    Narrow,
}

impl WindowFrame {
    /// The frame as it was left.
    pub fn new(mut layout: WindowLayout, role: ActingRole) -> Self {
        let panels = layout.of(role);
        let tree = PanelTree::new(&panels.wide, &panels.hidden);
        Self {
            layout,
            tree,
            bar: BarPlaces::default(),
            stands_for: (role, Width::Wide),
            filled: None,
            numbers_by: NumbersBy::default(),
            opens_stage: None,
            was_revealed: false,
            palette: CommandPalette::default(),
            shows_shortcuts: false,
            drawer: None,
            toasts: Toasts::default(),
            styled: None,
            now_secs: 0.0,
        }
    }

    /// What is to be remembered.
    pub fn layout(&self) -> &WindowLayout {
        &self.layout
    }

    /// Switches between dark and light.
    pub fn set_theme(&mut self, choice: ThemeChoice) {
        self.layout.theme = choice;
    }

    /// Zooms the whole interface.
    pub fn set_zoom(&mut self, zoom: f32) {
        self.layout.zoom = theme::allowed_zoom(zoom);
    }

    /// Brings a panel into sight, wherever it stands.
    pub fn reveal(&mut self, panel: PanelKind) {
        self.tree.reveal(panel);
        self.was_revealed = true;
        if self.filled.is_some() {
            self.filled = Some(panel);
        }
    }

    /// Where something stood in the last frame that was drawn; none where it was not seen.
    pub fn place_of(&self, region: Region) -> Option<Rect> {
        match region {
            Region::Stages => self.bar.stages,
            Region::Roles => self.bar.roles,
            Region::Panel(panel) => self.tree.place(panel),
        }
    }

    /// Opens the command palette.
    pub fn open_palette(&mut self) {
        self.palette.open();
    }

    /// Whether the command palette is open: what it offers is asked for only then.
    pub fn palette_is_open(&self) -> bool {
        self.palette.is_open
    }

    /// Opens what a stage of the rail asks for, by its place.
    pub fn open_stage(&mut self, place: usize) {
        self.opens_stage = Some(place);
    }

    /// Draws everything. `commands` are what the palette offers beyond the frame's own, `shortcuts` what the list of keys says beyond
    /// the frame's own. What the user did, in order.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        data: &FrameData,
        contents: &mut dyn PanelContents,
        commands: &[PaletteEntry],
        shortcuts: &[ShortcutGroup],
    ) -> Vec<FrameEvent> {
        let mut events = Vec::new();
        self.now_secs = ui.input(|input| input.time);
        self.style(ui, data.role);
        self.keys(ui, data, &mut events);
        let colors = theme::palette(ui.style());
        let bar = Frame::new().fill(colors.header).inner_margin(Margin::symmetric(theme::MARGIN, 0));
        let opens = self.opens_stage.take();
        self.bar = Panel::top("top bar")
            .exact_size(theme::TOP_BAR_HEIGHT)
            .resizable(false)
            .frame(bar)
            .show(ui, |ui| top_bar::show(ui, data, opens, &mut events))
            .inner;
        let view = Panel::bottom("bottom bar")
            .exact_size(theme::BOTTOM_BAR_HEIGHT)
            .resizable(false)
            .frame(bar)
            .show(ui, |ui| bottom_bar::show(ui, data, &mut self.drawer, self.toasts.kept().len(), self.tree.hidden()))
            .inner;
        if let Some(action) = view {
            self.take(action, data, &mut events);
        }
        self.drawer(ui, data, contents, &mut events);
        self.panels(ui, data.role, contents, &mut events);
        self.overlays(ui, data, commands, shortcuts, &mut events);
        events
    }

    fn style(&mut self, ui: &mut Ui, role: ActingRole) {
        let ctx = ui.ctx().clone();
        let wanted = (role, self.layout.theme);
        if self.styled != Some(wanted) {
            self.styled = Some(wanted);
            theme::set_role(&ctx, role);
            theme::set_theme(&ctx, self.layout.theme);
            ctx.options_mut(|options| options.zoom_with_keyboard = false);
            ui.reset_style();
            ctx.request_repaint();
        }
        // A zoom is only set when it differs: setting it draws the frame again.
        if (ctx.zoom_factor() - self.layout.zoom).abs() > 1e-3 {
            ctx.set_zoom_factor(self.layout.zoom);
        }
    }

    fn keys(&mut self, ui: &Ui, data: &FrameData, events: &mut Vec<FrameEvent>) {
        let pressed =
            |modifiers, key| ui.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)));
        if pressed(Modifiers::COMMAND, Key::K) {
            self.palette.open();
            // What is offered is known with the next frame.
            ui.ctx().request_repaint();
        }
        if pressed(Modifiers::NONE, Key::F1) {
            self.shows_shortcuts = !self.shows_shortcuts;
        }
        for (key, role) in [Key::F6, Key::F7, Key::F8].into_iter().zip(ActingRole::ALL) {
            if pressed(Modifiers::NONE, key) {
                self.take(FrameAction::Role(role), data, events);
            }
        }
        for (key, panel) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4].into_iter().zip(PanelKind::ALL) {
            if pressed(Modifiers::COMMAND, key) {
                self.take(FrameAction::Reveal(panel), data, events);
            }
        }
        for (key, action) in [
            (Key::Plus, FrameAction::Zoom(theme::ZOOM_STEP)),
            (Key::Equals, FrameAction::Zoom(theme::ZOOM_STEP)),
            (Key::Minus, FrameAction::Zoom(-theme::ZOOM_STEP)),
            (Key::Num0, FrameAction::NoZoom),
        ] {
            if pressed(Modifiers::COMMAND, key) {
                self.take(action, data, events);
            }
        }
    }

    fn take(&mut self, action: FrameAction, data: &FrameData, events: &mut Vec<FrameEvent>) {
        let toggle = |drawer: &mut Option<Drawer>, wanted| {
            *drawer = if *drawer == Some(wanted) { None } else { Some(wanted) };
        };
        match action {
            FrameAction::Role(role) => {
                let place = ActingRole::ALL.iter().position(|other| *other == role);
                let reason = place.and_then(|place| data.roles[place].reason());
                match reason {
                    // Somebody new has no hat yet, also not the one that the window shows first.
                    Some(_) if role == data.role => {}
                    Some(reason) => {
                        let text = format!("Not as {}: {reason}", role.label());
                        self.toasts.push(ToastKind::Refused, text, self.now_secs);
                    }
                    None => events.push(FrameEvent::RoleAsked(role)),
                }
                return;
            }
            FrameAction::Reveal(panel) => {
                // Who goes to a panel wants it in this role's view from now on.
                self.layout.of(data.role).hidden.remove(&panel);
                self.reveal(panel);
            }
            FrameAction::Toggle(panel) if self.tree.hidden().contains(&panel) => {
                self.layout.of(data.role).hidden.remove(&panel);
                self.reveal(panel);
            }
            FrameAction::Toggle(panel) => {
                self.layout.of(data.role).hidden.insert(panel);
                self.tree.hide(panel);
                self.filled.take_if(|filled| *filled == panel);
            }
            FrameAction::Zoom(by) => self.set_zoom(self.layout.zoom + by),
            FrameAction::NoZoom => self.set_zoom(1.0),
            FrameAction::Theme(choice) => self.set_theme(choice),
            FrameAction::Shortcuts => self.shows_shortcuts = true,
            FrameAction::UsualPanels => {
                self.layout.roles.remove(&data.role);
                self.filled = None;
                self.stand_for(data.role, self.stands_for.1);
            }
            FrameAction::Queue => toggle(&mut self.drawer, Drawer::Queue),
            FrameAction::Numbers => toggle(&mut self.drawer, Drawer::Numbers),
            FrameAction::Messages => toggle(&mut self.drawer, Drawer::Messages),
            FrameAction::Project => toggle(&mut self.drawer, Drawer::Project),
            FrameAction::Waiting => toggle(&mut self.drawer, Drawer::Waiting),
        }
        events.push(FrameEvent::LayoutChanged);
    }

    fn drawer(
        &mut self,
        ui: &mut Ui,
        data: &FrameData,
        contents: &mut dyn PanelContents,
        events: &mut Vec<FrameEvent>,
    ) {
        if data.project.is_none() {
            self.drawer.take_if(|drawer| matches!(drawer, Drawer::Project | Drawer::Waiting));
        }
        let Some(drawer) = self.drawer else { return };
        let colors = theme::palette(ui.style());
        let wanted = match drawer {
            Drawer::Project => theme::HIGH_DRAWER_HEIGHT,
            Drawer::Numbers => theme::PLOTS_DRAWER_HEIGHT,
            Drawer::Queue | Drawer::Messages | Drawer::Waiting => theme::DRAWER_HEIGHT,
        };
        let height = wanted.min(ui.available_height() * 0.6);
        let frame = Frame::new().fill(colors.panel).inner_margin(Margin::same(theme::MARGIN));
        let now_secs = self.now_secs;
        Panel::bottom("drawer").exact_size(height).resizable(false).frame(frame).show(ui, |ui| {
            let title = match drawer {
                Drawer::Queue => "Queue",
                Drawer::Numbers => "Numbers",
                Drawer::Messages => "Messages",
                Drawer::Project => "Project",
                Drawer::Waiting => "Waits for you",
            };
            if bottom_bar::drawer_header(ui, title) {
                self.drawer = None;
            }
            match drawer {
                Drawer::Queue => queue_drawer::show(ui, data, contents, events),
                Drawer::Numbers => numbers_drawer::show(ui, &data.numbers, &mut self.numbers_by),
                Drawer::Messages => toasts::show_list(ui, &self.toasts, now_secs),
                Drawer::Project => contents.show_project(ui),
                Drawer::Waiting => waiting_drawer::show(ui, &data.waiting, events),
            }
        });
    }

    fn panels(
        &mut self,
        ui: &mut Ui,
        role: ActingRole,
        contents: &mut dyn PanelContents,
        events: &mut Vec<FrameEvent>,
    ) {
        let width = if ui.available_width() < theme::FOUR_PANELS_WIDTH { Width::Narrow } else { Width::Wide };
        if self.stands_for != (role, width) {
            self.stand_for(role, width);
        }
        if std::mem::take(&mut self.was_revealed) {
            contents.give_room_back();
        }
        let was_edited = CentralPanel::no_frame()
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing = eframe::egui::Vec2::ZERO;
                self.tree.show(ui, contents, &mut self.filled)
            })
            .inner;
        if was_edited && let Some(layout) = self.tree.layout() {
            let kept = self.layout.of(role);
            let kept = if width == Width::Wide { &mut kept.wide } else { &mut kept.narrow };
            if *kept != layout {
                *kept = layout;
                events.push(FrameEvent::LayoutChanged);
            }
        }
    }

    fn stand_for(&mut self, role: ActingRole, width: Width) {
        self.stands_for = (role, width);
        let layout = self.layout.of(role);
        let node = if width == Width::Wide { &layout.wide } else { &layout.narrow };
        self.tree = PanelTree::new(node, &layout.hidden);
    }

    fn overlays(
        &mut self,
        ui: &mut Ui,
        data: &FrameData,
        commands: &[PaletteEntry],
        shortcuts: &[ShortcutGroup],
        events: &mut Vec<FrameEvent>,
    ) {
        toasts::show(ui, &mut self.toasts, self.now_secs, theme::BOTTOM_BAR_HEIGHT);
        if self.shows_shortcuts {
            let mut groups = vec![ShortcutGroup::new("Everywhere", &entries::FRAME_SHORTCUTS)];
            groups.extend_from_slice(shortcuts);
            self.shows_shortcuts = show_shortcuts(ui, &groups);
        }
        if !self.palette.is_open {
            return;
        }
        let own = entries::frame_entries(data, self.tree.hidden());
        let mut all: Vec<PaletteEntry> = commands.to_vec();
        all.extend(own.iter().map(|(entry, _)| entry.clone()));
        if let Some(taken) = command_palette::show(ui, &mut self.palette, &all) {
            match taken.checked_sub(commands.len()) {
                None => events.push(FrameEvent::CommandTaken(taken)),
                Some(place) => self.take(own[place].1, data, events),
            }
        }
    }
}
