use eframe::egui::{Align2, Button, Popup, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{Allowed, sentence};
use crate::theme::{self, icons};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonLook {
    /// The one main button of a panel, in the role's accent.
    Primary,
    /// Any other.
    #[default]
    Plain,
    /// What takes something back for good.
    Grave,
    /// What may be passed over: words only, until the pointer is there.
    Quiet,
}

/// A button with words on it. It never lies there grey without a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActionButton {
    /// What stands on it.
    pub label: String,
    /// What a screen reader calls it, where the label alone says too little.
    pub name: Option<String>,
    /// A sign before the label, of [`icons`].
    pub icon: Option<&'static str>,
    /// How it looks.
    pub look: ButtonLook,
    /// Whether it can be pressed.
    pub allowed: Allowed,
    /// What it does, in one sentence, for the pointer.
    pub explanation: Option<String>,
    /// The keys that do the same.
    pub keys: Option<&'static str>,
}

impl ActionButton {
    /// A plain button.
    pub fn plain(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The main button of a panel.
    pub fn primary(label: impl Into<String>) -> Self {
        Self { label: label.into(), look: ButtonLook::Primary, ..Self::default() }
    }

    /// A button that may be passed over.
    pub fn quiet(label: impl Into<String>) -> Self {
        Self { label: label.into(), look: ButtonLook::Quiet, ..Self::default() }
    }

    /// The same button where a rule decides.
    #[must_use]
    pub fn allowed(mut self, allowed: Allowed) -> Self {
        self.allowed = allowed;
        self
    }

    /// The same button under another name for screen readers.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same button with a sign.
    #[must_use]
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The same button with its keys.
    #[must_use]
    pub fn keys(mut self, keys: &'static str) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The same button with an explanation.
    #[must_use]
    pub fn explained(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = Some(explanation.into());
        self
    }

    /// Draws it. Whether it was pressed.
    pub fn show(&self, ui: &mut Ui) -> bool {
        self.respond(ui).clicked()
    }

    /// How wide it is, in points.
    pub fn width(&self, ui: &Ui) -> f32 {
        let font = if self.look == ButtonLook::Primary { theme::strong_font() } else { theme::body_font() };
        let text = ui.painter().layout_no_wrap(self.text(), font, theme::CLEAR);
        (text.size().x + 2.0 * ui.spacing().button_padding.x).ceil()
    }

    fn text(&self) -> String {
        match self.icon {
            Some(icon) => format!("{icon}  {}", self.label),
            None => self.label.clone(),
        }
    }

    /// Draws it.
    pub fn respond(&self, ui: &mut Ui) -> Response {
        let palette = theme::palette(ui.style());
        let enabled = self.allowed.is_yes();
        let is_main = self.look == ButtonLook::Primary && enabled;
        let color = match self.look {
            ButtonLook::Primary if enabled => palette.on_accent,
            ButtonLook::Grave if enabled => palette.fail_text,
            ButtonLook::Quiet => palette.secondary,
            _ => palette.text,
        };
        let mut text = RichText::new(self.text()).color(color);
        if self.look == ButtonLook::Primary {
            text = text.font(theme::strong_font());
        }
        let mut button = Button::new(text).min_size(vec2(0.0, theme::CONTROL_HEIGHT));
        if self.look == ButtonLook::Quiet {
            button = button.frame(true).frame_when_inactive(false);
        }
        let widgets = is_main.then(|| ui.visuals().widgets.clone());
        if is_main {
            theme::style_main_button(ui.style_mut());
        }
        let response = ui.add_enabled(enabled, button);
        if let Some(widgets) = widgets {
            ui.visuals_mut().widgets = widgets;
        }
        if is_main && response.has_focus() {
            // Its own fill is the accent, so the ring stands beside it.
            let ring = response.rect.expand(3.0);
            ui.painter().rect_stroke(
                ring,
                theme::group_rounding(),
                theme::ring(theme::palette(ui.style())),
                StrokeKind::Inside,
            );
        }
        let response = response.accessible_name(self.allowed.spoken(self.name.as_ref().unwrap_or(&self.label)));
        match (&self.allowed, hint(self.explanation.as_deref(), self.keys)) {
            (Allowed::No(reason), _) => {
                response.on_disabled_hover_text(format!("{}  {}", icons::LOCK, sentence(reason)))
            }
            (Allowed::Yes, Some(hint)) => response.on_hover_text(hint),
            (Allowed::Yes, None) => response,
        }
    }
}

/// Draws buttons beside each other, the main one first. Those that find no place stand in a menu behind three dots, so that nothing is cut
/// off. The one that was pressed, by its place.
pub fn show_button_row(ui: &mut Ui, buttons: &[ActionButton]) -> Option<usize> {
    let more = theme::CONTROL_HEIGHT + theme::GAP;
    let free = ui.available_width();
    let widths: Vec<f32> = buttons.iter().map(|button| button.width(ui) + theme::GAP).collect();
    let all: f32 = widths.iter().sum();
    let room = if all - theme::GAP <= free { free } else { free - more };
    let mut used = -theme::GAP;
    let fits = |width: &f32| {
        used += width;
        used <= room
    };
    let shown = widths.into_iter().take_while(fits).count();
    let mut pressed = None;
    ui.horizontal(|ui| {
        for (i, button) in buttons[..shown].iter().enumerate() {
            if button.show(ui) {
                pressed = Some(i);
            }
        }
        if shown == buttons.len() {
            return;
        }
        let hidden: Vec<&str> = buttons[shown..].iter().map(|button| button.label.as_str()).collect();
        let dots =
            IconButton::new(icons::MORE, format!("More: {}", hidden.join(", "))).respond(ui, theme::CONTROL_HEIGHT);
        Popup::menu(&dots).show(|ui| {
            for (i, button) in buttons.iter().enumerate().skip(shown) {
                if button.show(ui) {
                    pressed = Some(i);
                }
            }
        });
    });
    pressed
}

/// A button with only a sign on it; its name and its keys are told by the pointer and by screen readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IconButton {
    /// The sign, of [`icons`].
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// The keys that do the same.
    pub keys: Option<&'static str>,
    /// Whether what it stands for is on.
    pub is_on: bool,
    /// Whether it can be pressed.
    pub allowed: Allowed,
}

impl IconButton {
    /// A button that is off and allowed.
    pub fn new(icon: &'static str, name: impl Into<String>) -> Self {
        Self { icon, name: name.into(), keys: None, is_on: false, allowed: Allowed::Yes }
    }

    /// The same button with its keys.
    #[must_use]
    pub fn keys(mut self, keys: &'static str) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The same button, on or off.
    #[must_use]
    pub fn on(mut self, is_on: bool) -> Self {
        self.is_on = is_on;
        self
    }

    /// The same button where a rule decides.
    #[must_use]
    pub fn allowed(mut self, allowed: Allowed) -> Self {
        self.allowed = allowed;
        self
    }

    /// Draws it as high as any control. Whether it was pressed.
    pub fn show(&self, ui: &mut Ui) -> bool {
        self.respond(ui, theme::CONTROL_HEIGHT).clicked()
    }

    /// Draws it with another side, in points. Whether it was pressed.
    pub fn show_sized(&self, ui: &mut Ui, side: f32) -> bool {
        self.respond(ui, side).clicked()
    }

    /// Draws it with a side, in points.
    pub fn respond(&self, ui: &mut Ui, side: f32) -> Response {
        let enabled = self.allowed.is_yes();
        ui.add_enabled_ui(enabled, |ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
            let name = self.allowed.spoken(&self.name);
            response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, self.is_on, &name));
            let palette = theme::palette(ui.style());
            let (fill, color) = match (self.is_on, response.is_pointer_button_down_on(), response.hovered()) {
                (true, _, _) => (palette.accent, palette.on_accent),
                (false, true, _) => (theme::pressed(palette), palette.text),
                (false, false, true) => (palette.raised, palette.text),
                (false, false, false) => (theme::CLEAR, palette.secondary),
            };
            ui.painter().rect_filled(rect, theme::control_rounding(), fill);
            if response.has_focus() {
                let on_fill = Stroke::new(1.0, palette.on_accent);
                let focus = if self.is_on { on_fill } else { theme::ring(theme::palette(ui.style())) };
                ui.painter().rect_stroke(rect.shrink(1.0), theme::control_rounding(), focus, StrokeKind::Inside);
            }
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, self.icon, theme::icon_font(), color);
            match self.allowed.reason() {
                Some(reason) => response.on_disabled_hover_text(format!("{}: {reason}", self.name)),
                None => response.on_hover_text(hint(Some(&self.name), self.keys).unwrap_or_default()),
            }
        })
        .inner
    }
}

fn hint(explanation: Option<&str>, keys: Option<&str>) -> Option<String> {
    match (explanation, keys) {
        (Some(explanation), Some(keys)) => Some(format!("{explanation}  ·  {keys}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}
