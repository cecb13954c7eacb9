use super::LATENT_CELL;
use crate::PixelRect;

/// How much around the mask is brought along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropRule {
    /// Pixels around the mask, as far as the picture has them.
    pub padding: u32,
    /// Shortest side of the crop in pixels, as far as the picture has them: below, a model sees too little to go by.
    pub least: u32,
    /// Size that is generated, in pixels, sides of a multiple of 8.
    pub generated: [u32; 2],
}

/// From so many pixels of the picture for a cell of the latent on, a crop is taken pixel for pixel.
const NEAR_CELL: u32 = LATENT_CELL / 2 + 1;

/// Where a mask (one byte a pixel, rows of `width` pixels) is at least `from`; empty where it nowhere is.
pub fn bounds(mask: &[u8], width: u32, from: u8) -> PixelRect {
    let mut found = PixelRect::default();
    for (y, row) in (0..).zip(mask.chunks_exact(width.max(1) as usize)) {
        let is_set = |byte: &u8| *byte >= from;
        if let (Some(first), Some(last)) = (row.iter().position(is_set), row.iter().rposition(is_set)) {
            found = found.union(PixelRect::between([first as u32, y], [last as u32 + 1, y + 1]));
        }
    }
    found
}

/// The width of the band in which new turns into old, in pixels of the picture, where nobody says how wide: one cell of the latent,
/// because a model decides no finer than that where its part ends.
pub fn usual_blend(crop: PixelRect, generated: [u32; 2]) -> u32 {
    let cell = |side: u32, generated: u32| (side * LATENT_CELL).div_ceil(generated.max(1));
    cell(crop.width, generated[0]).max(cell(crop.height, generated[1]))
}

impl CropRule {
    /// The crop for a mask within these bounds, and the size to generate it at. The crop has the proportion of the generated size
    /// and whole pixels for each cell of the latent wherever the picture has room for that; where it has not, the picture's
    /// edges bound the crop and the generated size takes its proportion, with about as many pixels.
    pub fn automatic(&self, bounds: PixelRect, picture: [u32; 2]) -> (PixelRect, [u32; 2]) {
        let cells = self.generated.map(|side| (side / LATENT_CELL).max(1));
        let around = bounds.expand(self.padding, picture);
        let least = self.least.div_ceil(cells[0].min(cells[1]));
        let needed = |area: PixelRect| area.width.div_ceil(cells[0]).max(area.height.div_ceil(cells[1]));
        let room = (picture[0] / cells[0]).min(picture[1] / cells[1]);
        let mut pixels_per_cell = needed(around).max(least).max(1);
        // Enlarged by less than two, a crop wins less detail than resampling takes: then nothing is resampled at all.
        if (NEAR_CELL..LATENT_CELL).contains(&pixels_per_cell) && room >= LATENT_CELL {
            pixels_per_cell = LATENT_CELL;
        }
        let fitting = pixels_per_cell.min(room);
        if fitting > 0 && fitting >= needed(bounds) {
            let size = cells.map(|count| count * fitting);
            return (placed(around, bounds, size, picture), self.generated);
        }
        let wanted = cells.map(|count| count.saturating_mul(pixels_per_cell));
        let size = [wanted[0].min(picture[0]).max(1), wanted[1].min(picture[1]).max(1)];
        (placed(around, bounds, size, picture), self.proportioned(size))
    }

    /// The size to generate a crop at that somebody chose: the generated size where the crop has its proportion, and else one of the
    /// crop's own with about as many pixels.
    pub fn for_chosen(&self, crop: PixelRect) -> [u32; 2] {
        let [width, height] = self.generated.map(u64::from);
        let is_alike = u64::from(crop.width) * height == u64::from(crop.height) * width;
        if is_alike { self.generated } else { self.proportioned([crop.width.max(1), crop.height.max(1)]) }
    }

    /// About as many pixels as `generated`, in the proportion of the crop.
    fn proportioned(&self, crop: [u32; 2]) -> [u32; 2] {
        let area = f64::from(self.generated[0]) * f64::from(self.generated[1]);
        let proportion = f64::from(crop[0]) / f64::from(crop[1]);
        let cell = f64::from(LATENT_CELL);
        let side = |pixels: f64| ((pixels / cell).round().max(1.0) * cell).min(8192.0) as u32;
        // The shorter side is rounded first, because it is squeezed most by rounding; the longer one follows it.
        if proportion >= 1.0 {
            let height = side((area / proportion).sqrt());
            [side(f64::from(height) * proportion), height]
        } else {
            let width = side((area * proportion).sqrt());
            [width, side(f64::from(width) / proportion)]
        }
    }
}

/// A box of this size around the middle of `around`, moved into the picture and over `bounds`.
fn placed(around: PixelRect, bounds: PixelRect, size: [u32; 2], picture: [u32; 2]) -> PixelRect {
    let place = |from: u32, side: u32, first: u32, last: u32, size: u32, whole: u32| {
        let middle = from + side / 2;
        let lowest = last.saturating_sub(size);
        middle.saturating_sub(size / 2).clamp(lowest.min(first), first.max(lowest)).min(whole - size)
    };
    PixelRect::new(
        place(around.x, around.width, bounds.x, bounds.right(), size[0], picture[0]),
        place(around.y, around.height, bounds.y, bounds.bottom(), size[1], picture[1]),
        size[0],
        size[1],
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: CropRule = CropRule { padding: 32, least: 64, generated: [128, 128] };

    #[test]
    fn bounds_are_those_of_what_is_set() {
        let mut mask = vec![0; 12];
        assert!(bounds(&mask, 4, 1).is_empty());
        mask[5] = 128;
        mask[10] = 127;
        assert_eq!(bounds(&mask, 4, 128), PixelRect::new(1, 1, 1, 1));
        assert_eq!(bounds(&mask, 4, 1), PixelRect::new(1, 1, 2, 2));
    }

    #[test]
    fn a_small_mask_gets_its_surroundings_and_a_large_one_everything() {
        let one = PixelRect::new(400, 300, 1, 1);
        assert_eq!(RULE.automatic(one, [1000, 800]), (PixelRect::new(336, 236, 128, 128), [128, 128]));
        let near = CropRule { padding: 8, ..RULE };
        assert_eq!(near.automatic(one, [1000, 800]), (PixelRect::new(368, 268, 64, 64), [128, 128]), "enlarged by two");
        assert_eq!(
            RULE.automatic(PixelRect::new(50, 50, 9, 9), [100, 90]).0.width,
            80,
            "the picture has no room for 128"
        );
        let corner = PixelRect::new(0, 799, 1, 1);
        let (crop, _) = RULE.automatic(corner, [1000, 800]);
        assert_eq!((crop.x, crop.bottom(), crop.width % 16, crop.width), (0, 800, 0, crop.height));
        let all = PixelRect::new(0, 0, 128, 128);
        assert_eq!(RULE.automatic(all, [128, 128]), (all, [128, 128]));
        // No square holds it: the crop is as wide as the picture and generated in its proportion.
        let wide = PixelRect::new(0, 0, 1000, 100);
        let (crop, generated) = RULE.automatic(wide, [1000, 100]);
        assert_eq!((crop, generated), (wide, [400, 40]));
    }

    #[test]
    fn a_chosen_crop_is_generated_in_its_own_proportion() {
        let chosen = |width, height| RULE.for_chosen(PixelRect::new(3, 5, width, height));
        assert_eq!([chosen(128, 128), chosen(40, 40), chosen(900, 900)], [[128, 128]; 3]);
        assert_eq!([chosen(200, 100), chosen(100, 200)], [[176, 88], [88, 176]]);
        assert_eq!(chosen(41, 40), [128, 128], "whole cells of the latent");
        assert_eq!(CropRule { generated: [512, 768], ..RULE }.for_chosen(PixelRect::new(0, 0, 200, 300)), [512, 768]);
    }

    proptest! {
        #[test]
        fn every_crop_holds_the_mask_and_lies_in_the_picture(
            picture in [1..3000_u32, 1..3000_u32],
            places in [0.0..1.0_f64, 0.0..1.0, 0.0..1.0, 0.0..1.0],
            cells in [1..130_u32, 1..130_u32],
            padding in 0..300_u32,
            least in 0..300_u32,
        ) {
            let within = |place: f64, side: u32| ((f64::from(side) * place) as u32).min(side - 1);
            let (a, b) = (within(places[0], picture[0]), within(places[1], picture[0]));
            let (c, d) = (within(places[2], picture[1]), within(places[3], picture[1]));
            let bounds = PixelRect::between([a.min(b), c.min(d)], [a.max(b) + 1, c.max(d) + 1]);
            let rule = CropRule { padding, least, generated: cells.map(|count| count * 8) };
            let (crop, generated) = rule.automatic(bounds, picture);
            prop_assert!(PixelRect::of_size(picture).contains_rect(crop), "{crop:?}");
            prop_assert!(crop.contains_rect(bounds), "{crop:?} {bounds:?}");
            prop_assert!(generated.iter().all(|side| side % 8 == 0 && (8..=8192).contains(side)));
            if generated == rule.generated && crop.width.is_multiple_of(cells[0]) {
                let squeezed = u64::from(crop.width) * u64::from(cells[1]) != u64::from(crop.height) * u64::from(cells[0]);
                let has_room = picture[0] >= cells[0] * (crop.width / cells[0]) && picture[1] >= cells[1] * (crop.width / cells[0]);
                prop_assert!(!squeezed || !has_room, "{crop:?} {generated:?}");
            }
        }
    }
}
