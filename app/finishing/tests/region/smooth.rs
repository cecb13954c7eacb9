//! What a model made may be off by any smooth shift of colour: no step shows across the edges of a repair.

use std::f64::consts::TAU;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use kento_finishing::PixelRect;
use kento_finishing::region::{Fill, Region, Softness, seams};

use crate::scenes::{Dice, mask, region, scene};

/// The scene's crop at the generated size, off by an offset, a tilt and two slow waves in each channel.
fn smoothly_off(dice: &mut Dice, scene: &RgbImage, region: &Region) -> RgbImage {
    let PixelRect { x, y, width, height } = region.crop;
    let crop = imageops::crop_imm(scene, x, y, width, height).to_image();
    let [wide, high] = region.generated;
    let mut made = imageops::resize(&crop, wide, high, FilterType::CatmullRom);
    for channel in 0..3 {
        let offset = dice.between(-20.0, 20.0);
        let tilt = [dice.between(-8.0, 8.0), dice.between(-8.0, 8.0)];
        // A wave is no shorter than three quarters of the crop.
        let waves: Vec<[f64; 4]> = (0..2)
            .map(|_| {
                let (angle, often) = (dice.between(0.0, TAU), dice.between(0.2, 1.3));
                [angle.cos() * often, angle.sin() * often, dice.between(0.0, TAU), dice.between(0.0, 2.0)]
            })
            .collect();
        for (at_x, at_y, pixel) in made.enumerate_pixels_mut() {
            let (x, y) = (f64::from(at_x) / f64::from(wide), f64::from(at_y) / f64::from(high));
            let wave = |[across, down, begin, high]: &[f64; 4]| high * (TAU * (across * x + down * y) + begin).sin();
            let off = offset + tilt[0] * x + tilt[1] * y + waves.iter().map(wave).sum::<f64>();
            pixel[channel] = (f64::from(pixel[channel]) + off).round().clamp(0.0, 255.0) as u8;
        }
    }
    made
}

#[test]
fn a_smooth_difference_of_any_kind_leaves_no_step() {
    let mut dice = Dice(11);
    for round in 0..40 {
        let (width, height) = (dice.whole(120, 400), dice.whole(120, 400));
        let scene = scene(&mut dice, round, width, height);
        let mask = mask(&mut dice, width, height);
        let region = region(&mask, width, height, [128, 128], Fill::Neighbour, Softness::Hard);
        let made = smoothly_off(&mut dice, &scene, &region);
        let after = region.put_back(&scene, &mask, &made).unwrap();
        for seam in seams(&scene, &after, &mask, &region) {
            assert!(seam.mean() <= 1.0 && seam.most <= 3, "round {round}: {} and {}", seam.mean(), seam.most);
        }
    }
}

#[test]
fn one_pixel_the_edge_of_the_picture_and_all_of_it_are_put_back_without_a_step() {
    let mut dice = Dice(12);
    let scene = scene(&mut dice, 2, 160, 144);
    let masked = |part: PixelRect| -> Vec<u8> {
        (0..160 * 144).map(|at| if part.contains(at % 160, at / 160) { 255 } else { 0 }).collect()
    };
    for part in [
        PixelRect::new(80, 70, 1, 1),
        PixelRect::new(0, 0, 1, 1),
        PixelRect::new(0, 30, 40, 60),
        PixelRect::new(100, 100, 60, 44),
        PixelRect::new(0, 0, 160, 40),
    ] {
        let mask = masked(part);
        let region = region(&mask, 160, 144, [128, 128], Fill::Original, Softness::Hard);
        let made = smoothly_off(&mut dice, &scene, &region);
        let after = region.put_back(&scene, &mask, &made).unwrap();
        let [edge, band] = seams(&scene, &after, &mask, &region);
        assert!(edge.count > 0, "{part:?}");
        assert!(edge.mean() <= 1.0 && edge.most <= 3 && band.most <= 3, "{part:?}: {edge:?} {band:?}");
    }
    // Nothing is beside a full mask: what was made stands there as it is.
    let full = vec![255; 160 * 144];
    let region = region(&full, 160, 144, [160, 144], Fill::Original, Softness::Hard);
    assert_eq!((region.crop, region.generated), (PixelRect::new(0, 0, 160, 144), [160, 144]));
    let made = RgbImage::from_fn(160, 144, |x, y| Rgb([(x + y) as u8, 90, y as u8]));
    let after = region.put_back(&scene, &full, &made).unwrap();
    assert_eq!(seams(&scene, &after, &full, &region).map(|seam| seam.count), [0, 0]);
    assert_eq!(after, made);
}
