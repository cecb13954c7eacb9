//! What is typed and ticked in the panel, and the pictures of a failed proof, by the names of the controls.

use std::sync::Arc;

use eframe::egui::Theme;
use egui_kittest::kittest::Queryable as _;
use kento_engine::protocol::Pixels;
use kento_studio::SchemaV1;
use kento_studio::card::{CardRef, Slot};
use kento_studio::project::{DiskFs, OpenMode, Owner, Project};
use kento_studio::workflow::{Command, Record};

use super::begin::{Beginning, begin};
use super::test_project::{TestProject, fingerprint, keep, mara, sha};
use super::tests::{drafted, locked};
use super::ui_tests::{asked, decide, fits, harness, press, settle};
use crate::raster::Raster;
use crate::studio::SecondRender;

#[test]
fn rows_are_ticked_for_a_run() {
    let raster = Raster::default();
    let mut panel = harness(locked().0, [340.0, 2400.0], Theme::Dark, &raster);
    press(&mut panel, "Row 2: Seed 12");
    keep(&raster, &panel.ctx, panel.output(), "lock-rows");
    press(&mut panel, "Start volume run · 7 of 8 images");
    let rows = match asked(&mut panel).as_slice() {
        [Command::StartVolumeRun { rows, .. }] => rows.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rows, 7);
    press(&mut panel, "Tick no row");
    panel.get_by_label("Start volume run, not possible: no row is ticked: tick at least one");
    press(&mut panel, "Row 3: Seed 13");
    panel.get_by_label("Start volume run · 1 of 8 images");
    press(&mut panel, "Tick all rows");
    panel.get_by_label("Start volume run · 8 images");
}

#[test]
fn a_new_card_is_saved_or_discarded_before_the_next() {
    let raster = Raster::default();
    let mut panel = harness(TestProject::directed(), [340.0, 1400.0], Theme::Light, &raster);
    press(&mut panel, "From the approved direction");
    let why = "New card, not possible: save or discard the new card first";
    assert_eq!(panel.get_all_by_label(why).count(), 1);
    panel.get_by_label(why).hover();
    for _ in 0..8 {
        panel.step();
    }
    assert!(panel.get_all_by_label(why).count() > 1, "the pointer is told the reason too");
    press(&mut panel, "Discard the new card");
    keep(&raster, &panel.ctx, panel.output(), "lock-discard");
    press(&mut panel, "Keep it");
    panel.get_by_label("Subject");
    press(&mut panel, "Discard the new card");
    press(&mut panel, "Discard it");
    panel.get_by_label("From the approved direction");
}

#[test]
fn a_new_card_that_was_refused_stays_unsaved_beside_another_of_its_name() {
    let raster = Raster::default();
    let mut panel = harness(TestProject::directed(), [340.0, 1400.0], Theme::Dark, &raster);
    let mut theirs = begin(&panel.state().project.input(), &Beginning::Direction).unwrap();
    theirs.set_slot(Slot::Style, "ink");
    press(&mut panel, "From the approved direction");
    press(&mut panel, "Save draft");
    assert_eq!(asked(&mut panel).len(), 1, "and the drive refuses it");
    panel.state_mut().project.act(&mara(), Command::SaveDraftCard { card: Box::new(theirs) });
    settle(&mut panel);
    panel.get_by_label("Discard the new card");
    assert_eq!(panel.get_by_label("Style").value().as_deref(), Some("style 0"));
    panel.get_by_label_contains("Save draft, not possible: the card spring-harbour-style-0-r1 has that name");
    assert_eq!(panel.state().selection.card, None);
}

#[test]
fn the_reason_of_a_revision_stays_until_the_revision_is_there() {
    let raster = Raster::default();
    let (project, card) = locked();
    let mut panel = harness(project, [340.0, 1400.0], Theme::Dark, &raster);
    press(&mut panel, "Revise");
    let why = "Why revision 2 of spring-harbour-style-0?";
    panel.get_by_label(why).focus();
    panel.run_ok();
    panel.get_by_label(why).type_text("too dark");
    settle(&mut panel);
    press(&mut panel, "Make the revision");
    assert_eq!(asked(&mut panel).len(), 1, "and the drive refuses it");
    settle(&mut panel);
    assert_eq!(panel.get_by_label(why).value().as_deref(), Some("too dark"));
    press(&mut panel, "Make the revision");
    decide(&mut panel);
    assert!(panel.query_by_label(why).is_none());
    let next = CardRef { revision: 2, ..card.clone() };
    assert_eq!(panel.state().selection.card, Some(next));
    panel.state_mut().selection.card = Some(card);
    settle(&mut panel);
    assert!(panel.query_by_label(why).is_none());
}

#[test]
fn a_style_from_the_library_is_taken_back_with_everything_it_brought() {
    let raster = Raster::default();
    let project = drafted().0;
    let style = project.input().libraries.styles.styles[0].clone();
    let mut panel = harness(project, [340.0, 1400.0], Theme::Dark, &raster);
    press(&mut panel, "Styles and examples for Style");
    press(&mut panel, &style.name);
    assert_eq!(panel.get_by_label("Style").value(), Some(style.text));
    assert_ne!(panel.get_by_label("Negative").value().as_deref(), Some("text"));
    keep(&raster, &panel.ctx, panel.output(), "lock-style-taken");
    press(&mut panel, &format!("Undo the style {}", style.name));
    assert_eq!(panel.get_by_label("Style").value().as_deref(), Some("style 0"));
    assert_eq!(panel.get_by_label("Negative").value().as_deref(), Some("text"));
    assert!(panel.query_by_label_contains("Undo the style").is_none());
}

#[test]
fn a_failed_job_is_queued_again_by_its_button() {
    let raster = Raster::default();
    let (mut project, card) = drafted();
    project.act(&mara(), Command::RenderHero { card });
    let job = kento_studio::JobId(project.state.next_job().0 - 1);
    project.act(&mara(), Command::ReportFailure { job, cause: "out of memory".to_owned() });
    let mut panel = harness(project, [300.0, 1800.0], Theme::Dark, &raster);
    panel.get_by_label_contains("The Hero was not made: out of memory");
    fits(&panel);
    panel.get_by_label_contains("Queue the Hero again").click();
    settle(&mut panel);
    assert_eq!(asked(&mut panel), [Command::RequeueJobs { jobs: vec![job] }]);
}

#[test]
fn a_failed_proof_shows_the_second_render_and_the_difference_from_the_cache() {
    let raster = Raster::default();
    let (mut project, card) = locked();
    project.prove(&card, false);
    let hero = project.state.card(&card).unwrap().hero.unwrap().image;
    let second = SecondRender {
        schema: SchemaV1,
        hero_pixels: project.state.image(&hero).unwrap().pixels_sha256,
        again_pixels: sha(12_345),
        again_fingerprint: fingerprint(),
        ssimulacra2: Some(71.5),
    };
    let job = kento_studio::JobId(project.state.next_job().0 - 1);
    {
        let path = project.input().images.path(hero);
        let folder = path.ancestors().nth(3).unwrap();
        let owner = OpenMode::Write(Owner::this_process("Jo", project.now));
        let opened = Project::<Record>::open(Arc::new(DiskFs), folder, owner).unwrap();
        let picture = |grey: u8| Pixels { width: 16, height: 16, channels: 3, data: vec![grey; 16 * 16 * 3] };
        second.keep(&opened.project.cache().unwrap(), job, &picture(90), &picture(100)).unwrap();
    }
    let mut panel = harness(project, [300.0, 2400.0], Theme::Dark, &raster);
    let difference = "where they differ, 8 times amplified";
    for _ in 0..100 {
        if panel.query_by_label(difference).is_some() && panel.query_by_label("the second render").is_some() {
            break;
        }
        settle(&mut panel);
    }
    keep(&raster, &panel.ctx, panel.output(), "lock-not-reproduced");
    panel.get_by_label(difference);
    panel.get_by_label("the second render");
    panel.get_by_label("difference ×8");
    panel.get_by_label("Not reproduced.");
    assert!(panel.query_by_label_contains("Not reproduced: ").is_none(), "the box says it, and nothing repeats it");
    panel.get_by_label_contains("The same device and build gave other pixels (SSIMULACRA2 71.5 of 100).");
    fits(&panel);
}
