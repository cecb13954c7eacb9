use eframe::egui::{
    Align, Button, CornerRadius, Frame, Label, Layout, Margin, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense,
    Ui, WidgetInfo, pos2, vec2,
};

use super::data::{FrameData, FrameEvent, Saved};
use super::stage_rail;
use crate::theme::{self, ActingRole, icons};
use crate::widgets::{ActionButton, Segment, SegmentLook, segmented};

/// Below this width, in points, the saved state loses its words and the role switch the person's name.
const SHORT_WIDTH: f32 = 1180.0;
/// Below this one roles are single letters.
const TIGHT_WIDTH: f32 = 900.0;

/// Where the parts of the bar stand that other things point at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BarPlaces {
    pub(super) stages: Option<Rect>,
    pub(super) roles: Option<Rect>,
}

/// Draws the bar; `opens` is a stage that is opened without a press. Mark, project, saved state, stages, role, device.
pub(super) fn show(ui: &mut Ui, data: &FrameData, opens: Option<usize>, events: &mut Vec<FrameEvent>) -> BarPlaces {
    let width = ui.available_width();
    let colors = theme::palette(ui.style());
    let area = ui.max_rect();
    let line = Rect::from_min_max(pos2(0.0, area.bottom() - 0.5), pos2(area.right() + 100.0, area.bottom() - 0.5));
    ui.painter().with_clip_rect(line.expand(1.0)).hline(line.x_range(), line.top(), theme::line(colors));
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        mark(ui);
        project(ui, data, events);
        saved(ui, &data.saved, width);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            device(ui, data, width, events);
            let roles = ui.scope(|ui| roles(ui, data, width, events)).response.rect;
            // The bar is higher than what stands in it.
            let roles = Rect::from_center_size(roles.center(), vec2(roles.width(), theme::CONTROL_HEIGHT));
            if !data.has_role && width >= SHORT_WIDTH {
                let words = match data.person.is_empty() {
                    true => "choose a role".to_owned(),
                    false => format!("{}: choose a role", shortened(&data.person, 16)),
                };
                ui.label(RichText::new(words).color(colors.secondary));
            }
            ui.add_space(theme::GAP);
            let rail = |ui: &mut Ui| stage_rail::show(ui, &data.stages, opens, events);
            let stages = ui.with_layout(Layout::left_to_right(Align::Center), rail).inner;
            BarPlaces { stages, roles: Some(roles) }
        })
        .inner
    })
    .inner
}

/// The mark: an L of two bars, as on the icon.
fn mark(ui: &mut Ui) {
    let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
    let colors = theme::palette(ui.style());
    let stem = Rect::from_min_size(rect.min, vec2(6.0, rect.height()));
    let foot = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 6.0), rect.max);
    ui.painter().rect_filled(stem, CornerRadius::ZERO, colors.text);
    ui.painter().rect_filled(foot, CornerRadius::ZERO, colors.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Kento"));
    response.on_hover_text(concat!("Kento ", env!("CARGO_PKG_VERSION")));
}

fn project(ui: &mut Ui, data: &FrameData, events: &mut Vec<FrameEvent>) {
    let name = data.project.as_deref().unwrap_or("No project");
    let text = RichText::new(format!("{} {}", shortened(name, 26), icons::DOWN)).font(theme::title_font());
    let button = ui.add(Button::new(text).frame(true).frame_when_inactive(false));
    let button = button
        .accessible_name(format!("Project {name}"))
        .on_hover_text(format!("{name}\nOpen another project, or begin one"));
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ui.set_min_width(240.0);
        let entry = |label: &str, icon| ActionButton::plain(label).icon(icon).allowed(data.projects.clone());
        for (place, recent) in data.recent.iter().enumerate() {
            let here = ActionButton::plain(recent)
                .icon(icons::PASS)
                .allowed(crate::widgets::Allowed::No("it is open in this window".to_owned()));
            let shown = if data.recent_open == Some(place) { here } else { entry(recent, icons::FOLDER) };
            if shown.show(ui) {
                events.push(FrameEvent::RecentProjectAsked(place));
            }
        }
        if !data.recent.is_empty() {
            ui.separator();
        }
        if entry("Open a project…", icons::FOLDER).show(ui) {
            events.push(FrameEvent::OpenProjectAsked);
        }
        if entry("New project…", icons::ADD).show(ui) {
            events.push(FrameEvent::NewProjectAsked);
        }
        ui.separator();
        if entry("Tour of the sample project…", icons::HELP).show(ui) {
            events.push(FrameEvent::TourAsked);
        }
        if !data.person.is_empty() {
            ui.separator();
            let label = format!("Acting as {}: switch person…", shortened(&data.person, 24));
            if ActionButton::plain(&label).icon(icons::PERSON).show(ui) {
                events.push(FrameEvent::PersonAsked);
            }
        }
    });
}

fn saved(ui: &mut Ui, saved: &Saved, width: f32) {
    let colors = theme::palette(ui.style());
    let (icon, color, more) = match saved {
        Saved::NoProject => return,
        Saved::Yes { .. } => (icons::DONE, colors.secondary, "Every decision is on disk".to_owned()),
        Saved::Writing => (icons::WAITS, colors.secondary, "A decision is being written".to_owned()),
        Saved::ReadOnly { reason } => (icons::LOCK, colors.secondary, reason.clone()),
        Saved::Failed(why) => (icons::FAIL, colors.fail_text, why.clone()),
    };
    let is_bad = matches!(saved, Saved::Failed(_));
    let text = if width < SHORT_WIDTH {
        icon.to_owned()
    } else if is_bad {
        format!("{icon} {}", saved.text())
    } else {
        saved.text()
    };
    let label = ui.add(Label::new(RichText::new(text).color(color)).selectable(false));
    let spoken = format!("{}. {more}", saved.text());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    label.on_hover_text(spoken);
}

fn device(ui: &mut Ui, data: &FrameData, width: f32, events: &mut Vec<FrameEvent>) {
    let colors = theme::palette(ui.style());
    let letters = if width < TIGHT_WIDTH {
        12
    } else if data.stages.is_empty() {
        // Without a project there is no rail, and its room is free.
        48
    } else if width < SHORT_WIDTH {
        18
    } else if width < 1500.0 {
        26
    } else {
        48
    };
    let chip = &data.device;
    let icon = if chip.has_failed { icons::FAIL } else { icons::DEVICE };
    let color = if chip.has_failed { colors.fail_text } else { colors.text };
    let text = RichText::new(format!("{icon} {}", shortened(&chip.text, letters))).color(color);
    let button = ui.add(Button::new(text).fill(colors.raised));
    let button = button.accessible_name(format!("Device and model: {}", chip.text));
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name("About device and model")
        .gap(6.0)
        .show(|ui| {
            popover().show(ui, |ui| {
                ui.set_width(theme::POPOVER_WIDTH);
                ui.add(Label::new(RichText::new(&chip.text).font(theme::title_font())).wrap());
                ui.add(Label::new(RichText::new(&chip.explanation).color(colors.secondary)).wrap());
                device_list(ui, data, events);
                let choose = ActionButton::plain("Open another model…").allowed(data.devices.clone());
                if choose.show(ui) {
                    events.push(FrameEvent::DevicesAsked);
                }
            });
        });
    if button.clicked() {
        events.push(FrameEvent::DeviceListAsked);
    }
    button.on_hover_text(format!("{}\n{}", chip.text, chip.explanation));
}

/// The devices, each with what it is; the chosen one has a tick.
fn device_list(ui: &mut Ui, data: &FrameData, events: &mut Vec<FrameEvent>) {
    if data.device_lines.is_empty() {
        return;
    }
    let colors = theme::palette(ui.style());
    ui.separator();
    ui.label(RichText::new("Compute on").font(theme::note_font()).color(colors.secondary));
    for (place, line) in data.device_lines.iter().enumerate() {
        let icon = if line.is_chosen { icons::PASS } else { icons::DEVICE };
        let name = if line.is_chosen { format!("{}, chosen", line.name) } else { format!("Compute on {}", line.name) };
        let button = ActionButton::plain(shortened(&line.name, 40)).icon(icon).named(name);
        if button.explained(&line.note).show(ui) && !line.is_chosen {
            events.push(FrameEvent::DeviceAsked(place));
        }
        ui.add(Label::new(RichText::new(&line.note).font(theme::note_font()).color(colors.secondary)).wrap());
    }
    ui.separator();
}

fn roles(ui: &mut Ui, data: &FrameData, width: f32, events: &mut Vec<FrameEvent>) {
    const KEYS: [&str; 3] = ["F6", "F7", "F8"];
    let segments: Vec<Segment> = ActingRole::ALL
        .into_iter()
        .zip(&data.roles)
        .zip(KEYS)
        .map(|((role, allowed), keys)| {
            let is_acting = data.has_role && role == data.role;
            let label = match (is_acting && !data.person.is_empty(), width) {
                (_, ..TIGHT_WIDTH) => role.label()[..1].to_owned(),
                (true, SHORT_WIDTH..) => format!("{} · {}", role.label(), shortened(&data.person, 16)),
                _ => role.label().to_owned(),
            };
            let person = if data.person.is_empty() { String::new() } else { format!(", {}", data.person) };
            let name = if is_acting { format!("{}{person}", role.label()) } else { role.label().to_owned() };
            let told = if is_acting { format!("{name} acts") } else { format!("Act as {name}  ·  {keys}") };
            Segment { label, name, explanation: Some(told), allowed: allowed.clone() }
        })
        .collect();
    let acting = ActingRole::ALL.iter().position(|role| data.has_role && *role == data.role);
    if let Some(chosen) = segmented(ui, SegmentLook::Accent, &segments, acting) {
        events.push(FrameEvent::RoleAsked(ActingRole::ALL[chosen]));
    }
}

/// A text of at most so many letters.
pub fn shortened(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The frame of a popover below a button of the bar.
pub(super) fn popover() -> Frame {
    Frame::new().inner_margin(Margin::same(theme::MARGIN))
}
