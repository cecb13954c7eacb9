use image::RgbImage;

/// Pixels added at each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Margins {
    /// At the left.
    pub left: u32,
    /// Above.
    pub top: u32,
    /// At the right.
    pub right: u32,
    /// Below.
    pub bottom: u32,
}

impl Margins {
    /// The picture with its margins, in which its edge is repeated, and the mask (one byte a pixel of the picture) with the
    /// margins masked.
    pub fn extend(&self, picture: &RgbImage, mask: &[u8]) -> (RgbImage, Vec<u8>) {
        let (width, height) = picture.dimensions();
        let (wide, high) = (self.left + width + self.right, self.top + height + self.bottom);
        let mut extended = RgbImage::new(wide, high);
        let mut masked = vec![255; wide as usize * high as usize];
        let inside = |at: u32, before: u32, side: u32| at.saturating_sub(before).min(side.saturating_sub(1));
        let row_bytes = width as usize * 3;
        let new_row_bytes = wide as usize * 3;
        let bytes: &mut [u8] = &mut extended;
        for y in 0..high {
            let from = inside(y, self.top, height) as usize * row_bytes;
            let row = &picture.as_raw()[from..from + row_bytes];
            let out = &mut bytes[y as usize * new_row_bytes..][..new_row_bytes];
            let (before, rest) = out.split_at_mut(self.left as usize * 3);
            let (middle, after) = rest.split_at_mut(row_bytes);
            middle.copy_from_slice(row);
            before.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&row[..3]));
            after.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&row[row_bytes - 3..]));
        }
        for (y, row) in mask.chunks_exact(width.max(1) as usize).enumerate() {
            let from = (y + self.top as usize) * wide as usize + self.left as usize;
            masked[from..from + row.len()].copy_from_slice(row);
        }
        (extended, masked)
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn the_picture_stands_in_its_margins_and_they_are_masked() {
        let picture = RgbImage::from_fn(3, 2, |x, y| Rgb([x as u8 * 10, y as u8 * 10, 7]));
        let margins = Margins { left: 2, top: 1, right: 0, bottom: 3 };
        let (extended, mask) = margins.extend(&picture, &[0, 9, 0, 0, 0, 0]);
        assert_eq!(extended.dimensions(), (5, 6));
        for (x, y, pixel) in extended.enumerate_pixels() {
            let inside = (x >= 2 && (1..3).contains(&y)).then(|| (x - 2, y - 1));
            let (from_x, from_y) = (x.saturating_sub(2).min(2), y.saturating_sub(1).min(1));
            assert_eq!(pixel, picture.get_pixel(from_x, from_y));
            let expected = inside.map_or(255, |at| if at == (1, 0) { 9 } else { 0 });
            assert_eq!(mask[(y * 5 + x) as usize], expected, "{x}, {y}");
        }
        assert_eq!(Margins::default().extend(&picture, &[1; 6]), (picture, vec![1; 6]));
    }
}
