//! What waits, and what is typed beside it: the drawers and the card of a stage by accessible label.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use kento::frame::{FrameEvent, WaitingRow, has_skip_reason};
use kento::theme::{ActingRole, ThemeChoice};

use crate::gallery::{Scene, harness};
use crate::raster::Raster;

fn open() -> Harness<'static, Scene> {
    harness(Scene::new(ActingRole::Operator, ThemeChoice::Dark), [1600.0, 1000.0], &Raster::default())
}

#[test]
fn a_queue_that_waits_for_the_drive_says_why_and_is_tried_again() {
    let mut harness = open();
    let why = "the drive is full: free some space there and try again: /tea.kento/images";
    harness.state_mut().data.job = None;
    harness.state_mut().data.held = Some(why.to_owned());
    harness.run_ok();
    harness.get_by_label("Queue: The queue waits: its pictures cannot be saved").click();
    harness.run_ok();
    harness.get_by_label_contains(why);
    harness.get_by_label("Try again to render and save").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::TryAgainAsked]);
}

#[test]
fn what_waits_for_who_acts_is_counted_below_and_gone_to_by_a_press() {
    let mut harness = open();
    assert!(harness.query_by_label("1 waits for you").is_none());
    let row = |what: &str| WaitingRow { what: what.to_owned(), detail: "made by Mara".to_owned() };
    harness.state_mut().data.waiting = vec![row("Review 0000001bab"), row("Review 0000001cab")];
    harness.run_ok();
    harness.get_by_label("2 wait for you").click();
    harness.run_ok();
    harness.get_by_label("Waits for you");
    harness.get_by_label("Review 0000001cab").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::WaitingAsked(1)]);
}

#[test]
fn a_reason_to_skip_a_stage_would_be_lost_until_it_is_sent() {
    let mut harness = open();
    harness.get_by_label_contains("Lock-in pass, current").click();
    harness.run_ok();
    harness.get_by_label("Skip it, because").focus();
    harness.run_ok();
    assert!(!has_skip_reason(&harness.ctx, 7));
    harness.get_by_label("Skip it, because").type_text("one small picture");
    harness.run_ok();
    assert!(has_skip_reason(&harness.ctx, 7));
    harness.get_by_label("Skip Lock-in pass").click();
    harness.run_ok();
    assert_eq!(harness.state().events, [FrameEvent::SkipAsked(2, "one small picture".to_owned())]);
    assert!(!has_skip_reason(&harness.ctx, 7));
}
