use kento_finishing::PixelRect;
use kento_finishing::mask::{Mask, MaskError};
use proptest::prelude::*;

use crate::reference::{mask, sizes, values};

proptest! {
    #[test]
    fn a_mask_gives_back_the_bytes_that_it_was_made_of(size in sizes(), kind: u64) {
        let bytes = values(size, kind);
        let mask = Mask::from_bytes(size, &bytes).unwrap();
        prop_assert_eq!(&mask.to_bytes(), &bytes);
        prop_assert_eq!(mask.is_empty(), bytes.iter().all(|v| *v == 0));
        let counted = bytes.iter().filter(|v| **v >= 128).count() as f64 / bytes.len() as f64;
        prop_assert_eq!(mask.share(), counted);
        for least in [1, 9, 255] {
            let counted = bytes.iter().filter(|v| **v >= least).count() as f64 / bytes.len() as f64;
            prop_assert_eq!(mask.share_from(least), counted);
        }
        prop_assert_eq!(mask.share_from(0), mask.share_from(1));
        let places = || (0..bytes.len() as u32).filter(|i| bytes[*i as usize] > 0);
        let bounds = places().map(|i| PixelRect::new(i % size[0], i / size[0], 1, 1)).reduce(PixelRect::union);
        prop_assert_eq!(mask.bounds(), bounds);
        let strong: Vec<u8> = mask.to_bytes().iter().map(|v| if *v >= 128 { *v } else { 0 }).collect();
        prop_assert_eq!(mask.bounds_from(128), Mask::from_bytes(mask.size(), &strong).unwrap().bounds());
        let (x, y) = (kind as u32 % size[0], (kind >> 32) as u32 % size[1]);
        prop_assert_eq!(mask.get(x, y), bytes[(y * size[0] + x) as usize]);
        prop_assert_eq!(mask.get(size[0], y) | mask.get(x, size[1]) | mask.get(u32::MAX, u32::MAX), 0);
    }

    #[test]
    fn reading_and_writing_a_rectangle_is_what_it_is_pixel_by_pixel(
        size in sizes(), kind: u64, x in 0..320_u32, y in 0..320_u32, width in 0..200_u32, height in 0..200_u32,
    ) {
        let (mask, rect) = (mask(size, kind), PixelRect::new(x, y, width, height));
        let mut read = vec![7; rect.area() as usize];
        mask.read(rect, &mut read).unwrap();
        for (i, value) in (0..).zip(&read) {
            prop_assert_eq!(*value, mask.get(x + i % width, y + i / width));
        }
        let new: Vec<u8> = (0..rect.area()).map(|i| (i * 31 % 256) as u8).collect();
        let written = mask.write(rect, &new).unwrap();
        for (i, value) in (0..).zip(written.to_bytes()) {
            let (column, row) = (i % size[0], i / size[0]);
            let expected = if rect.contains(column, row) {
                new[((row - y) * width + column - x) as usize]
            } else {
                mask.get(column, row)
            };
            prop_assert_eq!(value, expected);
        }
        let changed = mask.changed_tiles(&written);
        for i in 0..size[0] * size[1] {
            let (column, row) = (i % size[0], i / size[0]);
            let listed = changed.iter().filter(|tile| tile.contains(column, row)).count();
            prop_assert!(listed <= 1, "tiles overlap");
            prop_assert!(listed == 1 || mask.get(column, row) == written.get(column, row), "a change is missing");
        }
        let same = |tile: &PixelRect| {
            let mut rows = (tile.y..tile.bottom()).flat_map(|y| (tile.x..tile.right()).map(move |x| (x, y)));
            rows.all(|(x, y)| mask.get(x, y) == written.get(x, y))
        };
        prop_assert!(!changed.iter().any(same), "an unchanged tile is listed");
        prop_assert_eq!(mask == written, changed.is_empty());
    }
}

#[test]
fn empty_and_full_masks_say_so() {
    let size = [129, 1];
    let (empty, full) = (Mask::new(size).unwrap(), Mask::full(size).unwrap());
    assert!(empty.is_empty() && !full.is_empty());
    assert_eq!((empty.share(), full.share()), (0.0, 1.0));
    assert_eq!((empty.bounds(), full.bounds()), (None, Some(PixelRect::of_size(size))));
    assert_eq!(full, Mask::from_bytes(size, &[255; 129]).unwrap());
    assert_eq!(full.changed_tiles(&empty), [PixelRect::new(0, 0, 128, 1), PixelRect::new(128, 0, 1, 1)]);
    let other = Mask::new([1, 1]).unwrap();
    assert_eq!(empty.changed_tiles(&other).len(), 2);
}

#[test]
fn what_cannot_be_is_refused() {
    for size in [[0, 1], [1, 0], [16_385, 1], [u32::MAX, u32::MAX]] {
        assert_eq!(Mask::new(size).unwrap_err(), MaskError::Size { size, most: 16_384 });
        assert!(Mask::from_bytes(size, &[]).is_err());
    }
    let mask = Mask::new([3, 2]).unwrap();
    assert_eq!(Mask::from_bytes([3, 2], &[0; 5]).unwrap_err(), MaskError::Length { needed: 6, given: 5 });
    assert!(mask.read(PixelRect::new(0, 0, 1, 1), &mut []).is_err());
    assert!(mask.write(PixelRect::new(0, 0, 1, 1), &[0, 0]).is_err());
    assert!(mask.read(PixelRect::new(0, 0, u32::MAX, u32::MAX), &mut [0]).is_err());
}
