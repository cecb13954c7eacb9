//! Growing, shrinking, feathering and filling against loops over every pair of pixels.

use kento_finishing::mask::Mask;
use proptest::prelude::*;

use crate::reference::{mask, sizes};

/// Small enough for loops over every pair of pixels.
fn small() -> impl Strategy<Value = [u32; 2]> {
    [1..34_u32, 1..34_u32]
}

fn radii() -> impl Strategy<Value = f32> {
    prop_oneof![0.1..3.0_f32, (1..9_u8).prop_map(f32::from), 3.0..20.0_f32, 20.0..2000.0_f32]
}

/// The distance to the nearest pixel at most `reach` away for which this is true.
fn distance(mask: &Mask, [x, y]: [u32; 2], reach: f32, is_goal: impl Fn(u8) -> bool) -> f64 {
    let reach = reach as u32 + 3;
    let mut nearest = f64::INFINITY;
    for row in y.saturating_sub(reach)..=(y + reach).min(mask.size()[1] - 1) {
        for column in x.saturating_sub(reach)..=(x + reach).min(mask.size()[0] - 1) {
            if is_goal(mask.get(column, row)) {
                nearest = nearest.min(f64::from(column.abs_diff(x)).hypot(f64::from(row.abs_diff(y))));
            }
        }
    }
    nearest
}

fn check_growth(old: &Mask, radius: f32, every: usize) -> Result<(), TestCaseError> {
    let (grown, shrunk) = (old.grown(radius), old.shrunk(radius));
    for i in (0..old.size()[0] * old.size()[1]).step_by(every) {
        let at = [i % old.size()[0], i / old.size()[0]];
        let value = old.get(at[0], at[1]);
        let share = |distance: f64| ((f64::from(radius) + 1.0 - distance).clamp(0.0, 1.0) * 255.0).round() as u8;
        let more = share(distance(old, at, radius, |v| v >= 128));
        prop_assert_eq!(grown.get(at[0], at[1]), value.max(more), "{:?} grown by {}", at, radius);
        let less = 255 - share(distance(old, at, radius, |v| v < 128));
        prop_assert_eq!(shrunk.get(at[0], at[1]), value.min(less), "{:?} shrunk by {}", at, radius);
    }
    Ok(())
}

/// The weights up to five standard deviations, and the mask beyond its edge as at its edge.
fn check_feather(old: &Mask, radius: f32, every: usize) -> Result<(), TestCaseError> {
    let deviation = f64::from(radius) / 2.0;
    let reach = (5.0 * deviation).ceil() as i64;
    let weight = |i: i64, j: i64| (-((i * i + j * j) as f64) / (2.0 * deviation * deviation)).exp();
    let around = || (-reach..=reach).flat_map(|j| (-reach..=reach).map(move |i| (i, j)));
    let total: f64 = around().map(|(i, j)| weight(i, j)).sum();
    let made = old.feathered(radius);
    let [width, height] = old.size();
    for at in (0..width * height).step_by(every) {
        let (x, y) = (at % width, at / width);
        let near = |v: u32, by: i64, side: u32| (i64::from(v) + by).clamp(0, i64::from(side) - 1) as u32;
        let sum: f64 =
            around().map(|(i, j)| weight(i, j) * f64::from(old.get(near(x, i, width), near(y, j, height)))).sum();
        let expected = (sum / total).round() as u8;
        prop_assert!(made.get(x, y).abs_diff(expected) <= 1, "{x} {y}: {} for {expected}", made.get(x, y));
    }
    Ok(())
}

/// Water from the edge finds its level by being let down again and again.
fn filled(old: &Mask) -> Vec<u8> {
    let [width, height] = old.size();
    let mut levels = vec![255_u8; (width * height) as usize];
    loop {
        let before = levels.clone();
        for i in 0..levels.len() {
            let (x, y) = (i as u32 % width, i as u32 / width);
            let at = |x: u32, y: u32| if x < width && y < height { levels[(y * width + x) as usize] } else { 0 };
            let around = [at(x.wrapping_sub(1), y), at(x + 1, y), at(x, y.wrapping_sub(1)), at(x, y + 1)];
            levels[i] = around.into_iter().fold(255, u8::min).max(old.get(x, y));
        }
        if levels == before {
            return levels;
        }
    }
}

proptest! {
    #[test]
    fn growing_and_shrinking_is_by_exact_distance(size in small(), kind: u64, radius in radii()) {
        check_growth(&mask(size, kind), radius, 1)?;
    }

    #[test]
    fn feathering_is_a_gaussian(size in small(), kind: u64, radius in 0.1..9.0_f32) {
        check_feather(&mask(size, kind), radius, 5)?;
    }

    #[test]
    fn filling_raises_what_has_no_way_out(size in small(), kind: u64) {
        let old = mask(size, kind);
        prop_assert_eq!(old.holes_filled().to_bytes(), filled(&old));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn tiles_make_no_difference(size in sizes(), kind: u64, grow in 0.1..40.0_f32, feather in 0.1..60.0_f32) {
        let old = mask(size, kind);
        check_growth(&old, grow, 211)?;
        check_feather(&old, feather, 4001)?;
    }
}

#[test]
fn a_radius_of_nothing_changes_nothing() {
    let old = mask([140, 70], 4);
    for radius in [0.0, -1.0, f32::NAN, f32::NEG_INFINITY] {
        assert_eq!(old.grown(radius), old);
        assert_eq!(old.shrunk(radius), old);
        assert_eq!(old.feathered(radius), old);
    }
}

#[test]
fn endless_radii_reach_everything_and_uniform_masks_stay() {
    let size = [150, 3];
    let (empty, full) = (Mask::new(size).unwrap(), Mask::full(size).unwrap());
    for radius in [0.5, 7.0, 1e9, f32::INFINITY] {
        for old in [&empty, &full] {
            assert_eq!((&old.grown(radius), &old.shrunk(radius), &old.feathered(radius)), (old, old, old));
        }
    }
    let mut one = vec![0; 450];
    one[7] = 255;
    let dot = Mask::from_bytes(size, &one).unwrap();
    assert_eq!(dot.grown(f32::INFINITY), full);
    assert!(dot.shrunk(0.5).get(7, 0) < 255 && dot.shrunk(1.0).is_empty());
    assert_eq!((empty.holes_filled(), full.holes_filled()), (empty, full));
}

#[test]
fn a_ring_is_filled_and_its_soft_inner_edge_too() {
    use kento_finishing::mask::{Combine, Shape};
    let size = [300, 260];
    let disc = |r: f32| Shape::Ellipse { from: [150.0 - r, 130.0 - r], to: [150.0 + r, 130.0 + r] };
    let outer = Mask::new(size).unwrap().with_shape(&disc(100.0), Combine::Add).unwrap();
    let ring = outer.with_shape(&disc(80.3), Combine::Subtract).unwrap();
    assert_eq!(ring.get(150, 130), 0);
    assert_eq!(ring.holes_filled(), outer);
    let open =
        ring.with_shape(&Shape::Rectangle { from: [148.0, 0.0], to: [152.0, 100.0] }, Combine::Subtract).unwrap();
    assert_eq!(open.holes_filled().get(150, 130), 0);
}
