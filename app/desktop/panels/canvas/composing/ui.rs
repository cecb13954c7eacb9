use eframe::egui::{Align, Label, Layout, RichText, Ui, vec2};
use kento_studio::workflow::CompositionGuides;

use super::data::{Composing, Turn};
use super::labels::labels;
use crate::theme;
use crate::widgets::ActionButton;
use crate::widgets::image_view::{ImageView, PixelGrid, TURN_STEP};

/// Draws what can be seen around and over the picture, to be chosen from.
pub fn show_menu(ui: &mut Ui, composing: &mut Composing, view: &mut ImageView, brief: &CompositionGuides) {
    // A menu stretches what is in it; words keep their own spaces.
    ui.with_layout(Layout::top_down(Align::Min), |ui| show_rows(ui, composing, view, brief));
}

fn show_rows(ui: &mut Ui, composing: &mut Composing, view: &mut ImageView, brief: &CompositionGuides) {
    ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
    let mut rulers = composing.has_rulers();
    let text = "Drag guides out of them, in pixels of the picture; move one by dragging it, with Ctrl while masks are \
                painted; let go beside the picture it is gone  ·  Ctrl+R";
    if ui.checkbox(&mut rulers, "Rulers").on_hover_text(text).changed() {
        composing.toggle_rulers();
    }
    let mut grid = view.grid == PixelGrid::Shown;
    if ui.checkbox(&mut grid, "Pixel grid above 800 %").changed() {
        view.grid = if grid { PixelGrid::Shown } else { PixelGrid::Hidden };
    }
    if composing.own() > 0 && ActionButton::plain(format!("Remove own guides ({})", composing.own())).show(ui) {
        composing.remove_own();
    }
    let [undoes, redoes] = composing.steps();
    if let Some(step) = undoes
        && ActionButton::plain(format!("Undo: {step}")).named("Undo on own guides").keys("Ctrl+Z").show(ui)
    {
        composing.undo();
    }
    if let Some(step) = redoes
        && ActionButton::plain(format!("Redo: {step}")).named("Redo on own guides").keys("Ctrl+Shift+Z").show(ui)
    {
        composing.redo();
    }
    ui.separator();
    deliverables(ui, composing, brief);
    ui.separator();
    ui.horizontal(|ui| {
        let turns = [
            ("Turn left", "4", Turn::By(-TURN_STEP)),
            ("Upright", "5", Turn::Upright),
            ("Turn right", "6", Turn::By(TURN_STEP)),
        ];
        for (name, keys, turn) in turns {
            if ActionButton::plain(format!("{name}  {keys}")).named(name).show(ui) {
                composing.turn(turn);
            }
        }
    });
}

/// Which deliverable's guides are shown, what is known of each, and what is missing.
fn deliverables(ui: &mut Ui, composing: &mut Composing, brief: &CompositionGuides) {
    title(ui, "Guides of a deliverable");
    if brief.deliverables.is_empty() {
        note(
            ui,
            "The brief names no size and no proportion. Write a deliverable, or a proportion such as 16:9 among the \
             hard constraints.",
        );
    } else {
        let chosen = composing.chosen().map(str::to_owned);
        if ui.radio(chosen.is_none(), "No guides").clicked() {
            composing.choose(None);
        }
        for (label, one) in labels(&brief.deliverables).iter().zip(&brief.deliverables) {
            let is_chosen = chosen.as_ref() == Some(label);
            if ui.radio(is_chosen, label).clicked() {
                composing.choose(Some(label));
            }
            let mut known = vec![one.source.clone()];
            known.extend(one.margin.map(|margin| margin.label()));
            known.extend(one.copy_spaces.iter().map(|space| space.label()));
            ui.indent(("deliverable", label), |ui| note(ui, &known.join(" · ")));
        }
        if brief.deliverables.iter().all(|one| one.margin.is_none() && one.copy_spaces.is_empty()) {
            note(
                ui,
                "Safe area and copy space are read from the brief's must-haves, hard constraints and names of \
                 deliverables: write there \"safe area 5 %\" or \"copy space left third\".",
            );
        }
    }
    for sentence in &brief.unread {
        note(ui, sentence);
    }
}

fn title(ui: &mut Ui, text: &str) {
    let color = theme::palette(ui.style()).text;
    ui.label(RichText::new(text).font(theme::strong_note_font()).color(color));
}

fn note(ui: &mut Ui, text: &str) {
    let color = theme::palette(ui.style()).secondary;
    ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(color)).wrap());
}
