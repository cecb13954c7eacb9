//! PNG files, written by us and by others.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use kento_finishing::mask::{Mask, MaskChannel, MaskError, MaskPng};
use proptest::prelude::*;

use crate::reference::{mask, sizes};

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_mask_comes_back_from_its_file(size in sizes(), kind: u64) {
        let mask = mask(size, kind);
        let read = |kind, channel| Mask::from_png(&mask.to_png(kind).unwrap(), size, channel).unwrap();
        prop_assert_eq!(&read(MaskPng::Grey, MaskChannel::Grey), &mask);
        prop_assert_eq!(&read(MaskPng::Grey16, MaskChannel::Grey), &mask);
        prop_assert_eq!(&read(MaskPng::Alpha, MaskChannel::Alpha), &mask);
        prop_assert_eq!(&read(MaskPng::Alpha, MaskChannel::Transparency), &mask.inverted());
        prop_assert_eq!(read(MaskPng::Grey, MaskChannel::Alpha), Mask::full(size).unwrap());
    }
}

#[test]
fn files_of_other_programs_are_read_by_luminance_or_alpha() {
    let size = [256, 1];
    let read = |bytes: &[u8], channel| Mask::from_png(bytes, size, channel).unwrap().to_bytes();
    let ramp: Vec<u8> = (0..=255).collect();
    let colour = png(ImageBuffer::from_fn(256, 1, |x, _| Rgb([x as u8; 3])));
    assert_eq!(read(&colour, MaskChannel::Grey), ramp);
    // 16 bits are rounded to the nearest of 256 values.
    let wide = png(ImageBuffer::from_fn(256, 1, |x, _| Luma([x as u16 * 255 + 100])));
    let rounded: Vec<u8> = (0..256_u32).map(|x| (f64::from(x * 255 + 100) / 257.0).round() as u8).collect();
    assert_eq!(read(&wide, MaskChannel::Grey), rounded);
    // White that is half see-through is half masked.
    let faded = png(ImageBuffer::from_fn(256, 1, |x, _| Rgba([255_u8, 255, 255, x as u8])));
    assert_eq!(read(&faded, MaskChannel::Grey), ramp);
    assert_eq!(read(&faded, MaskChannel::Alpha), ramp);
    let both = png(ImageBuffer::from_fn(256, 1, |x, _| LumaA([x as u16 * 257, x as u16 * 257])));
    let squared: Vec<u8> = (0..256_u32).map(|x| (f64::from(x * x) / 255.0).round() as u8).collect();
    assert_eq!(read(&both, MaskChannel::Grey), squared);
    let green = png(ImageBuffer::from_pixel(256, 1, Rgb([0_u8, 255, 0])));
    assert!(read(&green, MaskChannel::Grey).iter().all(|v| v.abs_diff(182) <= 1), "0.7152 of 255");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence() {
    let good = mask([40, 30], 4).to_png(MaskPng::Grey).unwrap();
    let refused = Mask::from_png(&good, [30, 40], MaskChannel::Grey).unwrap_err();
    assert_eq!(refused, MaskError::OtherSize { size: [30, 40], other: [40, 30] });
    for bytes in [&b""[..], b"no picture", &good[..good.len() / 2], b"\xff\xd8\xff\xe0 a JPEG"] {
        let refused = Mask::from_png(bytes, [40, 30], MaskChannel::Grey).unwrap_err();
        assert!(matches!(refused, MaskError::Unreadable { .. }), "{refused}");
        assert!(refused.to_string().ends_with("export it again as a PNG file"));
    }
}
