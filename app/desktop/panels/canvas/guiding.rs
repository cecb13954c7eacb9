//! Own guides as they are moved over the picture, and what is told of them.

use eframe::egui::{CursorIcon, Frame, Key, Label, Margin, Modifiers, Panel, Pos2, Rect, RichText, Ui};

use super::ui::CanvasPanel;
use crate::theme::{self, icons};
use crate::widgets::ActionButton;
use crate::widgets::image_view::{Compare, Pulled, ViewTool};
use crate::widgets::pixel_box::BoxPlace;

/// A guide is taken hold of this near to it, in points.
const NEAR: f32 = 4.0;

impl CanvasPanel {
    /// Lets the pointer have an own guide before the picture has it, while rulers are seen. While masks are painted the control key takes
    /// hold of guides: a brush paints over them. To be called before the view is drawn, behind [`Self::follow_frame`].
    pub(super) fn follow_guides(&mut self, ui: &Ui, size: [f32; 2], area: Rect) {
        let is_seen = self.view.compare != Compare::SideBySide && self.look.is_none();
        let is_held = self.composing.held().is_some();
        let may = match self.view.tool {
            ViewTool::Look => true,
            ViewTool::Draw => is_held || ui.input(|input| input.modifiers.command),
            ViewTool::Pin | ViewTool::Pick => false,
        };
        if !is_seen || !may || !self.composing.has_rulers() || self.view.yields || self.view.is_drawing() {
            return self.composing.give_up();
        }
        let is_mirrored = self.is_mirrored();
        let view = self.view;
        let place = BoxPlace { camera: &view.camera, size, area };
        // Guides are kept as places of the picture as it is.
        let in_picture = |at: Pos2| {
            let [x, y] = place.in_image(at);
            [if is_mirrored { size[0] - x } else { x }, y]
        };
        let (pointer, is_down, is_pressed) = ui
            .input(|input| (input.pointer.latest_pos(), input.pointer.primary_down(), input.pointer.primary_pressed()));
        if let Some(before) = self.composing.held() {
            self.view.yields = true;
            ui.ctx().set_cursor_icon(cursor(before));
            let on_picture = pointer.filter(|at| area.contains(*at)).map(in_picture);
            self.composing.drag(on_picture.map(|[x, y]| match before {
                Pulled::Level(_) => Pulled::Level(y.round()),
                Pulled::Upright(_) => Pulled::Upright(x.round()),
            }));
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
                self.composing.give_up();
            } else if !is_down {
                self.composing.let_go();
            }
            return ui.ctx().request_repaint();
        }
        let is_free = |at: &Pos2| {
            area.contains(*at) && !view.has_tools_at((*at).into()) && ui.ctx().layer_id_at(*at) == Some(ui.layer_id())
        };
        let Some(at) = pointer.filter(is_free) else { return };
        let reach = NEAR / view.camera.scale(size, area.size().into());
        let Some(near) = self.composing.near(in_picture(at), reach) else { return };
        if is_pressed {
            self.composing.hold(near);
        }
        // Pressed elsewhere and dragged over it, it is left alone.
        if is_pressed || !is_down {
            self.view.yields = true;
            self.composing.lines().get(near).into_iter().for_each(|line| ui.ctx().set_cursor_icon(cursor(*line)));
        }
    }

    /// What is to be known of own guides, above the picture.
    pub(super) fn guides_note(&mut self, ui: &mut Ui) {
        let Some(note) = self.composing.note().map(str::to_owned) else { return };
        let palette = theme::palette(ui.style());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(theme::MARGIN, 6));
        Panel::top("note on guides").resizable(false).frame(frame).show(ui, |ui| {
            ui.horizontal(|ui| {
                if ActionButton::plain("Understood").named("Understood: guides").show(ui) {
                    self.composing.noted();
                }
                let text = RichText::new(format!("{}  {note}", icons::NOTE)).font(theme::note_font());
                ui.add(Label::new(text.color(palette.text)).wrap());
            });
        });
    }
}

/// The cursor over a guide.
fn cursor(line: Pulled) -> CursorIcon {
    match line {
        Pulled::Level(_) => CursorIcon::ResizeRow,
        Pulled::Upright(_) => CursorIcon::ResizeColumn,
    }
}
