use eframe::egui::{Align, DragValue, Id, Label, Layout, Response, RichText, Slider, TextEdit, Ui, vec2};
use kento_finishing::mask::{Combine, MaskChannel, MaskStore, Steadying};

use super::super::{Room, stay_together};
use super::data::Masking;
use super::tools::{MaskSight, MaskTool, MaskTools, RADII, Reach};
use crate::frame::shortened;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, IconButton, Segment, SegmentLook, pick_list, segmented};

/// What the bar asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum MaskAct {
    /// One step back.
    Undo,
    /// One step forward again.
    Redo,
    /// Keep what was masked and mask what was kept.
    Invert,
    /// Mask everything.
    All,
    /// Mask nothing.
    Nothing,
    /// Grow by the amount of the tools.
    Grow,
    /// Shrink by it.
    Shrink,
    /// Soften the edge by it.
    Feather,
    /// Mask what is enclosed by what is masked.
    FillHoles,
    /// Mask where the picture differs from the one that it is compared with.
    Difference,
    /// Take a mask from this part of a picture file.
    Open(MaskChannel),
    /// Save the mask as a file.
    Save,
    /// Begin another mask.
    Add,
    /// Work on another mask.
    Choose(usize),
    /// Give the mask that is worked on another name.
    Rename(String),
    /// Remove the mask that is worked on.
    Remove,
    /// Bring back the mask that was removed last.
    BringBack,
    /// What was noted of the masks has been read.
    Noted,
}

/// What the bar needs to know.
pub struct BarInput<'a> {
    /// The masks of the picture, once they are read.
    pub masking: Option<&'a Masking>,
    /// Share of the picture that is masked, 0 to 1.
    pub masked_share: f64,
    /// What is done to the mask on a thread now.
    pub working: Option<&'static str>,
    /// Whether there is a picture to compare with.
    pub has_second: Allowed,
    /// What is to be known of the masks.
    pub note: Option<&'a str>,
    /// How much room there is.
    pub room: Room,
}

/// Draws the tools and how they are set, and what can be done to the mask.
pub fn show_mask_bar(ui: &mut Ui, tools: &mut MaskTools, input: &BarInput<'_>) -> Vec<MaskAct> {
    let mut acts = Vec::new();
    let idle = match (input.working, input.masking) {
        (Some(work), _) => Allowed::No(format!("{work}: wait a moment")),
        (None, None) => Allowed::No("the masks are being read: wait a moment".to_owned()),
        (None, Some(_)) => Allowed::Yes,
    };
    ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
    input.room.row(ui, "tools of the mask", |ui| {
        for tool in MaskTool::ALL {
            let button = IconButton::new(icon(tool), tool.name()).keys(tool.key()).on(tools.tool == tool);
            if button.show(ui) {
                tools.tool = tool;
            }
        }
        ui.add_space(theme::GAP);
        for (icon, name, keys, act) in [
            (icons::UNDO, "Undo on the mask", "Ctrl+Z", MaskAct::Undo),
            (icons::RETRY, "Redo on the mask", "Ctrl+Shift+Z", MaskAct::Redo),
        ] {
            if IconButton::new(icon, name).keys(keys).allowed(idle.clone()).show(ui) {
                acts.push(act);
            }
        }
        ui.add_space(theme::GAP);
        match &idle {
            Allowed::Yes => menu(ui, tools, input, &mut acts),
            no => {
                ActionButton::plain(format!("Mask {}", icons::DOWN)).named("Mask").allowed(no.clone()).show(ui);
            }
        }
        names(ui, input, &idle, &mut acts);
    });
    input.room.row(ui, "how the tool is set", |ui| settings(ui, tools, input));
    if let Some(note) = input.note {
        ui.horizontal(|ui| {
            if ActionButton::plain("Understood").show(ui) {
                acts.push(MaskAct::Noted);
            }
            let text = RichText::new(format!("{}  {note}", icons::NOTE)).font(theme::note_font());
            ui.add(Label::new(text.color(theme::palette(ui.style()).text)).wrap());
        });
    }
    acts
}

fn icon(tool: MaskTool) -> &'static str {
    match tool {
        MaskTool::Brush => icons::BRUSH,
        MaskTool::Eraser => icons::ERASER,
        MaskTool::Lasso => icons::LASSO,
        MaskTool::Polygon => icons::POLYGON,
        MaskTool::Rectangle => icons::RECTANGLE,
        MaskTool::Ellipse => icons::ELLIPSE,
        MaskTool::Colour => icons::WAND,
        MaskTool::Gradient => icons::GRADIENT,
    }
}

/// Width of the menu, in points.
const MENU_WIDTH: f32 = 272.0;

/// What is done to the whole mask.
fn menu(ui: &mut Ui, tools: &mut MaskTools, input: &BarInput<'_>, acts: &mut Vec<MaskAct>) {
    ui.menu_button(format!("Mask {}", icons::DOWN), |ui| {
        ui.set_width(MENU_WIDTH);
        ui.spacing_mut().item_spacing = vec2(theme::GRID, 0.0);
        ui.spacing_mut().interact_size.y = theme::WIDE_GAP;
        ui.spacing_mut().button_padding.x = theme::GAP;
        if let Some(act) = input.masking.and_then(|masking| rename(ui, masking.name())) {
            acts.push(act);
        }
        let mut entry = |ui: &mut Ui, text: &str, act: MaskAct| {
            if ui.button(text).clicked() {
                acts.push(act);
                ui.close();
            }
        };
        entry(ui, "Invert", MaskAct::Invert);
        entry(ui, "Everything", MaskAct::All);
        entry(ui, "Nothing", MaskAct::Nothing);
        ui.separator();
        let amount = format!("{:.0} px", tools.amount);
        ui.horizontal(|ui| {
            ui.add_space(theme::GAP);
            theme::style_number_fields(ui.style_mut());
            let value = DragValue::new(&mut tools.amount).range(1.0..=512.0).speed(0.5).max_decimals(0).suffix(" px");
            named(ui.add(value), "Pixels to grow, shrink and feather by");
            let color = theme::palette(ui.style()).secondary;
            ui.label(RichText::new("for the next three").font(theme::note_font()).color(color));
        });
        entry(ui, &format!("Grow by {amount}"), MaskAct::Grow);
        entry(ui, &format!("Shrink by {amount}"), MaskAct::Shrink);
        entry(ui, &format!("Feather by {amount}"), MaskAct::Feather);
        entry(ui, "Fill holes", MaskAct::FillHoles);
        ui.separator();
        if input.has_second.is_yes() {
            entry(ui, "Where it differs from the picture before", MaskAct::Difference);
        }
        entry(ui, "From a file…", MaskAct::Open(MaskChannel::Grey));
        entry(ui, "From a file's opaque part…", MaskAct::Open(MaskChannel::Alpha));
        entry(ui, "From a file's transparent part…", MaskAct::Open(MaskChannel::Transparency));
        entry(ui, "Save as a file…", MaskAct::Save);
        ui.separator();
        ui.horizontal(|ui| {
            ui.add_space(theme::GAP);
            let secondary = theme::palette(ui.style()).secondary;
            ui.label(RichText::new("Shown in").font(theme::note_font()).color(secondary));
            for (place, (name, color)) in theme::MASK_COLOURS.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), eframe::egui::Sense::click());
                ui.painter().rect_filled(rect.shrink(3.0), 2.0, color.to_opaque());
                if tools.colour == place {
                    ui.painter().rect_stroke(
                        rect,
                        2.0,
                        theme::ring(theme::palette(ui.style())),
                        eframe::egui::StrokeKind::Inside,
                    );
                }
                let response = named(response, &format!("Show masks in {name}"));
                if response.clicked() {
                    tools.colour = place;
                }
            }
        });
    });
}

/// A field with the mask's name; it has the new one once the field is left.
fn rename(ui: &mut Ui, name: &str) -> Option<MaskAct> {
    let id = Id::unique(("name of the mask", name));
    let mut typed = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| name.to_owned());
    let field = TextEdit::singleline(&mut typed).char_limit(MaskStore::LONGEST_NAME);
    let response = ui.horizontal(|ui| {
        ui.add_space(theme::GAP);
        let color = theme::palette(ui.style()).secondary;
        ui.label(RichText::new("Name").font(theme::note_font()).color(color));
        ui.add(field.margin(vec2(theme::GAP, theme::GRID)).desired_width(ui.available_width() - 2.0 * theme::GAP))
    });
    ui.add_space(theme::GRID);
    let response = named(response.inner, "Name of the mask");
    if response.lost_focus() && typed.trim() != name {
        ui.data_mut(|data| data.remove::<String>(id));
        return Some(MaskAct::Rename(typed));
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
    None
}

/// The masks by name.
fn names(ui: &mut Ui, input: &BarInput<'_>, idle: &Allowed, acts: &mut Vec<MaskAct>) {
    let Some(masking) = input.masking else { return };
    let list = pick_list("masks").selected_text(masking.name()).width(96.0);
    let list = list.show_ui(ui, |ui| {
        for (place, mask) in masking.masks().iter().enumerate() {
            if ui.selectable_label(place == masking.current(), &mask.name).clicked() {
                acts.push(MaskAct::Choose(place));
            }
        }
    });
    named(list.response, "Which mask is worked on");
    if IconButton::new(icons::ADD, "Another mask of this picture").allowed(idle.clone()).show(ui) {
        acts.push(MaskAct::Add);
    }
    let only = Allowed::No("it is the only mask: empty it instead".to_owned());
    let can_go = if masking.masks().len() > 1 { idle.clone() } else { only };
    if IconButton::new(icons::DELETE, "Remove this mask").allowed(can_go).show(ui) {
        acts.push(MaskAct::Remove);
    }
    if let Some(removed) = masking.removed() {
        let (told, name) = (format!("Bring back {}", shortened(removed, TOLD)), format!("Bring back {removed}"));
        if ActionButton::plain(told).named(&name).allowed(idle.clone()).show(ui) {
            acts.push(MaskAct::BringBack);
        }
    }
}

/// The name of a mask as far as there is room for it: this many letters.
const TOLD: usize = 24;

/// How the tool is set, and how much is masked.
fn settings(ui: &mut Ui, tools: &mut MaskTools, input: &BarInput<'_>) {
    theme::style_number_fields(ui.style_mut());
    let note = |ui: &mut Ui, text: &str| {
        let color = theme::palette(ui.style()).secondary;
        ui.label(RichText::new(text).font(theme::note_font()).color(color));
    };
    if tools.tool.strokes() {
        let mut width = tools.brush.radius * 2.0;
        let range = RADII[0] * 2.0..=RADII[1] * 2.0;
        ui.spacing_mut().slider_width = 90.0;
        let slider = Slider::new(&mut width, range).logarithmic(true).suffix(" px").max_decimals(0);
        stay_together(ui, 200.0);
        ui.horizontal(|ui| {
            note(ui, "Size");
            named(ui.add(slider), "Width of the brush in pixels of the picture");
        });
        tools.brush.radius = width / 2.0;
        for (text, name, value) in [
            ("Hardness", "Hardness of the brush, percent", &mut tools.brush.hardness),
            ("Opacity", "Opacity of the brush, percent", &mut tools.brush.opacity),
        ] {
            let mut percent = *value * 100.0;
            let field = DragValue::new(&mut percent).range(0.0..=100.0).speed(0.5).max_decimals(0).suffix(" %");
            stay_together(ui, 44.0 + 7.0 * text.len() as f32);
            ui.horizontal(|ui| {
                note(ui, text);
                named(ui.add(field), name);
            });
            *value = percent / 100.0;
        }
        let steadies =
            [("no steadying", Steadying::Off), ("smooth", Steadying::Mean(12)), ("rope", Steadying::Rope(24.0))];
        let now = steadies.iter().find(|(_, one)| *one == tools.steadying).map_or("steadied", |(text, _)| text);
        let list = pick_list("steadying").selected_text(now).width(92.0).show_ui(ui, |ui| {
            for (text, steadying) in steadies {
                ui.selectable_value(&mut tools.steadying, steadying, text);
            }
        });
        named(list.response, "How the hand is steadied");
    } else {
        let ways = [Combine::Replace, Combine::Add, Combine::Subtract, Combine::Intersect];
        let segments = ["Replace", "Add", "Subtract", "Intersect"].map(Segment::new);
        let chosen = ways.iter().position(|way| *way == tools.combine);
        if let Some(way) = segmented(ui, SegmentLook::Plain, &segments, chosen) {
            tools.combine = ways[way];
        }
    }
    if tools.tool == MaskTool::Colour {
        note(ui, "Tolerance");
        let field = DragValue::new(&mut tools.tolerance).speed(0.3);
        named(ui.add(field), "How far another colour may be, 0 to 255");
        let ways = [Reach::Connected, Reach::Everywhere];
        let segments = ["Connected", "Everywhere"].map(Segment::new);
        let chosen = ways.iter().position(|way| *way == tools.reach);
        if let Some(way) = segmented(ui, SegmentLook::Plain, &segments, chosen) {
            tools.reach = ways[way];
        }
    }
    let outline = tools.sight == MaskSight::Outline;
    let sight = IconButton::new(icons::RECTANGLE, "Only the outline of the mask").keys("Q").on(outline);
    if sight.show_sized(ui, 24.0) {
        tools.sight = if outline { MaskSight::Filled } else { MaskSight::Outline };
    }
    if input.masking.is_none() {
        return;
    }
    let color = theme::palette(ui.style()).text;
    let text = match input.working {
        Some(work) => format!("{work} …"),
        None => format!("{:.1} % masked", input.masked_share * 100.0),
    };
    let text = RichText::new(text).font(theme::strong_note_font()).color(color);
    match input.room {
        Room::Enough => drop(ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text))),
        Room::Little => drop(ui.label(text)),
    }
}

fn named(response: Response, name: &str) -> Response {
    response.accessible_name(name).on_hover_text(name)
}
