use eframe::egui::{Color32, Style};
use serde::{Deserialize, Serialize};

/// Who acts. The window has one accent at a time, and it is this role's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ActingRole {
    /// Decides what is made and approves it: amber.
    Director,
    /// Makes it: blue.
    Operator,
    /// Clears it or sends it back: green.
    Reviewer,
}

impl ActingRole {
    /// Every role, in the order of the role switch.
    pub const ALL: [Self; 3] = [Self::Director, Self::Operator, Self::Reviewer];

    /// What the role switch calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Director => "Director",
            Self::Operator => "Operator",
            Self::Reviewer => "Reviewer",
        }
    }
}

/// The colours of one theme for one role. Every surface is a neutral grey, because colour is judged between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Behind everything.
    pub window: Color32,
    /// Panels.
    pub panel: Color32,
    /// Headers and bars.
    pub header: Color32,
    /// Buttons.
    pub raised: Color32,
    /// Text fields.
    pub field: Color32,
    /// Lines between panels.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Labels and notes.
    pub secondary: Color32,
    /// Text that stands in for something missing.
    pub hint: Color32,
    /// The acting role's accent: the current stage, the selection, the one main button, progress.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind what is current but not a button: the accent, faintly.
    pub accent_wash: Color32,
    /// Signs and lines of failure and veto, always with a cross.
    pub fail: Color32,
    /// Words about a failure; lighter than [`Self::fail`], because words are thin.
    pub fail_text: Color32,
    /// A surface that reports a failure.
    pub fail_wash: Color32,
    /// Success, always beside a tick.
    pub pass: Color32,
    /// A surface that reports a success.
    pub pass_wash: Color32,
    /// What a mark of pass or fail is filled with, below [`Self::on_mark`].
    pub pass_mark: Color32,
    /// The same for fail.
    pub fail_mark: Color32,
    /// The sign on a mark of pass or fail.
    pub on_mark: Color32,
    /// Rank badges are amber everywhere, whoever acts.
    pub rank: Color32,
    /// The number on a rank badge.
    pub on_rank: Color32,
    /// Laid over a picture to set it back.
    pub veil: Color32,
    /// Behind signs that stand on a picture.
    pub scrim: Color32,
    /// Signs that stand on the scrim.
    pub on_scrim: Color32,
    /// What a mask is shown in.
    pub mask: Color32,
}

/// The colours that a mask can be shown in, with their names; the first is the palette's own.
pub const MASK_COLOURS: [(&str, Color32); 4] = [
    ("red", Color32::from_rgba_premultiplied(107, 20, 20, 112)),
    ("green", Color32::from_rgba_premultiplied(16, 96, 40, 112)),
    ("blue", Color32::from_rgba_premultiplied(24, 60, 112, 112)),
    ("white", Color32::from_rgba_premultiplied(120, 120, 120, 120)),
];

/// The lines between pixels that are seen large: a dark one beside a light one, so that one of them is seen on every colour.
pub const PIXEL_GRID: [Color32; 2] = [Color32::from_black_alpha(96), Color32::from_rgba_premultiplied(64, 64, 64, 64)];

/// A pixel of a mask's texture, which is tinted where it is drawn: the more it is masked, the less is seen through it.
pub fn masked(share: u8) -> Color32 {
    Color32::from_white_alpha(share)
}

/// A picture drawn with this is drawn as it is.
pub const UNTINTED: Color32 = Color32::WHITE;
/// Nothing.
pub const CLEAR: Color32 = Color32::TRANSPARENT;

/// The colour that a picture's or a brand's own three bytes of sRGB stand for.
pub fn shown([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

/// The palette of the style in force.
pub fn palette(style: &Style) -> &'static Palette {
    let theme = if style.visuals.dark_mode { &DARK } else { &LIGHT };
    // The style itself carries the acting role: its links have the accent.
    theme.iter().find(|palette| palette.accent == style.visuals.hyperlink_color).unwrap_or(&theme[1])
}

pub(super) fn of(dark: bool, role: ActingRole) -> &'static Palette {
    let theme = if dark { &DARK } else { &LIGHT };
    match role {
        ActingRole::Director => &theme[0],
        ActingRole::Operator => &theme[1],
        ActingRole::Reviewer => &theme[2],
    }
}

/// What is seen where a colour lies over an opaque one.
pub fn over(below: Color32, above: Color32) -> Color32 {
    let left = 1.0 - f32::from(above.a()) / 255.0;
    let channel = |below: u8, above: u8| (f32::from(below) * left + f32::from(above)).round().min(255.0) as u8;
    Color32::from_rgb(channel(below.r(), above.r()), channel(below.g(), above.g()), channel(below.b(), above.b()))
}

/// WCAG 2.2 contrast between two opaque colours, 1 to 21.
pub fn contrast(one: Color32, other: Color32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2 relative luminance.
fn luminance(color: Color32) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
}

const DARK: [Palette; 3] = [
    dark(Color32::from_rgb(233, 180, 76), Color32::from_rgb(61, 54, 41)),
    dark(Color32::from_rgb(91, 155, 255), Color32::from_rgb(44, 54, 72)),
    dark(Color32::from_rgb(74, 178, 122), Color32::from_rgb(40, 55, 47)),
];

// The same hues, darker, so that an outline is seen on a light panel.
const LIGHT: [Palette; 3] = [
    light(Color32::from_rgb(150, 94, 0), Color32::from_rgb(238, 226, 204)),
    light(Color32::from_rgb(27, 97, 212), Color32::from_rgb(206, 220, 244)),
    light(Color32::from_rgb(22, 116, 68), Color32::from_rgb(205, 229, 215)),
];

const fn dark(accent: Color32, accent_wash: Color32) -> Palette {
    Palette {
        window: Color32::from_gray(27),
        panel: Color32::from_gray(35),
        header: Color32::from_gray(38),
        raised: Color32::from_gray(51),
        field: Color32::from_gray(26),
        line: Color32::from_gray(47),
        text: Color32::from_gray(228),
        secondary: Color32::from_gray(156),
        hint: Color32::from_gray(112),
        accent,
        on_accent: Color32::from_gray(16),
        accent_wash,
        fail: Color32::from_rgb(229, 83, 75),
        fail_text: Color32::from_rgb(246, 130, 122),
        fail_wash: Color32::from_rgb(46, 29, 28),
        pass: Color32::from_rgb(74, 178, 122),
        pass_wash: Color32::from_rgb(29, 41, 34),
        pass_mark: Color32::from_rgb(41, 103, 70),
        fail_mark: Color32::from_rgb(155, 47, 42),
        on_mark: Color32::from_gray(255),
        rank: Color32::from_rgb(233, 180, 76),
        on_rank: Color32::from_gray(16),
        veil: Color32::from_rgba_premultiplied(25, 25, 25, 184),
        scrim: Color32::from_rgba_premultiplied(14, 14, 14, 200),
        on_scrim: Color32::from_gray(255),
        mask: Color32::from_rgba_premultiplied(107, 20, 20, 112),
    }
}

const fn light(accent: Color32, accent_wash: Color32) -> Palette {
    Palette {
        window: Color32::from_gray(214),
        panel: Color32::from_gray(228),
        header: Color32::from_gray(222),
        raised: Color32::from_gray(240),
        field: Color32::from_gray(250),
        line: Color32::from_gray(198),
        text: Color32::from_gray(30),
        secondary: Color32::from_gray(84),
        hint: Color32::from_gray(112),
        accent,
        on_accent: Color32::from_gray(255),
        accent_wash,
        fail: Color32::from_rgb(176, 32, 26),
        fail_text: Color32::from_rgb(160, 26, 20),
        fail_wash: Color32::from_rgb(246, 222, 220),
        pass: Color32::from_rgb(20, 104, 60),
        pass_wash: Color32::from_rgb(217, 236, 225),
        pass_mark: Color32::from_rgb(22, 116, 68),
        fail_mark: Color32::from_rgb(176, 32, 26),
        on_mark: Color32::from_gray(255),
        rank: Color32::from_rgb(233, 180, 76),
        on_rank: Color32::from_gray(16),
        veil: Color32::from_rgba_premultiplied(164, 164, 164, 184),
        scrim: Color32::from_rgba_premultiplied(14, 14, 14, 200),
        on_scrim: Color32::from_gray(255),
        mask: Color32::from_rgba_premultiplied(107, 20, 20, 112),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2 AA for text.
    const TEXT: f64 = 4.5;
    /// WCAG 2.2 AA for what is not text, and for text that stands in for text still to be written.
    const NOT_TEXT: f64 = 3.0;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::from_gray(119), Color32::WHITE) - 4.48).abs() < 0.01);
    }

    #[test]
    fn surfaces_are_neutral_and_text_can_be_read() {
        for palette in DARK.iter().chain(&LIGHT) {
            let surfaces = [palette.window, palette.panel, palette.header, palette.raised, palette.field];
            for surface in surfaces {
                assert!(surface.r() == surface.g() && surface.g() == surface.b());
                assert!(contrast(palette.text, surface) >= 7.0);
                assert!(contrast(palette.secondary, surface) >= TEXT, "{surface:?}");
                assert!(contrast(palette.accent, surface) >= NOT_TEXT, "{:?} {surface:?}", palette.accent);
                assert!(contrast(palette.fail, surface) >= NOT_TEXT, "{surface:?}");
                assert!(contrast(palette.fail_text, surface) >= TEXT, "{surface:?}");
                assert!(contrast(palette.pass, surface) >= TEXT, "{surface:?}");
                // Hints stand in fields and panels, never on buttons.
                if surface != palette.raised {
                    assert!(contrast(palette.hint, surface) >= NOT_TEXT, "{surface:?}");
                }
            }
            for (text, below) in [
                (palette.on_accent, palette.accent),
                (palette.text, palette.accent_wash),
                (palette.text, palette.pass_wash),
                (palette.secondary, palette.pass_wash),
                (palette.text, palette.fail_wash),
                (palette.on_mark, palette.pass_mark),
                (palette.on_mark, palette.fail_mark),
                (palette.on_rank, palette.rank),
            ] {
                assert!(contrast(text, below) >= TEXT, "{text:?} on {below:?}: {}", contrast(text, below));
            }
        }
    }

    /// Whatever is in the picture: what stands over one stands on a plate, and the picture is seen through it at most.
    #[test]
    fn what_is_written_over_a_picture_can_be_read_on_every_picture() {
        let pictures = [0, 64, 96, 119, 128, 160, 192, 255].map(Color32::from_gray);
        let coloured = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [233, 180, 76]].map(shown);
        for palette in DARK.iter().chain(&LIGHT) {
            let plates = [
                (
                    "caption, readout, legend, size of a box, name of a guide, live preview",
                    palette.scrim,
                    palette.on_scrim,
                ),
                ("tick and cross of a thumbnail, name of what is dragged", palette.scrim, palette.on_scrim),
                ("rank number", palette.rank, palette.on_rank),
                ("number of a pin", palette.fail_mark, palette.on_mark),
                ("retry of a thumbnail", palette.raised, palette.text),
                ("number on the washed tile of a failure", palette.fail_wash, palette.text),
            ];
            for picture in pictures.iter().chain(&coloured) {
                // A rejected thumbnail is faded into the panel, another one is as bright as it is.
                for below in
                    [*picture, over(palette.window, picture.gamma_multiply(0.28)), over(*picture, palette.veil)]
                {
                    for (what, plate, text) in plates {
                        let ratio = contrast(text, over(below, plate));
                        assert!(ratio >= TEXT, "{what} on {below:?}: {ratio:.2}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_style_says_which_role_acts() {
        for dark in [true, false] {
            for role in ActingRole::ALL {
                let mut style = Style::default();
                style.visuals.dark_mode = dark;
                style.visuals.hyperlink_color = of(dark, role).accent;
                assert_eq!(palette(&style), of(dark, role));
            }
        }
    }
}
