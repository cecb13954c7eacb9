use image::RgbImage;
use kento_finishing::PixelRect;
use kento_finishing::region::{Fill, Region, Softness};

fn mask(masked: &[(u32, u32)]) -> Vec<u8> {
    let mut mask = vec![0; 101 * 77];
    masked.iter().for_each(|(x, y)| mask[(y * 101 + x) as usize] = 200);
    mask
}

#[track_caller]
fn refused(masked: &[(u32, u32)], change: impl FnOnce(&mut Region)) -> String {
    let crop = PixelRect::new(10, 10, 64, 64);
    let mut region = Region { crop, generated: [64, 64], fill: Fill::Original, blend: 4, softness: Softness::Hard };
    change(&mut region);
    let picture = RgbImage::new(101, 77);
    let sentence = region.bring(&picture, &mask(masked)).unwrap_err().to_string();
    let [width, height] = region.generated;
    let back = region.put_back(&picture, &mask(masked), &RgbImage::new(width, height)).unwrap_err().to_string();
    assert_eq!(sentence, back, "both ways are checked alike");
    sentence
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    assert_eq!(refused(&[], |_| {}), "the mask is empty: paint over what is to be made anew");
    assert_eq!(refused(&[(5, 5)], |_| {}), "the crop contains nothing of the mask: move it over what is masked");
    assert_eq!(
        refused(&[(5, 5), (20, 20)], |_| {}),
        "a part of the mask lies outside the crop: make the crop larger or the mask smaller"
    );
    let outside = "move it into the picture or make it smaller";
    assert!(refused(&[(20, 20)], |region| region.crop.x = 38).ends_with(outside));
    assert!(refused(&[(20, 20)], |region| region.crop.height = 0).ends_with(outside));
    assert!(refused(&[(20, 20)], |region| region.crop.width = u32::MAX).ends_with(outside));
    assert_eq!(
        refused(&[(20, 20)], |region| region.generated = [60, 64]),
        "a region is generated at sides of a multiple of 8 and not at 60x64: choose such sides"
    );
    assert!(refused(&[(20, 20)], |region| region.generated = [0, 64]).contains("not at 0x64"));
}

#[test]
fn a_mask_and_a_result_of_another_size_are_refused() {
    let crop = PixelRect::new(0, 0, 64, 64);
    let region = Region { crop, generated: [64, 64], fill: Fill::Original, blend: 4, softness: Softness::Soft };
    let picture = RgbImage::new(101, 77);
    assert_eq!(
        region.bring(&picture, &[255; 9]).unwrap_err().to_string(),
        "the mask has 9 pixels and the picture 101x77: make them the same size"
    );
    assert_eq!(
        region.put_back(&picture, &mask(&[(1, 1)]), &RgbImage::new(64, 72)).unwrap_err().to_string(),
        "the region came back as 64x72 and 64x64 was asked for: generate it again"
    );
}

#[test]
fn faint_grey_is_empty_where_masks_are_hard_and_not_where_they_are_soft() {
    let crop = PixelRect::new(0, 0, 64, 64);
    let hard = Region { crop, generated: [64, 64], fill: Fill::Original, blend: 0, softness: Softness::Hard };
    let soft = Region { softness: Softness::Soft, ..hard.clone() };
    let mut faint = vec![0; 64 * 64];
    faint[64 * 20 + 20] = 100;
    let picture = RgbImage::new(64, 64);
    assert!(hard.bring(&picture, &faint).unwrap_err().to_string().starts_with("the mask is empty"));
    let brought = soft.bring(&picture, &faint).unwrap();
    assert_eq!(brought.mask.iter().filter(|byte| **byte == 100).count(), 64, "one cell, as faint as the pixel");
}
