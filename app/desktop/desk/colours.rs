use std::path::Path;

use kento_finishing::colour_counts;

use super::OfferedColours;
use crate::input_image;

/// Most colours that a picture offers.
const MOST_COLOURS: usize = 8;
/// Bits of a channel by which pixels are counted together.
const BITS: u32 = 4;
/// Two colours that are closer than this in every channel are one to the eye of a palette.
const CLOSEST: u8 = 28;
/// Parts of all pixels that a colour must have to be offered.
const LEAST_PART: f64 = 0.004;

/// Reads a picture and finds its colours. For a thread: a large picture takes a second.
pub(super) fn colours_of(path: &Path) -> Result<OfferedColours, String> {
    let image = input_image::read_rgb(path).map_err(|error| error.to_string())?;
    let picture = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(OfferedColours { picture, colours: most_frequent(&image.pixels.data) })
}

/// The most frequent colours of RGB bytes that a person would tell apart, each the mean of its pixels.
fn most_frequent(rgb: &[u8]) -> Vec<[u8; 3]> {
    let pixels = (rgb.len() / 3) as f64;
    let mut found = colour_counts(rgb, BITS);
    found.retain(|(_, count)| *count as f64 >= pixels * LEAST_PART);
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut colours: Vec<[u8; 3]> = Vec::new();
    for (colour, _) in found {
        let is_known = colours.iter().any(|other| other.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < CLOSEST));
        if !is_known && colours.len() < MOST_COLOURS {
            colours.push(colour);
        }
    }
    colours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_offers_what_it_has_most_of_and_every_colour_once() {
        let mut rgb = [[200, 30, 40]; 60].concat();
        rgb.extend([[202, 33, 41]; 10].concat());
        rgb.extend([[10, 20, 90]; 29].concat());
        rgb.extend([250, 250, 250]);
        assert_eq!(most_frequent(&rgb), [[200, 30, 40], [10, 20, 90], [250, 250, 250]]);
        assert_eq!(most_frequent(&[]), [[0u8; 3]; 0]);
    }

    #[test]
    fn a_file_that_is_no_picture_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.png");
        std::fs::write(&path, "not a picture").unwrap();
        assert!(colours_of(&path).unwrap_err().contains("use a PNG"));
    }
}
