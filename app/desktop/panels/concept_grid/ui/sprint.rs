use std::rc::Rc;

use eframe::egui::{Align2, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use kento_studio::workflow::{CommandKind, Role, Stage};
use kento_studio::{JobId, Sha256};

use super::Desk;
use super::board::BoardUi;
use super::cull;
use super::parts::{line, troubles};
use super::plan::{PlanAsked, PlanUi};
use super::previews::Previews;
use crate::desk::{Kept, Moment};
use crate::desk::{PanelAsk, PanelInput};
use crate::panels::concept_grid::data::{SprintData, Troubles};
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::{self, Arrangement, Places, SheetState};
use crate::widgets::{ActionButton, Allowed, EmptyState, pick_list, show_empty_state};

/// Space that the contact sheet leaves around its tiles and between them, in points.
const EDGE: f32 = 4.0;
const TILE_GAP: f32 = 6.0;
/// Lines that the name of a column may take.
const HEAD_LINES: usize = 2;

/// The sprint, its plan and the moodboard.
pub(super) struct SprintUi {
    pub(super) sheet: SheetState,
    plan: PlanUi,
    /// How many sprints there were when somebody asked for the plan of another one.
    planned_after: Option<usize>,
    /// The sprint that was chosen by hand.
    chosen: Option<u32>,
    board: BoardUi,
    previews: Previews,
    kept: Kept<(Moment, Option<u32>, Vec<Sha256>), SprintData>,
}

impl Default for SprintUi {
    fn default() -> Self {
        Self {
            sheet: SheetState::new(Arrangement::Rows, 64.0),
            plan: PlanUi::default(),
            planned_after: None,
            chosen: None,
            board: BoardUi::default(),
            previews: Previews::default(),
            kept: Kept::default(),
        }
    }
}

impl SprintUi {
    pub(super) fn has_unsaved(&self) -> bool {
        self.board.has_unsaved()
    }

    /// Whether the plan of a sprint was typed on and not started.
    pub(super) fn has_unsaved_plan(&self) -> bool {
        self.plan.has_unsaved()
    }

    /// The number of the sprint that is shown, where another than the latest is.
    pub(super) fn shown(&self, input: &PanelInput<'_>) -> Option<u32> {
        self.chosen.filter(|chosen| input.state.sprints().iter().any(|sprint| sprint.number == *chosen))
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, interrupted: &[JobId]) {
        let sprints = desk.input.state.sprints().len();
        self.plan.settle(sprints);
        if self.planned_after.is_some_and(|then| then != sprints) {
            self.planned_after = None;
            self.chosen = None;
            self.sheet = Self::default().sheet;
        }
        let can_plan = desk.input.actor.role == Role::Operator;
        if can_plan
            && (sprints == 0 && !desk.input.state.is_skipped(Stage::ConceptSprint) || self.planned_after.is_some())
        {
            let back = sprints > 0;
            if self.plan.show(ui, desk, back) == Some(PlanAsked::Back) {
                self.planned_after = None;
            }
            return;
        }
        self.board.draft.settle(desk.input.state);
        let draft = self.board.draft.order().unwrap_or_default().to_vec();
        let (input, shown) = (desk.input, self.shown(desk.input));
        let key = (Moment::of(input), shown, draft.clone());
        let Some(mut data) = self.kept.of(key, || SprintData::of(input, shown, &draft)) else {
            let (mut state, hat) = nothing_yet(desk.input);
            let (buttons, asks): (Vec<_>, Vec<_>) = hat.into_iter().unzip();
            state.buttons = buttons;
            if show_empty_state(ui, &state).is_some() {
                desk.asks.extend(asks);
            }
            return;
        };
        if self.previews.is_needed(input) {
            self.previews.steady(ui, desk, &mut Rc::make_mut(&mut data).pictures, self.sheet.tile_side);
        }
        self.above(ui, desk, &data, can_plan);
        troubles(ui, desk, &Troubles::of(desk.input, &data.jobs, interrupted));
        cull::chooser(ui, desk);
        let selected = data.pictures.images(&self.sheet.selected);
        let area = ui.available_rect_before_wrap();
        let above = (area.height() - self.board.height(area.height())).min(self.grid_height(ui, &data));
        let (grid, board) = area.split_top_bottom_at_y(area.top() + above);
        ui.scope_builder(UiBuilder::new().max_rect(grid).id_salt("grid"), |ui| self.grid(ui, desk, &data));
        ui.scope_builder(UiBuilder::new().max_rect(board).id_salt("board"), |ui| self.board.show(ui, desk, &selected));
        ui.advance_cursor_after_rect(area);
    }

    /// Which sprint, and the button for another one.
    fn above(&mut self, ui: &mut Ui, desk: &Desk<'_, '_>, data: &SprintData, can_plan: bool) {
        let sprints = desk.input.state.sprints();
        let may_plan = desk.input.may(CommandKind::StartConceptSprint).is_yes();
        if sprints.len() < 2 && !(can_plan && may_plan) {
            return;
        }
        ui.horizontal(|ui| {
            if sprints.len() > 1 {
                let name = |number: u32| format!("Sprint {number}");
                let choice = pick_list("sprints").selected_text(name(data.number));
                let shown = choice.show_ui(ui, |ui| {
                    for sprint in sprints {
                        ui.selectable_value(&mut self.chosen, Some(sprint.number), name(sprint.number));
                    }
                });
                shown.response.accessible_name("Which sprint");
            }
            let button = ActionButton::plain("Plan another").icon(icons::ADD);
            let button = button.explained("Plans another concept sprint; this one stays");
            if can_plan && may_plan && button.show(ui) {
                self.planned_after = Some(sprints.len());
            }
        });
    }

    /// How high the grid is with everything in sight.
    fn grid_height(&self, ui: &Ui, data: &SprintData) -> f32 {
        let width = ui.available_width();
        let arrangement = self.sheet.arrangement;
        // The side that fits now, or a scroll bar would come and go with every frame.
        let side = self.sheet.tile_side.max(Places::side_for_rows(&data.pictures.sheet, width, TILE_GAP));
        let places = Places::new(&data.pictures.sheet, arrangement, width, side, TILE_GAP);
        let (line, gap) = (theme::note_font().size, ui.spacing().item_spacing.y);
        let heads = heads_height(data);
        (heads + gap + places.size()[1] + 2.0 * EDGE + line + theme::GAP).ceil()
    }

    fn grid(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &SprintData) {
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), heads_height(data)), Sense::hover());
        let foot = theme::note_font().size + theme::GAP;
        let area = ui.available_rect_before_wrap();
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - foot);
        ui.scope_builder(UiBuilder::new().max_rect(above).id_salt("sheet"), |ui| {
            let events = contact_sheet::show(ui, &data.pictures.sheet, &mut self.sheet, desk.thumbnails);
            for event in events {
                if let Some((image, rank)) = desk.take(&event, &data.pictures, &self.sheet) {
                    self.rank(desk, image, rank);
                }
            }
        });
        self.heads(ui, head, data);
        ui.scope_builder(UiBuilder::new().max_rect(below).id_salt("foot"), |ui| {
            let text = match (self.sheet.selected.len(), data.pictures.cells.get(self.sheet.cursor)) {
                (1, Some(cell)) => cell.name.clone(),
                (0, _) => "1 to 5 rank · Enter opens · C compares".to_owned(),
                (many, _) => format!("{many} selected"),
            };
            line(ui, &text);
        });
    }

    fn rank(&mut self, desk: &Desk<'_, '_>, image: Sha256, rank: Option<u8>) {
        if desk.input.actor.role != Role::Reviewer && desk.input.read_only.is_none() {
            self.board.draft.rank(desk.input.state, image, rank);
        }
    }

    /// What is varied, above the columns, as long as every style stands in one line.
    fn heads(&self, ui: &Ui, rect: Rect, data: &SprintData) {
        let side = self.sheet.tile_side;
        let places = Places::new(&data.pictures.sheet, Arrangement::Rows, rect.width(), side, TILE_GAP);
        let tops: Vec<[f32; 2]> = (0..data.columns.len()).filter_map(|column| places.of(column)).collect();
        if tops.iter().any(|[_, top]| *top != 0.0) {
            return;
        }
        let colors = theme::palette(ui.style());
        for (column, ([x, _], text)) in tops.into_iter().zip(&data.columns).enumerate() {
            let at = Rect::from_min_size(pos2(rect.left() + x, rect.top()), vec2(side, rect.height()));
            let mut job = eframe::egui::text::LayoutJob::simple(text.clone(), theme::note_font(), colors.hint, side);
            job.wrap.max_rows = HEAD_LINES;
            let galley = ui.painter().layout_job(job);
            let corner = Align2::LEFT_BOTTOM.align_size_within_rect(galley.size(), at).min;
            ui.painter().galley(corner, galley, colors.hint);
            let response = ui.interact(at, ui.scope_id().with(("column", column)), Sense::hover());
            response.on_hover_text(text);
        }
    }
}

/// How high the names of the columns are.
fn heads_height(data: &SprintData) -> f32 {
    const LINE: f32 = 17.0;
    if data.columns.is_empty() { 0.0 } else { HEAD_LINES as f32 * LINE }
}

/// What stands in the place of a sprint, and who can begin one where it is not who acts.
fn nothing_yet(input: &PanelInput<'_>) -> (EmptyState, Option<(ActionButton, PanelAsk)>) {
    let mut hat = None;
    let (title, advice) = match input.state.skips().get(&Stage::ConceptSprint) {
        Some(skip) => ("The sprint is skipped", format!("{} skipped it: {}", skip.by, skip.reason)),
        None => match input.may(CommandKind::StartConceptSprint) {
            Allowed::No(_) if !input.state.brief_is_complete() => {
                hat = input.other_hat(Role::Director, "to write the brief");
                ("No sprint yet", "It begins with a complete brief: fill it in and declare it complete.".to_owned())
            }
            _ => {
                hat = input.other_hat(Role::Operator, "to plan the sprint");
                ("No sprint yet", "The Operator plans it: 15 to 30 quick pictures in 3 to 5 styles.".to_owned())
            }
        },
    };
    (EmptyState { icon: icons::PICTURES, title: title.to_owned(), advice, buttons: Vec::new() }, hat)
}

/// What the button of an empty view asks for.
pub(super) fn reveal(desk: &mut Desk<'_, '_>, panel: crate::frame::PanelKind) {
    desk.asks.push(PanelAsk::Reveal(panel));
}
