use eframe::egui::{Align, Key, Response, RichText, Role, Sense, StrokeKind, TextEdit, Ui, WidgetInfo, vec2};
use kento_studio::workflow::PaletteColour;

use crate::desk::{OfferedColours, PanelAsk};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, ColourWell, IconButton, WellEvent, show_colour_wells};

/// The colour that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColourEntry {
    /// Which well it goes to; a new one where there is none.
    place: Option<usize>,
    /// As it is typed.
    hex: String,
    /// Why it is no colour, after Enter.
    mistake: Option<String>,
    /// Whether its field was drawn: it has the keyboard from the start.
    was_shown: bool,
}

impl ColourEntry {
    /// The same once the colour at a place was taken out: none where just that one was being changed.
    fn without(self, removed: usize) -> Option<Self> {
        match self.place {
            Some(place) if place == removed => None,
            Some(place) if place > removed => Some(Self { place: Some(place - 1), ..self }),
            Some(_) | None => Some(self),
        }
    }
}

/// The palette's field with everything that it reads and asks for.
pub struct PaletteField<'a> {
    /// The colour that is being written.
    pub entry: &'a mut Option<ColourEntry>,
    /// The colours of the picture that somebody chose last.
    pub offered: Option<&'a OfferedColours>,
    /// Whether they came just now: they are brought into sight once.
    pub is_new: bool,
    /// What is asked for.
    pub asks: &'a mut Vec<PanelAsk>,
}

impl PaletteField<'_> {
    /// Draws the wells, the colour that is being written, and the colours that a picture offers.
    pub fn show(&mut self, ui: &mut Ui, colours: &mut Vec<PaletteColour>) {
        show_wells(ui, colours, self.entry, self.asks);
        self.offer(ui, colours);
    }

    /// Draws the colours that a picture offers, where there are any; also while the palette is marked as not needed. Whether one was
    /// taken or left out.
    pub fn offer(&mut self, ui: &mut Ui, colours: &mut Vec<PaletteColour>) -> bool {
        let Some(offered) = self.offered else { return false };
        let before = colours.len();
        let note = show_offered(ui, offered, colours, self.entry);
        if std::mem::take(&mut self.is_new) {
            note.scroll_to_me(Some(Align::Center));
        }
        colours.len() != before
    }
}

fn show_wells(
    ui: &mut Ui,
    colours: &mut Vec<PaletteColour>,
    entry: &mut Option<ColourEntry>,
    asks: &mut Vec<PanelAsk>,
) {
    let wells: Vec<ColourWell> =
        colours.iter().map(|colour| ColourWell { srgb: colour.0, name: String::new() }).collect();
    match show_colour_wells(ui, &wells, &Allowed::Yes) {
        Some(WellEvent::Pressed(i)) => {
            *entry = Some(ColourEntry { place: Some(i), hex: colours[i].to_string(), ..ColourEntry::default() });
        }
        Some(WellEvent::Removed(i)) => {
            colours.remove(i);
            *entry = entry.take().and_then(|open| open.without(i));
        }
        Some(WellEvent::Added) => *entry = Some(ColourEntry { hex: "#".to_owned(), ..ColourEntry::default() }),
        Some(WellEvent::PickAsked) => asks.push(PanelAsk::ChoosePicture),
        None => {}
    }
    if let Some(open) = entry
        && show_entry(ui, colours, open)
    {
        *entry = None;
    }
}

/// The colours of a picture: a click takes one into the palette, another click takes it out again.
fn show_offered(
    ui: &mut Ui,
    offered: &OfferedColours,
    colours: &mut Vec<PaletteColour>,
    entry: &mut Option<ColourEntry>,
) -> Response {
    let palette = theme::palette(ui.style());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        for srgb in &offered.colours {
            let colour = PaletteColour(*srgb);
            let place = colours.iter().position(|one| *one == colour);
            let (rect, response) =
                ui.allocate_exact_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT), Sense::click());
            ui.painter().rect_filled(rect, theme::control_rounding(), theme::shown(*srgb));
            let is_marked = place.is_some() || response.has_focus() || response.hovered();
            let edge = if is_marked { theme::ring(theme::palette(ui.style())) } else { theme::line(palette) };
            ui.painter().rect_stroke(rect, theme::control_rounding(), edge, StrokeKind::Inside);
            let does = if place.is_some() { "Leave out" } else { "Take" };
            let spoken = format!("{does} {colour} of {}", offered.picture);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, place.is_some(), &spoken));
            if response.clicked() {
                match place {
                    Some(place) => {
                        colours.remove(place);
                        *entry = entry.take().and_then(|open| open.without(place));
                    }
                    None => colours.push(colour),
                }
            }
            response.on_hover_text(spoken);
        }
    });
    let note = format!("Colours of {}: a click takes one", offered.picture);
    ui.label(RichText::new(note).font(theme::note_font()).color(palette.secondary))
}

/// The line that a colour is written in. Whether it is done.
fn show_entry(ui: &mut Ui, colours: &mut Vec<PaletteColour>, entry: &mut ColourEntry) -> bool {
    let palette = theme::palette(ui.style());
    let mut is_done = false;
    ui.horizontal_wrapped(|ui| {
        let read: Option<PaletteColour> = entry.hex.parse().ok();
        let mut srgb = read.map_or([128; 3], |colour| colour.0);
        if ui.color_edit_button_srgb(&mut srgb).on_hover_text("Choose by eye").changed() {
            entry.hex = PaletteColour(srgb).to_string();
        }
        let edit = TextEdit::singleline(&mut entry.hex)
            .font(theme::mono_font())
            .margin(vec2(theme::GAP, 5.0))
            .desired_width(72.0);
        let response = ui.add(edit).accessible_name("Colour as #rrggbb");
        if !std::mem::replace(&mut entry.was_shown, true) {
            response.request_focus();
        }
        if response.changed() {
            entry.mistake = None;
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let label = if entry.place.is_some() { "Change" } else { "Add" };
        if ActionButton::plain(label).show(ui) || entered {
            match (entry.hex.parse::<PaletteColour>(), entry.place.and_then(|place| colours.get_mut(place))) {
                (Err(error), _) => entry.mistake = Some(error.to_string()),
                (Ok(colour), Some(place)) => {
                    *place = colour;
                    is_done = true;
                }
                (Ok(colour), None) => {
                    colours.push(colour);
                    is_done = true;
                }
            }
        }
        if IconButton::new(icons::FAIL, "Leave the colour as it is").show(ui) {
            is_done = true;
        }
    });
    if let Some(mistake) = &entry.mistake {
        ui.label(RichText::new(mistake).font(theme::note_font()).color(palette.fail_text));
    }
    is_done
}

#[cfg(test)]
mod tests {
    use eframe::egui::Vec2;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    struct Scene {
        colours: Vec<PaletteColour>,
        entry: Option<ColourEntry>,
        offered: OfferedColours,
    }

    /// Three colours; the picture offers the first two of them.
    fn harness() -> Harness<'static, Scene> {
        let [red, green, blue] = [[0xff, 0, 0], [0, 0xff, 0], [0, 0, 0xff]];
        let offered = OfferedColours { picture: "boat.png".to_owned(), colours: vec![red, green] };
        let colours = [red, green, blue].map(PaletteColour).to_vec();
        Harness::builder().with_size(Vec2::new(420.0, 300.0)).with_context_setup(theme::apply).build_ui_state(
            |ui, scene: &mut Scene| {
                let mut asks = Vec::new();
                let Scene { colours, entry, offered } = scene;
                PaletteField { entry, offered: Some(offered), is_new: false, asks: &mut asks }.show(ui, colours);
            },
            Scene { colours, entry: None, offered },
        )
    }

    fn press(harness: &mut Harness<'static, Scene>, name: &str) {
        harness.get_by_label(name).click();
        harness.run_ok();
    }

    fn shown(harness: &Harness<'static, Scene>) -> Vec<String> {
        harness.state().colours.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_new_colour_is_typed_at_once() {
        let mut harness = harness();
        press(&mut harness, "Add a colour");
        assert!(harness.get_by_label("Colour as #rrggbb").is_focused());
        harness.get_by_label("Colour as #rrggbb").type_text("102030");
        harness.key_press(Key::Enter);
        harness.run_ok();
        assert_eq!(shown(&harness).last().map(String::as_str), Some("#102030"));
        assert!(harness.query_by_label("Colour as #rrggbb").is_none());
    }

    #[test]
    fn leaving_out_an_offered_colour_never_moves_the_one_that_is_being_changed() {
        let mut harness = harness();
        press(&mut harness, "Colour #00ff00");
        press(&mut harness, "Leave out #ff0000 of boat.png");
        press(&mut harness, "Change");
        assert_eq!(shown(&harness), ["#00ff00", "#0000ff"]);
        press(&mut harness, "Colour #00ff00");
        press(&mut harness, "Leave out #00ff00 of boat.png");
        assert!(harness.query_by_label("Change").is_none());
        assert_eq!(shown(&harness), ["#0000ff"]);
    }
}
