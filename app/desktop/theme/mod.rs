//! Every colour, size and font of the window. Surfaces are neutral greys, because colour is judged between them.

mod fonts;
pub mod icons;
mod palette;

use eframe::egui::style::{ScrollAnimation, ScrollStyle, Selection, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Frame, Margin, Shadow, Stroke, Style, TextStyle, Theme,
    ThemePreference, Visuals, vec2,
};
use serde::{Deserialize, Serialize};

pub use palette::{
    ActingRole, CLEAR, MASK_COLOURS, PIXEL_GRID, Palette, UNTINTED, contrast, masked, over, palette, shown,
};

/// Space in points between things that belong together; all spaces are multiples of it.
pub const GRID: f32 = 4.0;
/// Space between controls.
pub const GAP: f32 = 8.0;
/// Space between groups.
pub const GROUP_GAP: f32 = 16.0;
/// Space around what stands alone.
pub const WIDE_GAP: f32 = 24.0;
/// Margin inside panels.
pub const MARGIN: i8 = 12;
/// Height of controls.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Height of controls that stand inside a line of text.
pub const SMALL_CONTROL_HEIGHT: f32 = 20.0;
/// Height of a panel's header.
pub const HEADER_HEIGHT: f32 = 36.0;
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
/// From this width on, in points, the four panels stand side by side; below it they are tabs in pairs.
pub const FOUR_PANELS_WIDTH: f32 = 1440.0;
/// Height of the drawer above the bar at the bottom.
pub const DRAWER_HEIGHT: f32 = 260.0;
/// Height of the drawer with plots in it.
pub const PLOTS_DRAWER_HEIGHT: f32 = 320.0;
/// Height of the drawer with forms in it.
pub const HIGH_DRAWER_HEIGHT: f32 = 400.0;
/// Width of what hangs below a button of the top bar.
pub const POPOVER_WIDTH: f32 = 340.0;
/// How far pictures that were rejected are set back: this much of them is left.
pub const REJECTED_OPACITY: f32 = 0.28;
/// Zoom of the whole interface, smallest and largest.
pub const ZOOM: [f32; 2] = [1.0, 3.0];
/// One press of the zoom keys.
pub const ZOOM_STEP: f32 = 0.1;

const RADIUS_PICTURE: u8 = 3;
const RADIUS_CONTROL: u8 = 4;
const RADIUS_GROUP: u8 = 5;
/// Inter's own line height is 1.21; with this many points more, body text stands at 1.45.
const EXTRA_LINE_SPACING: f32 = 3.0;

/// Dark, light, or what the system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// What the system has.
    #[default]
    System,
    /// Dark greys.
    Dark,
    /// Light greys.
    Light,
}

/// The font of notes and labels.
pub fn note_font() -> FontId {
    FontId::proportional(11.5)
}

/// The font of body text.
pub fn body_font() -> FontId {
    FontId::proportional(12.5)
}

/// The font of numbers that matter, in lines of body text.
pub fn strong_font() -> FontId {
    FontId::new(12.5, FontFamily::Name(fonts::SEMI_BOLD.into()))
}

/// The font of numbers that matter, in notes.
pub fn strong_note_font() -> FontId {
    FontId::new(11.5, FontFamily::Name(fonts::SEMI_BOLD.into()))
}

/// The font of titles.
pub fn title_font() -> FontId {
    FontId::new(14.0, FontFamily::Name(fonts::SEMI_BOLD.into()))
}

/// The font of empty states.
pub fn empty_state_font() -> FontId {
    FontId::new(20.0, FontFamily::Name(fonts::SEMI_BOLD.into()))
}

/// The font of seeds, hashes and sizes.
pub fn mono_font() -> FontId {
    FontId::monospace(12.0)
}

/// The same in notes.
pub fn small_mono_font() -> FontId {
    FontId::monospace(11.0)
}

/// The font of a sign that is a button of its own.
pub fn icon_font() -> FontId {
    FontId::proportional(15.0)
}

/// Rounding of pictures.
pub fn picture_rounding() -> CornerRadius {
    CornerRadius::same(RADIUS_PICTURE)
}

/// Rounding of controls.
pub fn control_rounding() -> CornerRadius {
    CornerRadius::same(RADIUS_CONTROL)
}

/// Rounding of groups.
pub fn group_rounding() -> CornerRadius {
    CornerRadius::same(RADIUS_GROUP)
}

/// The one line that separates and outlines.
pub fn line(palette: &Palette) -> Stroke {
    Stroke::new(1.0, palette.line)
}

/// The frame of a sheet that stands over the window.
pub fn sheet_frame(style: &Style) -> Frame {
    Frame::popup(style).inner_margin(Margin::same(MARGIN))
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

/// Gives the main button its accent, also under the pointer and while it is pressed.
pub fn style_main_button(style: &mut Style) {
    let palette = palette(style);
    let widgets = &mut style.visuals.widgets;
    for (state, share) in [(&mut widgets.inactive, 0.0), (&mut widgets.hovered, 0.12), (&mut widgets.active, 0.24)] {
        let fill = palette.accent.lerp_to_gamma(palette.text, share);
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, fill);
    }
}

/// The edge of what stands over the window: a menu, a popover, a question.
pub fn edge(palette: &Palette) -> Color32 {
    palette.line.lerp_to_gamma(palette.text, 0.15)
}

/// Thin bars in the colour of text, so that they are seen on light panels and on dark ones.
fn scroll_bars() -> ScrollStyle {
    ScrollStyle {
        bar_width: 8.0,
        foreground_color: true,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        dormant_handle_opacity: 0.2,
        active_handle_opacity: 0.3,
        interact_handle_opacity: 0.5,
        ..ScrollStyle::thin()
    }
}

/// What is left of the colour of text that is disabled or set back: it can still be read.
pub const SET_BACK: f32 = 0.75;

/// The line around what has the keyboard, and the colour of what is chosen.
pub fn ring(palette: &Palette) -> Stroke {
    Stroke::new(1.0, palette.accent)
}

/// A raised surface's colour under the pointer.
pub fn hovered(palette: &Palette) -> Color32 {
    palette.raised.lerp_to_gamma(palette.text, 0.08)
}

/// A raised surface's colour while it is pressed.
pub fn pressed(palette: &Palette) -> Color32 {
    palette.raised.lerp_to_gamma(palette.text, 0.16)
}

/// Puts fonts and styles into a context, for the Operator. Called once, before the first frame.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts::fonts());
    set_role(ctx, ActingRole::Operator);
}

/// Gives the window the acting role's accent.
pub fn set_role(ctx: &Context, role: ActingRole) {
    for theme in [Theme::Dark, Theme::Light] {
        let palette = palette::of(theme == Theme::Dark, role);
        ctx.style_mut_of(theme, |style| {
            style.text_styles = text_styles();
            style.visuals = visuals(theme, palette);
            style.spacing.item_spacing = vec2(GAP, GAP);
            style.spacing.button_padding = vec2(12.0, GRID);
            style.spacing.interact_size.y = CONTROL_HEIGHT;
            style.spacing.extra_text_line_spacing = EXTRA_LINE_SPACING;
            style.spacing.scroll = scroll_bars();
            style.animation_time = 0.0;
            style.scroll_animation = ScrollAnimation::none();
            style.interaction.tooltip_delay = 0.3;
            style.interaction.selectable_labels = false;
        });
    }
}

/// Switches between dark and light.
pub fn set_theme(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    });
}

/// A zoom of the whole interface that is allowed, nearest to the one asked for, in whole steps.
pub fn allowed_zoom(zoom: f32) -> f32 {
    let [least, most] = ZOOM;
    if zoom.is_nan() { least } else { ((zoom / ZOOM_STEP).round() * ZOOM_STEP).clamp(least, most) }
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Small, note_font()),
        (TextStyle::Body, body_font()),
        (TextStyle::Button, body_font()),
        (TextStyle::Heading, title_font()),
        (TextStyle::Monospace, mono_font()),
    ]
    .into()
}

fn visuals(theme: Theme, palette: &Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    let widget = |fill: Color32, edge: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: CornerRadius::same(RADIUS_CONTROL),
        fg_stroke: Stroke::new(1.0, palette.text),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: widget(palette.panel, palette.line),
        // The edge tells a field, a tick box and a button from the panel behind it, in light as in dark.
        inactive: widget(palette.raised, palette.line),
        hovered: widget(hovered(palette), hovered(palette)),
        // egui draws what has the keyboard as what is pressed: the edge says which it is.
        active: widget(pressed(palette), palette.accent),
        open: widget(hovered(palette), hovered(palette)),
    };
    // egui writes selected text in the colour of this stroke.
    visuals.selection = Selection {
        bg_fill: palette.accent.gamma_multiply(0.3),
        stroke: Stroke::new(1.0, palette.accent.lerp_to_gamma(palette.text, 0.7)),
    };
    visuals.disabled_alpha = SET_BACK;
    visuals.hyperlink_color = palette.accent;
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.header;
    visuals.window_stroke = Stroke::new(1.0, edge(palette));
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

    #[test]
    fn what_egui_writes_can_be_read() {
        for (theme, is_dark) in [(Theme::Dark, true), (Theme::Light, false)] {
            for role in ActingRole::ALL {
                let palette = palette::of(is_dark, role);
                let visuals = visuals(theme, palette);
                let surfaces = [palette.window, palette.panel, palette.header, palette.raised, palette.field];
                for surface in surfaces {
                    let selected = over(surface, visuals.selection.bg_fill);
                    let ratio = contrast(visuals.selection.stroke.color, selected);
                    assert!(ratio >= 4.5, "selected text in {theme:?} of {role:?} on {surface:?}: {ratio:.2}");
                    let back = over(surface, palette.text.gamma_multiply(SET_BACK));
                    let ratio = contrast(back, surface);
                    assert!(ratio >= 4.5, "a tab behind another in {theme:?} on {surface:?}: {ratio:.2}");
                    for color in [palette.text, palette.secondary] {
                        let disabled = over(surface, color.gamma_multiply(visuals.disabled_alpha));
                        let ratio = contrast(disabled, surface);
                        assert!(ratio >= 3.0, "disabled {color:?} in {theme:?} on {surface:?}: {ratio:.2}");
                    }
                }
                for state in [&visuals.widgets.inactive, &visuals.widgets.hovered, &visuals.widgets.open] {
                    assert!(contrast(state.fg_stroke.color, state.bg_fill) >= 4.5, "{theme:?} {:?}", state.bg_fill);
                }
            }
        }
    }

    #[test]
    fn the_zoom_is_a_whole_step_from_100_to_300_percent() {
        for (asked, given) in [(1.04, 1.0), (1.26, 1.3), (0.2, 1.0), (9.0, 3.0), (f32::NAN, 1.0)] {
            assert!((allowed_zoom(asked) - given).abs() < 1e-5, "{asked}");
        }
    }
}
