use image::RgbImage;
use kento_finishing::region::{Fill, Region, Softness};

use crate::scenes::{Dice, mask, noise, region};

/// Pixels outside the mask and the band around it that have other bytes than before, by looking at every pair of pixels.
fn touched_outside(region: &Region, before: &RgbImage, after: &RgbImage, mask: &[u8], from: u8) -> usize {
    let (width, reach) = (before.width() as i64, i64::from(region.blend));
    let is_near = |at: i64| {
        let (x, y) = (at % width, at / width);
        (-reach..=reach).any(|dy| {
            (-reach..=reach).any(|dx| {
                let inside = (0..width).contains(&(x + dx)) && (0..i64::from(before.height())).contains(&(y + dy));
                inside && dx * dx + dy * dy <= reach * reach && mask[((y + dy) * width + x + dx) as usize] >= from
            })
        })
    };
    (0..mask.len())
        .filter(|at| {
            let (x, y) = ((*at as i64 % width) as u32, (*at as i64 / width) as u32);
            before.get_pixel(x, y) != after.get_pixel(x, y) && !is_near(*at as i64)
        })
        .count()
}

#[test]
fn a_hundred_random_masks_leave_every_byte_outside_mask_and_band() {
    let mut dice = Dice(1);
    let (mut changed, mut kept) = (0, 0);
    for round in 0..100 {
        let (width, height) = (dice.whole(1, 120), dice.whole(1, 120));
        let picture = noise(&mut dice, width, height);
        let soft = round % 3 == 0;
        let mut mask = mask(&mut dice, width, height);
        if soft {
            mask.iter_mut().filter(|byte| **byte > 0).for_each(|byte| *byte = dice.whole(1, 255) as u8);
        }
        let softness = if soft { Softness::Soft } else { Softness::Hard };
        let size = [[64, 64], [48, 32], [128, 8], [32, 72]][round % 4];
        let mut region = region(&mask, width, height, size, Fill::Neighbour, softness);
        region.blend = [0, 1, 5, 12, region.blend][round % 5];
        let brought = region.bring(&picture, &mask).unwrap();
        let [wide, high] = region.generated;
        assert_eq!((brought.picture.dimensions(), brought.mask.len()), ((wide, high), (wide * high) as usize));
        assert!(brought.mask.iter().any(|byte| *byte > 0), "not even one cell is generated: {mask:?}");
        // What comes back has nothing to do with the picture.
        let made = noise(&mut dice, wide, high);
        let after = region.put_back(&picture, &mask, &made).unwrap();
        let from = if soft { 1 } else { 128 };
        assert_eq!(touched_outside(&region, &picture, &after, &mask, from), 0, "round {round}: {region:?}");
        let differs = |(before, after): &(&image::Rgb<u8>, &image::Rgb<u8>)| before != after;
        let all = picture.pixels().zip(after.pixels());
        changed += all.clone().filter(differs).count();
        kept += all.filter(|pair| !differs(pair)).count();
        assert_eq!(region.put_back(&picture, &mask, &made).unwrap(), after, "the same again");
    }
    assert!(changed > 50_000 && kept > 50_000, "{changed} pixels changed, {kept} kept");
}

#[test]
fn a_mask_of_one_pixel_changes_that_pixel_and_its_band() {
    let mut dice = Dice(2);
    let picture = noise(&mut dice, 301, 203);
    for at in [(0_u32, 0_u32), (300, 202), (150, 99)] {
        let mut mask = vec![0; 301 * 203];
        mask[(at.1 * 301 + at.0) as usize] = 255;
        let region = region(&mask, 301, 203, [128, 128], Fill::Original, Softness::Hard);
        let brought = region.bring(&picture, &mask).unwrap();
        assert!(brought.mask.iter().filter(|byte| **byte == 255).count() >= 64, "one cell at least");
        let white = RgbImage::from_pixel(128, 128, image::Rgb([255; 3]));
        let after = region.put_back(&picture, &mask, &white).unwrap();
        assert_eq!(touched_outside(&region, &picture, &after, &mask, 128), 0);
        assert_ne!(after.get_pixel(at.0, at.1), picture.get_pixel(at.0, at.1));
    }
}

#[test]
fn a_mask_over_everything_gives_what_was_generated() {
    let mut dice = Dice(3);
    let (picture, made) = (noise(&mut dice, 64, 64), noise(&mut dice, 64, 64));
    let mask = vec![255; 64 * 64];
    let region = region(&mask, 64, 64, [64, 64], Fill::Solid([9, 9, 9]), Softness::Hard);
    let brought = region.bring(&picture, &mask).unwrap();
    assert!(brought.picture.pixels().all(|pixel| pixel.0 == [9; 3]) && brought.mask == mask);
    assert_eq!(region.put_back(&picture, &mask, &made).unwrap(), made);
}

#[test]
fn a_crop_that_has_the_size_of_the_picture_and_of_what_is_generated_is_the_picture() {
    let mut dice = Dice(4);
    let picture = noise(&mut dice, 128, 64);
    let mut mask = vec![0; 128 * 64];
    mask[128 * 30 + 60] = 255;
    let region = region(&mask, 128, 64, [128, 64], Fill::Original, Softness::Hard);
    let whole = Region { crop: kento_finishing::PixelRect::of_size([128, 64]), ..region };
    assert_eq!(whole.bring(&picture, &mask).unwrap().picture, picture);
    // What was painted is what was there: nothing to shift, nothing to blend.
    assert_eq!(whole.put_back(&picture, &mask, &picture).unwrap(), picture);
}

#[test]
fn a_large_picture_works() {
    let picture = RgbImage::from_fn(8192, 8192, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, 90]));
    let mut mask = vec![0; 8192 * 8192];
    for y in 8000..8192 {
        mask[y * 8192 + 7000..y * 8192 + 7900].fill(255);
    }
    let region = region(&mask, 8192, 8192, [256, 256], Fill::Neighbour, Softness::Hard);
    let brought = region.bring(&picture, &mask).unwrap();
    let after = region.put_back(&picture, &mask, &brought.picture).unwrap();
    assert_eq!(after.dimensions(), (8192, 8192));
    let row = |picture: &RgbImage, y: u32| picture.as_raw()[y as usize * 8192 * 3..][..8192 * 3].to_vec();
    let band = 8000 - region.blend;
    for y in [0, 4000, region.crop.y, band - 1] {
        assert_eq!(row(&picture, y), row(&after, y));
    }
    assert_ne!(row(&picture, 8100), row(&after, 8100));
}
