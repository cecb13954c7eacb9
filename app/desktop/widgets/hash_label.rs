use eframe::egui::{CursorIcon, Label, Response, RichText, Role, Sense, Ui, WidgetInfo};

use crate::theme::{self, icons};

/// A hash with its middle left out, in groups of four: `6ce0 1689 … 3c44`. A text that is short enough stays whole.
pub fn shortened(hash: &str) -> String {
    const WHOLE: usize = 16;
    let letters: Vec<char> = hash.chars().collect();
    if letters.len() <= WHOLE {
        return hash.to_owned();
    }
    let part = |letters: &[char]| letters.iter().collect::<String>();
    format!("{} {} … {}", part(&letters[..4]), part(&letters[4..8]), part(&letters[letters.len() - 4..]))
}

/// Draws the hash shortened; a click copies the whole of it. `name` says what it is the hash of.
pub fn hash_label(ui: &mut Ui, name: &str, hash: &str) -> Response {
    let palette = theme::palette(ui.style());
    let text = RichText::new(shortened(hash)).font(theme::small_mono_font()).color(palette.secondary);
    let response = ui.add(Label::new(text).sense(Sense::click()).selectable(false)).on_hover_cursor(CursorIcon::Copy);
    let spoken = format!("{name} {hash}, press to copy");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
    if response.clicked() {
        ui.ctx().copy_text(hash.to_owned());
    }
    response.on_hover_text(format!("{name}\n{hash}\n{}  click copies", icons::COPY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_left_out_and_short_texts_stay() {
        assert_eq!(shortened(&format!("6ce01689{}3c44", "0".repeat(52))), "6ce0 1689 … 3c44");
        assert_eq!(shortened("1234567890abcdef"), "1234567890abcdef");
        assert_eq!(shortened("ÄÖÜäöüßé€ÄÖÜäöüßé"), "ÄÖÜä öüßé … üßé".replace("… üßé", "… öüßé"));
    }
}
