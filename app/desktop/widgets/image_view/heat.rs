use std::time::Duration;

use eframe::egui::{Context, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use kento_finishing::difference::{Difference, HEAT_STOPS, UNCHANGED};

use super::picture::PictureTexture;
use crate::theme;

/// Where and how far two pictures differ, on the graphics card.
pub struct HeatMap {
    pub(super) picture: PictureTexture,
    largest: u8,
    changed: u64,
    pixels: u64,
}

/// The difference of the two pictures that are shown, as far as it is known.
#[derive(Default)]
pub enum Heat<'a> {
    /// Nobody asked for it.
    #[default]
    Unasked,
    /// It is being measured.
    Measuring,
    /// It is there.
    Ready(&'a mut HeatMap),
    /// It cannot be, for this reason.
    Impossible(&'a str),
}

impl HeatMap {
    /// Uploads it: on a thread, with a pause after each part, because a large one takes a moment.
    ///
    /// # Errors
    /// As [`PictureTexture::in_parts`].
    pub fn of(ctx: &Context, difference: &Difference, pause: Duration) -> Result<Self, String> {
        let [width, height] = difference.size();
        let pause = || std::thread::sleep(pause);
        Ok(Self {
            picture: PictureTexture::in_parts(ctx, width, height, &difference.heat_map(), pause)?,
            largest: difference.largest(),
            changed: difference.changed(),
            pixels: u64::from(width) * u64::from(height),
        })
    }

    /// The largest difference and the share of the pixels that differ, in words.
    pub fn figures(&self) -> String {
        if self.changed == 0 {
            return "no pixel differs".to_owned();
        }
        let percent = self.changed as f64 / self.pixels as f64 * 100.0;
        let share = match percent {
            few if few < 0.05 => format!("{} of {} pixels differ", self.changed, self.pixels),
            _ => format!("{percent:.1} % of the pixels differ"),
        };
        format!("at most {} of 255 · {share}", self.largest)
    }
}

impl Heat<'_> {
    /// What is said below the picture.
    fn told(&self) -> Option<String> {
        match self {
            Self::Unasked => None,
            Self::Measuring => Some("measuring the difference …".to_owned()),
            Self::Ready(map) => Some(map.figures()),
            Self::Impossible(why) => Some(crate::widgets::sentence(why)),
        }
    }

    /// Draws the legend at the lower right of the view: what the colours mean, and what was measured.
    pub(super) fn legend(&self, ui: &Ui, area: Rect) {
        let Some(told) = self.told() else { return };
        let colors = theme::palette(ui.style());
        let painter = ui.painter_at(area);
        let most = (area.width() - 4.0 * theme::GAP).max(LEAST_WIDTH);
        let text = painter.layout(told.clone(), theme::note_font(), colors.on_scrim, most);
        let has_ramp = matches!(self, Heat::Ready(_));
        let ramp = if has_ramp { vec2(LEAST_WIDTH, RAMP_HEIGHT + TICKS_HEIGHT) } else { vec2(0.0, 0.0) };
        let size =
            vec2(text.size().x.max(ramp.x), text.size().y + ramp.y) + vec2(2.0 * theme::GAP, theme::GAP + theme::GRID);
        // In a narrow view it stands above the readout of the pixel.
        let below = if area.width() < size.x + READOUT_WIDTH { READOUT_HEIGHT } else { 0.0 };
        let corner = area.right_bottom() - vec2(theme::GAP, theme::GAP + below);
        let back = Rect::from_min_max(corner - size, corner);
        painter.rect_filled(back, theme::picture_rounding(), colors.scrim);
        let inner = back.shrink2(vec2(theme::GAP, theme::GRID + 2.0));
        let height = text.size().y;
        painter.galley(inner.min, text, colors.on_scrim);
        if has_ramp {
            let at = pos2(inner.left(), inner.top() + height + 2.0);
            paint_ramp(&painter, Rect::from_min_size(at, vec2(inner.width(), RAMP_HEIGHT)), colors);
        }
        let response = ui.interact(back, ui.unique_id().with("legend of the difference"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
        if has_ramp {
            response.on_hover_text(
                "Each step is a doubling: black is unchanged, pale yellow differs by 128 and more of 255",
            );
        }
    }
}

/// Least width of the legend, in points; its height of colours and of the numbers below them.
const LEAST_WIDTH: f32 = 216.0;
const RAMP_HEIGHT: f32 = 8.0;
const TICKS_HEIGHT: f32 = 16.0;
/// The readout of the pixel at the lower left, in points.
const READOUT_WIDTH: f32 = 320.0;
const READOUT_HEIGHT: f32 = 26.0;

/// One field for unchanged, then one for each doubling, with the number that it begins at below.
fn paint_ramp(painter: &Painter, bar: Rect, colors: &theme::Palette) {
    let stops = &HEAT_STOPS[..HEAT_STOPS.len() - 1];
    let fields = [(0, UNCHANGED)].into_iter().chain(stops.iter().copied());
    let width = bar.width() / (stops.len() + 1) as f32;
    for (i, (from, colour)) in fields.enumerate() {
        let min = bar.min + vec2(i as f32 * width, 0.0);
        let field = Rect::from_min_size(min, vec2(width, bar.height()));
        painter.rect_filled(field, 0.0, theme::shown(colour));
        let number = painter.layout_no_wrap(from.to_string(), theme::small_mono_font(), colors.on_scrim);
        painter.galley(field.left_bottom() + vec2(0.0, 1.0), number, colors.on_scrim);
    }
    painter.rect_stroke(bar, 0.0, theme::line(colors), eframe::egui::StrokeKind::Outside);
}

#[cfg(test)]
mod tests {
    use kento_finishing::mask::PictureView;

    use super::*;

    #[test]
    fn the_legend_says_the_largest_difference_and_how_many_pixels_differ() {
        let figures = |width: u32, changed: &[(usize, u8)]| {
            let one = vec![0; width as usize * 3];
            let mut other = one.clone();
            changed.iter().for_each(|(pixel, value)| other[pixel * 3 + 1] = *value);
            let view = |bytes| PictureView::rgb([width, 1], bytes).unwrap();
            let difference = Difference::between(&view(&one), &view(&other)).unwrap();
            HeatMap::of(&Context::default(), &difference, Duration::ZERO).unwrap().figures()
        };
        assert_eq!(figures(8, &[]), "no pixel differs");
        assert_eq!(figures(8, &[(1, 3), (7, 87)]), "at most 87 of 255 · 25.0 % of the pixels differ");
        assert_eq!(figures(4000, &[(5, 1)]), "at most 1 of 255 · 1 of 4000 pixels differ");
    }
}
