use eframe::egui::{Align2, Rect, Ui, pos2};

use super::shelf::{Broken, PictureKey};
use crate::theme::{self, icons};
use crate::widgets::image_view::{Camera, Plane};
use crate::widgets::thumbnails::{PictureSource, Thumbnail, Thumbnails};
use crate::widgets::{ActionButton, EmptyState, show_empty_state};

/// While a picture is read its small one stands in for it, in the place and size of the large one. `size` is that of the large one, where
/// it is known.
pub fn show_stand_in(
    ui: &mut Ui,
    camera: &Camera,
    key: PictureKey,
    source: &PictureSource,
    size: Option<[u32; 2]>,
    thumbnails: &mut Thumbnails,
) {
    let palette = theme::palette(ui.style());
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, palette.window);
    let side = area.width().min(area.height()) - 40.0;
    match thumbnails.get(key.image, side * ui.pixels_per_point(), source) {
        Thumbnail::Ready { texture, aspect } => {
            let size = size.map_or([aspect, 1.0], |size| size.map(|side| side as f32));
            let edges = if key.mirrored { [1.0, 0.0] } else { [0.0, 1.0] };
            let uv = Rect::from_min_max(pos2(edges[0], 0.0), pos2(edges[1], 1.0));
            // Exactly where the large one will stand: nothing jumps.
            let plane = Plane::of(camera, area, size);
            plane.paint(&ui.painter_at(area), texture, [0.0, 0.0, size[0], size[1]], uv, theme::UNTINTED);
        }
        Thumbnail::Waiting | Thumbnail::Broken(_) => {
            let text = "reading the picture";
            ui.painter().text(area.center(), Align2::CENTER_CENTER, text, theme::body_font(), palette.secondary);
        }
    }
}

/// Says why a picture cannot be shown. Whether it shall be read again.
pub fn show_broken(ui: &mut Ui, broken: &Broken) -> bool {
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, 0.0, theme::palette(ui.style()).window);
    let state = EmptyState {
        icon: icons::WARNING,
        title: "This picture cannot be shown".to_owned(),
        advice: broken.why.clone(),
        buttons: vec![ActionButton::plain("Read it again").icon(icons::RETRY)],
    };
    show_empty_state(ui, &state).is_some()
}
