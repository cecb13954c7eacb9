use std::collections::BTreeMap;
use std::time::Duration;

use eframe::egui::{Align, Context, Frame, Label, Layout, Margin, Panel, RichText, ScrollArea, Ui};
use kento_studio::Sha256;
use kento_studio::workflow::{Command, Image, IterationSubject, Judgement, Pin, ReviewList, Role, Verdict};

use super::act_ui::{self, Act, Form};
use super::cull_ui;
use super::data::{self, ItemData, ListData, ListKind, View, default_kind, judge_command, list_data};
use super::draft::{Draft, Drafts};
use super::elsewhere_ui::Elsewhere;
use super::evidence::{Evidence, EvidencePictures, WantedFile};
use super::footer::{notices, who_may_clear};
use super::fresh::fresh_data;
use super::fresh_ui::{self, FreshAct};
use super::item_ui::{self, ItemEvent, Row};
use super::measuring::{Measuring, PALETTE_ITEM};
use super::release::Rereading;
use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::frame::PanelKind;
use crate::panels::budget::{BudgetForm, show_budget};
use crate::panels::canvas::{CanvasPanel, PinWanted};
use crate::theme::{self, icons};
use crate::widgets::image_view;
use crate::widgets::{ActionButton, Allowed, EmptyState, Segment, SegmentLook, segmented, sentence, show_empty_state};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ChecklistPanel {
    /// Lists that somebody chose instead of the one that the image stands before.
    kinds: BTreeMap<Sha256, ListKind>,
    pub(super) drafts: Drafts,
    alt_texts: BTreeMap<Sha256, String>,
    forms: BTreeMap<Sha256, (u64, Form)>,
    reject_notes: BTreeMap<Sha256, String>,
    list: Option<ReviewList>,
    /// The file that is read once more before it is cleared or released.
    pub(super) rereading: Option<Rereading>,
    /// What went wrong on the way, by image.
    pub(super) failure: Option<(Sha256, String)>,
    /// A pin that was set before its item was named.
    loose_pin: Option<(Sha256, Pin)>,
    /// The item to bring into sight.
    scroll_to: Option<String>,
    evidence: EvidencePictures,
    budget: BudgetForm,
    elsewhere: Elsewhere,
    /// What is to be measured, and what is.
    pub(super) wants_measure: Option<(Sha256, ListKind, String)>,
    pub(super) measuring: Option<Measuring>,
    /// The file that somebody chooses or that is being added, and the draft that it goes to.
    pub(super) wanted_file: Option<WantedFile>,
}

impl ChecklistPanel {
    /// The note beside the title.
    pub fn context(&self, input: &PanelInput<'_>, selection: &Selection) -> String {
        let Some(image) = selection.image else { return String::new() };
        let would = |command: &Command| input.would(command);
        let list = list_data(view(input, &would), image, self.kind(input, image));
        list.map(|list| data::context(input.state, &image, &list)).unwrap_or_default()
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        selection: &mut Selection,
        canvas: &mut CanvasPanel,
        asks: &mut Vec<PanelAsk>,
    ) {
        self.take_reread(input, asks);
        self.take_file(input);
        self.take_measurement(ui.ctx(), input);
        let known = selection.image.and_then(|image| input.state.image(&image));
        let Some(image) = known else { return nothing_selected(ui, selection.image.is_some(), asks) };
        let would = |command: &Command| input.would(command);
        let view = view(input, &would);
        let list = list_data(view, image.sha256, self.kind(input, image.sha256));
        if let Some(list) = &list {
            self.drafts.settle(image.sha256, list);
            self.take_pins(ui.ctx(), image.sha256, list, canvas);
        }
        let frame = Frame::new().inner_margin(Margin::same(theme::MARGIN));
        Panel::bottom("who may clear")
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| self.footer(ui, input, view, image, canvas, asks));
        let frame = Frame::new().inner_margin(Margin { bottom: 0, ..Margin::same(theme::MARGIN) });
        frame.show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                self.body(ui, input, view, image, list.as_ref(), selection, canvas, asks);
                ui.add_space(theme::GAP);
            });
        });
    }

    fn kind(&self, input: &PanelInput<'_>, image: Sha256) -> ListKind {
        let chosen = self.kinds.get(&image).copied().filter(|_| data::has_artefact_gate(input.state));
        chosen.unwrap_or_else(|| default_kind(input.state, &image))
    }

    #[expect(clippy::too_many_arguments, reason = "the frame's parts, handed on once")]
    fn body(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        view: View<'_>,
        image: &Image,
        list: Option<&ListData>,
        selection: &mut Selection,
        canvas: &mut CanvasPanel,
        asks: &mut Vec<PanelAsk>,
    ) {
        let palette = theme::palette(ui.style());
        for notice in notices(view, image.sha256) {
            let text = RichText::new(format!("{}  {notice}", icons::WARNING)).color(palette.text);
            ui.add(Label::new(text).wrap());
        }
        if image.review().is_none() && input.actor.role == Role::Operator {
            let mut note = self.reject_notes.remove(&image.sha256);
            asks.extend(cull_ui::show(ui, input, image, &mut note).map(PanelAsk::decide));
            self.reject_notes.extend(note.map(|note| (image.sha256, note)));
            ui.add_space(theme::GAP);
        }
        if image.released.is_none() && !image.is_vetoed() {
            show_budget(ui, input, IterationSubject::Image { root: image.root }, &mut self.budget, asks);
        }
        self.kind_switch(ui, input, image.sha256);
        if let Some(fresh) =
            fresh_data(view, image.sha256).filter(|_| self.kind(input, image.sha256) == ListKind::Review)
        {
            if fresh.wait.is_some() {
                ui.ctx().request_repaint_after(Duration::from_secs(1));
            }
            match fresh_ui::show(ui, &fresh, image.sha256) {
                Some(FreshAct::Begin(command)) => asks.push(PanelAsk::decide(command)),
                Some(FreshAct::LookAt(next)) => {
                    selection.image = Some(next);
                    asks.push(PanelAsk::Reveal(PanelKind::Canvas));
                }
                None => {}
            }
            ui.add_space(theme::GAP);
        }
        match list {
            Some(list) => self.items(ui, input, image.sha256, list, canvas, asks),
            None => {
                let text = "The checklist is not in the project: a Director or a Reviewer adopts it first.";
                ui.add(Label::new(RichText::new(text).color(palette.secondary)).wrap());
            }
        }
        let mut draft = self.alt_texts.remove(&image.sha256);
        asks.extend(act_ui::show_alt_text(ui, input, image, &mut draft).map(PanelAsk::decide));
        self.alt_texts.extend(draft.map(|draft| (image.sha256, draft)));
        self.elsewhere.show(ui, input, image, asks);
    }

    /// Whether an alt text of an image is typed and not saved.
    pub fn has_alt_text(&self, image: Sha256) -> bool {
        self.alt_texts.contains_key(&image)
    }

    /// Whether a note, an alt text or the words of a decision are written and not saved.
    pub fn has_unsaved(&self) -> bool {
        let has_note = self.reject_notes.values().any(|note| !note.trim().is_empty());
        let has_form = self.forms.values().any(|(_, form)| form.has_words());
        let is_written = !self.alt_texts.is_empty() || self.drafts.has_words() || self.elsewhere.has_words();
        is_written || has_note || has_form || self.budget.has_words()
    }

    /// Artefact gate or review gate, where the project has both.
    fn kind_switch(&mut self, ui: &mut Ui, input: &PanelInput<'_>, image: Sha256) {
        const KINDS: [ListKind; 2] = [ListKind::Artefacts, ListKind::Review];
        if !data::has_artefact_gate(input.state) {
            return;
        }
        let chosen = usize::from(self.kind(input, image) == ListKind::Review);
        let segments = [Segment::new("Artefact gate"), Segment::new("Review gate")];
        if let Some(at) = segmented(ui, SegmentLook::Plain, &segments, chosen) {
            self.kinds.insert(image, KINDS[at]);
        }
        ui.add_space(theme::GRID);
    }

    fn items(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        image: Sha256,
        list: &ListData,
        canvas: &mut CanvasPanel,
        asks: &mut Vec<PanelAsk>,
    ) {
        let palette = theme::palette(ui.style());
        let note =
            |text: String| Label::new(RichText::new(text).font(theme::note_font()).color(palette.secondary)).wrap();
        if let Some(reason) = why_locked(input, image, list) {
            ui.add(note(format!("{}  {}", icons::LOCK, sentence(&reason))));
        }
        if let Some(changed) = &list.changed {
            ui.add(note(changed.clone()));
        }
        if self.loose_pin.is_some_and(|(of, _)| of == image) {
            ui.horizontal_wrapped(|ui| {
                ui.label(
                    RichText::new("The pin is set: press the cross of the item that it shows.").color(palette.accent),
                );
                if ActionButton::plain("Remove it").show(ui) {
                    self.loose_pin = None;
                }
            });
        }
        let numbered = self.drafts.numbered(image, list);
        for group in &list.groups {
            ui.horizontal(|ui| {
                ui.label(RichText::new(&group.title).font(theme::strong_font()).color(palette.secondary));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(group.progress()).font(theme::note_font()).color(palette.secondary));
                });
            });
            for item in &group.items {
                let of_item = |(number, of, pin): &(u32, String, Pin)| (*of == item.id).then_some((*number, *pin));
                let pins = numbered.iter().filter_map(of_item).collect();
                let scope = ui.push_id(&item.id, |ui| self.item(ui, input, image, list, item, pins, canvas));
                if self.scroll_to.as_ref() == Some(&item.id) {
                    scope.response.scroll_to_me(Some(Align::Center));
                    self.scroll_to = None;
                }
                if let Some(event) = scope.inner {
                    self.act_on_item(input, image, list, item, event, canvas, asks);
                }
            }
            ui.add_space(theme::GAP);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the frame's parts, handed on once")]
    fn item(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        image: Sha256,
        list: &ListData,
        item: &ItemData,
        pins: Vec<(u32, Pin)>,
        canvas: &CanvasPanel,
    ) -> Option<ItemEvent> {
        let measures = if item.id == PALETTE_ITEM { self.may_measure(input) } else { None };
        let draft = self.drafts.get_mut(image, list.kind, &item.id);
        let written = draft.as_ref().map(|draft| judge_command(list.kind, image, &item.id, draft.verdict()));
        let wanted = PinWanted { image, item: item.id.clone() };
        let row = Row {
            item,
            draft,
            may_judge: &list.may_judge,
            may_save: written.map(|command| input.would(&command)).unwrap_or_default(),
            pins,
            measures,
            waits_for_pin: canvas.wanted_pin() == Some(&wanted),
            evidence: Evidence { input, image, pictures: &mut self.evidence },
            now: input.now,
        };
        item_ui::show(ui, row)
    }

    #[expect(clippy::too_many_arguments, reason = "the frame's parts, handed on once")]
    fn act_on_item(
        &mut self,
        input: &PanelInput<'_>,
        image: Sha256,
        list: &ListData,
        item: &ItemData,
        event: ItemEvent,
        canvas: &mut CanvasPanel,
        asks: &mut Vec<PanelAsk>,
    ) {
        let kind = list.kind;
        match event {
            ItemEvent::Answered(judgement) => self.answer(input, image, kind, item, judgement, asks),
            ItemEvent::PinWanted => {
                canvas.want_pin(PinWanted { image, item: item.id.clone() });
                asks.push(PanelAsk::Reveal(PanelKind::Canvas));
            }
            ItemEvent::LookAt(pin) => {
                canvas.look_at([pin.x as f32, pin.y as f32]);
                asks.push(PanelAsk::Reveal(PanelKind::Canvas));
            }
            ItemEvent::MeasureWanted => self.wants_measure = Some((image, kind, item.id.clone())),
            ItemEvent::FileWanted => {
                self.wanted_file = Some(WantedFile { image, kind, item: item.id.clone(), file: None });
                asks.push(PanelAsk::ChooseEvidence);
            }
            ItemEvent::Discarded => self.drafts.close(image, kind, &item.id),
            ItemEvent::PinRemoved | ItemEvent::Saved => {
                let Some(draft) = self.drafts.get_mut(image, kind, &item.id) else { return };
                if event == ItemEvent::PinRemoved {
                    draft.pins.pop();
                } else {
                    asks.push(PanelAsk::decide(judge_command(kind, image, &item.id, draft.send())));
                }
            }
        }
    }

    /// A pass and "not applicable" are recorded at once where nothing more is needed; everything else opens a draft.
    fn answer(
        &mut self,
        input: &PanelInput<'_>,
        image: Sha256,
        kind: ListKind,
        item: &ItemData,
        judgement: Judgement,
        asks: &mut Vec<PanelAsk>,
    ) {
        let loose = self.loose_pin.take_if(|(of, _)| *of == image).map(|(_, pin)| pin);
        if let Some(draft) = self.drafts.get_mut(image, kind, &item.id) {
            draft.judgement = judgement;
            draft.pins.extend(loose);
            return;
        }
        let stands = item.verdict.as_ref().is_some_and(|verdict| verdict.judgement == judgement);
        let bare = Verdict { judgement, note: String::new(), evidence: Vec::new(), pins: Vec::new() };
        let command = judge_command(kind, image, &item.id, bare);
        if !stands && loose.is_none() && judgement != Judgement::Fail && input.would(&command).is_yes() {
            asks.push(PanelAsk::decide(command));
            return;
        }
        let mut draft = Draft::begin(item, judgement);
        draft.pins.extend(loose);
        self.drafts.open(image, kind, &item.id, draft);
    }

    /// Takes the places that were pressed on the canvas, and shows every pin there.
    fn take_pins(&mut self, ctx: &Context, image: Sha256, list: &ListData, canvas: &mut CanvasPanel) {
        for placed in canvas.take_placed().into_iter().filter(|placed| placed.image == image) {
            let pin = Pin { x: f64::from(placed.at[0]), y: f64::from(placed.at[1]) };
            let draft = placed.item.as_deref().and_then(|item| self.drafts.get_mut(image, list.kind, item));
            match draft {
                Some(draft) => draft.pins.push(pin),
                None if list.may_judge.is_yes() => self.loose_pin = Some((image, pin)),
                None => {}
            }
            self.scroll_to = placed.item.or_else(|| self.scroll_to.take());
        }
        let numbered = self.drafts.numbered(image, list);
        if let Some(number) = canvas.take_pressed() {
            let pressed = numbered.iter().find(|(of, _, _)| *of == number);
            self.scroll_to = pressed.map(|(_, item, _)| item.clone());
        }
        let shown = |number: u32, pin: Pin| image_view::Pin { number, at: [pin.x as f32, pin.y as f32] };
        let mut pins: Vec<_> = numbered.iter().map(|(number, _, pin)| shown(*number, *pin)).collect();
        let next = u32::try_from(pins.len() + 1).unwrap_or(u32::MAX);
        pins.extend(self.loose_pin.filter(|(of, _)| *of == image).map(|(_, pin)| shown(next, pin)));
        canvas.show_pins(ctx, image, pins);
    }

    /// Who may clear and when, what is being written, and the buttons.
    fn footer(
        &mut self,
        ui: &mut Ui,
        input: &PanelInput<'_>,
        view: View<'_>,
        image: &Image,
        canvas: &CanvasPanel,
        asks: &mut Vec<PanelAsk>,
    ) {
        let palette = theme::palette(ui.style());
        let sha256 = image.sha256;
        let mut words = who_may_clear(view, sha256);
        if self.alt_texts.contains_key(&sha256) {
            words.insert_str(0, "The alt text is typed and not saved: save it first. ");
        }
        let text = RichText::new(words).font(theme::note_font()).color(palette.secondary);
        ui.add(Label::new(text).wrap());
        if let Some((of, why)) = &self.failure
            && *of == sha256
        {
            let text =
                RichText::new(format!("{}  {why}", icons::FAIL)).font(theme::note_font()).color(palette.fail_text);
            ui.add(Label::new(text).wrap());
        }
        let is_read = self.rereading.as_ref().is_some_and(|rereading| rereading.image == sha256);
        let hindrance = match (is_read, self.alt_texts.contains_key(&sha256), canvas.is_changed(sha256)) {
            (true, _, _) => Some(act_ui::READING),
            (_, true, _) => Some(act_ui::UNSAVED),
            (_, _, true) => Some(act_ui::CHANGED),
            (false, false, false) => None,
        };
        // What was written for a decision goes with the decision: the image stands elsewhere then.
        let passed = u64::try_from(image.reviews.len()).unwrap_or_default() * 2
            + u64::from(image.open_review().is_some())
            + u64::from(image.released.is_some());
        self.forms.retain(|of, (at, _)| *of != sha256 || *at == passed);
        let act = match self.forms.get_mut(&sha256) {
            Some((_, form)) if !is_read => act_ui::show_form(ui, input, sha256, form),
            _ => {
                let mut list = self.list.unwrap_or(ReviewList::Full);
                let act = act_ui::show_buttons(ui, input, image, &mut list, hindrance);
                self.list = Some(list);
                act
            }
        };
        match act {
            Some(Act::Decide(command)) => asks.push(PanelAsk::decide(command)),
            Some(Act::Open(form)) => {
                self.forms.insert(sha256, (passed, form));
            }
            Some(Act::Close) => {
                self.forms.remove(&sha256);
            }
            Some(Act::Reread(then)) => self.reread(ui.ctx(), input.images, sha256, then),
            None => {}
        }
    }
}

fn view<'a>(input: &PanelInput<'a>, would: &'a dyn Fn(&Command) -> Allowed) -> View<'a> {
    View { state: input.state, actor: input.actor, now: input.now, would }
}

/// Why nothing can be ticked, where the footer does not say it.
fn why_locked(input: &PanelInput<'_>, image: Sha256, list: &ListData) -> Option<String> {
    let reason = list.may_judge.reason()?;
    match (list.kind, input.state.image(&image).and_then(Image::review).map(|review| &review.outcome)) {
        (ListKind::Review, None) => Some("A Reviewer judges these once the image is at the gate.".to_owned()),
        (ListKind::Review, Some(Some(_))) => None,
        (ListKind::Review, Some(None)) | (ListKind::Artefacts, _) => Some(reason.to_owned()),
    }
}

fn nothing_selected(ui: &mut Ui, is_input: bool, asks: &mut Vec<PanelAsk>) {
    let advice = match is_input {
        true => "This picture is an input. Select an image that was made in the project.",
        false => "Select an image in the concept grid: what is to be looked at stands here, item by item.",
    };
    let state = EmptyState {
        icon: icons::CHECKLIST,
        title: "Nothing to judge".to_owned(),
        advice: advice.to_owned(),
        buttons: vec![ActionButton::plain("Choose an image")],
    };
    if show_empty_state(ui, &state).is_some() {
        asks.push(PanelAsk::Reveal(PanelKind::ConceptGrid));
    }
}
