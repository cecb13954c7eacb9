use eframe::egui::{Align, Align2, Button, Image, Layout, Rect, RichText, TextureHandle, Ui, UiBuilder, Vec2};

use super::data::PictureData;
use crate::theme;
use crate::window::Command;

/// Draws the panel. `texture` is the picture of the preview or of the finished image.
pub fn show(ui: &mut Ui, data: &PictureData, texture: Option<&TextureHandle>, commands: &mut Vec<Command>) {
    match data {
        PictureData::Empty { title, advice } => message(ui, title, advice, None, commands),
        PictureData::Broken { title, advice, retry } => {
            message(ui, &format!("✗ {title}"), advice, Some(retry), commands);
        }
        PictureData::Preview { size } => {
            picture(ui, ui.available_rect_before_wrap(), *size, texture, "Preview of the picture")
        }
        PictureData::Finished { size, caption, saved, failure, notices } => {
            let mut area = ui.available_rect_before_wrap();
            let notes = notices.len() + usize::from(saved.is_some()) + usize::from(failure.is_some());
            let caption_height = theme::CONTROL_HEIGHT + notes as f32 * (theme::GROUP_GAP + theme::GRID) + theme::GAP;
            let below = area.split_top_bottom_at_y(area.bottom() - caption_height).1;
            area.max.y = below.min.y - theme::GAP;
            picture(ui, area, *size, texture, "The picture");
            ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
                let palette = theme::palette(ui.style());
                ui.horizontal(|ui| {
                    ui.label(RichText::new(caption).monospace().color(palette.secondary));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let save = ui.add_enabled(saved.is_none(), Button::new("Save"));
                        if save.on_hover_text("Into the folder Kento in your pictures").clicked() {
                            commands.push(Command::Save);
                        }
                    });
                });
                let lines = failure.iter().map(|text| (format!("✗ {text}"), palette.fail_text));
                let lines = lines.chain(saved.iter().map(|path| (format!("saved: {path}"), palette.secondary)));
                for (line, color) in lines.chain(notices.iter().map(|text| (text.clone(), palette.secondary))) {
                    ui.label(RichText::new(line).small().color(color));
                }
            });
        }
    }
}

/// The picture in the middle of the area, as large as it fits but at most six times its size, so that it stays a picture.
fn picture(ui: &mut Ui, area: Rect, (width, height): (u32, u32), texture: Option<&TextureHandle>, name: &str) {
    const MOST_ENLARGED: f32 = 6.0;
    let Some(texture) = texture else { return };
    let size = Vec2::new(width as f32, height as f32);
    let scale = (area.width() / size.x).min(area.height() / size.y).clamp(0.0, MOST_ENLARGED);
    let rect = Align2::CENTER_CENTER.align_size_within_rect(size * scale, area);
    let image = Image::new((texture.id(), rect.size())).corner_radius(theme::picture_rounding()).alt_text(name);
    ui.put(rect, image);
}

fn message(ui: &mut Ui, title: &str, advice: &str, retry: Option<&Command>, commands: &mut Vec<Command>) {
    let area = ui.available_rect_before_wrap();
    let width = theme::MEASURE.min(area.width());
    let middle = Rect::from_center_size(area.center(), Vec2::new(width, area.height() / 3.0));
    ui.scope_builder(UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center)), |ui| {
        ui.label(RichText::new(title).font(theme::empty_state_font()));
        ui.label(RichText::new(advice).color(theme::palette(ui.style()).secondary));
        if let Some(retry) = retry {
            ui.add_space(theme::GROUP_GAP);
            if ui.button("Try again").clicked() {
                commands.push(retry.clone());
            }
        }
    });
}
