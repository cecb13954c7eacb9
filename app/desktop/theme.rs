//! Every colour, size and font of the window. Surfaces are neutral greys, because colour is judged between them.

use std::sync::Arc;

use eframe::egui::style::{Selection, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Shadow, Stroke, Style, TextStyle,
    Theme, Visuals, vec2,
};

/// Space in points between things that belong together; all spaces are multiples of it.
pub const GRID: f32 = 4.0;
/// Space between controls.
pub const GAP: f32 = 8.0;
/// Space between groups.
pub const GROUP_GAP: f32 = 16.0;
/// Margin inside panels.
pub const MARGIN: i8 = 12;
/// Height of controls.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Height of the bar at the top.
pub const TOP_BAR_HEIGHT: f32 = 48.0;
/// Height of the bar at the bottom.
pub const BOTTOM_BAR_HEIGHT: f32 = 44.0;
/// Width of the panel with the prompt.
pub const PROMPT_PANEL_WIDTH: f32 = 320.0;
/// Width of the progress bar.
pub const PROGRESS_WIDTH: f32 = 180.0;
/// Height of the progress bar.
pub const PROGRESS_HEIGHT: f32 = 4.0;
/// Longest line of running text, in points.
pub const MEASURE: f32 = 480.0;
/// Smallest window that everything fits into.
pub const SMALLEST_WINDOW: [f32; 2] = [720.0, 520.0];
/// The window as it opens first.
pub const FIRST_WINDOW: [f32; 2] = [1280.0, 800.0];

const RADIUS_PICTURE: u8 = 3;
const RADIUS_CONTROL: u8 = 4;
const RADIUS_GROUP: u8 = 5;
/// Inter's own line height is 1.21; with this many points more, body text stands at 1.45.
const EXTRA_LINE_SPACING: f32 = 3.0;

/// The colours that egui's own style has no place for.
#[derive(Debug, Clone, Copy)]
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
    /// The Operator's accent, for the one main button and for progress.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Failure, always beside a cross.
    pub fail: Color32,
}

const DARK: Palette = Palette {
    window: Color32::from_gray(27),
    panel: Color32::from_gray(35),
    header: Color32::from_gray(38),
    raised: Color32::from_gray(51),
    field: Color32::from_gray(26),
    line: Color32::from_gray(47),
    text: Color32::from_gray(228),
    secondary: Color32::from_gray(154),
    hint: Color32::from_gray(112),
    accent: Color32::from_rgb(91, 155, 255),
    on_accent: Color32::from_gray(16),
    fail: Color32::from_rgb(229, 83, 75),
};

const LIGHT: Palette = Palette {
    window: Color32::from_gray(214),
    panel: Color32::from_gray(228),
    header: Color32::from_gray(222),
    raised: Color32::from_gray(240),
    field: Color32::from_gray(250),
    line: Color32::from_gray(198),
    text: Color32::from_gray(30),
    secondary: Color32::from_gray(84),
    hint: Color32::from_gray(110),
    accent: Color32::from_rgb(91, 155, 255),
    on_accent: Color32::from_gray(16),
    fail: Color32::from_rgb(176, 32, 26),
};

/// The palette of the style in force.
pub fn palette(style: &Style) -> &'static Palette {
    if style.visuals.dark_mode { &DARK } else { &LIGHT }
}

/// The font of titles and of numbers that matter.
pub fn title_font() -> FontId {
    FontId::new(14.0, FontFamily::Name(SEMI_BOLD.into()))
}

/// The font of empty states.
pub fn empty_state_font() -> FontId {
    FontId::new(20.0, FontFamily::Name(SEMI_BOLD.into()))
}

/// Rounding of pictures.
pub fn picture_rounding() -> CornerRadius {
    CornerRadius::same(RADIUS_PICTURE)
}

/// Rounding of groups.
pub fn group_rounding() -> CornerRadius {
    CornerRadius::same(RADIUS_GROUP)
}

/// Makes numbers that can be dragged look like the text fields beside them.
pub fn style_number_fields(style: &mut Style) {
    let palette = palette(style);
    style.drag_value_text_style = TextStyle::Monospace;
    let widgets = &mut style.visuals.widgets;
    for (state, edge) in [
        (&mut widgets.inactive, palette.line),
        (&mut widgets.hovered, palette.hint),
        (&mut widgets.active, palette.accent),
    ] {
        state.bg_fill = palette.field;
        state.weak_bg_fill = palette.field;
        state.bg_stroke = Stroke::new(1.0, edge);
    }
}

/// Puts fonts and styles into a context. Called once, before the first frame.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| {
            style.text_styles = text_styles();
            style.visuals = visuals(theme, palette);
            style.spacing.item_spacing = vec2(GAP, GAP);
            style.spacing.button_padding = vec2(12.0, GRID);
            style.spacing.interact_size.y = CONTROL_HEIGHT;
            style.spacing.extra_text_line_spacing = EXTRA_LINE_SPACING;
            style.animation_time = 0.0;
        });
    }
}

const INTER: &str = "Inter";
const SEMI_BOLD: &str = "Inter SemiBold";
const MONO: &str = "JetBrains Mono";

fn fonts() -> FontDefinitions {
    // egui's own fonts stay behind ours, for signs that ours do not have.
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 3] = [
        (INTER, include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        (SEMI_BOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        (MONO, include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Name(SEMI_BOLD.into()), fallback);
    let families = [
        (FontFamily::Proportional, INTER),
        (FontFamily::Monospace, MONO),
        (FontFamily::Name(SEMI_BOLD.into()), SEMI_BOLD),
    ];
    for (family, name) in families {
        fonts.families.entry(family).or_default().insert(0, name.to_owned());
    }
    fonts
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Small, FontId::proportional(11.5)),
        (TextStyle::Body, FontId::proportional(12.5)),
        (TextStyle::Button, FontId::proportional(12.5)),
        (TextStyle::Heading, title_font()),
        (TextStyle::Monospace, FontId::monospace(12.5)),
    ]
    .into()
}

fn visuals(theme: Theme, palette: &Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    let line = Stroke::new(1.0, palette.line);
    let widget = |fill: Color32, edge: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: CornerRadius::same(RADIUS_CONTROL),
        fg_stroke: Stroke::new(1.0, palette.text),
        expansion: 0.0,
    };
    let hovered = palette.raised.lerp_to_gamma(palette.text, 0.08);
    let pressed = palette.raised.lerp_to_gamma(palette.text, 0.16);
    visuals.widgets = Widgets {
        noninteractive: widget(palette.panel, palette.line),
        inactive: widget(palette.raised, palette.raised),
        hovered: widget(hovered, hovered),
        active: widget(pressed, pressed),
        open: widget(hovered, hovered),
    };
    visuals.selection =
        Selection { bg_fill: palette.accent.gamma_multiply(0.35), stroke: Stroke::new(1.0, palette.accent) };
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.header;
    visuals.window_stroke = line;
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = palette.field;
    visuals.text_edit_bg_color = Some(palette.field);
    visuals.faint_bg_color = palette.header;
    visuals.error_fg_color = palette.fail;
    visuals.weak_text_color = Some(palette.hint);
    visuals.window_corner_radius = group_rounding();
    visuals.menu_corner_radius = group_rounding();
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2 relative luminance.
    fn luminance(color: Color32) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn surfaces_are_neutral_and_text_can_be_read() {
        for palette in [DARK, LIGHT] {
            let surfaces = [palette.window, palette.panel, palette.header, palette.raised, palette.field];
            for surface in surfaces {
                assert!(surface.r() == surface.g() && surface.g() == surface.b());
                assert!(contrast(palette.text, surface) >= 7.0);
                // Labels and notes never stand on buttons.
                let is_button = surface == palette.raised;
                assert!(is_button || contrast(palette.secondary, surface) >= 4.5, "{surface:?}");
                assert!(contrast(palette.fail, surface) >= 3.0, "{surface:?}");
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
        }
    }
}
