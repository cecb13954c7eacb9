use kento_finishing::PixelRect;
use kento_finishing::mask::{Brush, Combine, Mask, Shape};

use super::{MaskTool, MaskTools, Masking, Step, Traced, differences};
use crate::widgets::image_view::{Keys, Trace, TraceStep};

fn trace(step: TraceStep, at_in_image: [f32; 2]) -> Trace {
    Trace { step, at_in_image, pressure: 1.0, keys: Keys::default() }
}

/// Draws from place to place with a tool. What the end of it did.
fn draw(masking: &mut Masking, tools: &MaskTools, way: &[[f32; 2]]) -> Traced {
    masking.follow(tools, trace(TraceStep::Begin, way[0]), 1.0);
    for at in &way[1..] {
        masking.follow(tools, trace(TraceStep::Move, *at), 1.0);
    }
    masking.follow(tools, trace(TraceStep::End, way[way.len() - 1]), 1.0)
}

fn tools(tool: MaskTool) -> MaskTools {
    MaskTools { tool, brush: Brush { radius: 4.0, hardness: 1.0, opacity: 1.0 }, ..MaskTools::default() }
}

fn masked(masking: &Masking) -> f64 {
    masking.mask().share() * 64.0 * 64.0
}

#[test]
fn a_stroke_is_seen_while_it_is_made_and_counts_once_it_is_done() {
    let mut masking = Masking::new([64, 64]).unwrap();
    let brush = tools(MaskTool::Brush);
    assert_eq!(masking.follow(&brush, trace(TraceStep::Begin, [10.0, 10.0]), 1.0), Traced::Drawing);
    masking.follow(&brush, trace(TraceStep::Move, [40.0, 10.0]), 1.0);
    assert!(masking.seen().get(25, 10) > 0 && masking.mask().is_empty());
    masking.follow(&brush, trace(TraceStep::Cancel, [0.0; 2]), 1.0);
    assert!(masking.seen().is_empty(), "a stroke that is given up leaves nothing");
    assert_eq!(draw(&mut masking, &brush, &[[10.0, 10.0], [40.0, 10.0]]), Traced::Done);
    let stroke = masked(&masking);
    assert!((30.0 * 8.0..30.0 * 8.0 + 80.0).contains(&stroke), "{stroke}");
    draw(&mut masking, &tools(MaskTool::Eraser), &[[25.0, 5.0], [25.0, 15.0]]);
    assert!(masked(&masking) < stroke && masking.mask().get(25, 10) == 0);
    assert_eq!(masking.undo().as_deref(), Some("eraser"));
    assert_eq!(masked(&masking), stroke);
    assert_eq!((masking.undo().as_deref(), masking.undo()), (Some("brush"), None));
    assert_eq!((masking.redo().as_deref(), masked(&masking)), (Some("brush"), stroke));
}

#[test]
fn what_is_being_drawn_is_kept_when_something_else_is_done() {
    let mut masking = Masking::new([64, 64]).unwrap();
    let brush = tools(MaskTool::Brush);
    masking.follow(&brush, trace(TraceStep::Begin, [10.0, 10.0]), 1.0);
    masking.follow(&brush, trace(TraceStep::Move, [40.0, 10.0]), 1.0);
    assert_eq!((masking.settle(), masking.settle()), (Traced::Done, Traced::Nothing));
    assert!(masking.mask().get(40, 10) > 0);
    assert_eq!(masking.follow(&brush, trace(TraceStep::End, [60.0, 60.0]), 1.0), Traced::Nothing);
    assert_eq!(masking.undo().as_deref(), Some("brush"));
    assert!(masking.mask().is_empty());
    let rectangle = tools(MaskTool::Rectangle);
    masking.follow(&rectangle, trace(TraceStep::Begin, [10.0, 10.0]), 1.0);
    masking.follow(&rectangle, trace(TraceStep::Move, [20.0, 30.0]), 1.0);
    assert_eq!((masking.settle(), masked(&masking)), (Traced::Done, 200.0));
    draw(&mut masking, &tools(MaskTool::Polygon), &[[50.0, 50.0]]);
    assert!(masking.settle() == Traced::Nothing && masking.is_open_polygon(), "it waits for its corners");
}

#[test]
fn shapes_join_what_is_masked_as_they_are_told() {
    let mut masking = Masking::new([64, 64]).unwrap();
    let mut rectangle = tools(MaskTool::Rectangle);
    draw(&mut masking, &rectangle, &[[10.0, 10.0], [20.0, 30.0]]);
    assert_eq!(masked(&masking), 200.0);
    assert_eq!(masking.sketch(None), Vec::<[f32; 2]>::new(), "nothing is being drawn any more");
    rectangle.combine = Combine::Subtract;
    draw(&mut masking, &rectangle, &[[0.0, 0.0], [15.0, 63.0]]);
    assert_eq!(masked(&masking), 100.0);
    rectangle.combine = Combine::Replace;
    masking.follow(&rectangle, trace(TraceStep::Begin, [40.0, 40.0]), 1.0);
    let keys = Keys { shift: true, alt: false };
    masking.follow(&rectangle, Trace { keys, ..trace(TraceStep::Move, [50.0, 44.0]) }, 1.0);
    assert_eq!(masking.sketch(None)[2], [50.0, 50.0], "Shift makes the sides equal");
    masking.follow(&rectangle, Trace { keys, ..trace(TraceStep::End, [50.0, 44.0]) }, 1.0);
    assert_eq!(masked(&masking), 100.0);
    let ellipse = MaskTools { combine: Combine::Add, ..tools(MaskTool::Ellipse) };
    draw(&mut masking, &ellipse, &[[0.0, 0.0], [20.0, 20.0]]);
    assert!((masked(&masking) - 100.0 - 314.0).abs() < 12.0, "{}", masked(&masking));
    assert_eq!(draw(&mut masking, &ellipse, &[[5.0, 5.0]]), Traced::Nothing, "a click is no ellipse");
}

#[test]
fn a_polygon_is_closed_by_its_first_corner_and_a_lasso_by_letting_go() {
    let mut masking = Masking::new([64, 64]).unwrap();
    let polygon = tools(MaskTool::Polygon);
    for at in [[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]] {
        draw(&mut masking, &polygon, &[at]);
    }
    assert!(masking.is_open_polygon() && masking.mask().is_empty());
    assert_eq!(masking.sketch(Some([9.0, 20.0])).len(), 5);
    assert_eq!(masking.follow(&polygon, trace(TraceStep::Begin, [11.0, 12.0]), 1.0), Traced::Done);
    assert_eq!((masked(&masking), masking.is_open_polygon()), (400.0, false));
    draw(&mut masking, &polygon, &[[50.0, 50.0]]);
    assert!(masking.give_up() && !masking.give_up());
    let lasso = tools(MaskTool::Lasso);
    draw(&mut masking, &lasso, &[[40.0, 40.0], [60.0, 40.0], [60.0, 60.0], [40.0, 60.0]]);
    assert_eq!(masked(&masking), 800.0);
}

#[test]
fn a_colour_is_selected_inside_the_picture_only() {
    let mut masking = Masking::new([64, 32]).unwrap();
    let wand = tools(MaskTool::Colour);
    let at = masking.follow(&wand, trace(TraceStep::Begin, [63.5, 31.5]), 1.0);
    assert_eq!(at, Traced::Select { at: [63, 31], combine: Combine::Add });
    assert_eq!(masking.follow(&wand, trace(TraceStep::Begin, [64.0, 3.0]), 1.0), Traced::Nothing);
    let keys = Keys { shift: false, alt: true };
    let taken = masking.follow(&wand, Trace { keys, ..trace(TraceStep::Begin, [0.0, 0.0]) }, 1.0);
    assert_eq!(taken, Traced::Select { at: [0, 0], combine: Combine::Subtract });
}

#[test]
fn a_picture_has_several_masks_with_names() {
    let mut masking = Masking::new([8, 8]).unwrap();
    assert_eq!(masking.name(), "Mask 1");
    assert_eq!(masking.remove(), None, "it is the only one");
    masking.add().unwrap();
    assert_eq!((masking.name(), masking.current(), masking.masks().len()), ("Mask 2", 1, 2));
    assert!(!masking.rename("Mask 1") && !masking.rename("  ") && masking.rename(" the left hand "));
    masking.change(1, Mask::full([8, 8]).unwrap(), "everything");
    masking.choose(0);
    assert!(masking.mask().is_empty());
    masking.choose(1);
    assert_eq!((masking.mask().share(), masking.remove().as_deref()), (1.0, Some("the left hand")));
    assert_eq!(masking.name(), "Mask 1");
    let refused = masking.change(0, Mask::new([9, 9]).unwrap(), "another size");
    assert!(matches!(refused, Traced::Refused(_)), "{refused:?}");
}

#[test]
fn a_mask_that_was_removed_is_brought_back_where_it_was_with_its_undo_steps() {
    let mut masking = Masking::new([8, 8]).unwrap();
    assert!(masking.removed().is_none() && masking.bring_back().is_none());
    masking.change(0, Mask::full([8, 8]).unwrap(), "everything");
    masking.add().unwrap();
    masking.add().unwrap();
    masking.choose(0);
    assert_eq!((masking.remove().as_deref(), masking.removed()), (Some("Mask 1"), Some("Mask 1")));
    assert!(masking.name() == "Mask 2" && masking.undo().is_none(), "its neighbour has no steps");
    assert_eq!((masking.bring_back(), masking.removed()), (Some(0), None));
    let names = |masking: &Masking| masking.masks().iter().map(|mask| mask.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&masking), ["Mask 1", "Mask 2", "Mask 3"]);
    assert_eq!((masking.name(), masking.mask().share()), ("Mask 1", 1.0));
    assert_eq!(masking.undo().as_deref(), Some("everything"));
    // Another mask may have its name by then, and fewer masks may be left.
    masking.choose(2);
    masking.remove();
    masking.rename("Mask 3");
    assert_eq!(masking.bring_back(), Some(2));
    assert_eq!(names(&masking), ["Mask 1", "Mask 3", "Mask 3 (2)"]);
    masking.remove();
    masking.remove();
    assert_eq!((masking.bring_back(), names(&masking).len()), (Some(1), 2), "only the last one comes back");
}

#[test]
fn the_brush_keeps_within_its_sizes() {
    let mut tools = MaskTools::default();
    (0..200).for_each(|_| tools.step_brush(Step::Smaller));
    assert_eq!(tools.brush.radius, 0.5);
    (0..200).for_each(|_| tools.step_brush(Step::Larger));
    assert_eq!(tools.brush.radius, 1000.0);
    tools.scale_brush(0.5);
    assert_eq!(tools.brush.radius, 500.0);
}

#[test]
fn only_what_changed_is_uploaded() {
    let empty = Mask::new([300, 300]).unwrap();
    let shape = Shape::Rectangle { from: [140.0, 10.0], to: [150.0, 20.0] };
    let mask = empty.with_shape(&shape, Combine::Add).unwrap();
    let tile = PixelRect { x: 128, y: 0, width: 128, height: 128 };
    assert_eq!(differences(Some(&empty), &mask), [tile]);
    assert_eq!(differences(Some(&mask), &mask), []);
    assert_eq!(differences(None, &mask), [PixelRect { x: 0, y: 0, width: 300, height: 300 }]);
}

#[test]
fn in_a_large_picture_a_shape_is_left_to_a_thread_and_a_stroke_is_not() {
    let mut masking = Masking::new([8192, 8192]).unwrap();
    let way = [[10.0, 10.0], [30.0, 30.0]];
    let traced = draw(&mut masking, &tools(MaskTool::Rectangle), &way);
    let Traced::Shape { shape, combine, label } = traced else { panic!("{traced:?}") };
    assert!(masking.mask().is_empty() && label == "rectangle");
    assert_eq!(masking.mask_shape(&shape, combine, label), Traced::Done);
    assert_eq!(masking.mask().bounds(), Some(PixelRect::new(10, 10, 20, 20)));
    assert_eq!(draw(&mut masking, &tools(MaskTool::Brush), &way), Traced::Done);
    let mut small = Masking::new([64, 64]).unwrap();
    assert_eq!(draw(&mut small, &tools(MaskTool::Rectangle), &way), Traced::Done);
}

#[test]
fn the_masked_share_follows_a_stroke_that_is_not_ended() {
    let mut masking = Masking::new([64, 64]).unwrap();
    draw(&mut masking, &tools(MaskTool::Rectangle), &[[0.0, 0.0], [32.0, 64.0]]);
    assert_eq!((masking.mask().share(), masking.share_drawn(128)), (0.5, 0.0));
    let brush = tools(MaskTool::Brush);
    masking.follow(&brush, trace(TraceStep::Begin, [32.0, 32.0]), 1.0);
    masking.follow(&brush, trace(TraceStep::Move, [50.0, 32.0]), 1.0);
    let more = masking.share_drawn(128);
    assert!(more > 0.01 && (masking.seen().share() - 0.5 - more).abs() < 1e-12, "{more}");
    masking.follow(&brush, trace(TraceStep::End, [50.0, 32.0]), 1.0);
    assert!(masking.mask().share() > 0.5 && masking.share_drawn(128) == 0.0);
    // An eraser takes from it.
    masking.follow(&tools(MaskTool::Eraser), trace(TraceStep::Begin, [10.0, 10.0]), 1.0);
    assert!(masking.share_drawn(128) < 0.0);
}
