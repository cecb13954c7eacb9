use std::collections::{BTreeMap, BTreeSet};

use eframe::egui::{
    Align, Color32, Frame, Id, Label, Layout, Margin, Rect, RichText, Sense, Stroke, Style, Ui, UiBuilder, Visuals,
    WidgetText, vec2,
};
use egui_tiles::{
    Behavior, Container, EditAction, Linear, LinearDir, TabState, Tabs, Tile, TileId, Tiles, Tree, UiResponse,
};

use super::layout::{LayoutNode, PanelKind};
use crate::theme::{self, icons};
use crate::widgets::IconButton;

/// What stands in the panels. The window gives it to the frame with every frame that is drawn.
pub trait PanelContents {
    /// A note beside the title.
    fn context(&self, panel: PanelKind) -> String;
    /// Buttons at the right of the header, drawn from right to left.
    fn actions(&mut self, ui: &mut Ui, panel: PanelKind);
    /// The panel, without any margin; most are [`padded`].
    fn show(&mut self, ui: &mut Ui, panel: PanelKind);
    /// What the project drawer shows; without a project there is none.
    fn show_project(&mut self, _ui: &mut Ui) {}
    /// Draws the live preview of a running job into a place of the queue. Whether there is one.
    fn show_preview(&mut self, _ui: &Ui, _rect: Rect, _job: u64) -> bool {
        false
    }
    /// The panel that claims all room between the bars for now, without a header. The layout stays as it is below it.
    fn claims_all(&mut self) -> Option<PanelKind> {
        None
    }
    /// Another panel is to be seen: nothing may claim all room any longer.
    fn give_room_back(&mut self) {}
}

/// Draws with the margin of a panel.
pub fn padded<R>(ui: &mut Ui, draw: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new().inner_margin(Margin::same(theme::MARGIN)).show(ui, draw).inner
}

/// The line above what stands at the foot of a padded panel: what scrolls ends there.
pub fn foot_line(ui: &Ui, foot: Rect) {
    let whole = foot.x_range().expand(f32::from(theme::MARGIN));
    ui.painter().hline(whole, foot.top() + 0.5, theme::line(theme::palette(ui.style())));
}

/// The panels while the window runs.
pub(super) struct PanelTree {
    tree: Tree<PanelKind>,
    /// The panels that are not to be seen.
    hidden: BTreeSet<PanelKind>,
    /// Where the panels stood that were seen in the last frame, with their headers.
    places: BTreeMap<PanelKind, Rect>,
}

impl PanelTree {
    pub(super) fn new(layout: &LayoutNode, hidden: &BTreeSet<PanelKind>) -> Self {
        let mut tiles = Tiles::default();
        let root = insert(&mut tiles, layout);
        show_but(&mut tiles, hidden);
        Self { tree: Tree::new(Id::unique("panels"), root, tiles), hidden: hidden.clone(), places: BTreeMap::new() }
    }

    /// The panels that are not to be seen.
    pub(super) fn hidden(&self) -> &BTreeSet<PanelKind> {
        &self.hidden
    }

    /// Takes a panel out of sight; its place in the layout stays.
    pub(super) fn hide(&mut self, panel: PanelKind) {
        self.hidden.insert(panel);
        show_but(&mut self.tree.tiles, &self.hidden);
    }

    /// How the panels stand now.
    pub(super) fn layout(&self) -> Option<LayoutNode> {
        self.tree.root().and_then(|root| read(&self.tree.tiles, root))
    }

    /// Brings a panel into sight, in front of others that stand in the same place.
    pub(super) fn reveal(&mut self, panel: PanelKind) {
        if self.hidden.remove(&panel) {
            show_but(&mut self.tree.tiles, &self.hidden);
        }
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(pane) if *pane == panel));
    }

    /// Where a panel stands, with its header; none while another one hides it.
    pub(super) fn place(&self, panel: PanelKind) -> Option<Rect> {
        self.places.get(&panel).copied()
    }

    /// Draws the panels. `filled` is the one that fills the window, if one does. Whether the layout was changed by hand.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        contents: &mut dyn PanelContents,
        filled: &mut Option<PanelKind>,
    ) -> bool {
        let claimed = contents.claims_all();
        let mut behavior = PanelBehavior {
            contents,
            toggled: None,
            was_edited: false,
            in_tabs: in_tabs(&self.tree.tiles),
            filled: *filled,
            places: BTreeMap::new(),
        };
        match claimed.or(*filled) {
            Some(panel) if claimed.is_some() => {
                behavior.places.insert(panel, ui.available_rect_before_wrap());
                behavior.body(ui, panel);
            }
            Some(panel) => {
                behavior.places.insert(panel, ui.available_rect_before_wrap());
                behavior.header(ui, panel);
                behavior.body(ui, panel);
            }
            None => self.tree.ui(&mut behavior, ui),
        }
        if let Some(panel) = behavior.toggled {
            *filled = if filled.is_none() { Some(panel) } else { None };
        }
        self.places = behavior.places;
        behavior.was_edited
    }
}

struct PanelBehavior<'a> {
    contents: &'a mut dyn PanelContents,
    /// The panel whose header was pressed twice.
    toggled: Option<PanelKind>,
    was_edited: bool,
    in_tabs: Vec<PanelKind>,
    filled: Option<PanelKind>,
    places: BTreeMap<PanelKind, Rect>,
}

impl PanelBehavior<'_> {
    /// Title, note and buttons. Whether it is being dragged.
    fn header(&mut self, ui: &mut Ui, panel: PanelKind) -> bool {
        let colors = theme::palette(ui.style());
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), theme::HEADER_HEIGHT), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, colors.header);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, theme::line(colors));
        let grip = ui.interact(rect, Id::unique(("header", panel)), Sense::CLICK | Sense::DRAG);
        if grip.double_clicked() {
            self.toggled = Some(panel);
        }
        let inner = rect.shrink2(vec2(f32::from(theme::MARGIN), 0.0));
        let row = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center));
        ui.scope_builder(row, |ui| {
            ui.spacing_mut().item_spacing.x = theme::GRID;
            self.fill_button(ui, panel);
            self.contents.actions(ui, panel);
            ui.add_space(theme::GAP);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = theme::GAP + theme::GRID;
                ui.label(RichText::new(panel.title()).font(theme::strong_font()));
                self.note(ui, panel);
            });
        });
        grip.drag_started()
    }

    fn note(&self, ui: &mut Ui, panel: PanelKind) {
        let note = self.contents.context(panel);
        if !note.is_empty() && ui.available_width() > 2.0 * theme::WIDE_GAP {
            let text = RichText::new(note).color(theme::palette(ui.style()).secondary);
            ui.add(Label::new(text).truncate());
        }
    }

    fn fill_button(&mut self, ui: &mut Ui, panel: PanelKind) {
        let button = match self.filled {
            Some(_) => IconButton::new(icons::RESTORE, "Show all panels"),
            None => IconButton::new(icons::FILL, format!("Fill the window with {}", panel.title())),
        };
        if button.keys("double click").show_sized(ui, theme::WIDE_GAP) {
            self.toggled = Some(panel);
        }
    }

    fn body(&mut self, ui: &mut Ui, panel: PanelKind) {
        let colors = theme::palette(ui.style());
        let rect = ui.available_rect_before_wrap();
        ui.painter().rect_filled(rect, 0.0, colors.panel);
        ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(panel), |ui| {
            ui.reset_style();
            ui.set_clip_rect(rect.intersect(ui.clip_rect()));
            self.contents.show(ui, panel);
        });
    }
}

impl Behavior<PanelKind> for PanelBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, panel: &mut PanelKind) -> UiResponse {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let mut place = ui.max_rect();
        if self.in_tabs.contains(panel) {
            *place.top_mut() -= theme::HEADER_HEIGHT;
        }
        self.places.insert(*panel, place);
        let is_dragged = !self.in_tabs.contains(panel) && self.header(ui, *panel);
        ui.reset_style();
        self.body(ui, *panel);
        if is_dragged { UiResponse::DragStarted } else { UiResponse::None }
    }

    fn tab_title_for_pane(&mut self, panel: &PanelKind) -> WidgetText {
        RichText::new(panel.title()).font(theme::strong_font()).into()
    }

    fn on_tab_button(
        &mut self,
        tiles: &mut Tiles<PanelKind>,
        tile: TileId,
        response: eframe::egui::Response,
    ) -> eframe::egui::Response {
        if response.double_clicked() {
            self.toggled = tiles.get_pane(&tile).copied();
        }
        response
    }

    fn top_bar_right_ui(&mut self, tiles: &Tiles<PanelKind>, ui: &mut Ui, _: TileId, tabs: &Tabs, _: &mut f32) {
        let Some(panel) = tabs.active.and_then(|active| tiles.get_pane(&active)).copied() else { return };
        ui.add_space(theme::GAP);
        ui.spacing_mut().item_spacing.x = theme::GRID;
        self.fill_button(ui, panel);
        self.contents.actions(ui, panel);
        ui.add_space(theme::GRID);
        // Titles come first: the note gets what they leave.
        let titles = tabs.children.iter().filter_map(|child| tiles.get_pane(child)).map(|panel| {
            let title = ui.painter().layout_no_wrap(panel.title().to_owned(), theme::strong_font(), theme::CLEAR);
            title.size().x + 2.0 * f32::from(theme::MARGIN)
        });
        let width = (ui.available_width() - titles.sum::<f32>() - theme::GROUP_GAP).max(0.0);
        if width > 2.0 * theme::WIDE_GAP {
            let note = vec2(width, theme::HEADER_HEIGHT);
            ui.allocate_ui_with_layout(note, Layout::right_to_left(Align::Center), |ui| self.note(ui, panel));
        }
    }

    fn tab_bar_height(&self, _: &Style) -> f32 {
        theme::HEADER_HEIGHT
    }

    fn min_size(&self) -> f32 {
        180.0
    }

    fn tab_title_spacing(&self, _: &Visuals) -> f32 {
        f32::from(theme::MARGIN)
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.window_fill
    }

    fn tab_bg_color(&self, visuals: &Visuals, _: &Tiles<PanelKind>, _: TileId, state: &TabState) -> Color32 {
        if state.active { visuals.panel_fill } else { theme::CLEAR }
    }

    fn tab_outline_stroke(&self, visuals: &Visuals, _: &Tiles<PanelKind>, _: TileId, state: &TabState) -> Stroke {
        if state.active { visuals.widgets.noninteractive.bg_stroke } else { Stroke::NONE }
    }

    fn tab_text_color(&self, visuals: &Visuals, _: &Tiles<PanelKind>, _: TileId, state: &TabState) -> Color32 {
        if state.active {
            visuals.widgets.inactive.fg_stroke.color
        } else {
            visuals.widgets.inactive.fg_stroke.color.gamma_multiply(theme::SET_BACK)
        }
    }

    fn tab_bar_hline_stroke(&self, visuals: &Visuals) -> Stroke {
        visuals.widgets.noninteractive.bg_stroke
    }

    fn resize_stroke(&self, style: &Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => theme::line(theme::palette(style)),
            _ => theme::ring(theme::palette(style)),
        }
    }

    fn drag_preview_color(&self, visuals: &Visuals) -> Color32 {
        visuals.selection.bg_fill
    }

    fn on_edit(&mut self, _: EditAction) {
        self.was_edited = true;
    }
}

/// Shows every panel but the hidden ones; a container without any takes no room.
fn show_but(tiles: &mut Tiles<PanelKind>, hidden: &BTreeSet<PanelKind>) {
    let pane = |(tile, of): (&TileId, &Tile<PanelKind>)| match of {
        Tile::Pane(panel) => Some((*tile, !hidden.contains(panel))),
        Tile::Container(_) => None,
    };
    let panes: Vec<(TileId, bool)> = tiles.iter().filter_map(pane).collect();
    panes.into_iter().for_each(|(tile, is_seen)| tiles.set_visible(tile, is_seen));
}

fn insert(tiles: &mut Tiles<PanelKind>, layout: &LayoutNode) -> TileId {
    match layout {
        LayoutNode::Panel(panel) => tiles.insert_pane(*panel),
        LayoutNode::Tabs { children, active } => {
            let children: Vec<TileId> = children.iter().map(|child| insert(tiles, child)).collect();
            let mut tabs = Tabs::new(children.clone());
            if let Some(active) = children.get(*active) {
                tabs.set_active(*active);
            }
            tiles.insert_container(tabs)
        }
        LayoutNode::Row(children) => linear(tiles, LinearDir::Horizontal, children),
        LayoutNode::Column(children) => linear(tiles, LinearDir::Vertical, children),
    }
}

fn linear(tiles: &mut Tiles<PanelKind>, dir: LinearDir, children: &[(f32, LayoutNode)]) -> TileId {
    let placed: Vec<(f32, TileId)> = children.iter().map(|(share, child)| (*share, insert(tiles, child))).collect();
    let mut linear = Linear::new(dir, placed.iter().map(|(_, tile)| *tile).collect());
    for (share, tile) in placed {
        linear.shares.set_share(tile, share);
    }
    tiles.insert_container(linear)
}

fn read(tiles: &Tiles<PanelKind>, tile: TileId) -> Option<LayoutNode> {
    let shared = |children: &[TileId], share: &dyn Fn(TileId) -> f32| {
        children.iter().filter_map(|child| Some((share(*child), read(tiles, *child)?))).collect()
    };
    Some(match tiles.get(tile)? {
        Tile::Pane(panel) => LayoutNode::Panel(*panel),
        Tile::Container(Container::Tabs(tabs)) => LayoutNode::Tabs {
            children: tabs.children.iter().filter_map(|child| read(tiles, *child)).collect(),
            active: tabs.children.iter().position(|child| tabs.active == Some(*child)).unwrap_or(0),
        },
        Tile::Container(Container::Linear(linear)) => {
            let children = shared(&linear.children, &|child| linear.shares[child]);
            match linear.dir {
                LinearDir::Horizontal => LayoutNode::Row(children),
                LinearDir::Vertical => LayoutNode::Column(children),
            }
        }
        // Dropping never makes a grid; one that a later version makes is kept as a row.
        Tile::Container(Container::Grid(grid)) => {
            let children: Vec<TileId> = grid.children().copied().collect();
            LayoutNode::Row(shared(&children, &|_| 1.0))
        }
    })
}

fn in_tabs(tiles: &Tiles<PanelKind>) -> Vec<PanelKind> {
    let tabs = tiles.tiles().filter_map(|tile| match tile {
        Tile::Container(Container::Tabs(tabs)) => Some(&tabs.children),
        _ => None,
    });
    tabs.flatten().filter_map(|child| tiles.get_pane(child).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layout::RoleLayout;
    use super::*;
    use crate::theme::ActingRole;

    #[test]
    fn what_goes_into_the_tree_comes_out_again() {
        for role in ActingRole::ALL {
            let usual = RoleLayout::usual(role);
            for layout in [usual.wide, usual.narrow] {
                let mut tree = PanelTree::new(&layout, &usual.hidden);
                assert_eq!(tree.layout(), Some(layout.clone()));
                // What is hidden keeps its place.
                PanelKind::ALL.into_iter().for_each(|panel| tree.hide(panel));
                PanelKind::ALL.into_iter().for_each(|panel| tree.reveal(panel));
                assert_eq!(
                    (tree.layout().map(|layout| layout.panels()), tree.hidden()),
                    (Some(layout.panels()), &BTreeSet::new())
                );
            }
        }
    }

    #[test]
    fn a_panel_behind_a_tab_is_revealed() {
        let mut tree = PanelTree::new(&RoleLayout::usual(ActingRole::Operator).narrow, &BTreeSet::new());
        tree.reveal(PanelKind::Checklist);
        let Some(LayoutNode::Row(children)) = tree.layout() else { panic!("a row") };
        assert!(matches!(&children[1].1, LayoutNode::Tabs { active: 1, .. }), "{children:?}");
    }
}
