use image::RgbImage;
use kento_finishing::region::{Fill, Region, Softness, seams};

use crate::scenes::{Dice, mask, painted, region, scene};

/// Steps between neighbours across a line that the scene itself does not have, in steps of 8 bits.
#[derive(Default)]
struct Steps {
    sum: f64,
    count: u64,
    most: f64,
}

impl Steps {
    fn add(&mut self, scene: &RgbImage, after: &RgbImage, one: (u32, u32), other: (u32, u32)) {
        for channel in 0..3 {
            let value = |picture: &RgbImage, at: (u32, u32)| f64::from(picture.get_pixel(at.0, at.1)[channel]);
            let step = |picture| value(picture, one) - value(picture, other);
            let off = (step(after) - step(scene)).abs();
            (self.sum, self.count, self.most) = (self.sum + off, self.count + 1, self.most.max(off));
        }
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

/// Steps across the mask's edge and across the outer edge of the band.
fn steps(scene: &RgbImage, after: &RgbImage, mask: &[u8], region: &Region, found: &mut [Steps; 2]) {
    let (width, height) = scene.dimensions();
    let reach = i64::from(region.blend);
    let is_masked = |x: u32, y: u32| mask[(y * width + x) as usize] >= 128;
    let set: Vec<(i64, i64)> = (0..mask.len() as u32)
        .filter(|at| mask[*at as usize] >= 128)
        .map(|at| (i64::from(at % width), i64::from(at / width)))
        .collect();
    let mut near = vec![false; mask.len()];
    for (x, y) in set {
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let inside = (0..i64::from(width)).contains(&(x + dx)) && (0..i64::from(height)).contains(&(y + dy));
                if inside && dx * dx + dy * dy <= reach * reach {
                    near[((y + dy) * i64::from(width) + x + dx) as usize] = true;
                }
            }
        }
    }
    for y in 0..height {
        for x in 0..width {
            for (other_x, other_y) in [(x + 1, y), (x, y + 1)] {
                if other_x >= width || other_y >= height {
                    continue;
                }
                if is_masked(x, y) != is_masked(other_x, other_y) {
                    found[0].add(scene, after, (x, y), (other_x, other_y));
                }
                if near[(y * width + x) as usize] != near[(other_y * width + other_x) as usize] {
                    found[1].add(scene, after, (x, y), (other_x, other_y));
                }
            }
        }
    }
}

#[test]
fn no_seam_shows_on_fifty_flat_and_rising_scenes() {
    let mut dice = Dice(5);
    let mut all = [Steps::default(), Steps::default()];
    let mut off = 0.0_f64;
    for round in 0..50 {
        let (width, height) = (dice.whole(97, 400), dice.whole(97, 400));
        let scene = scene(&mut dice, round, width, height);
        let mask = mask(&mut dice, width, height);
        let size = [[128, 128], [256, 256], [192, 128]][round as usize % 3];
        let region = region(&mask, width, height, size, Fill::Neighbour, Softness::Hard);
        let brought = region.bring(&scene, &mask).unwrap();
        let made = painted(&mut dice, &scene, &region, &brought.mask);
        let after = region.put_back(&scene, &mask, &made).unwrap();
        let mut here = [Steps::default(), Steps::default()];
        steps(&scene, &after, &mask, &region, &mut here);
        for (measured, here) in seams(&scene, &after, &mask, &region).iter().zip(&here) {
            // What `kento seams` measures with a real model.
            assert_eq!((measured.count, f64::from(measured.most)), (here.count, here.most));
            assert!((measured.mean() - here.mean()).abs() < 1e-9);
        }
        for (all, here) in all.iter_mut().zip(&here) {
            (all.sum, all.count, all.most) = (all.sum + here.sum, all.count + here.count, all.most.max(here.most));
            assert!(here.count > 0, "nothing was measured in round {round}");
            assert!(here.mean() <= 1.0 && here.most <= 3.0, "round {round}: {} and {}", here.mean(), here.most);
        }
        let apart = scene.as_raw().iter().zip(after.as_raw()).map(|(one, other)| f64::from(one.abs_diff(*other)));
        off = off.max(apart.clone().sum::<f64>() / apart.count() as f64);
        // The untreated crop is off by the shift: the measure sees seams where there are some.
        let raw = pasted(&scene, &mask, &region, &made);
        let mut plain = [Steps::default(), Steps::default()];
        steps(&scene, &raw, &mask, &region, &mut plain);
        assert!(plain[0].mean() > here[0].mean() && plain[0].most > 3.0, "round {round}: {}", plain[0].mean());
    }
    let [mask_edge, band_edge] = &all;
    println!(
        "step across the mask's edge {:.2} mean {:.0} max, across the band's edge {:.2} mean {:.0} max, picture off by {off:.2} at most",
        mask_edge.mean(),
        mask_edge.most,
        band_edge.mean(),
        band_edge.most
    );
    assert!(off < 1.0, "the repaired scene is off by {off}");
}

/// The generated crop pasted as it is.
fn pasted(scene: &RgbImage, mask: &[u8], region: &Region, made: &RgbImage) -> RgbImage {
    let crop = region.crop;
    let back = image::imageops::resize(made, crop.width, crop.height, image::imageops::FilterType::Lanczos3);
    RgbImage::from_fn(scene.width(), scene.height(), |x, y| {
        let is_masked = mask[(y * scene.width() + x) as usize] >= 128;
        *if is_masked { back.get_pixel(x - crop.x, y - crop.y) } else { scene.get_pixel(x, y) }
    })
}

#[test]
fn what_differs_on_purpose_is_not_taken_for_a_shift_of_colour() {
    // A red ball on grey is painted over half the band: the ball stays red, the grey stays grey.
    let scene = RgbImage::from_pixel(128, 128, image::Rgb([120; 3]));
    let mut mask = vec![0; 128 * 128];
    for y in 40..88 {
        mask[y * 128 + 40..y * 128 + 88].fill(255);
    }
    let region = region(&mask, 128, 128, [128, 128], Fill::Original, Softness::Hard);
    let made = RgbImage::from_fn(128, 128, |x, y| {
        let is_ball = (x as i32 - 40).pow(2) + (y as i32 - 64).pow(2) < 400;
        image::Rgb(if is_ball { [220, 30, 30] } else { [124; 3] })
    });
    let after = region.put_back(&scene, &mask, &made).unwrap();
    let ball = after.get_pixel(52, 64);
    let grey = after.get_pixel(80, 64);
    assert!(ball[0] > 205 && ball[1] < 50, "{ball:?}");
    assert!(grey.0.iter().all(|value| value.abs_diff(120) <= 2), "{grey:?}");
}

#[test]
fn at_the_edge_of_a_crop_inside_the_picture_new_turns_into_old() {
    // Somebody dragged the box so that the mask reaches its edge.
    let mut dice = Dice(7);
    let scene = scene(&mut dice, 0, 200, 200);
    let mut mask = vec![0; 200 * 200];
    for y in 60..124 {
        mask[y * 200 + 60..y * 200 + 124].fill(255);
    }
    let crop = kento_finishing::PixelRect::new(60, 60, 64, 64);
    let region = Region { crop, generated: [64, 64], fill: Fill::Original, blend: 8, softness: Softness::Hard };
    let made = RgbImage::from_fn(64, 64, |x, y| {
        let old = scene.get_pixel(60 + x, 60 + y).0;
        image::Rgb(old.map(|value| value.saturating_add(12)))
    });
    let after = region.put_back(&scene, &mask, &made).unwrap();
    for y in 60..124 {
        for (inside, outside) in [(60, 59), (123, 124)] {
            let pair = [after.get_pixel(inside, y).0, after.get_pixel(outside, y).0];
            assert!(pair[0].iter().zip(pair[1]).all(|(one, other)| one.abs_diff(other) <= 2), "{pair:?}");
        }
    }
}
