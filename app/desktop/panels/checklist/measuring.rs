use crossbeam_channel::{Receiver, bounded};
use eframe::egui::Context;
use kento_finishing::palette_share;
use kento_studio::Sha256;
use kento_studio::project::ImageStore;
use kento_studio::workflow::PaletteColour;

use super::data::ListKind;
use crate::input_image;

/// The item of a checklist whose figure is measured here; a list of another project has it where it names its item so.
pub(super) const PALETTE_ITEM: &str = "palette";

/// A picture that is measured against the brief's palette, on a thread of its own.
pub(super) struct Measuring {
    pub image: Sha256,
    pub kind: ListKind,
    pub item: String,
    answer: Receiver<Result<String, String>>,
}

impl Measuring {
    /// Reads and measures an image.
    ///
    /// # Errors
    /// One sentence when the system gives no thread.
    pub fn start(
        ctx: &Context,
        images: &ImageStore,
        palette: Vec<PaletteColour>,
        (image, kind, item): (Sha256, ListKind, String),
    ) -> Result<Self, String> {
        let (outbox, answer) = bounded(1);
        let (ctx, path) = (ctx.clone(), images.path(image));
        let work = move || {
            let read = input_image::read_rgb(&path).map_err(|error| error.to_string());
            if outbox.send(read.map(|read| figure(&read.pixels.data, &palette))).is_ok() {
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("palette".to_owned());
        thread.spawn(work).map_err(|error| format!("the system gives no thread to measure the picture: {error}"))?;
        Ok(Self { image, kind, item, answer })
    }

    /// The figure in words, or why there is none; None while it is measured.
    pub fn listen(&self) -> Option<Result<String, String>> {
        self.answer.try_recv().ok()
    }
}

/// The measurement as a note: the share of the whole palette, of its colours, and what stands beside it.
fn figure(rgb: &[u8], palette: &[PaletteColour]) -> String {
    let colours: Vec<[u8; 3]> = palette.iter().map(|colour| colour.0).collect();
    let share = palette_share(rgb, &colours);
    let percent = |part: f64| format!("{:.0} %", part * 100.0);
    let each: Vec<String> =
        palette.iter().zip(&share.each).map(|(one, part)| format!("{one} {}", percent(*part))).collect();
    let strange = match share.strange {
        Some((colour, part)) => format!("; most of the rest is {} {}", PaletteColour(colour), percent(part)),
        None => String::new(),
    };
    format!("measured: {} of the pixels in the brief's colours ({}){strange}", percent(share.within), each.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_is_a_note_with_its_figures() {
        let palette = [PaletteColour([229, 83, 75]), PaletteColour([49, 113, 175])];
        let mut rgb = [[229, 83, 75]; 6].concat();
        rgb.extend([[30, 160, 60]; 4].concat());
        assert_eq!(
            figure(&rgb, &palette),
            "measured: 60 % of the pixels in the brief's colours (#e5534b 60 %, #3171af 0 %); most of the rest is #1ea03c 40 %"
        );
        assert_eq!(
            figure(&rgb[..18], &palette[..1]),
            "measured: 100 % of the pixels in the brief's colours (#e5534b 100 %)"
        );
    }
}
