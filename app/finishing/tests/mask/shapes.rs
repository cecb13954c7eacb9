//! Shapes against exact areas and against points looked at one by one.

use kento_finishing::mask::{Combine, Mask, MaskError, Shape};
use proptest::prelude::*;

use crate::reference::{mask, sizes};

fn point() -> impl Strategy<Value = [f32; 2]> {
    [-80.0..380.0_f32, -80.0..380.0_f32]
}

/// The share of a pixel that is inside, by 24x24 points.
fn sampled(x: u32, y: u32, is_inside: impl Fn(f64, f64) -> bool) -> f64 {
    let samples = (0..24 * 24).map(|i| (f64::from(i % 24), f64::from(i / 24)));
    let places = samples.map(|(i, j)| (f64::from(x) + (i + 0.5) / 24.0, f64::from(y) + (j + 0.5) / 24.0));
    places.filter(|(x, y)| is_inside(*x, *y)).count() as f64 / (24.0 * 24.0)
}

/// Even-odd, by counting sides to the left.
fn is_in_polygon(points: &[[f32; 2]], x: f64, y: f64) -> bool {
    let mut is_inside = false;
    for i in 0..points.len() {
        let ([ax, ay], [bx, by]) = (points[i].map(f64::from), points[(i + 1) % points.len()].map(f64::from));
        if (ay <= y) != (by <= y) && ax + (y - ay) / (by - ay) * (bx - ax) < x {
            is_inside = !is_inside;
        }
    }
    is_inside
}

/// What a mask masks in all, in pixels.
fn area(mask: &Mask) -> f64 {
    mask.to_bytes().iter().map(|v| f64::from(*v)).sum::<f64>() / 255.0
}

fn near(made: &Mask, x: u32, y: u32, share: f64, tolerance: f64) -> Result<(), TestCaseError> {
    let value = f64::from(made.get(x, y)) / 255.0;
    prop_assert!((value - share).abs() <= tolerance, "{x} {y}: {value} for {share}");
    Ok(())
}

proptest! {
    #[test]
    fn joining_is_what_it_is_pixel_by_pixel(size in sizes(), old: u64, new: u64, way in 0..4_usize) {
        let (old, new) = (mask(size, old), mask(size, new));
        let how = [Combine::Replace, Combine::Add, Combine::Subtract, Combine::Intersect][way];
        let made = old.combined(&new, how).unwrap();
        for i in 0..size[0] * size[1] {
            let (x, y) = (i % size[0], i / size[0]);
            prop_assert_eq!(made.get(x, y), how.apply(old.get(x, y), new.get(x, y)));
        }
        let inverted = old.inverted();
        prop_assert!(inverted.to_bytes().iter().zip(old.to_bytes()).all(|(a, b)| *a == 255 - b));
        prop_assert_eq!(inverted.inverted(), old);
    }

    #[test]
    fn rectangles_mask_the_exact_share(size in sizes(), from in point(), to in point()) {
        let made = Shape::Rectangle { from, to }.mask(size).unwrap();
        let overlap = |i: u32, a: f32, b: f32| {
            (f64::from(a.max(b)).min(f64::from(i) + 1.0) - f64::from(a.min(b)).max(f64::from(i))).clamp(0.0, 1.0)
        };
        for i in 0..size[0] * size[1] {
            let (x, y) = (i % size[0], i / size[0]);
            near(&made, x, y, overlap(x, from[0], to[0]) * overlap(y, from[1], to[1]), 0.003)?;
        }
    }

    #[test]
    fn ellipses_mask_what_is_inside(size in sizes(), from in point(), to in point()) {
        let made = Shape::Ellipse { from, to }.mask(size).unwrap();
        let (cx, cy) = (f64::from(from[0] + to[0]) / 2.0, f64::from(from[1] + to[1]) / 2.0);
        let (rx, ry) = (f64::from((from[0] - to[0]).abs()) / 2.0, f64::from((from[1] - to[1]).abs()) / 2.0);
        for i in (0..size[0] * size[1]).step_by(13) {
            let (x, y) = (i % size[0], i / size[0]);
            let share = sampled(x, y, |x, y| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0);
            near(&made, x, y, share, 0.1)?;
        }
        let is_inside = from.iter().chain(&to).all(|v| *v >= 0.0)
            && from[0].max(to[0]) <= size[0] as f32 && from[1].max(to[1]) <= size[1] as f32;
        if is_inside {
            let exact = std::f64::consts::PI * rx * ry;
            prop_assert!((area(&made) - exact).abs() <= 0.02 * exact + 0.02 * (rx + ry) + 0.5, "{} for {exact}", area(&made));
        }
    }

    #[test]
    fn polygons_mask_what_is_inside_even_odd(size in sizes(), points in prop::collection::vec(point(), 0..9)) {
        let made = Shape::Polygon(points.clone()).mask(size).unwrap();
        for i in (0..size[0] * size[1]).step_by(13) {
            let (x, y) = (i % size[0], i / size[0]);
            near(&made, x, y, sampled(x, y, |x, y| is_in_polygon(&points, x, y)), 0.11)?;
        }
    }

    #[test]
    fn a_polygon_has_the_area_of_its_points(
        turns in prop::collection::vec(0.0..0.9_f32, 4..40), reach in prop::collection::vec(1.0..140.0_f32, 40),
    ) {
        // Points in order around a middle, less than half a turn apart, never cross.
        let part = std::f32::consts::TAU / turns.len() as f32;
        let angles: Vec<f32> = turns.iter().enumerate().map(|(i, turn)| (i as f32 + turn) * part).collect();
        let at = |(angle, reach): (&f32, &f32)| [150.0 + angle.cos() * reach, 141.5 + angle.sin() * reach];
        let points: Vec<[f32; 2]> = angles.iter().zip(&reach).map(at).collect();
        let sides = || points.iter().zip(points.iter().cycle().skip(1)).map(|(a, b)| (a.map(f64::from), b.map(f64::from)));
        let exact = sides().map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>().abs() / 2.0;
        let around: f64 = sides().map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).sum();
        let made = Shape::Polygon(points.clone()).mask([301, 283]).unwrap();
        // Half a grey step and a fraction of a sixteenth on each pixel of the outline.
        prop_assert!((area(&made) - exact).abs() <= 0.01 * around + 0.5, "{} for {exact}", area(&made));
    }

    #[test]
    fn gradients_are_even(size in sizes(), from in point(), to in point(), radius in 0.5..500.0_f32) {
        let linear = Shape::LinearGradient { from, to }.mask(size).unwrap();
        let radial = Shape::RadialGradient { centre: from, radius }.mask(size).unwrap();
        let (from, to) = (from.map(f64::from), to.map(f64::from));
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        for i in 0..size[0] * size[1] {
            let (x, y) = (i % size[0], i / size[0]);
            let (px, py) = (f64::from(x) + 0.5 - from[0], f64::from(y) + 0.5 - from[1]);
            near(&linear, x, y, (1.0 - (px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0), 0.003)?;
            near(&radial, x, y, (1.0 - px.hypot(py) / f64::from(radius)).clamp(0.0, 1.0), 0.003)?;
        }
    }
}

#[test]
fn every_pair_of_values_is_joined_to_the_nearest_whole() {
    for (a, b) in (0..=255_u8).flat_map(|a| (0..=255_u8).map(move |b| (a, b))) {
        let share = |x: f64| (x / 255.0).round() as u8;
        let (x, y) = (f64::from(a), f64::from(b));
        assert_eq!(Combine::Replace.apply(a, b), b);
        assert_eq!(Combine::Intersect.apply(a, b), share(x * y));
        assert_eq!(Combine::Subtract.apply(a, b), share(x * (255.0 - y)));
        assert_eq!(Combine::Add.apply(a, b), 255 - share((255.0 - x) * (255.0 - y)));
    }
}

#[test]
fn shapes_without_inside_mask_nothing_and_shapes_around_everything_mask_all() {
    let size = [130, 5];
    let nothing = [
        Shape::Rectangle { from: [3.0, 2.0], to: [3.0, 4.0] },
        Shape::Ellipse { from: [3.0, 2.0], to: [30.0, 2.0] },
        Shape::Polygon(vec![]),
        Shape::Polygon(vec![[1.0, 1.0], [90.0, 4.0]]),
        Shape::LinearGradient { from: [3.0, 2.0], to: [3.0, 2.0] },
        Shape::RadialGradient { centre: [3.0, 2.0], radius: 0.0 },
        Shape::RadialGradient { centre: [3.0, 2.0], radius: -4.0 },
        Shape::Rectangle { from: [-9.0, -9.0], to: [-1.0, 400.0] },
        Shape::Polygon(vec![[-9.0, -9.0], [400.0, -9.0], [400.0, -0.5], [-9.0, -1.0]]),
    ];
    for shape in nothing {
        assert!(shape.mask(size).unwrap().is_empty(), "{shape:?}");
    }
    let all = [
        Shape::Rectangle { from: [130.0, 5.0], to: [0.0, 0.0] },
        Shape::Ellipse { from: [-900.0, -900.0], to: [900.0, 900.0] },
        Shape::Polygon(vec![[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6]]),
        Shape::LinearGradient { from: [200.0, 0.0], to: [201.0, 0.0] },
    ];
    for shape in all {
        assert_eq!(shape.mask(size).unwrap(), Mask::full(size).unwrap(), "{shape:?}");
    }
}

#[test]
fn points_that_are_nowhere_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2e6] {
        let shapes = [
            Shape::Rectangle { from: [bad, 0.0], to: [1.0, 1.0] },
            Shape::Ellipse { from: [1.0, 0.0], to: [1.0, bad] },
            Shape::Polygon(vec![[0.0, 0.0], [1.0, bad], [1.0, 1.0]]),
            Shape::LinearGradient { from: [0.0, bad], to: [1.0, 1.0] },
            Shape::RadialGradient { centre: [1.0, 1.0], radius: bad },
        ];
        for shape in shapes {
            assert_eq!(shape.mask([8, 8]).unwrap_err(), MaskError::Point, "{shape:?}");
        }
    }
    let base = mask([8, 8], 4);
    assert!(base.with_shape(&Shape::Polygon(vec![[f32::NAN; 2]]), Combine::Add).is_err());
    assert!(base.combined(&mask([8, 9], 4), Combine::Add).is_err());
}
