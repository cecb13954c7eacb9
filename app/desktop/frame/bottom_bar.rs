use std::collections::BTreeSet;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align, Align2, Checkbox, Galley, Layout, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, Sense,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::data::{FrameData, Number, Trend};
use super::entries::{FrameAction, may_toggle};
use super::layout::PanelKind;
use super::state::Drawer;
use crate::theme::{self, Palette, icons};
use crate::widgets::{ActionButton, IconButton};

/// Draws the bar: the job at the left opens the queue, the numbers at the right open their plots. What was asked of the panels.
pub(super) fn show(
    ui: &mut Ui,
    data: &FrameData,
    drawer: &mut Option<Drawer>,
    messages: usize,
    hidden: &BTreeSet<PanelKind>,
) -> Option<FrameAction> {
    let mut view = None;
    let colors = theme::palette(ui.style());
    let area = ui.max_rect();
    let whole = area.x_range().expand(f32::from(theme::MARGIN));
    ui.painter().with_clip_rect(area.expand(20.0)).hline(whole, area.top() + 0.5, theme::line(colors));
    ui.horizontal_centered(|ui| {
        let numbers: f32 = data.numbers.iter().map(|number| number_width(ui, number)).sum();
        let numbers = numbers + theme::GROUP_GAP * data.numbers.len().saturating_sub(1) as f32;
        let shown_buttons = if data.project.is_some() { 3.0 } else { 2.0 };
        let buttons = (theme::CONTROL_HEIGHT + theme::GAP) * shown_buttons;
        // The job gives way to the numbers, and the numbers to the job only when nothing of it would be left.
        let waiting = waiting_button(data);
        let waits = waiting.as_ref().map_or(0.0, |button| button.width(ui) + theme::GAP);
        let free = ui.available_width() - buttons - waits;
        let shows_numbers = !data.numbers.is_empty() && free - numbers > 320.0;
        let job = match (shows_numbers, data.numbers.is_empty()) {
            (true, _) => free - numbers - theme::WIDE_GAP,
            (false, false) => free - theme::CONTROL_HEIGHT - theme::GROUP_GAP,
            (false, true) => free - theme::GAP,
        };
        if job_line(ui, data, job).clicked() {
            toggle(drawer, Drawer::Queue);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = if messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") };
            let on = *drawer == Some(Drawer::Messages);
            if IconButton::new(icons::TOASTS, name).on(on).show(ui) {
                toggle(drawer, Drawer::Messages);
            }
            view = view_menu(ui, hidden);
            let on = *drawer == Some(Drawer::Project);
            let name = "People, review and rules of the project";
            if data.project.is_some() && IconButton::new(icons::PERSON, name).on(on).show(ui) {
                toggle(drawer, Drawer::Project);
            }
            if waiting.is_some_and(|button| button.show(ui)) {
                toggle(drawer, Drawer::Waiting);
            }
            let on = *drawer == Some(Drawer::Numbers);
            let pressed = match (shows_numbers, data.numbers.is_empty()) {
                (true, _) => number_row(ui, &data.numbers, numbers).clicked(),
                (false, false) => IconButton::new(icons::NUMBERS, "Numbers").on(on).show(ui),
                (false, true) => false,
            };
            if pressed {
                toggle(drawer, Drawer::Numbers);
            }
        });
    });
    view
}

/// How much waits for the person who acts; nothing where nothing does.
fn waiting_button(data: &FrameData) -> Option<ActionButton> {
    let label = match data.waiting.len() {
        0 => return None,
        1 => "1 waits for you".to_owned(),
        many => format!("{many} wait for you"),
    };
    Some(ActionButton::plain(label).icon(icons::WAITS).explained("What goes on only when you have decided"))
}

/// The panels of this role's view: which are seen, and the way back to the usual ones.
fn view_menu(ui: &mut Ui, hidden: &BTreeSet<PanelKind>) -> Option<FrameAction> {
    let mut asked = None;
    let name = match hidden.len() {
        0 => "View: all panels are in sight".to_owned(),
        1 => "View: 1 panel is hidden".to_owned(),
        many => format!("View: {many} panels are hidden"),
    };
    let button = IconButton::new(icons::COLUMNS, name).respond(ui, theme::CONTROL_HEIGHT);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ui.set_min_width(200.0);
        for panel in PanelKind::ALL {
            let mut is_seen = !hidden.contains(&panel);
            let allowed = may_toggle(panel, hidden);
            let check = ui.add_enabled(allowed.is_yes(), Checkbox::new(&mut is_seen, panel.title()));
            let check = match allowed.reason() {
                Some(reason) => check.on_disabled_hover_text(reason),
                None => check,
            };
            let is_changed = check.changed();
            check.accessible_name(allowed.spoken(&format!("Show {}", panel.title())));
            if is_changed {
                asked = Some(FrameAction::Toggle(panel));
            }
        }
        ui.separator();
        if ActionButton::plain("Usual panels of this role").icon(icons::UNDO).show(ui) {
            asked = Some(FrameAction::UsualPanels);
        }
    });
    asked
}

/// The title of a drawer and its button. Whether it is to be closed.
pub(super) fn drawer_header(ui: &mut Ui, title: &str) -> bool {
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(theme::title_font()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            IconButton::new(icons::FAIL, format!("Close {title}")).show_sized(ui, theme::WIDE_GAP)
        })
        .inner
    })
    .inner
}

fn toggle(drawer: &mut Option<Drawer>, wanted: Drawer) {
    *drawer = if *drawer == Some(wanted) { None } else { Some(wanted) };
}

fn job_line(ui: &mut Ui, data: &FrameData, width: f32) -> Response {
    let colors = theme::palette(ui.style());
    let (rect, response) = ui.allocate_exact_size(vec2(width.max(40.0), theme::CONTROL_HEIGHT), Sense::click());
    let spoken = match &data.job {
        Some(job) => format!("Queue: {}, {:.0} %, {}", job.title, job.fraction * 100.0, job.detail),
        None => format!("Queue: {}", data.idle_line()),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
    back(ui, rect, &response, colors);
    let painter = ui.painter_at(rect);
    let Some(job) = &data.job else {
        painter.text(rect.left_center(), Align2::LEFT_CENTER, data.idle_line(), theme::body_font(), colors.secondary);
        return response.on_hover_text("The queue");
    };
    let title = painter.text(rect.left_center(), Align2::LEFT_CENTER, &job.title, theme::body_font(), colors.text);
    let bar_width = theme::PROGRESS_WIDTH.min((rect.width() - title.width()) * 0.4).max(24.0);
    let bar = Rect::from_min_size(
        pos2(title.right() + theme::GROUP_GAP, rect.center().y - theme::PROGRESS_HEIGHT / 2.0),
        vec2(bar_width, theme::PROGRESS_HEIGHT),
    );
    let radius = theme::PROGRESS_HEIGHT / 2.0;
    painter.rect_filled(bar, radius, colors.raised);
    let mut done = bar;
    done.set_width(bar.width() * job.fraction.clamp(0.0, 1.0));
    painter.rect_filled(done, radius, colors.accent);
    let at = pos2(bar.right() + theme::GROUP_GAP, rect.center().y);
    let detail = elided(ui, &job.detail, rect.right() - at.x);
    painter.galley(at - vec2(0.0, detail.size().y / 2.0), detail, colors.secondary);
    response.on_hover_text(format!("{}\n{}\nPress for the queue", job.title, job.detail))
}

/// One line that ends in three dots where it has no room.
fn elided(ui: &Ui, text: &str, width: f32) -> std::sync::Arc<Galley> {
    let color = theme::palette(ui.style()).secondary;
    let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::body_font(), color);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

fn number_width(ui: &Ui, number: &Number) -> f32 {
    let width = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, theme::CLEAR).size().x;
    let trend = if number.trend == Trend::Unknown { 0.0 } else { 16.0 };
    width(&number.name, theme::body_font()) + 5.0 + width(&number.value, theme::strong_font()) + trend
}

fn number_row(ui: &mut Ui, numbers: &[Number], width: f32) -> Response {
    let colors = theme::palette(ui.style());
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::CONTROL_HEIGHT), Sense::click());
    let spoken: Vec<String> = numbers.iter().map(|number| format!("{} {}", number.name, number.value)).collect();
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Numbers of the project: {}", spoken.join(", ")))
    });
    back(ui, rect, &response, colors);
    let mut x = rect.left();
    let mut told = vec!["The whole project:".to_owned()];
    for number in numbers {
        let put = |x: f32, text: &str, font, color| {
            ui.painter().text(pos2(x, rect.center().y), Align2::LEFT_CENTER, text, font, color).right()
        };
        let end = put(x, &number.name, theme::body_font(), colors.secondary);
        let end = put(end + 5.0, &number.value, theme::strong_font(), colors.text);
        let icon = match number.trend {
            Trend::Unknown => None,
            Trend::Rises => Some(icons::RISES),
            Trend::Falls => Some(icons::FALLS),
            Trend::Steady => Some(icons::STEADY),
        };
        if let Some(icon) = icon {
            put(end + 3.0, icon, theme::note_font(), colors.secondary);
        }
        x += number_width(ui, number) + theme::GROUP_GAP;
        told.push(format!("{}: {}", number.name, number.explanation));
    }
    response.on_hover_text(told.join("\n"))
}

fn back(ui: &Ui, rect: Rect, response: &Response, colors: &Palette) {
    let around = rect.expand2(vec2(6.0, 0.0));
    if response.hovered() {
        ui.painter().rect_filled(around, theme::control_rounding(), colors.raised.lerp_to_gamma(colors.header, 0.4));
    }
    if response.has_focus() {
        let stroke = theme::ring(theme::palette(ui.style()));
        ui.painter().rect_stroke(around, theme::control_rounding(), stroke, StrokeKind::Inside);
    }
}
