use eframe::egui::{
    Align, Align2, CornerRadius, Layout, Rect, Response, RichText, Role, Sense, StrokeKind, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{Allowed, marks};
use crate::theme::{self, icons};

/// What was found on one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// Nothing yet.
    #[default]
    Open,
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail,
    /// It does not apply to this picture.
    NotApplicable,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChecklistRow {
    /// What is looked at.
    pub text: String,
    /// What to look for, for the pointer.
    pub hint: String,
    /// What was found.
    pub answer: Answer,
    /// A note, a measured value, or what is still wanted.
    pub note: String,
    /// Colours that belong to the note, as bytes of sRGB.
    pub colours: Vec<[u8; 3]>,
    /// The number of its pin on the picture.
    pub pin: Option<u32>,
    /// Whether it can be answered.
    pub allowed: Allowed,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChecklistGroup {
    /// Its title.
    pub title: String,
    /// Its items.
    pub rows: Vec<ChecklistRow>,
}

impl ChecklistGroup {
    /// How far it is: `4 of 6`.
    pub fn progress(&self) -> String {
        let answered = self.rows.iter().filter(|row| row.answer != Answer::Open).count();
        format!("{answered} of {}", self.rows.len())
    }
}

/// What the user did to an item.
#[derive(Debug, Clone, PartialEq)]
pub enum ChecklistEvent {
    /// Gave an answer, or took it back.
    Answered(usize, Answer),
    /// Wrote a note.
    Noted(usize, String),
    /// Wants to see or place the pin.
    PinPressed(usize),
}

/// Draws a group with its title. Rows are named by their place in the group.
pub fn show_checklist_group(ui: &mut Ui, group: &ChecklistGroup) -> Vec<ChecklistEvent> {
    let palette = theme::palette(ui.style());
    let mut events = Vec::new();
    ui.push_id(&group.title, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(&group.title).font(theme::strong_font()).color(palette.secondary));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(group.progress()).font(theme::note_font()).color(palette.secondary));
            });
        });
        for (i, row) in group.rows.iter().enumerate() {
            ui.push_id(i, |ui| show_row(ui, i, row, &mut events));
        }
    });
    events
}

fn show_row(ui: &mut Ui, index: usize, row: &ChecklistRow, events: &mut Vec<ChecklistEvent>) {
    let palette = theme::palette(ui.style());
    ui.horizontal_top(|ui| {
        if let Some(answer) = answer_switch(ui, row) {
            events.push(ChecklistEvent::Answered(index, answer));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let color = if row.answer == Answer::NotApplicable { palette.secondary } else { palette.text };
            let text = ui.label(RichText::new(&row.text).color(color));
            if !row.hint.is_empty() {
                text.on_hover_text(&row.hint);
            }
            note(ui, index, row, events);
        });
    });
}

fn note(ui: &mut Ui, index: usize, row: &ChecklistRow, events: &mut Vec<ChecklistEvent>) {
    let palette = theme::palette(ui.style());
    let wants_note = row.answer == Answer::Fail && row.allowed.is_yes();
    if row.note.is_empty() && row.pin.is_none() && !wants_note {
        return;
    }
    ui.spacing_mut().interact_size.y = theme::GROUP_GAP;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        if row.pin.is_some() || wants_note {
            let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
            match row.pin {
                Some(number) => {
                    marks::pin(ui.painter(), rect.center(), number, palette.secondary, theme::CLEAR, palette.text);
                }
                None => {
                    let font = theme::body_font();
                    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::PIN, font, palette.secondary);
                }
            }
            let name = match row.pin {
                Some(number) => format!("Show pin {number} of {}", row.text),
                None => format!("Place a pin for {}", row.text),
            };
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.clicked() {
                events.push(ChecklistEvent::PinPressed(index));
            }
            response.on_hover_text(name);
        }
        if wants_note {
            let mut text = row.note.clone();
            let edit = TextEdit::singleline(&mut text)
                .font(theme::note_font())
                .hint_text("what is wrong, and where")
                .margin(vec2(theme::GRID + 2.0, 2.0))
                .desired_width(f32::INFINITY);
            if ui.add(edit).accessible_name(format!("Note on {}", row.text)).changed() {
                events.push(ChecklistEvent::Noted(index, text));
            }
        } else {
            let text = RichText::new(&row.note).font(theme::note_font()).color(palette.secondary);
            ui.add(eframe::egui::Label::new(text).wrap());
        }
        for colour in &row.colours {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
            ui.painter().rect_filled(rect, 1.0, theme::shown(*colour));
        }
    });
}

/// Tick, cross and dash. A press on the answer that stands takes it back.
fn answer_switch(ui: &mut Ui, row: &ChecklistRow) -> Option<Answer> {
    const CELL: eframe::egui::Vec2 = vec2(18.0, 18.0);
    let palette = theme::palette(ui.style());
    let enabled = row.allowed.is_yes();
    let (area, _) = ui.allocate_exact_size(vec2(3.0 * CELL.x, CELL.y), Sense::hover());
    // Its middle and that of the text beside it stand at one height.
    let area = area.translate(vec2(0.0, -2.0));
    let rounding = theme::picture_rounding();
    let fill = palette.raised.lerp_to_gamma(palette.panel, 0.35);
    ui.painter().rect(area, rounding, fill, theme::line(palette), StrokeKind::Outside);
    let mut given = None;
    let cells = [
        (Answer::Pass, icons::PASS, "Pass", palette.pass_mark),
        (Answer::Fail, icons::FAIL, "Fail", palette.fail_mark),
        (Answer::NotApplicable, icons::NOT_APPLICABLE, "Not applicable", theme::pressed(palette)),
    ];
    for (i, (answer, icon, word, fill)) in cells.into_iter().enumerate() {
        let rect = Rect::from_min_size(pos2(area.left() + CELL.x * i as f32, area.top()), CELL);
        let is_given = row.answer == answer;
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.unique_id().with(i), sense);
        let name = row.allowed.spoken(&format!("{word}: {}", row.text));
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, is_given, &name));
        cell(ui, rect, &response, is_given.then_some(fill), i);
        let color = match (is_given, answer) {
            (true, Answer::NotApplicable) => palette.text,
            (true, _) => palette.on_mark,
            (false, _) if response.hovered() && enabled => palette.text,
            (false, _) => palette.hint,
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, theme::body_font(), color);
        if enabled && response.clicked() {
            given = Some(if is_given { Answer::Open } else { answer });
        }
        response.on_hover_text(row.allowed.reason().unwrap_or(word));
    }
    given
}

fn cell(ui: &Ui, rect: Rect, response: &Response, fill: Option<eframe::egui::Color32>, place: usize) {
    let round = |end: bool| if end { theme::picture_rounding().nw } else { 0 };
    let (west, east) = (round(place == 0), round(place == 2));
    let rounding = CornerRadius { nw: west, sw: west, ne: east, se: east };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, rounding, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, rounding, theme::ring(theme::palette(ui.style())), StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_counts_what_was_answered() {
        let row = |answer| ChecklistRow { answer, ..ChecklistRow::default() };
        let rows = [Answer::Pass, Answer::Open, Answer::NotApplicable, Answer::Fail].map(row).to_vec();
        let group = ChecklistGroup { title: "Visual".to_owned(), rows };
        assert_eq!(group.progress(), "3 of 4");
    }
}
