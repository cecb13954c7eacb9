//! How much of a picture stands in the colours of a palette.
//!
//! Distances are Euclidean in Oklab (Björn Ottosson, <https://bottosson.github.io/posts/oklab/>, public domain), where equal steps look equally
//! large: about 0.02 is the least that an eye sees, and within [`TOLERANCE`] a colour still passes for a shade of the other.

/// Largest distance in Oklab at which a colour counts as one of the palette.
pub const TOLERANCE: f64 = 0.1;

/// Bits of a channel by which pixels are counted together: a step of 8 in 255, less than the tolerance anywhere.
const BITS: u32 = 5;

/// A picture measured against a palette.
#[derive(Debug, Clone, PartialEq)]
pub struct PaletteShare {
    /// Part of the pixels, 0 to 1, whose colour is within the tolerance of a colour of the palette.
    pub within: f64,
    /// The same for each colour of the palette, in its order; a pixel counts for the nearest colour alone.
    pub each: Vec<f64>,
    /// The colour outside the palette that most pixels have, sRGB, and their part.
    pub strange: Option<([u8; 3], f64)>,
}

/// Counts RGB bytes, three a pixel, by the leading bits of each channel. Every colour that occurs, as the mean of its pixels, with their
/// number.
pub fn colour_counts(rgb: &[u8], bits: u32) -> Vec<([u8; 3], u64)> {
    let mut boxes = vec![(0_u64, [0_u64; 3]); 1 << (3 * bits)];
    for pixel in rgb.chunks_exact(3) {
        let place = pixel.iter().fold(0, |place, channel| (place << bits) | usize::from(channel >> (8 - bits)));
        let (count, sums) = &mut boxes[place];
        *count += 1;
        for (sum, channel) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*channel);
        }
    }
    let found = boxes.into_iter().filter(|(count, _)| *count > 0);
    found.map(|(count, sums)| (sums.map(|sum| ((sum + count / 2) / count) as u8), count)).collect()
}

/// Measures RGB bytes, three a pixel, against a palette in sRGB. Nothing is within an empty palette, and nothing in an empty picture.
pub fn palette_share(rgb: &[u8], palette: &[[u8; 3]]) -> PaletteShare {
    let all = (rgb.len() / 3).max(1) as f64;
    let known: Vec<[f64; 3]> = palette.iter().map(|colour| oklab(*colour)).collect();
    let mut each = vec![0_u64; palette.len()];
    let mut strange: Option<([u8; 3], u64)> = None;
    for (colour, count) in colour_counts(rgb, BITS) {
        let here = oklab(colour);
        let nearest = known.iter().map(|one| distance(*one, here)).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
        match nearest {
            Some((place, far)) if far <= TOLERANCE => each[place] += count,
            _ if strange.is_none_or(|(_, most)| count > most) => strange = Some((colour, count)),
            _ => {}
        }
    }
    PaletteShare {
        within: each.iter().sum::<u64>() as f64 / all,
        each: each.into_iter().map(|count| count as f64 / all).collect(),
        strange: strange.map(|(colour, count)| (colour, count as f64 / all)),
    }
}

fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

fn oklab(colour: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let medium = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short,
        1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short,
        0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_is_that_of_its_author() {
        // White, and pure red as the author's own code gives it.
        for (colour, wanted) in [([255, 255, 255], [1.0, 0.0, 0.0]), ([255, 0, 0], [0.627_96, 0.224_86, 0.125_85])] {
            assert!(distance(oklab(colour), wanted) < 1e-4, "{colour:?} {:?}", oklab(colour));
        }
    }

    #[test]
    fn a_shade_of_a_colour_is_within_and_another_colour_is_named() {
        let palette = [[229, 83, 75], [49, 113, 175]];
        let mut rgb = [[229, 83, 75]; 50].concat();
        rgb.extend([[221, 90, 80]; 10].concat());
        rgb.extend([[49, 113, 175]; 20].concat());
        rgb.extend([[30, 160, 60]; 15].concat());
        rgb.extend([[250, 240, 40]; 5].concat());
        let share = palette_share(&rgb, &palette);
        assert_eq!((share.within, share.each), (0.8, vec![0.6, 0.2]));
        assert_eq!(share.strange, Some(([30, 160, 60], 0.15)));
    }

    #[test]
    fn a_picture_of_the_palette_alone_has_nothing_strange_and_nothing_is_divided_by_nothing() {
        let share = palette_share(&[10, 20, 30], &[[10, 20, 30]]);
        assert_eq!((share.within, share.strange), (1.0, None));
        assert_eq!(palette_share(&[10, 20, 30], &[]).within, 0.0);
        assert_eq!(palette_share(&[], &[[1, 2, 3]]), PaletteShare { within: 0.0, each: vec![0.0], strange: None });
    }
}
