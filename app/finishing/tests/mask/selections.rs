//! What is found in images, against the plainest search.

use kento_finishing::PixelRect;
use kento_finishing::mask::{Mask, MaskError, PictureView, outline};
use proptest::prelude::*;

use crate::reference::{Numbers, mask, sizes};

/// A picture of few colours that differ by little, in patches.
fn picture(size: [u32; 2], channels: usize, seed: u64) -> Vec<u8> {
    let mut numbers = Numbers(seed | 1);
    let patch = 1 + numbers.below(6) as u32;
    let colours: Vec<u8> = (0..4096 * channels).map(|_| 100 + 9 * numbers.below(4) as u8).collect();
    let at = |i: u32| ((i % size[0] / patch + i / size[0] / patch * 61) % 4096) as usize * channels;
    (0..size[0] * size[1]).flat_map(|i| colours[at(i)..at(i) + channels].to_vec()).collect()
}

fn view(size: [u32; 2], channels: usize, bytes: &[u8]) -> PictureView<'_> {
    if channels == 3 { PictureView::rgb(size, bytes) } else { PictureView::rgba(size, bytes) }.unwrap()
}

fn differ(a: [u8; 4], b: [u8; 4]) -> u8 {
    (0..4).map(|i| a[i].abs_diff(b[i])).max().unwrap()
}

proptest! {
    #[test]
    fn selections_are_what_a_plain_search_finds(
        size in sizes(), seed: u64, other: u64, channels in 3..5_usize, tolerance in 0..30_u8, at in [0..300_u32, 0..300_u32],
    ) {
        let (bytes, other) = (picture(size, channels, seed), picture(size, 4, other));
        let (one, two) = (view(size, channels, &bytes), view(size, 4, &other));
        let at = [at[0] % size[0], at[1] % size[1]];
        let colour = one.pixel(at[0], at[1]);
        let flood = Mask::flood(&one, at, tolerance).unwrap();
        let everywhere = Mask::of_colour(&one, colour, tolerance).unwrap();
        let alpha = Mask::from_alpha(&one).unwrap();
        let difference = Mask::of_difference(&one, &two, tolerance).unwrap();
        let mut reached = vec![false; (size[0] * size[1]) as usize];
        let mut open = vec![at];
        while let Some([x, y]) = open.pop() {
            if x < size[0] && y < size[1] && !reached[(y * size[0] + x) as usize] && differ(one.pixel(x, y), colour) <= tolerance {
                reached[(y * size[0] + x) as usize] = true;
                open.extend([[x.wrapping_sub(1), y], [x + 1, y], [x, y.wrapping_sub(1)], [x, y + 1]]);
            }
        }
        for (i, reached) in (0..).zip(reached) {
            let (x, y) = (i % size[0], i / size[0]);
            let pixel = one.pixel(x, y);
            let start = i as usize * channels;
            prop_assert_eq!(&pixel[..channels], &bytes[start..start + channels]);
            prop_assert_eq!(flood.get(x, y), if reached { 255 } else { 0 });
            prop_assert_eq!(everywhere.get(x, y), if differ(pixel, colour) <= tolerance { 255 } else { 0 });
            prop_assert_eq!(alpha.get(x, y), 255 - pixel[3]);
            prop_assert_eq!(difference.get(x, y), if differ(pixel, two.pixel(x, y)) > tolerance { 255 } else { 0 });
        }
    }

    #[test]
    fn outlines_go_around_what_is_half_masked(
        size in sizes(), kind: u64, x in 0..200_u32, y in 0..200_u32, width in 1..150_u32, height in 1..150_u32, step in 1..5_u32,
    ) {
        let mask = mask(size, kind);
        check_outline(&mask, PixelRect::new(x, y, width, height), step)?;
        check_outline(&mask, PixelRect::of_size(size), step.saturating_sub(1))?;
    }
}

/// Every sampled pixel lies inside exactly if it is masked, and the lines go clockwise around masked ones, once.
fn check_outline(mask: &Mask, rect: PixelRect, step: u32) -> Result<(), TestCaseError> {
    let lines = outline(mask, rect, step);
    let (inside, step) = (rect.intersection(PixelRect::of_size(mask.size())), step.max(1));
    prop_assert!(lines.iter().all(|line| line.len() >= 3));
    let points = lines.iter().flatten();
    for [x, y] in points {
        prop_assert!(*x >= inside.x as f32 && *x <= inside.right() as f32);
        prop_assert!(*y >= inside.y as f32 && *y <= inside.bottom() as f32);
    }
    // Turns to the right of a row's middle, each line walked once.
    let mut sides: Vec<([f32; 2], [f32; 2])> = Vec::new();
    for line in &lines {
        sides.extend(line.iter().zip(line.iter().cycle().skip(1)).map(|(a, b)| (*a, *b)));
    }
    let sample = |i: u32, first: u32, count: u32| (first + i * step + step / 2).min(first + count - 1);
    for row in 0..inside.height.div_ceil(step) {
        let y = sample(row, inside.y, inside.height);
        let middle = y as f32 + 0.5;
        let crossing = sides.iter().filter(|(a, b)| (a[1] <= middle) != (b[1] <= middle));
        let crossings: Vec<(f32, i32)> = crossing
            .map(|(a, b)| {
                let x = a[0] + (middle - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
                (x, if b[1] > a[1] { 1 } else { -1 })
            })
            .collect();
        for column in 0..inside.width.div_ceil(step) {
            let x = sample(column, inside.x, inside.width);
            let winding: i32 = crossings.iter().filter(|(at, _)| *at > x as f32 + 0.5).map(|(_, turn)| turn).sum();
            prop_assert_eq!(winding, i32::from(mask.get(x, y) >= 128), "{} {} in {:?}", x, y, rect);
        }
    }
    Ok(())
}

#[test]
fn the_outline_of_a_rectangle_is_its_edge() {
    let mut bytes = vec![0; 64];
    for y in 2..5 {
        bytes[y * 8 + 1..y * 8 + 7].fill(255);
    }
    let mask = Mask::from_bytes([8, 8], &bytes).unwrap();
    let lines = outline(&mask, PixelRect::new(0, 0, 8, 8), 1);
    // Corners are cut between the middles of the sides of the outermost pixels.
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].len(), 8, "{:?}", lines[0]);
    assert!(lines[0].contains(&[1.5, 2.0]) && lines[0].contains(&[6.5, 5.0]) && lines[0].contains(&[7.0, 4.5]));
    let full = Mask::full([8, 8]).unwrap();
    let around = outline(&full, PixelRect::new(0, 0, 90, 90), 1);
    assert_eq!((around.len(), around[0].len()), (1, 8));
    assert!(around[0].contains(&[0.0, 0.5]) && around[0].contains(&[7.5, 8.0]));
    assert!(outline(&full, PixelRect::new(8, 0, 5, 5), 1).is_empty());
    assert!(outline(&Mask::new([8, 8]).unwrap(), PixelRect::new(0, 0, 8, 8), 1).is_empty());
    assert_eq!(outline(&Mask::full([1, 1]).unwrap(), PixelRect::new(0, 0, 1, 1), u32::MAX).len(), 1);
}

#[test]
fn what_cannot_be_is_refused() {
    assert_eq!(PictureView::rgb([2, 2], &[0; 16]).unwrap_err(), MaskError::Length { needed: 12, given: 16 });
    assert!(PictureView::rgba([u32::MAX, u32::MAX], &[0; 16]).is_err());
    let bytes = [0; 16];
    let picture = PictureView::rgba([2, 2], &bytes).unwrap();
    assert_eq!(Mask::flood(&picture, [2, 0], 9).unwrap_err(), MaskError::Outside { size: [2, 2] });
    let other = PictureView::rgba([1, 4], &bytes).unwrap();
    assert!(matches!(Mask::of_difference(&picture, &other, 0), Err(MaskError::OtherSize { .. })));
    let nothing = PictureView::rgb([0, 0], &[]).unwrap();
    assert!(matches!(Mask::from_alpha(&nothing), Err(MaskError::Size { .. })));
}
