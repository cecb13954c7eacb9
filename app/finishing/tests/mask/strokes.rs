//! Strokes against every pixel's distance to every piece of the way.

use kento_finishing::PixelRect;
use kento_finishing::mask::{Brush, Combine, Mask, Stabiliser, Steadying, Stroke};
use proptest::prelude::*;

use crate::reference::{mask, sizes};

const WAYS: [Combine; 4] = [Combine::Replace, Combine::Add, Combine::Subtract, Combine::Intersect];

type Tip = ([f32; 2], f32);

fn tips() -> impl Strategy<Value = Vec<Tip>> {
    let near = [-60.0..360.0_f32, -60.0..360.0_f32];
    let far = [-3000.0..3000.0_f32, -3000.0..3000.0_f32];
    let pressure = prop_oneof![3 => Just(1.0), 1 => 0.0..1.0_f32];
    prop::collection::vec((prop_oneof![5 => near, 1 => far], pressure), 1..6)
}

fn brushes() -> impl Strategy<Value = Brush> {
    let radius = prop_oneof![0.1..3.0_f32, 3.0..60.0_f32, 60.0..2000.0_f32];
    let (hardness, opacity) = (prop_oneof![Just(1.0), Just(0.0), 0.0..1.0_f32], prop_oneof![Just(1.0), 0.0..1.0_f32]);
    (radius, hardness, opacity).prop_map(|(radius, hardness, opacity)| Brush { radius, hardness, opacity })
}

fn drawn(base: &Mask, brush: Brush, combine: Combine, tips: &[Tip]) -> Stroke {
    let mut stroke = Stroke::begin(base.clone(), brush, combine, tips[0].0, tips[0].1);
    for (at, pressure) in &tips[1..] {
        stroke.extend(*at, *pressure);
    }
    stroke
}

/// How much one tip covers at a distance: full up to its hardness, smoothly to nothing at the radius, over at least a pixel.
fn covered(brush: Brush, radius: f64, distance: f64) -> f64 {
    let full = (f64::from(brush.hardness) * radius).min(radius - 0.5);
    let end = radius.max(full + 1.0);
    let share = ((end - distance) / (end - full)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// The same for the way between two tips: that of the tip which is closest in radii, found by looking ever closer.
fn covered_on_way(brush: Brush, [a, b]: [Tip; 2], x: f64, y: f64) -> f64 {
    let radius = |pressure: f32| f64::from((brush.radius * pressure).max(0.5));
    let (ra, rb) = (radius(a.1), radius(b.1));
    let at = |t: f64| {
        let place = [0, 1].map(|i| f64::from(a.0[i]) + t * (f64::from(b.0[i]) - f64::from(a.0[i])));
        (f64::hypot(x - place[0], y - place[1]), ra + t * (rb - ra))
    };
    if a.0 == b.0 {
        return covered(brush, ra.max(rb), at(0.0).0);
    }
    let (mut from, mut to) = (0.0, 1.0);
    for _ in 0..90 {
        let (one, two) = (from + (to - from) / 3.0, to - (to - from) / 3.0);
        let in_radii = |t: f64| at(t).0 / at(t).1;
        if in_radii(one) < in_radii(two) { to = two } else { from = one }
    }
    let (distance, radius) = at((from + to) / 2.0);
    covered(brush, radius, distance)
}

proptest! {
    #[test]
    fn a_stroke_covers_what_its_tips_cover(
        size in sizes(), kind: u64, brush in brushes(), way in 0..4_usize, tips in tips(),
    ) {
        let (base, combine) = (mask(size, kind), WAYS[way]);
        let stroke = drawn(&base, brush, combine, &tips);
        let made = stroke.mask();
        let opacity = (brush.opacity * 255.0).round() as u8;
        // Every pixel of a large mask would take minutes: every seventh takes in all columns and rows.
        for i in (0..size[0] * size[1]).step_by(if size[0] * size[1] > 3000 { 7 } else { 1 }) {
            let (x, y) = (i % size[0], i / size[0]);
            let (in_x, in_y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            let pieces = tips.windows(2).map(|pair| [pair[0], pair[1]]).chain([[tips[0]; 2]]);
            let cover = pieces.map(|piece| covered_on_way(brush, piece, in_x, in_y)).fold(0.0, f64::max);
            let new = (cover * 255.0 * f64::from(opacity) / 255.0).round() as u8;
            let expected = combine.apply(base.get(x, y), new);
            prop_assert!(made.get(x, y).abs_diff(expected) <= 1, "{x} {y}: {} for {expected}", made.get(x, y));
        }
        let made = made.clone();
        prop_assert_eq!(stroke.finish(), made);
    }

    #[test]
    fn what_changed_is_reported_and_a_second_time_changes_nothing(
        size in sizes(), kind: u64, brush in brushes(), way in 0..4_usize, tips in tips(),
    ) {
        let (first, rest) = (tips[0], &tips[1..]);
        let mut stroke = Stroke::begin(mask(size, kind), brush, WAYS[way], first.0, first.1);
        for (at, pressure) in rest {
            let before = stroke.mask().clone();
            let reported = stroke.extend(*at, *pressure).unwrap_or_default();
            prop_assert!(PixelRect::of_size(size).contains_rect(reported));
            for tile in before.changed_tiles(stroke.mask()) {
                for (x, y) in (tile.y..tile.bottom()).flat_map(|y| (tile.x..tile.right()).map(move |x| (x, y))) {
                    let is_same = before.get(x, y) == stroke.mask().get(x, y);
                    prop_assert!(is_same || reported.contains(x, y), "{x} {y} changed outside {reported:?}");
                }
            }
        }
        let once = stroke.mask().clone();
        for (at, pressure) in tips.iter().rev().chain(&tips) {
            stroke.extend(*at, *pressure);
        }
        // The way back from the last point is the same way, up to the last bit of a distance.
        for tile in once.changed_tiles(stroke.mask()) {
            for (x, y) in (tile.y..tile.bottom()).flat_map(|y| (tile.x..tile.right()).map(move |x| (x, y))) {
                prop_assert!(once.get(x, y).abs_diff(stroke.mask().get(x, y)) <= 1);
            }
        }
    }
}

#[test]
fn points_that_are_nowhere_are_left_out() {
    let (base, brush) = (mask([200, 90], 4), Brush { radius: 9.0, hardness: 0.5, opacity: 0.7 });
    let good = [([10.0, 20.0], 1.0), ([150.0, 60.0], 0.5), ([190.0, 10.0], 1.0)];
    let clean = drawn(&base, brush, Combine::Add, &good);
    let nowhere = [[f32::NAN, 1.0], [1.0, f32::INFINITY], [f32::NEG_INFINITY, f32::NAN], [2e6, 0.0], [0.0, -1e30]];
    for bad in nowhere {
        let mut stroke = Stroke::begin(base.clone(), brush, Combine::Add, bad, 1.0);
        assert_eq!(stroke.mask(), &base);
        for (at, pressure) in good {
            assert_eq!(stroke.extend(bad, 1.0), None);
            stroke.extend(at, pressure);
        }
        assert_eq!(stroke.finish(), *clean.mask());
    }
    // Pressure that is not a number is a mouse's; a brush that is not a number is the smallest.
    let mouse = Stroke::begin(base.clone(), brush, Combine::Add, [50.0, 50.0], f32::NAN);
    assert_eq!(mouse.mask(), Stroke::begin(base.clone(), brush, Combine::Add, [50.0, 50.0], 1.0).mask());
    let nothing = Brush { radius: f32::NAN, hardness: f32::NAN, opacity: f32::NAN };
    assert_eq!(Stroke::begin(base.clone(), nothing, Combine::Add, [50.0, 50.0], 1.0).finish(), base);
}

#[test]
fn a_finished_stroke_shares_what_it_did_not_touch_and_keeps_full_tiles_short() {
    let base = mask([1000, 1000], 2);
    let brush = Brush { radius: 300.0, hardness: 1.0, opacity: 1.0 };
    let made = drawn(&base, brush, Combine::Add, &[([400.0, 400.0], 1.0), ([500.0, 400.0], 1.0)]).finish();
    let touched = base.changed_tiles(&made);
    assert!(!touched.iter().any(|tile| tile.y >= 768), "the brush ends at row 700: {touched:?}");
    assert_eq!((made.get(400, 400), made.get(799, 400), made.get(400, 701)), (255, 255, base.get(400, 701)));
}

#[test]
fn a_steady_hand_follows_the_pointer_and_forgets_its_trembling() {
    let trembling: Vec<[f32; 2]> = (0..200_u8).map(|i| [f32::from(i), if i % 2 == 0 { 3.0 } else { -3.0 }]).collect();
    let play = |steadying| {
        let mut stabiliser = Stabiliser::new(steadying);
        let mut way: Vec<Tip> = trembling.iter().filter_map(|at| stabiliser.next(*at, 1.0)).collect();
        let inner = way.len();
        way.extend(stabiliser.finish());
        (way, inner)
    };
    let (off, _) = play(Steadying::Off);
    assert!(off.iter().map(|tip| tip.0).eq(trembling.iter().copied()));
    let (mean, inner) = play(Steadying::Mean(16));
    assert!(mean[16..inner].iter().all(|(at, _)| at[1].abs() < 0.5), "{mean:?}");
    assert_eq!(mean.last().unwrap().0, *trembling.last().unwrap(), "the stroke ends where the pointer was lifted");
    let (rope, _) = play(Steadying::Rope(10.0));
    assert!(rope[10..].iter().all(|(at, _)| at[1].abs() < 1.0), "{rope:?}");
    let mut stabiliser = Stabiliser::new(Steadying::Rope(10.0));
    assert_eq!(stabiliser.next([5.0, 5.0], 0.5), Some(([5.0, 5.0], 0.5)));
    assert_eq!(stabiliser.next([12.0, 5.0], 1.0), None, "the rope is slack");
    assert_eq!(stabiliser.next([25.0, 5.0], 1.0), Some(([15.0, 5.0], 1.0)));
    for nowhere in [[f32::NAN, 5.0], [f32::INFINITY, 5.0], [5.0, -3e38]] {
        assert_eq!(stabiliser.next(nowhere, 1.0), None);
    }
    assert_eq!(stabiliser.next([25.0, 16.0], 1.0).map(|(at, _)| at[0] > 15.0 && at[1] > 5.0), Some(true));
}

proptest! {
    #[test]
    fn steadied_points_are_numbers_between_those_of_the_pointer(
        points in prop::collection::vec([-1e6..1e6_f32, -1e6..1e6_f32], 1..40), strength in 0..99_usize, is_rope: bool,
    ) {
        let steadying = if is_rope { Steadying::Rope(strength as f32) } else { Steadying::Mean(strength) };
        let play = || {
            let mut stabiliser = Stabiliser::new(steadying);
            let mut way: Vec<Tip> = points.iter().filter_map(|at| stabiliser.next(*at, 1.0)).collect();
            way.extend(stabiliser.finish());
            way
        };
        let way = play();
        prop_assert_eq!(&way, &play());
        prop_assert_eq!(way[0].0, points[0]);
        for axis in 0..2 {
            let (least, most) = points.iter().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p[axis]), b.max(p[axis])));
            prop_assert!(way.iter().all(|(at, _)| at[axis] >= least - 0.2 && at[axis] <= most + 0.2));
        }
    }
}
