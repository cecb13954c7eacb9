//! The buttons of the panel's header, and the keys that do the same.

use eframe::egui::{Key, Modifiers, Popup, PopupCloseBehavior, Ui};
use kento_studio::workflow::CommandKind;

use super::composing::show_menu;
use super::data::canvas_data;
use super::lineage::Discarded;
use super::looking::composition;
use super::ui::CanvasPanel;
use crate::desk::{PanelInput, Selection};
use crate::theme::icons;
use crate::widgets::image_view::{self, Compare};
use crate::widgets::{Allowed, IconButton};

/// Left and right change places.
const MIRROR: &str = "↔";
/// Side of a button in a panel's header.
const HEADER_BUTTON: f32 = 24.0;
/// A header with less room, in points, leaves the ways to compare to the tools on the picture.
const ROOM_TO_COMPARE: f32 = 380.0;
/// Width of the menu, in points.
const MENU_WIDTH: f32 = 292.0;

impl CanvasPanel {
    /// Buttons of the header.
    pub fn actions(&mut self, ui: &mut Ui, input: &PanelInput<'_>, selection: &Selection) {
        // A candidate that stands in the place of the picture has that for its parent.
        let seen = self.seen(input, selection);
        let Some(data) = canvas_data(input.state, &seen) else { return };
        let in_pass = self.look.is_some();
        let during_pass = || Allowed::No("the fresh-eyes pass says how the image is seen".to_owned());
        let repair = if in_pass { during_pass() } else { input.may(CommandKind::StartRepair) };
        let button = IconButton::new(icons::BRUSH, "Mask and repair").keys("M").on(self.repairing.is_on());
        if button.allowed(repair).show_sized(ui, HEADER_BUTTON) {
            self.repairing.toggle();
            self.view.take_keyboard();
        }
        let lineage = IconButton::new(icons::LINEAGE, "How it came to be").on(self.lineage.is_some());
        if lineage.show_sized(ui, HEADER_BUTTON) {
            self.lineage = if self.lineage.is_some() { None } else { Some(Discarded::Hidden) };
        }
        let compare = match (&data.compared, in_pass) {
            (_, true) => during_pass(),
            (Some(_), false) => Allowed::Yes,
            (None, false) => Allowed::No("the image has no parent: choose a second one and press C".to_owned()),
        };
        let flickers = matches!(self.view.compare, Compare::Flicker { .. });
        let before = IconButton::new(icons::FLICKER, "Before and after, in turn").on(flickers);
        // The brush has the key while masks are worked on.
        let before = before.keys(if self.repairing.is_on() { "\\, held" } else { "B" });
        if before.allowed(compare.clone()).show_sized(ui, HEADER_BUTTON) {
            self.view.compare = if flickers { Compare::Single } else { Compare::Flicker { shows_second: true } };
        }
        if ui.available_width() > ROOM_TO_COMPARE {
            let ways = [
                (icons::SLIDER, "A line between it and the picture before", "S", Compare::slider(0.5)),
                (icons::DIFFERENCE, "Where it differs from the picture before", "H", Compare::Difference),
            ];
            for (icon, name, keys, way) in ways {
                let is_on = std::mem::discriminant(&self.view.compare) == std::mem::discriminant(&way);
                if IconButton::new(icon, name)
                    .keys(keys)
                    .on(is_on)
                    .allowed(compare.clone())
                    .show_sized(ui, HEADER_BUTTON)
                {
                    self.view.compare = if is_on { Compare::Single } else { way };
                }
            }
        }
        let mirror = IconButton::new(MIRROR, "Mirror: a crooked face or horizon shows at once").on(self.is_mirrored());
        let allowed = if in_pass { during_pass() } else { Allowed::Yes };
        if mirror.allowed(allowed.clone()).show_sized(ui, HEADER_BUTTON) {
            self.mirrored = !self.mirrored;
        }
        let has_any = self.composing.is_on();
        let rulers = IconButton::new(icons::RULER, "Rulers, guides and turning").on(has_any).allowed(allowed);
        let button = rulers.respond(ui, HEADER_BUTTON);
        Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(MENU_WIDTH).show(|ui| {
            show_menu(ui, &mut self.composing, &mut self.view, &composition(input));
        });
    }

    /// The keys of rulers and guides, while the picture has the keyboard.
    pub(super) fn view_keys(&mut self, ui: &Ui) {
        if self.look.is_some() || !image_view::has_focus(ui.ctx()) || ui.ctx().text_edit_focused() {
            return;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::R)) {
            self.composing.toggle_rulers();
        }
        // While masks are worked on these are the mask's.
        if self.repairing.is_on() {
            return;
        }
        let control = Modifiers::COMMAND;
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(control | Modifiers::SHIFT, Key::Z) || pressed(control, Key::Y) {
            self.composing.redo();
        }
        if pressed(control, Key::Z) {
            self.composing.undo();
        }
    }
}
