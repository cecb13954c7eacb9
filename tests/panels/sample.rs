//! A project to look at: boats in four styles, a recipe that was proved, a checklist half done.

use std::sync::Arc;

use eframe::egui::{ColorImage, Rect, ScrollArea, TextureHandle, TextureOptions, Ui};
use kento::frame::{
    Chip, Criterion, FrameData, JobLine, Number, NumberBar, PanelContents, PanelKind, QueueRow, QueueState, Saved,
    Stage, StageState, Trend, Unit, padded,
};
use kento::theme::{self, ActingRole, icons};
use kento::widgets::contact_sheet::{self, Arrangement, Sheet, SheetEvent, SheetRow, SheetState, Tile, TileState};
use kento::widgets::image_view::{
    self, Heat, ImageView, MaskLayer, Overlay, PictureNames, PictureTexture, Pictures, Pin, ViewEvent,
};
use kento::widgets::thumbnails::{PictureSource, Thumbnails};
use kento::widgets::{
    ActionButton, Allowed, Answer, ChecklistEvent, ChecklistGroup, ChecklistRow, IconButton, ProofBox, ProofPictures,
    ProofVerdict, SlotField, show_button_row, show_checklist_group, show_proof, show_slot,
};
use kento_finishing::PixelRect;
use kento_studio::Sha256;

/// Side of the sample pictures, in pixels.
const SIDE: u32 = 128;

/// A boat by the sea: style 0 to 3, variation from 0.
pub fn boat(style: usize, variation: usize, side: u32) -> Vec<u8> {
    let (sky, sea, hulls): ([f32; 3], [f32; 3], [[f32; 3]; 4]) = match style {
        0 => (
            [206.0, 225.0, 238.0],
            [49.0, 113.0, 175.0],
            [[213.0, 50.0, 47.0], [233.0, 134.0, 46.0], [243.0, 200.0, 62.0], [44.0, 88.0, 196.0]],
        ),
        1 => (
            [243.0, 236.0, 220.0],
            [150.0, 120.0, 90.0],
            [[140.0, 60.0, 52.0], [160.0, 120.0, 80.0], [245.0, 238.0, 220.0], [70.0, 110.0, 98.0]],
        ),
        2 => ([29.0, 73.0, 143.0], [26.0, 66.0, 132.0], [[230.0, 238.0, 250.0]; 4]),
        _ => (
            [216.0, 232.0, 243.0],
            [120.0, 170.0, 214.0],
            [[214.0, 96.0, 84.0], [238.0, 165.0, 95.0], [240.0, 214.0, 120.0], [110.0, 190.0, 170.0]],
        ),
    };
    let hull = hulls[variation % 4];
    let (x0, size) = (0.35 + 0.1 * ((variation * 7) % 5) as f32, 0.22 + 0.06 * ((variation * 3) % 4) as f32);
    let color = |x: f32, y: f32| -> [f32; 3] {
        let (dx, dy) = ((x - x0) / size, (y - 0.64) / size);
        let horizon = 0.62;
        if (0.0..0.3).contains(&dy) && dx.abs() < 0.75 - dy {
            return hull;
        }
        if dx.abs() < 0.03 && (-1.15..0.0).contains(&dy) {
            return [80.0, 60.0, 50.0];
        }
        if (-1.1..-0.05).contains(&dy) {
            let reach = (dy + 1.1) * 0.62;
            let sail = |fade: f32| std::array::from_fn(|i| hull[i] * fade + 255.0 * (1.0 - fade));
            if dx > 0.03 && dx < reach {
                return sail(0.55);
            }
            if dx < -0.03 && -dx < reach * 0.6 {
                return sail(0.3);
            }
        }
        let wave = (y * 31.0 + variation as f32).sin() > 0.93 && (x * 9.0 + y * 40.0).sin() > 0.1;
        let mut base = if y < horizon { sky } else { sea };
        if y > horizon && wave {
            base = base.map(|channel| channel * 0.7 + 255.0 * 0.3);
        }
        if style == 1 && y > horizon && ((y * 90.0) as i32) % 3 == 0 {
            base = base.map(|channel| channel * 0.82);
        }
        if style == 2 && ((x * 16.0).fract() < 0.04 || (y * 16.0).fract() < 0.04) {
            base = base.map(|channel| channel + 14.0);
        }
        base
    };
    let mut pixels = Vec::with_capacity((side * side * 3) as usize);
    for row in 0..side {
        for column in 0..side {
            let mut sum = [0.0; 3];
            for (sx, sy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let found = color((column as f32 + sx) / side as f32, (row as f32 + sy) / side as f32);
                sum = std::array::from_fn(|i| sum[i] + found[i] / 4.0);
            }
            pixels.extend(sum.map(|channel| channel.clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

/// A tile with a boat on it.
pub fn tile(style: usize, variation: usize) -> Tile {
    const STYLES: [&str; 4] = ["Flat vector", "Woodcut ink", "Blueprint", "Watercolour"];
    let data = Arc::new(boat(style, variation, SIDE));
    let mut hash = [0; 32];
    hash[..2].copy_from_slice(&[style as u8, variation as u8]);
    let picture = Some((Sha256(hash), PictureSource::Rgb { width: SIDE, height: SIDE, data }));
    Tile {
        name: format!("{} {}", STYLES[style], variation + 1),
        picture,
        state: TileState::Done,
        rank: None,
        is_kept: false,
    }
}

/// Four styles of six.
pub fn sheet() -> Sheet {
    let row = |style: usize| {
        let tiles: Vec<Tile> = (0..6).map(|variation| tile(style, variation)).collect();
        let label = tiles[0].name.trim_end_matches(" 1").to_owned();
        SheetRow { label, tiles }
    };
    let mut rows: Vec<SheetRow> = (0..4).map(row).collect();
    rows[0].tiles[0].rank = Some(1);
    rows[3].tiles[2].rank = Some(2);
    rows[1].tiles[2].rank = Some(3);
    rows[2].tiles[4].rank = Some(4);
    rows[0].tiles[3].state = TileState::Rejected { reason: "too dark for print".to_owned() };
    rows[1].tiles[4].state = TileState::Rejected { reason: "two masts".to_owned() };
    rows[2].tiles[5].state = TileState::Failed { cause: "the device ran out of memory".to_owned() };
    rows[2].tiles[5].picture = None;
    rows[3].tiles[4].state = TileState::Running { fraction: 0.6 };
    rows[3].tiles[5] = Tile::queued("Watercolour 6");
    rows[0].tiles[4].is_kept = true;
    Sheet { name: "Concept grid".to_owned(), rows, can_be_sorted: false }
}

/// A thousand tiles of sixteen pictures.
pub fn thousand() -> Sheet {
    let pictures: Vec<Tile> = (0..16).map(|i| tile(i % 4, i / 4)).collect();
    let tiles = (0..1000).map(|i| Tile { name: format!("Volume {i}"), ..pictures[i % 16].clone() }).collect();
    Sheet { name: "Volume run".to_owned(), rows: vec![SheetRow { label: String::new(), tiles }], can_be_sorted: false }
}

pub fn frame_data(role: ActingRole) -> FrameData {
    let is = |text: &str, is_met| Criterion { text: text.to_owned(), is_met };
    let stage = |name: &str, state| Stage {
        name: name.to_owned(),
        state,
        entry: is("A direction is approved", true),
        action:
            "Fix prompt, seed and settings until one picture carries the brief, then prove that it can be made again."
                .to_owned(),
        exit: vec![is("The Hero is chosen", true), is("The recipe is proved and locked", false)],
        missing: vec!["Prove and lock harbour-flat r3".to_owned(), "The Director approves the Hero".to_owned()],
        skipping: Some(Allowed::Yes),
    };
    let number = |name: &str, value: &str, trend, course: &[f64], expected| Number {
        name: name.to_owned(),
        value: value.to_owned(),
        trend,
        course: course.iter().enumerate().map(|(i, value)| [i as f64, *value]).collect(),
        bars: [1, 2, 3].map(|count| {
            let bar = |(i, value): (usize, &f64)| NumberBar {
                label: format!("{count}.{i}"),
                value: *value,
                text: format!("{value}"),
            };
            course.iter().enumerate().take(count * 2).map(bar).collect()
        }),
        expected,
        unit: Unit::Plain,
        explanation: format!("{name} of this project"),
    };
    let job = |job, title: &str, detail: &str, state| QueueRow {
        job,
        cancel: Allowed::Yes,
        title: title.to_owned(),
        detail: detail.to_owned(),
        state,
    };
    FrameData {
        project: Some("Harbour Days".to_owned()),
        recent: vec!["Winterkatalog".to_owned(), "Lighthouse".to_owned()],
        recent_open: None,
        projects: Allowed::Yes,
        has_role: true,
        saved: Saved::Yes { record: 214 },
        stages: vec![
            stage("Brief", StageState::Done),
            stage("Concept sprint", StageState::Done),
            stage("Lock-in pass", StageState::Current),
            stage("Volume run", StageState::Open),
            stage("Fix-and-finish", StageState::Skipped),
            stage("Review gate", StageState::Blocked),
            stage("Release", StageState::Blocked),
        ],
        role,
        roles: [const { Allowed::Yes }; 3],
        person: "Mara".to_owned(),
        device: Chip {
            text: "RTX 4060 · f16 · starter 1.0".to_owned(),
            explanation: "discrete GPU through Vulkan".to_owned(),
            has_failed: false,
        },
        devices: Allowed::Yes,
        device_lines: Vec::new(),
        job: Some(JobLine {
            title: "Volume test 3 of 8".to_owned(),
            fraction: 0.61,
            detail: "step 12 of 20 · 0.9 s left · then 4 jobs, 22 s".to_owned(),
        }),
        idle: "ready".to_owned(),
        held: None,
        waiting: Vec::new(),
        queue: vec![
            job(3, "Volume test 3 of 8", "0.9 s left", QueueState::Running { fraction: 0.61 }),
            job(4, "Volume test 4 of 8", "5.4 s", QueueState::Waiting),
            job(5, "Volume test 5 of 8", "5.4 s", QueueState::Waiting),
            job(6, "Woodcut ink 6", "the recipe is paused", QueueState::Held),
        ],
        numbers: vec![
            number("Keep rate", "31 %", Trend::Rises, &[18.0, 22.0, 20.0, 27.0, 31.0], Some(25.0)),
            number("Iterations per final", "5.2", Trend::Falls, &[9.0, 7.5, 8.0, 6.1, 5.2], None),
            number("Rework", "8 %", Trend::Steady, &[8.0, 9.0, 8.5, 8.0], Some(10.0)),
            number("Brief → hero", "2 h 10", Trend::Unknown, &[2.2], None),
        ],
    }
}

/// What stands in the sample's panels, and what was done in them.
pub struct SampleContents {
    pub sheet: Sheet,
    pub sheet_state: SheetState,
    pub moodboard: Sheet,
    pub moodboard_state: SheetState,
    pub thumbnails: Option<Thumbnails>,
    pub view: ImageView,
    pub picture: Option<PictureTexture>,
    pub other: Option<PictureTexture>,
    pub proof: Option<TextureHandle>,
    pub mask: Option<MaskLayer>,
    pub slots: Vec<(SlotField, String)>,
    pub groups: Vec<ChecklistGroup>,
    pub pins: Vec<Pin>,
    pub sheet_events: Vec<SheetEvent>,
    pub view_events: Vec<ViewEvent>,
    pub checklist_events: Vec<ChecklistEvent>,
    pub role: ActingRole,
    pub pressed: Option<usize>,
    /// The panel that wants all room for itself.
    pub claims: Option<PanelKind>,
}

impl SampleContents {
    pub fn new(role: ActingRole) -> Self {
        let slot = |label: &str, count: &str, text: &str| {
            (SlotField { label: label.to_owned(), count: count.to_owned(), ..SlotField::default() }, text.to_owned())
        };
        let mut slots = vec![
            slot("Subject", "4 tokens", "a red boat"),
            slot("Context", "3", "by the sea"),
            slot("Composition", "5", "centred, copy space left"),
            slot("Style", "2", "flat vector"),
            slot("Technical", "0", ""),
            slot("Negative", "library: flat-vector-artefacts v2", "gradient, noise, text, extra mast"),
        ];
        slots[4].0.hint = "resolution cues, aspect, quality terms".to_owned();
        slots[2].0.parent = Some("centred".to_owned());
        let mut moodboard = sheet();
        let ranked = |rank: u8| moodboard.rows.iter().flat_map(|row| &row.tiles).find(|tile| tile.rank == Some(rank));
        let tiles = (1..=4).filter_map(|rank| ranked(rank).cloned()).collect();
        moodboard = Sheet {
            name: "Moodboard".to_owned(),
            rows: vec![SheetRow { label: String::new(), tiles }],
            can_be_sorted: true,
        };
        let mut sheet_state = SheetState::new(Arrangement::Rows, 60.0);
        sheet_state.select(0);
        Self {
            sheet: sheet(),
            sheet_state,
            moodboard,
            moodboard_state: SheetState::new(Arrangement::Strip, 56.0),
            thumbnails: None,
            view: ImageView::default(),
            picture: None,
            other: None,
            proof: None,
            mask: None,
            slots,
            groups: checklist(),
            pins: vec![Pin { number: 1, at: [0.38, 0.46] }],
            sheet_events: Vec::new(),
            view_events: Vec::new(),
            checklist_events: Vec::new(),
            role,
            pressed: None,
            claims: None,
        }
    }

    fn grid(&mut self, ui: &mut Ui) {
        let Some(thumbnails) = &mut self.thumbnails else { return };
        let is_strip = self.sheet_state.arrangement == Arrangement::Strip;
        let moodboard = if is_strip { 0.0 } else { 96.0 };
        let area = ui.available_rect_before_wrap();
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - moodboard);
        ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(above), |ui| {
            self.sheet_events.extend(contact_sheet::show(ui, &self.sheet, &mut self.sheet_state, thumbnails));
        });
        if is_strip {
            return;
        }
        ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(below), |ui| {
            ui.separator();
            let colors = theme::palette(ui.style());
            let note = eframe::egui::RichText::new("Moodboard · approved by Jo, 14:02").color(colors.secondary).small();
            ui.label(note);
            let events = contact_sheet::show(ui, &self.moodboard, &mut self.moodboard_state, thumbnails);
            for event in events {
                if let SheetEvent::Moved { from, to } = event {
                    let tiles = &mut self.moodboard.rows[0].tiles;
                    let tile = tiles.remove(from);
                    tiles.insert(to, tile);
                }
                self.sheet_events.push(event);
            }
        });
    }

    fn lock_panel(&mut self, ui: &mut Ui) {
        let area = ui.available_rect_before_wrap();
        let (above, below) = area.split_top_bottom_at_y(area.bottom() - theme::CONTROL_HEIGHT - theme::GAP);
        ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(above), |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                for (slot, text) in &mut self.slots {
                    show_slot(ui, slot, text);
                }
                ui.add_space(theme::GRID);
                let proof = ProofBox {
                    verdict: ProofVerdict::Identical,
                    pixels: ["6ce01689".repeat(7) + "c0de3c44", "6ce01689".repeat(7) + "c0de3c44"],
                    made_on: vec!["Vulkan · RTX 4060 · f16 · numerics 4".to_owned()],
                };
                let texture = self.proof.as_ref().map(TextureHandle::id);
                show_proof(ui, &proof, ProofPictures { first: texture, again: texture, difference: None });
            });
        });
        ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(below), |ui| {
            ui.add_space(theme::GAP);
            let needs = Allowed::No("needs the Director".to_owned());
            self.pressed = show_button_row(
                ui,
                &[
                    ActionButton::primary("Prove and lock").keys("Ctrl+L"),
                    ActionButton::plain("Render hero"),
                    ActionButton::plain("Approve hero").allowed(needs),
                ],
            );
        });
    }

    fn checklist(&mut self, ui: &mut Ui) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for group in &mut self.groups {
                for event in show_checklist_group(ui, group) {
                    match &event {
                        ChecklistEvent::Answered(row, answer) => group.rows[*row].answer = *answer,
                        ChecklistEvent::Noted(row, note) => group.rows[*row].note = note.clone(),
                        ChecklistEvent::PinPressed(_) => {}
                    }
                    self.checklist_events.push(event);
                }
                ui.add_space(theme::GAP);
            }
        });
    }
}

fn checklist() -> Vec<ChecklistGroup> {
    let row = |text: &str, answer, note: &str| ChecklistRow {
        text: text.to_owned(),
        answer,
        note: note.to_owned(),
        ..ChecklistRow::default()
    };
    let group = |title: &str, rows: Vec<ChecklistRow>| ChecklistGroup { title: title.to_owned(), rows };
    let mut groups = vec![
        group(
            "Visual",
            vec![
                row("Hands, faces, eyes, teeth", Answer::NotApplicable, "not in the picture"),
                row("Edges and seams", Answer::Fail, "halo left of the sail"),
                row("Text and signs legible", Answer::Pass, ""),
                row("Duplicated elements", Answer::Pass, ""),
                row("Lighting and shadows", Answer::Open, ""),
            ],
        ),
        group(
            "Brand and accuracy",
            vec![row("Palette", Answer::Pass, "ΔE 2.1 of at most 4.0"), row("Proportions", Answer::Open, "")],
        ),
        group(
            "Legal",
            vec![
                row("No recognisable person or logo", Answer::Open, ""),
                row("Model licence permits use", Answer::Open, "starter 1.0 · MIT OR Apache-2.0"),
            ],
        ),
    ];
    groups[0].rows[1].pin = Some(1);
    groups[1].rows[0].colours = vec![[213, 50, 47], [49, 113, 175], [206, 225, 238]];
    groups
}

impl PanelContents for SampleContents {
    fn context(&self, panel: PanelKind) -> String {
        match panel {
            PanelKind::ConceptGrid => "4 styles × 6 · 22 of 24 · 41 s",
            PanelKind::LockPanel => "harbour-flat · r3 draft · Δ 2 slots",
            PanelKind::Canvas => "6ce0 1689 · 512×512 · 78 %",
            PanelKind::Checklist => "review, full · stakes: client",
        }
        .to_owned()
    }

    fn actions(&mut self, ui: &mut Ui, panel: PanelKind) {
        if panel == PanelKind::ConceptGrid {
            if IconButton::new(icons::LARGER, "Larger tiles").keys("+").show_sized(ui, 24.0) {
                self.sheet_state.zoom(1.25);
            }
            if IconButton::new(icons::SMALLER, "Smaller tiles").keys("−").show_sized(ui, 24.0) {
                self.sheet_state.zoom(0.8);
            }
        }
    }

    fn show_preview(&mut self, ui: &Ui, rect: Rect, _: u64) -> bool {
        ui.painter().rect_filled(rect, 2.0, theme::shown([49, 113, 175]));
        true
    }

    fn claims_all(&mut self) -> Option<PanelKind> {
        self.claims
    }

    fn give_room_back(&mut self) {
        self.claims = None;
    }

    fn show(&mut self, ui: &mut Ui, panel: PanelKind) {
        let ctx = ui.ctx().clone();
        let thumbnails = self.thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 64).unwrap());
        if panel == PanelKind::ConceptGrid {
            thumbnails.listen(&ctx);
            let is_strip = self.role == ActingRole::Reviewer;
            self.sheet_state.arrangement = if is_strip { Arrangement::Strip } else { Arrangement::Rows };
        }
        let upload = |variation| PictureTexture::from_rgb(&ctx, 512, 512, &boat(0, variation, 512)).unwrap();
        self.picture.get_or_insert_with(|| upload(0));
        self.other.get_or_insert_with(|| upload(1));
        self.mask.get_or_insert_with(|| {
            let masked = |i: u32| {
                let (x, y) = ((i % 64) as f32 / 64.0 - 0.4, (i / 64) as f32 / 64.0 - 0.42);
                if (x / 0.12).powi(2) + (y / 0.2).powi(2) < 1.0 { 255 } else { 0 }
            };
            let mut layer = MaskLayer::new([64, 64]);
            let whole = PixelRect { x: 0, y: 0, width: 64, height: 64 };
            layer.update(&ctx, whole, |_, grey| (0..64 * 64).zip(grey).for_each(|(i, grey)| *grey = masked(i)));
            layer
        });
        self.proof.get_or_insert_with(|| {
            ctx.load_texture("proof", ColorImage::from_rgb([256, 256], &boat(0, 0, 256)), TextureOptions::LINEAR)
        });
        match panel {
            PanelKind::ConceptGrid => padded(ui, |ui| self.grid(ui)),
            PanelKind::LockPanel => padded(ui, |ui| self.lock_panel(ui)),
            PanelKind::Canvas => {
                let (Some(first), second) = (&mut self.picture, self.other.as_mut()) else { return };
                let names = PictureNames { first: "Hero r3", second: "Hero r2" };
                let mask = self.mask.as_ref().map(|mask| (mask, theme::palette(ui.style()).mask));
                let overlay = Overlay { mask, ..Overlay::default() };
                let (heat, live) = (Heat::Unasked, None);
                let mix = None;
                let pictures = Pictures { first, second, names, mix, overlay, heat, live, pins: &self.pins };
                self.view_events.extend(image_view::show(ui, &mut self.view, pictures));
            }
            PanelKind::Checklist => padded(ui, |ui| self.checklist(ui)),
        }
    }
}
