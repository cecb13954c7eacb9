//! Every widget on one page, and what they do.

use eframe::egui::{Frame, Key, Margin, OutputCommand, RichText, Ui, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kento::theme::{self, ActingRole, ThemeChoice, icons};
use kento::widgets::contact_sheet::{self, Arrangement, SheetState};
use kento::widgets::thumbnails::Thumbnails;
use kento::widgets::{
    ActionButton, Allowed, Answer, ButtonLook, ChecklistGroup, ChecklistRow, ColourWell, Completeness, EmptyState,
    IconButton, ProofBox, ProofPictures, ProofVerdict, Segment, SegmentLook, SlotField, WellEvent, hash_label,
    relative_time_label, segmented, show_button_row, show_checklist_group, show_colour_wells, show_completeness,
    show_empty_state, show_proof, show_slot,
};

use crate::raster::Raster;
use crate::sample;

/// What was done on the page.
struct Page {
    texts: Vec<String>,
    chosen: usize,
    pressed: Vec<String>,
    well: Option<WellEvent>,
    thumbnails: Option<Thumbnails>,
    states: SheetState,
    theme: (ThemeChoice, ActingRole),
}

impl Page {
    fn new(choice: ThemeChoice, role: ActingRole) -> Self {
        Self {
            texts: ["a red boat", "", "centred, copy space left", "965400086", "7"].map(str::to_owned).to_vec(),
            chosen: 1,
            pressed: Vec::new(),
            well: None,
            thumbnails: None,
            states: SheetState::new(Arrangement::Flow, 96.0),
            theme: (choice, role),
        }
    }

    fn left(&mut self, ui: &mut Ui) {
        title(ui, "Buttons");
        let no = || Allowed::No("the recipe is not locked".to_owned());
        ui.horizontal(|ui| {
            let buttons = [
                ActionButton::primary("Start volume run").icon(icons::ADD).keys("Ctrl+Enter"),
                ActionButton::plain("Render hero").explained("Renders the card as it stands"),
                ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Discard") },
                ActionButton::plain("Clear for release").allowed(no()),
            ];
            for button in buttons {
                if button.show(ui) {
                    self.pressed.push(button.label.clone());
                }
            }
        });
        ui.horizontal(|ui| {
            for (icon, name) in [(icons::FIT, "Whole picture"), (icons::COLUMNS, "Side by side"), (icons::UNDO, "Undo")]
            {
                let button = IconButton::new(icon, name).on(name == "Side by side");
                if button.show(ui) {
                    self.pressed.push(name.to_owned());
                }
            }
            IconButton::new(icons::LOCK, "Unlock").allowed(no()).show(ui);
            let segments = ["Low", "Client", "Public"].map(Segment::new);
            if let Some(chosen) = segmented(ui, SegmentLook::Plain, &segments, self.chosen) {
                self.chosen = chosen;
            }
        });
        title(ui, "Fields");
        let fields = [
            SlotField { label: "Subject".to_owned(), count: "4 tokens".to_owned(), ..SlotField::default() },
            SlotField {
                label: "Verwendungszweck und Veröffentlichungsrahmen".to_owned(),
                hint: "resolution cues, aspect, quality terms".to_owned(),
                ..SlotField::default()
            },
            SlotField {
                label: "Composition".to_owned(),
                parent: Some("centred".to_owned()),
                rows: 2,
                ..SlotField::default()
            },
            SlotField { label: "Seed".to_owned(), is_mono: true, is_locked: true, ..SlotField::default() },
            SlotField {
                label: "Steps".to_owned(),
                mistake: Some("steps must be between 10 and 50 and is 7".to_owned()),
                ..SlotField::default()
            },
        ];
        for (field, text) in fields.iter().zip(&mut self.texts) {
            show_slot(ui, field, text);
        }
        title(ui, "Colours, completeness, hash, time");
        let well = |srgb, name: &str| ColourWell { srgb, name: name.to_owned() };
        let wells = [well([213, 50, 47], "Signal"), well([49, 113, 175], "Harbour"), well([206, 225, 238], "")];
        self.well = show_colour_wells(ui, &wells, &Allowed::Yes).or(self.well);
        let missing = ["Audience", "Deadline"].map(str::to_owned).to_vec();
        show_completeness(ui, &Completeness { name: "Brief".to_owned(), done: 7, of: 9, missing });
        ui.horizontal(|ui| {
            hash_label(ui, "Hero", &"6ce01689".repeat(8));
            let time = |text: &str| -> Timestamp { text.parse().unwrap() };
            let (at, now) = (time("2026-11-21T13:50:00Z"), time("2026-11-21T14:02:00Z"));
            relative_time_label(ui, at, now, &TimeZone::UTC);
        });
    }

    fn middle(&mut self, ui: &mut Ui) {
        title(ui, "Proofs");
        let proof = |verdict, other: &str| ProofBox {
            verdict,
            pixels: ["6ce01689".repeat(8), other.repeat(8)],
            made_on: vec!["Vulkan · RTX 4060 · f16 · numerics 4".to_owned()],
        };
        show_proof(ui, &proof(ProofVerdict::Similar { ssimulacra2: 96.4 }, "77aa0c1d"), ProofPictures::default());
        let differs = ProofVerdict::Differs { ssimulacra2: 71.3, at_least: 90.0 };
        show_proof(ui, &proof(differs, "01aa0c1d"), ProofPictures::default());
        title(ui, "Checklist that must not be answered");
        let allowed = Allowed::No("you made this image; only another person may clear it".to_owned());
        let row = |text: &str, answer| ChecklistRow {
            text: text.to_owned(),
            answer,
            allowed: allowed.clone(),
            ..ChecklistRow::default()
        };
        let rows = vec![row("Proportions", Answer::Pass), row("Reflections", Answer::Open)];
        show_checklist_group(ui, &ChecklistGroup { title: "Physics".to_owned(), rows });
        title(ui, "A row of buttons in a narrow place");
        ui.scope(|ui| {
            ui.set_max_width(190.0);
            let buttons = ["Keep", "Zurück an die Bearbeitung", "Reject"].map(ActionButton::plain);
            if let Some(pressed) = show_button_row(ui, &buttons) {
                self.pressed.push(buttons[pressed].label.clone());
            }
        });
    }

    fn right(&mut self, ui: &mut Ui) {
        title(ui, "Five states of a tile");
        let ctx = ui.ctx().clone();
        let thumbnails = self.thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 16).unwrap());
        thumbnails.listen(&ctx);
        let mut sheet = sample::sheet();
        let all: Vec<_> = sheet.rows.iter().flat_map(|row| row.tiles.clone()).collect();
        let tiles = [0, 3, 4, 17, 22, 23].map(|place| all[place].clone()).to_vec();
        sheet.rows = vec![contact_sheet::SheetRow { label: String::new(), tiles }];
        ui.allocate_ui(Vec2::new(ui.available_width(), 320.0), |ui| {
            contact_sheet::show(ui, &sheet, &mut self.states, thumbnails);
        });
        title(ui, "Nothing there yet");
        let state = EmptyState {
            icon: icons::PICTURES,
            title: "No direction yet".to_owned(),
            advice: "A concept sprint makes 24 small pictures in about 40 seconds.".to_owned(),
            buttons: vec![ActionButton::primary("Plan a sprint"), ActionButton::plain("Open the sample")],
        };
        if let Some(pressed) = show_empty_state(ui, &state) {
            self.pressed.push(state.buttons[pressed].label.clone());
        }
    }
}

fn title(ui: &mut Ui, text: &str) {
    ui.add_space(theme::GAP);
    ui.label(RichText::new(text).font(theme::title_font()));
}

impl eframe::App for Page {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        theme::set_theme(&ctx, self.theme.0);
        theme::set_role(&ctx, self.theme.1);
        ui.reset_style();
        let frame = Frame::new().fill(theme::palette(ui.style()).panel).inner_margin(Margin::same(theme::MARGIN));
        frame.show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            ui.spacing_mut().item_spacing.x = theme::WIDE_GAP;
            ui.columns(3, |columns| {
                for column in columns.iter_mut() {
                    column.spacing_mut().item_spacing.x = theme::GAP;
                }
                self.left(&mut columns[0]);
                self.middle(&mut columns[1]);
                self.right(&mut columns[2]);
            });
        });
    }
}

fn page(choice: ThemeChoice, role: ActingRole, raster: &Raster) -> Harness<'static, Page> {
    let builder = Harness::builder().with_size(Vec2::new(1480.0, 720.0)).renderer(raster.clone());
    let mut harness = builder.build_eframe(|creation| {
        theme::apply(&creation.egui_ctx);
        Page::new(choice, role)
    });
    for _ in 0..100 {
        harness.run_ok();
        if !harness.state().thumbnails.as_ref().is_some_and(Thumbnails::is_busy) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    harness.run_ok();
    harness
}

#[test]
fn gallery_of_widgets() {
    for (name, choice, role) in [
        ("widgets-dark", ThemeChoice::Dark, ActingRole::Director),
        ("widgets-light", ThemeChoice::Light, ActingRole::Operator),
    ] {
        let raster = Raster::default();
        let harness = page(choice, role, &raster);
        crate::gallery::keep(&raster.image(&harness.ctx, harness.output()), name);
    }
}

#[test]
fn widgets_do_what_they_say() {
    let mut harness = page(ThemeChoice::Dark, ActingRole::Operator, &Raster::default());
    harness.get_by_label("Render hero").click();
    harness.get_by_label("Clear for release, not possible: the recipe is not locked").click();
    harness.get_by_label("Undo").click();
    harness.get_by_label("Plan a sprint").click();
    harness.get_by_label("Public").click();
    harness.get_by_label("Colour Harbour #3171af").click();
    harness.run_ok();
    assert_eq!(harness.state().pressed, ["Render hero", "Undo", "Plan a sprint"]);
    assert_eq!((harness.state().chosen, harness.state().well), (2, Some(WellEvent::Pressed(1))));
    // What found no place in the row stands in the menu.
    assert!(harness.query_by_label("Reject").is_none());
    harness.get_by_label_contains("More: ").click();
    harness.run_ok();
    harness.get_by_label("Reject").click();
    harness.run_ok();
    assert_eq!(harness.state().pressed.last().map(String::as_str), Some("Reject"));
}

#[test]
fn a_hash_is_copied_whole_and_a_locked_field_stays_as_it_is() {
    let mut harness = page(ThemeChoice::Dark, ActingRole::Operator, &Raster::default());
    let hash = "6ce01689".repeat(8);
    harness.get_by_label(&format!("Hero {hash}, press to copy")).click();
    harness.step();
    let copied = |harness: &Harness<'_, Page>| {
        harness.output().platform_output.commands.contains(&OutputCommand::CopyText("6ce01689".repeat(8)))
    };
    let mut was_copied = copied(&harness);
    for _ in 0..3 {
        harness.step();
        was_copied |= copied(&harness);
    }
    assert!(was_copied);
    harness.get_by_label("Seed").focus();
    harness.run_ok();
    harness.get_by_label("Seed").type_text("1");
    harness.key_press(Key::Tab);
    harness.run_ok();
    assert_eq!(harness.state().texts[3], "965400086");
    harness.get_by_label("Subject").focus();
    harness.run_ok();
    harness.get_by_label("Subject").type_text(" at dawn");
    harness.run_ok();
    assert_eq!(harness.state().texts[0], "a red boat at dawn");
}

#[test]
fn nothing_stands_outside_of_the_window_at_any_zoom() {
    for (size, zoom) in [([1280.0, 800.0], 1.0), ([1280.0, 800.0], 1.5), ([2560.0, 1440.0], 3.0), ([720.0, 520.0], 1.0)]
    {
        let mut scene = crate::gallery::Scene::new(ActingRole::Operator, ThemeChoice::Dark);
        scene.frame.set_zoom(zoom);
        let raster = Raster::default();
        let harness = crate::gallery::harness(scene, size, &raster);
        let screen = harness.ctx.content_rect().expand(1.0);
        for label in
            ["Kento", "Operator, Mara", "Device and model: RTX 4060 · f16 · starter 1.0", "Lock-in pass, current"]
        {
            let rect = harness.get_by_label(label).rect();
            assert!(screen.contains_rect(rect), "{label} at {rect:?} in {screen:?}, zoom {zoom}");
        }
        let stages = ["Brief, done", "Release, blocked"].map(|label| harness.get_by_label(label).rect());
        let role = harness.get_by_label("Director").rect();
        let saved = harness.get_by_label_contains("saved · record 214").rect();
        assert!(saved.right() <= stages[0].left() && stages[1].right() <= role.left(), "{saved:?} {stages:?} {role:?}");
        crate::gallery::keep(&raster.image(&harness.ctx, harness.output()), &format!("zoom-{}-{zoom}", size[0]));
    }
}
