//! The difference of two pictures against a reference that looks at every pixel one by one, and the colours that it is shown in.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use kento_finishing::difference::{Difference, HEAT_STOPS, UNCHANGED, heat};
use kento_finishing::mask::PictureView;
use proptest::prelude::*;

/// Two pictures of one size, the second a little or much or not at all changed.
fn pairs() -> impl Strategy<Value = ([u32; 2], Vec<u8>, Vec<u8>)> {
    (1..40_u32, 1..40_u32).prop_flat_map(|(width, height)| {
        let bytes = (width * height * 3) as usize;
        let one = proptest::collection::vec(any::<u8>(), bytes);
        let step = prop_oneof![4 => Just(0_u8), 2 => 1..4_u8, 1 => any::<u8>()];
        let steps = proptest::collection::vec(step, bytes);
        (Just([width, height]), one, steps).prop_map(|(size, one, steps)| {
            let other = one.iter().zip(steps).map(|(value, step)| value.wrapping_add(step)).collect();
            (size, one, other)
        })
    })
}

proptest! {
    #[test]
    fn every_pixel_has_its_greatest_difference((size, one, other) in pairs()) {
        let view = |bytes| PictureView::rgb(size, bytes).unwrap();
        let found = Difference::between(&view(&one), &view(&other)).unwrap();
        let mut values = Vec::new();
        for pixel in 0..(size[0] * size[1]) as usize {
            let mut most = 0;
            for channel in 0..3 {
                let (a, b) = (i32::from(one[pixel * 3 + channel]), i32::from(other[pixel * 3 + channel]));
                most = most.max((a - b).abs());
            }
            values.push(u8::try_from(most).unwrap());
        }
        prop_assert_eq!(found.size(), size);
        prop_assert_eq!(found.values(), values.as_slice());
        prop_assert_eq!(Some(found.largest()), values.iter().copied().max());
        let changed = values.iter().filter(|value| **value != 0).count();
        prop_assert_eq!(found.changed(), changed as u64);
        let map: Vec<u8> = values.iter().flat_map(|value| heat(*value)).collect();
        prop_assert_eq!(found.heat_map(), map);
        prop_assert_eq!(Difference::between(&view(&other), &view(&one)).unwrap(), found);
    }
}

#[test]
fn pictures_of_other_sizes_are_not_measured() {
    let bytes = [0; 4 * 3 * 3];
    let one = PictureView::rgb([4, 3], &bytes).unwrap();
    let other = PictureView::rgb([3, 4], &bytes).unwrap();
    let said = Difference::between(&one, &other).unwrap_err().to_string();
    assert_eq!(said, "one is 4x3 and the other 3x4 pixels: the difference is measured between pictures of one size");
}

/// OKLab's lightness of sRGB bytes, 0 to 1.
fn lightness(rgb: [u8; 3]) -> f64 {
    let linear = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [r, g, b] = rgb.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s
}

#[test]
fn more_difference_is_always_lighter_and_every_doubling_by_the_same_step() {
    assert_eq!(heat(0), UNCHANGED);
    let steps: Vec<f64> = (0..=255).map(|value| lightness(heat(value))).collect();
    assert!(steps.windows(2).all(|pair| pair[1] > pair[0] - 1e-3), "never darker: {steps:?}");
    for (value, colour) in &HEAT_STOPS[..8] {
        assert_eq!(heat(*value as u8), *colour);
    }
    let stops: Vec<f64> = HEAT_STOPS.iter().map(|(_, colour)| lightness(*colour)).collect();
    assert!(stops.windows(2).all(|pair| (pair[1] - pair[0] - 0.084).abs() < 0.003), "{stops:?}");
    assert!(lightness(heat(1)) > 0.29, "the smallest difference is seen on black");
}
