use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// Inter for everything, JetBrains Mono for seeds, hashes and sizes, Phosphor for signs. egui's own fonts stay behind them, for letters
/// that ours do not have.
pub(super) fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 4] = [
        (INTER, include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        (SEMI_BOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
        (MONO, include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
        (ICONS, include_bytes!("../../../assets/fonts/Phosphor-Regular.ttf")),
    ];
    for (name, bytes) in files {
        let mut data = FontData::from_static(bytes);
        if name == ICONS {
            // Beside text a sign stands on the line and is a little larger than a letter.
            data = data.tweak(FontTweak { scale: 1.12, y_offset_factor: 0.03, ..FontTweak::default() });
        }
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Name(SEMI_BOLD.into()), fallback);
    let families = [
        (FontFamily::Proportional, INTER),
        (FontFamily::Monospace, MONO),
        (FontFamily::Name(SEMI_BOLD.into()), SEMI_BOLD),
    ];
    for (family, name) in families {
        let family = fonts.families.entry(family).or_default();
        // Signs come second: egui's own fonts have other pictures at the same places.
        family.insert(0, name.to_owned());
        family.insert(1, ICONS.to_owned());
        // It has the triangles that Inter lacks.
        family.insert(2, MONO.to_owned());
    }
    fonts
}

pub(super) const SEMI_BOLD: &str = "Inter SemiBold";
const INTER: &str = "Inter";
const MONO: &str = "JetBrains Mono";
const ICONS: &str = "Phosphor";
