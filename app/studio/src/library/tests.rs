use jiff::civil::date;

use super::*;
use crate::card::{Adapters, CardName, LibraryEntryRef, LoraReference, Slot};
use crate::card_examples::{card, hash, lock};
use crate::{PersonName, SchedulerSetting, SchemaV1};

fn entry(name: &str, text: &str) -> NegativeEntry {
    let (name, text, suppresses) = (name.to_owned(), text.to_owned(), "soft edges".to_owned());
    NegativeEntry { name, text, suppresses, evidence: Vec::new() }
}

fn negatives() -> NegativeLibrary {
    let set = |name: &str, entries| NegativeSet { name: name.to_owned(), purpose: "for tests".to_owned(), entries };
    let print = vec![entry("blur", "blurry"), entry("noise", "noisy")];
    let neon = vec![entry("soft", "blurry"), entry("text", "text")];
    NegativeLibrary { schema: SchemaV1, version: 1, sets: vec![set("print", print), set("neon", neon)] }
}

fn styles() -> StyleLibrary {
    let style = Style {
        name: "neon".to_owned(),
        looks: "Glowing tubes on a dark wall.".to_owned(),
        text: "neon sign".to_owned(),
        negative: Some("neon".to_owned()),
        settings: Some(StyleSettings {
            scheduler: Some(SchedulerSetting { name: "euler".to_owned(), sigmas: None }),
            steps: Some(25),
            guidance_scale: None,
        }),
        adapters: Adapters::default(),
    };
    StyleLibrary { schema: SchemaV1, version: 1, styles: vec![style] }
}

fn checklist() -> Checklist {
    let item = |id: &str, group: &str| ChecklistItem {
        id: id.to_owned(),
        group: group.to_owned(),
        text: "Hands have five fingers.".to_owned(),
        needs_evidence: false,
        hint: "Count them.".to_owned(),
    };
    let items = vec![item("hands", "Visual"), item("eyes", "Visual"), item("logos", "Legal")];
    Checklist { schema: SchemaV1, name: "test".to_owned(), version: 1, items }
}

fn template() -> Template {
    Template {
        schema: SchemaV1,
        recipe: lock(card()),
        project: "calm-posters".to_owned(),
        generated: 40,
        kept: 10,
        promoted_by: PersonName::new("Ada").unwrap(),
        promoted_at: "2026-11-21T03:00:00Z".parse().unwrap(),
    }
}

#[track_caller]
fn refused<T: RonForm<Refusal = LibraryRefusal>>(mut form: T, change: impl FnOnce(&mut T)) -> String {
    form.check_form().unwrap();
    change(&mut form);
    let refusal = form.check_form().unwrap_err().to_string();
    assert_eq!(to_ron(&form).unwrap_err().to_string(), format!("this {} breaks a rule: {refusal}", T::KIND));
    refusal
}

fn reference(library: &str, entry: &str) -> LibraryEntryRef {
    LibraryEntryRef { library: library.to_owned(), entry: entry.to_owned() }
}

#[test]
fn every_form_round_trips() {
    assert_eq!(from_ron::<NegativeLibrary>(&to_ron(&negatives()).unwrap()).unwrap(), negatives());
    assert_eq!(from_ron::<StyleLibrary>(&to_ron(&styles()).unwrap()).unwrap(), styles());
    assert_eq!(from_ron::<Checklist>(&to_ron(&checklist()).unwrap()).unwrap(), checklist());
    assert_eq!(from_ron::<Template>(&to_ron(&template()).unwrap()).unwrap(), template());
}

#[test]
fn a_negative_prompt_is_put_together_from_entries_and_names_them() {
    let library = negatives();
    let print = library.prompt("print").unwrap();
    assert_eq!(print.text, "blurry, noisy");
    assert_eq!(print.from, [reference("print", "blur"), reference("print", "noise")]);
    let mixed = library.compose(&[reference("neon", "text"), reference("print", "blur"), reference("neon", "soft")]);
    assert_eq!(mixed.unwrap().text, "text, blurry", "the same text stands there once");
    assert_eq!(
        library.prompt("ink").unwrap_err().to_string(),
        "there is no negative set named \"ink\": choose one that is in the library"
    );
    assert_eq!(
        library.compose(&[reference("print", "text")]).unwrap_err().to_string(),
        "there is no negative entry named \"text\": choose one that is in the library"
    );
}

#[test]
fn a_project_review_adds_entries_with_evidence() {
    let mut library = negatives();
    let mut found = entry("double", "two suns");
    assert_eq!(
        library.add_from_review("print", found.clone()).unwrap_err().to_string(),
        "\"double\" comes from a project review without evidence: name at least one image that shows the failure"
    );
    found.evidence = vec![hash(1), hash(2)];
    assert!(library.add_from_review("ink", found.clone()).is_err());
    assert_eq!(library, negatives(), "a refused entry changes nothing");
    library.add_from_review("print", found.clone()).unwrap();
    assert_eq!((library.version, library.prompt("print").unwrap().text.as_str()), (2, "blurry, noisy, two suns"));
    found.evidence = vec![hash(2), hash(3)];
    library.add_from_review("print", found.clone()).unwrap();
    assert_eq!(library.entry(&reference("print", "double")).unwrap().evidence, [hash(1), hash(2), hash(3)]);
    found.text = "three suns".to_owned();
    assert_eq!(
        library.add_from_review("print", found).unwrap_err().to_string(),
        "there are two negative entries named \"double\": rename one of them"
    );
    assert_eq!(library.check_form(), Ok(()));
}

#[test]
fn a_style_gives_a_card_its_slot_its_negative_prompt_and_its_settings() {
    let mut styled = card();
    styles().style("neon").unwrap().apply_to(&mut styled, &negatives()).unwrap();
    assert_eq!(styled.check(), Ok(()));
    assert_eq!(styled.recipe.prompt, "a (red sun:1.2), over blue mountains, neon sign");
    assert_eq!((styled.style.as_deref(), styled.negative.text.as_str()), (Some("neon"), "blurry, text"));
    assert_eq!((styled.recipe.scheduler.name.as_str(), styled.recipe.steps), ("euler", 25));
    assert_eq!(styled.recipe.guidance_scale, card().recipe.guidance_scale, "what a style leaves open stays");
    assert!(styles().style("ink").is_err());
    assert_eq!(styles().check_against(&negatives()), Ok(()));
    let mut fewer = negatives();
    fewer.sets.pop();
    assert!(styles().check_against(&fewer).is_err());
    let mut untouched = card();
    assert!(styles().styles[0].apply_to(&mut untouched, &fewer).is_err());
    assert_eq!(untouched, card(), "a refused style changes nothing");
}

#[test]
fn a_style_library_keeps_its_rules() {
    assert_eq!(
        refused(styles(), |library| library.styles[0].name = "Neon sign".to_owned()),
        "the name of a style has 1 to 60 of the characters a-z, 0-9 and -, and this is not one: \"Neon sign\""
    );
    assert_eq!(
        refused(styles(), |library| library.styles.push(library.styles[0].clone())),
        "there are two styles named \"neon\": rename one of them"
    );
    assert_eq!(refused(styles(), |library| library.styles[0].text.clear()), "the text of neon is empty: write it");
    assert_eq!(
        refused(styles(), |library| library.version = 0),
        "the version of a style library is counted from 1 and this is 0: write 1"
    );
    let settings = |library: &mut StyleLibrary| library.styles[0].settings.as_mut().unwrap().steps = Some(0);
    assert_eq!(refused(styles(), settings), "steps must be between 1 and 1000 and is 0");
    let lora = LoraReference { name: "ink".to_owned(), sha256: hash(1), weight: 1.0 };
    assert_eq!(
        refused(styles(), |library| library.styles[0].adapters.loras.push(lora)),
        "this version of Kento cannot use adapters yet: remove them from the style \"neon\""
    );
}

#[test]
fn a_checklist_keeps_its_rules() {
    let list = checklist();
    let groups: Vec<(&str, usize)> = list.groups().iter().map(|(group, items)| (*group, items.len())).collect();
    assert_eq!(groups, [("Visual", 2), ("Legal", 1)]);
    assert_eq!(list.item("logos").unwrap().group, "Legal");
    assert_eq!(
        refused(checklist(), |list| list.items[0].group = "Legal".to_owned()),
        "the group \"Legal\" stands at two places of the checklist: put its items together"
    );
    assert_eq!(
        refused(checklist(), |list| list.items[1].id = "hands".to_owned()),
        "there are two checklist items named \"hands\": rename one of them"
    );
    assert_eq!(refused(checklist(), |list| list.items.clear()), "the list of items of test is empty: write it");
    assert_eq!(refused(checklist(), |list| list.items[2].hint.clear()), "the hint of logos is empty: write it");
}

#[test]
fn a_template_is_copied_into_a_new_draft() {
    let template = template();
    assert_eq!(template.keep_rate(), 0.25);
    let copy = template.copy(CardName::new("blue-moon").unwrap());
    assert_eq!(copy.check(), Ok(()));
    assert_eq!((copy.revision, copy.parent.clone().unwrap().to_string()), (1, "red-sun-r1".to_owned()));
    assert_eq!(template.recipe.card().differences(&copy), []);
    for (kept, generated) in [(0, 0), (0, 9), (11, 10)] {
        assert_eq!(
            refused(self::template(), |template| (template.kept, template.generated) = (kept, generated)),
            format!(
                "a template needs at least one image kept out of those generated, and this says {kept} of {generated}: correct the counts"
            )
        );
    }
}

#[test]
fn skeleton_examples_fill_every_slot() {
    let some = |text: &str| vec![text.to_owned()];
    let examples = SkeletonExamples {
        schema: SchemaV1,
        version: 1,
        subject: some("a red sun"),
        context: some("over hills"),
        composition: some("left third"),
        style: some("neon sign"),
        technical: some("high detail"),
    };
    assert_eq!(examples.of(Slot::Style), ["neon sign"]);
    let list = ["a red sun", "a white boat", "a (red apple:1.2)"].map(str::to_owned).to_vec();
    let several = SkeletonExamples { subject: list, ..examples.clone() };
    let first = |text: &str| {
        let (list, named) = several.named_first(Slot::Subject, text);
        format!("{} {named}", list[0])
    };
    assert_eq!(first("Boats in the harbour."), "a white boat 1");
    assert_eq!(first("apples, and an APPLE"), "a (red apple:1.2) 1");
    assert_eq!(first("The sunrise, all in red"), "a red sun 0");
    assert_eq!(
        refused(examples.clone(), |examples| examples.technical.clear()),
        "the list of examples of Technical is empty: write it"
    );
    assert_eq!(
        refused(examples, |examples| examples.subject.push("a red sun".to_owned())),
        "there are two examples named \"a red sun\": rename one of them"
    );
}

#[test]
fn the_workflow_document_keeps_its_rules_and_its_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../recipes/workflow.ron");
    let document: WorkflowDocument = read_ron(&path).unwrap();
    let due = document.review_by;
    assert!(!document.overdue(due) && document.overdue(due.tomorrow().unwrap()));
    let reviewed = document.reviewed(PersonName::new("Ada").unwrap(), date(2030, 1, 31));
    assert_eq!((reviewed.version, reviewed.owner.as_str()), (document.version + 1, "Ada"));
    assert!(!reviewed.overdue(date(2030, 1, 31)) && reviewed.overdue(date(2030, 2, 1)));
    assert_eq!(reviewed.check_form(), Ok(()));

    let again = || document.clone();
    assert!(refused(again(), |document| document.stages.swap(0, 1)).starts_with("the workflow has the stages brief, "));
    assert!(
        refused(again(), |document| document.roles.truncate(2)).ends_with("this has Director, Operator: restore them")
    );
    assert!(refused(again(), |document| document.triggers.truncate(2)).contains("3 triggers"));
    assert_eq!(
        refused(again(), |document| document.repair.clear()),
        "the repair rule of the workflow document is empty: write it"
    );
    assert_eq!(
        refused(again(), |document| document.stages[0].action.clear()),
        "the action of brief is empty: write it"
    );
    assert_eq!(
        refused(again(), |document| document.numbers.sprint_styles.least = 9),
        "the number \"sprint_styles\" of the workflow is out of range: write it as it is in the shipped document"
    );
    let text = to_ron(&document).unwrap();
    let wrong = text.replacen(&format!("review_by: \"{due}\""), "review_by: \"2027-02-30\"", 1);
    assert!(from_ron::<WorkflowDocument>(&wrong).unwrap_err().to_string().contains("\"2027-02-30\" cannot be read"));
}

#[test]
fn a_template_whose_recipe_was_edited_is_refused() {
    let text = to_ron(&template()).unwrap();
    let edited = text.replacen("seed: 7,", "seed: 8,", 1);
    assert!(from_ron::<Template>(&edited).unwrap_err().to_string().contains("a locked card is never edited"));
}
