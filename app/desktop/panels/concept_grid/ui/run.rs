use std::rc::Rc;

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use kento_studio::workflow::{Command, CommandKind, EXPECTED_KEEP_RATE, Role as ActingAs};
use kento_studio::{JobId, Sha256};

use super::Desk;
use super::cull::{self, CullKey, FULL_KEY, Keyboard};
use super::full::FullUi;
use super::parts::{line, note, notice, troubles};
use super::previews::Previews;
use super::sprint::reveal;
use crate::desk::{Kept, Moment};
use crate::frame::PanelKind;
use crate::panels::concept_grid::data::{RunData, Troubles};
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::{self, Arrangement, SheetEvent, SheetState};
use crate::widgets::{
    ActionButton, ButtonLook, Completeness, EmptyState, Segment, SegmentLook, pick_list, segmented, show_button_row,
    show_completeness, show_empty_state,
};

/// The volume runs and their cull.
pub(super) struct RunUi {
    pub(super) sheet: SheetState,
    /// The run that was chosen by hand.
    pub(super) chosen: Option<u32>,
    /// How many runs there were in the last frame; a new one is shown at once.
    runs: usize,
    is_table: bool,
    /// Who had the keyboard in the last frame.
    pub(super) keyboard: Keyboard,
    /// The picture that has the window to itself.
    pub(super) full: FullUi,
    previews: Previews,
    kept: Kept<(Moment, Option<u32>), RunData>,
}

impl Default for RunUi {
    fn default() -> Self {
        Self {
            sheet: SheetState::new(Arrangement::Flow, 84.0),
            chosen: None,
            runs: 0,
            is_table: false,
            keyboard: Keyboard::default(),
            full: FullUi::default(),
            previews: Previews::default(),
            kept: Kept::default(),
        }
    }
}

impl RunUi {
    /// The run that is shown; none while there is none.
    pub(super) fn data(&mut self, ui: &Ui, desk: &mut Desk<'_, '_>) -> Option<Rc<RunData>> {
        let runs = desk.input.state.runs().len();
        if runs != self.runs {
            self.runs = runs;
            self.chosen = None;
        }
        let (input, chosen) = (desk.input, self.chosen);
        let mut data = self.kept.of((Moment::of(input), chosen), || RunData::of(input, chosen))?;
        if self.previews.is_needed(input) {
            self.previews.steady(ui, desk, &mut Rc::make_mut(&mut data).pictures, self.sheet.tile_side);
        }
        Some(data)
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, interrupted: &[JobId]) {
        let Some(data) = self.data(ui, desk) else {
            let state = EmptyState {
                icon: icons::PICTURES,
                title: "No volume run yet".to_owned(),
                advice: "A run makes many pictures from a locked recipe and is started in the lock panel.".to_owned(),
                buttons: vec![ActionButton::plain("Show the lock panel")],
            };
            if show_empty_state(ui, &state).is_some() {
                reveal(desk, PanelKind::LockPanel);
            }
            return;
        };
        self.keys(ui, desk, &data);
        self.above(ui, desk, &data);
        if let Some(pause) = &data.pause {
            let drop_them = pause.drop.as_ref().map(|command| {
                let button = ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Drop what is held back") };
                button.allowed(desk.input.would(command))
            });
            if notice(ui, &pause.text, true, drop_them.as_slice()).is_some()
                && let Some(command) = &pause.drop
            {
                desk.decide(command.clone());
            }
        }
        if let Some(drift) = &data.drift {
            notice(ui, drift, false, &[]);
        }
        troubles(ui, desk, &Troubles::of(desk.input, &data.jobs, interrupted));
        if data.made < data.jobs.len() {
            let made =
                Completeness { name: "Made".to_owned(), done: data.made, of: data.jobs.len(), missing: Vec::new() };
            show_completeness(ui, &made);
            line(ui, &data.progress);
        }
        keep_meter(ui, &data);
        self.cull_bar(ui, desk, &data);
        if cull::chooser(ui, desk) {
            self.go_on(desk, &data);
        }
        self.body(ui, desk, &data);
    }

    /// Which run, pictures or table, and the switch of the cull.
    fn above(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        ui.horizontal_wrapped(|ui| {
            let runs = desk.input.state.runs();
            if runs.len() > 1 {
                let choice = pick_list("runs").selected_text(&data.title).truncate();
                let shown = choice.show_ui(ui, |ui| {
                    for run in runs {
                        let title = format!("Run {} · {}", run.number, run.card);
                        ui.selectable_value(&mut self.chosen, Some(run.number), title);
                    }
                });
                shown.response.accessible_name("Which volume run");
            }
            let segments = ["Pictures", "Table"].map(Segment::new);
            if let Some(place) = segmented(ui, SegmentLook::Plain, &segments, usize::from(self.is_table)) {
                self.is_table = place == 1;
            }
            if !desk.cull.is_on && desk.input.actor.role == ActingAs::Operator {
                let may = desk.input.may(CommandKind::Keep);
                let full = ActionButton::primary("Cull").keys(FULL_KEY).allowed(may);
                if full.explained("One picture after the other fills the window, one key for each").show(ui) {
                    desk.cull.toggle_full();
                }
            }
        });
    }

    /// Goes on beside the other panels, with the picture in the canvas.
    pub(super) fn cull_beside(&mut self, desk: &mut Desk<'_, '_>, data: &RunData) {
        (desk.cull.is_full, desk.cull.is_on) = (false, true);
        let here = Some(self.sheet.cursor).filter(|place| data.waits(*place));
        self.look(desk, data, here.or_else(|| data.next_undecided(None)));
        reveal(desk, PanelKind::Canvas);
    }

    fn cull_bar(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        if !desk.cull.is_on {
            return;
        }
        let here = data.pictures.culled(self.sheet.cursor);
        let text = match data.pictures.cells.get(self.sheet.cursor) {
            Some(_) if data.next_undecided(None).is_none() => "Every picture is decided. U takes the last one back.",
            Some(cell) => cell.name.as_str(),
            None => "",
        };
        line(ui, text);
        let on_image = |command: fn(Sha256) -> Command| match here {
            Some(image) => desk.input.would(&command(image)),
            None => crate::widgets::Allowed::No("the picture is not made yet".to_owned()),
        };
        let keep = |image| Command::Keep { image };
        let may = on_image(keep);
        let undo = match desk.cull.can_undo(desk.input.state) {
            true => crate::widgets::Allowed::Yes,
            false => crate::widgets::Allowed::No("nothing was decided here yet".to_owned()),
        };
        let buttons = [
            ActionButton::primary("Keep").keys("K").icon(icons::PASS).allowed(may.clone()),
            ActionButton::plain("Reject").keys("X").icon(icons::FAIL).allowed(may),
            ActionButton::plain("Undo").keys("U").icon(icons::UNDO).allowed(undo),
            ActionButton::plain("End the cull").keys("Esc"),
        ];
        let keys = [CullKey::Keep, CullKey::Reject, CullKey::Undo, CullKey::Leave];
        if let Some(pressed) = show_button_row(ui, &buttons) {
            self.act(desk, data, keys[pressed]);
        }
    }

    fn keys(&mut self, ui: &Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        let now = Keyboard::now(ui, &self.sheet);
        let before = std::mem::replace(&mut self.keyboard, now);
        if desk.cull.is_on
            && desk.cull.rejecting.is_none()
            && let Some(key) = cull::key(ui, before, now)
        {
            self.act(desk, data, key);
        }
    }

    pub(super) fn act(&mut self, desk: &mut Desk<'_, '_>, data: &RunData, key: CullKey) {
        let here = self.sheet.cursor;
        let image = data.pictures.culled(here);
        match (key, image) {
            (CullKey::Keep, Some(image)) => {
                if desk.keep(image) {
                    self.go_on(desk, data);
                }
            }
            (CullKey::Reject, Some(image)) => desk.cull.reject(image),
            (CullKey::Keep | CullKey::Reject, None) => {}
            (CullKey::Undo, _) => {
                if let Some((image, command)) = desk.cull.undo(desk.input.state) {
                    desk.decide(command);
                    self.look(desk, data, data.pictures.place(image));
                }
            }
            (CullKey::Next, _) => self.look(desk, data, Some((here + 1).min(data.rows.len().saturating_sub(1)))),
            (CullKey::Previous, _) => self.look(desk, data, Some(here.saturating_sub(1))),
            (CullKey::Leave, _) if desk.cull.is_full => desk.cull.is_full = false,
            (CullKey::Leave, _) => desk.cull.is_on = false,
        }
    }

    /// To the next picture that waits for a decision, while culling.
    pub(super) fn go_on(&mut self, desk: &mut Desk<'_, '_>, data: &RunData) {
        if desk.cull.is_culling() {
            self.look(desk, data, desk.cull.next(data, Some(self.sheet.cursor)));
        }
    }

    pub(super) fn look(&mut self, desk: &mut Desk<'_, '_>, data: &RunData, place: Option<usize>) {
        let Some(place) = place else { return };
        self.sheet.select(place);
        // A zoom by nothing brings the tile into sight.
        self.sheet.zoom(1.0);
        if let Some(image) = data.pictures.image(place) {
            desk.selection.image = Some(image);
        }
    }

    fn body(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        if self.is_table {
            self.table(ui, desk, data);
            return;
        }
        let area = ui.available_rect_before_wrap();
        let foot = if desk.cull.is_on { 0.0 } else { theme::note_font().size + theme::GAP };
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - foot);
        ui.scope_builder(UiBuilder::new().max_rect(above).id_salt("sheet"), |ui| {
            let events = contact_sheet::show(ui, &data.pictures.sheet, &mut self.sheet, desk.thumbnails);
            for event in events {
                desk.take(&event, &data.pictures, &self.sheet);
                if matches!(event, SheetEvent::Kept(_)) {
                    self.go_on(desk, data);
                }
            }
        });
        if foot > 0.0 {
            ui.scope_builder(UiBuilder::new().max_rect(below).id_salt("foot"), |ui| {
                let name = data.pictures.cells.get(self.sheet.cursor).map(|cell| cell.name.as_str());
                let may_cull = desk.input.may(CommandKind::Keep).is_yes();
                let keys = if may_cull { "K keeps, X rejects, C compares" } else { "C compares two, Enter opens" };
                line(ui, name.filter(|_| !self.sheet.selected.is_empty()).unwrap_or(keys));
            });
        }
        ui.advance_cursor_after_rect(area);
    }

    fn table(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &RunData) {
        note(ui, "What each row changes of the locked card");
        let palette = theme::palette(ui.style());
        let area = ScrollArea::vertical().id_salt("rows").auto_shrink(false);
        area.show_rows(ui, theme::CONTROL_HEIGHT, data.rows.len(), |ui, shown| {
            for place in shown {
                let Some(row) = data.rows.get(place) else { continue };
                let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
                let (rect, response) = ui.allocate_exact_size(size, Sense::click());
                let is_selected = self.sheet.selected.contains(&place);
                let spoken = format!("Row {}: {}, {}", place + 1, row.text(), row.status);
                response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_selected, &spoken));
                if is_selected || response.hovered() {
                    let fill = if is_selected { palette.accent_wash } else { palette.header };
                    ui.painter().rect_filled(rect, theme::control_rounding(), fill);
                }
                let inner = rect.shrink2(vec2(theme::GRID, 0.0));
                let line = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
                ui.scope_builder(line.id_salt(place), |ui| {
                    let number = RichText::new(format!("{:>3}", place + 1)).font(theme::small_mono_font());
                    ui.add(Label::new(number.color(palette.hint)).selectable(false));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let color = if row.is_decided { palette.text } else { palette.secondary };
                        let status = RichText::new(&row.status).font(theme::note_font()).color(color);
                        let widest = ui.available_width() * 0.45;
                        let width = widest.min(
                            ui.painter().layout_no_wrap(row.status.clone(), theme::note_font(), color).size().x + 1.0,
                        );
                        ui.add_sized([width, theme::CONTROL_HEIGHT], Label::new(status).truncate());
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            ui.add(Label::new(row.text()).truncate().selectable(false));
                        });
                    });
                });
                if response.clicked() {
                    self.look(desk, data, Some(place));
                }
                if response.double_clicked() && data.pictures.image(place).is_some() {
                    reveal(desk, PanelKind::Canvas);
                }
            }
        });
    }
}

/// How much is kept, against the 1 in 4 that is expected.
fn keep_meter(ui: &mut Ui, data: &RunData) {
    let palette = theme::palette(ui.style());
    let size = vec2(ui.available_width().min(theme::MEASURE), theme::PROGRESS_HEIGHT + 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &data.keep_line));
    let bar = rect.shrink2(vec2(0.0, 2.0));
    let rounding = theme::picture_rounding();
    ui.painter().rect_filled(bar, rounding, palette.raised);
    let kept = data.kept_of_decided().unwrap_or(0.0) as f32;
    ui.painter().rect_filled(
        Rect::from_min_size(bar.min, vec2(bar.width() * kept, bar.height())),
        rounding,
        palette.secondary,
    );
    let expected = bar.left() + bar.width() * EXPECTED_KEEP_RATE as f32;
    let mark = Rect::from_min_max(pos2(expected - 1.0, rect.top()), pos2(expected + 1.0, rect.bottom()));
    ui.painter().rect_filled(mark, 0.0, palette.text);
    response.on_hover_text("The mark is the 1 in 4 that a hard cull keeps at most");
    note(ui, &data.keep_line);
}
