use eframe::egui::{Align, Label, Layout, ProgressBar, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::data::{FrameData, FrameEvent, QueueRow, QueueState};
use super::panels::PanelContents;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton};

/// Draws the jobs, the running one first.
pub(super) fn show(ui: &mut Ui, data: &FrameData, contents: &mut dyn PanelContents, events: &mut Vec<FrameEvent>) {
    let colors = theme::palette(ui.style());
    let queue = &data.queue;
    if let Some(why) = &data.held {
        held(ui, why, events);
    }
    if queue.is_empty() {
        ui.label(RichText::new("Nothing waits. What is asked for next begins at once.").color(colors.secondary));
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let waiting: Vec<u64> = queue.iter().filter(|row| row.state == QueueState::Waiting).map(|row| row.job).collect();
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, theme::CONTROL_HEIGHT, queue.len(), |ui, seen| {
        for row in &queue[seen] {
            ui.push_id(row.job, |ui| show_row(ui, row, &waiting, contents, events));
        }
    });
}

/// Why nothing runs, and the way on once there is room again.
fn held(ui: &mut Ui, why: &str, events: &mut Vec<FrameEvent>) {
    let colors = theme::palette(ui.style());
    ui.horizontal(|ui| {
        let again = ActionButton::plain("Try again").icon(icons::RETRY).named("Try again to render and save");
        if again.explained("A saved decision does the same").show(ui) {
            events.push(FrameEvent::TryAgainAsked);
        }
        let text = format!("{}  Nothing is rendered, because its picture could not be saved: {why}", icons::FAIL);
        ui.add(Label::new(RichText::new(text).color(colors.fail_text)).wrap());
    });
    ui.add_space(theme::GRID);
}

fn show_row(
    ui: &mut Ui,
    row: &QueueRow,
    waiting: &[u64],
    contents: &mut dyn PanelContents,
    events: &mut Vec<FrameEvent>,
) {
    const TITLE: f32 = 240.0;
    let colors = theme::palette(ui.style());
    ui.horizontal(|ui| {
        let (icon, color) = match row.state {
            QueueState::Running { .. } => (icons::CURRENT, colors.accent),
            QueueState::Waiting => (icons::WAITS, colors.hint),
            QueueState::Interrupted => (icons::WARNING, colors.secondary),
            QueueState::Held => (icons::WARNING, colors.fail),
        };
        ui.label(RichText::new(icon).color(color));
        preview(ui, row, contents);
        let title = vec2(TITLE, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(title, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(TITLE);
            ui.add(Label::new(&row.title).truncate());
        });
        let fraction = match row.state {
            QueueState::Running { fraction } => Some(fraction),
            _ => None,
        };
        let size = vec2(theme::PROGRESS_WIDTH, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            if let Some(fraction) = fraction {
                let bar = ProgressBar::new(fraction)
                    .desired_width(theme::PROGRESS_WIDTH)
                    .desired_height(theme::PROGRESS_HEIGHT)
                    .corner_radius(2)
                    .fill(colors.accent);
                let name = format!("Progress of {}", row.title);
                ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &name));
            } else {
                ui.add_space(theme::PROGRESS_WIDTH);
            }
        });
        ui.label(RichText::new(&row.detail).color(colors.secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons(ui, row, waiting, events));
    });
}

/// What the running job has made so far; the place is left free in the other rows, so that their titles stand below each other.
fn preview(ui: &mut Ui, row: &QueueRow, contents: &mut dyn PanelContents) {
    let side = theme::CONTROL_HEIGHT - theme::GRID;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    if matches!(row.state, QueueState::Running { .. }) && contents.show_preview(ui, rect, row.job) {
        let name = format!("Live preview of {}", row.title);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    }
}

fn buttons(ui: &mut Ui, row: &QueueRow, waiting: &[u64], events: &mut Vec<FrameEvent>) {
    if IconButton::new(icons::FAIL, format!("Cancel {}", row.title)).allowed(row.cancel.clone()).show(ui) {
        events.push(FrameEvent::CancelAsked(row.job));
    }
    if row.state == QueueState::Interrupted {
        let again = IconButton::new(icons::RETRY, format!("Queue {} again", row.title));
        if again.allowed(row.cancel.clone()).show(ui) {
            events.push(FrameEvent::RequeueAsked(vec![row.job]));
        }
        return;
    }
    let place = waiting.iter().position(|job| *job == row.job);
    let can = |is_possible: bool, why: &str| match (place, is_possible) {
        (None, _) => Allowed::No("only jobs that wait can be moved".to_owned()),
        (Some(_), false) => Allowed::No(why.to_owned()),
        (Some(_), true) => Allowed::Yes,
    };
    let later = can(place.is_some_and(|place| place + 1 < waiting.len()), "it is the last one");
    if IconButton::new(icons::LATER, format!("Later: {}", row.title)).allowed(later).show(ui) {
        events.push(FrameEvent::LaterAsked(row.job));
    }
    let earlier = can(place.is_some_and(|place| place > 0), "it is the next one");
    if IconButton::new(icons::EARLIER, format!("Earlier: {}", row.title)).allowed(earlier).show(ui) {
        events.push(FrameEvent::EarlierAsked(row.job));
    }
}
