use eframe::egui::{Button, DragValue, Response, RichText, ScrollArea, TextEdit, Ui, UiBuilder, Vec2};
use kento_studio::limits;

use super::data::{Form, MainButton, PromptData};
use crate::frame::foot_line;
use crate::theme;
use crate::widgets::Allowed;
use crate::window::Command;

/// Draws the panel.
pub fn show(ui: &mut Ui, data: &PromptData, form: &mut Form, commands: &mut Vec<Command>) {
    // The main button stands below, where it is seen however small the window is.
    let footer = theme::CONTROL_HEIGHT + f32::from(theme::MARGIN);
    let (above, below) = ui.max_rect().split_top_bottom_at_y(ui.max_rect().bottom() - footer);
    ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            text_area(ui, "Prompt", "What to show", &mut form.prompt, 4);
            text_area(ui, "Negative prompt", "What to avoid", &mut form.negative_prompt, 2);
            ui.add_space(theme::GAP);
            seed(ui, form, commands);
            ui.scope(|ui| numbers(ui, data, form));
            if let Some(mistake) = &data.mistake {
                ui.label(RichText::new(format!("✗ {mistake}")).color(theme::palette(ui.style()).fail_text));
            }
        });
    });
    foot_line(ui, below);
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
        ui.add_space(f32::from(theme::MARGIN));
        main_button(ui, data, commands);
    });
}

fn label(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).small().color(theme::palette(ui.style()).secondary))
}

fn text_area(ui: &mut Ui, name: &str, hint: &str, text: &mut String, rows: usize) {
    let name = label(ui, name);
    let edit = TextEdit::multiline(text).desired_rows(rows).desired_width(f32::INFINITY).hint_text(hint);
    ui.add(edit.margin(Vec2::splat(theme::GAP))).labelled_by(name.id);
}

fn seed(ui: &mut Ui, form: &mut Form, commands: &mut Vec<Command>) {
    let name = label(ui, "Seed");
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(&mut form.seed)
            .font(theme::mono_font())
            .desired_width(theme::PROMPT_PANEL_WIDTH / 2.0);
        ui.add(edit.margin(Vec2::new(theme::GAP, theme::GRID + 1.0))).labelled_by(name.id);
        if ui.button("New seed").on_hover_text("A random seed; the same seed makes the same image").clicked() {
            commands.push(Command::NewSeed);
        }
    });
}

fn numbers(ui: &mut Ui, data: &PromptData, form: &mut Form) {
    theme::style_number_fields(ui.style_mut());
    ui.columns(2, |columns| {
        field(&mut columns[0], "Steps", DragValue::new(&mut form.steps).range(1..=limits::MOST_STEPS).speed(0.2));
        let mut guidance = form.guidance_scale.unwrap_or(data.model_guidance);
        let value = DragValue::new(&mut guidance).range(0.0..=limits::MOST_GUIDANCE).speed(0.05).max_decimals(2);
        if field(&mut columns[1], "Guidance", value).changed() {
            form.guidance_scale = Some(guidance);
        }
    });
    ui.columns(2, |columns| {
        side(&mut columns[0], "Width (px)", &mut form.width, data.native_side);
        side(&mut columns[1], "Height (px)", &mut form.height, data.native_side);
    });
}

fn side(ui: &mut Ui, name: &str, side: &mut Option<u32>, native_side: u32) {
    let mut value = side.unwrap_or(native_side);
    let range = limits::LEAST_SIDE..=limits::MOST_SIDE;
    if field(ui, name, DragValue::new(&mut value).range(range).speed(1.0)).changed() {
        *side = Some(value);
    }
}

fn field(ui: &mut Ui, name: &str, value: DragValue<'_>) -> Response {
    let name = label(ui, name);
    ui.add_sized([ui.available_width(), theme::CONTROL_HEIGHT], value).labelled_by(name.id)
}

fn main_button(ui: &mut Ui, data: &PromptData, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui.style());
    let size = [ui.available_width(), theme::CONTROL_HEIGHT];
    let primary = Button::new(RichText::new("Generate").font(theme::strong_font()).color(palette.on_accent));
    match &data.main_button {
        MainButton::Generate => {
            theme::style_main_button(ui.style_mut());
            if ui.add_sized(size, primary).clicked() {
                commands.push(Command::Generate);
            }
        }
        MainButton::Disabled(why) => {
            ui.add_enabled_ui(false, |ui| ui.add_sized(size, Button::new("Generate")))
                .inner
                .accessible_name(Allowed::No(why.clone()).spoken("Generate"))
                .on_disabled_hover_text(why);
        }
        MainButton::Cancel => {
            if ui
                .add_sized(size, Button::new("Cancel"))
                .accessible_name("Cancel the running job")
                .on_hover_text("Stops after the step that is being computed")
                .clicked()
            {
                commands.push(Command::Cancel);
            }
        }
        MainButton::ForceStop => {
            let why = "The step takes long. This ends the engine; the image is lost, and a new engine starts";
            if ui.add_sized(size, Button::new("Stop now")).on_hover_text(why).clicked() {
                commands.push(Command::ForceStop);
            }
        }
    }
}
