use serde::{Deserialize, Serialize};

use crate::{Refusal, limits};

/// Where in a picture a repair is generated, and how it is put back. The crop is brought to the recipe's size, generated there
/// and put back into the picture; what lies outside the mask and the blend band keeps its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// What is brought to the recipe's size, in pixels of the picture with its margins.
    pub crop: CropBox,
    /// What stands in the masked part before it is generated.
    pub fill: Fill,
    /// Width in pixels of the picture of the band around the mask in which new turns into old; 0 is a hard edge.
    pub blend: u32,
    /// What grey in the mask means.
    pub soft: Softness,
    /// What is added at the sides of the picture and generated too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extend: Option<Margins>,
}

/// A box of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CropBox {
    /// Left edge in pixels.
    pub x: u32,
    /// Upper edge in pixels.
    pub y: u32,
    /// Pixels in a row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
}

/// Pixels added at each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// What stands in the masked part before it is generated. At strength 1 only noise is left of it.
/// It is written as text, because RON can write a name with a hyphen only as `r#latent-noise`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Fill {
    /// What is there.
    Original,
    /// What is there, blurred until only its colours are left.
    Blur,
    /// What surrounds it, continued inwards.
    Neighbour,
    /// Noise in the latent: nothing of what is there is left.
    LatentNoise,
    /// One colour, red, green and blue in sRGB.
    Solid([u8; 3]),
}

/// What grey in a mask means. It is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Softness {
    /// From half grey on a pixel is made anew, below it is kept.
    Hard,
    /// Grey is how far a pixel may change: each gets its own strength (differential diffusion, Levin and Fried 2023).
    Soft,
}

impl Region {
    /// Size of the picture with its margins, for a picture of this size.
    pub fn whole_size(&self, width: u32, height: u32) -> (u32, u32) {
        let Margins { left, top, right, bottom } = self.extend.unwrap_or(Margins::NONE);
        let add = |side: u32, before: u32, after: u32| side.saturating_add(before).saturating_add(after);
        (add(width, left, right), add(height, top, bottom))
    }

    /// Checks the region of a picture of `image` pixels that is generated at `generated` pixels.
    pub(crate) fn check(&self, image: (u32, u32), generated: (u32, u32)) -> Result<(), Refusal> {
        let most = limits::MOST_SIDE;
        let (width, height) = self.whole_size(image.0, image.1);
        for (side, value) in [("width", width), ("height", height)] {
            if !(1..=most).contains(&value) {
                return Err(Refusal::SideOutOfRange { side, value, least: 1, most });
            }
        }
        if self.extend == Some(Margins::NONE) {
            return Err(Refusal::NoMargin);
        }
        let CropBox { x, y, width: crop_width, height: crop_height } = self.crop;
        let ends_inside =
            |from: u32, side: u32, most: u32| side > 0 && from.checked_add(side).is_some_and(|to| to <= most);
        if !ends_inside(x, crop_width, width) || !ends_inside(y, crop_height, height) {
            return Err(Refusal::CropOutside { crop: self.crop, width, height });
        }
        let (across, down) =
            (f64::from(generated.0) / f64::from(crop_width), f64::from(generated.1) / f64::from(crop_height));
        // One of the two sides may be squeezed by what whole pixels and a picture's edge leave no other way.
        if across / down > limits::MOST_SQUEEZE || down / across > limits::MOST_SQUEEZE {
            return Err(Refusal::CropShape { crop: self.crop, width: generated.0, height: generated.1 });
        }
        let most = limits::MOST_BLEND;
        if self.blend > most {
            return Err(Refusal::Blend { value: self.blend, most });
        }
        Ok(())
    }
}

impl Margins {
    /// Nothing added.
    pub const NONE: Self = Self { left: 0, top: 0, right: 0, bottom: 0 };
}

impl From<Fill> for String {
    fn from(fill: Fill) -> Self {
        match fill {
            Fill::Original => "original".to_owned(),
            Fill::Blur => "blur".to_owned(),
            Fill::Neighbour => "neighbour".to_owned(),
            Fill::LatentNoise => "latent-noise".to_owned(),
            Fill::Solid([red, green, blue]) => format!("#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

impl std::str::FromStr for Fill {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let colour = |name: &str| {
            let digits = name.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
            let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
            digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
            Some(Self::Solid([byte(0)?, byte(2)?, byte(4)?]))
        };
        match name {
            "original" => Ok(Self::Original),
            "blur" => Ok(Self::Blur),
            "neighbour" => Ok(Self::Neighbour),
            "latent-noise" => Ok(Self::LatentNoise),
            name => colour(name).ok_or_else(|| {
                format!(
                    "there is no fill \"{name}\": write original, blur, neighbour, latent-noise or a colour as #rrggbb"
                )
            }),
        }
    }
}

impl TryFrom<String> for Fill {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl From<Softness> for String {
    fn from(softness: Softness) -> Self {
        match softness {
            Softness::Hard => "hard".to_owned(),
            Softness::Soft => "soft".to_owned(),
        }
    }
}

impl TryFrom<String> for Softness {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "hard" => Ok(Self::Hard),
            "soft" => Ok(Self::Soft),
            name => Err(format!("a mask is hard or soft and not \"{name}\": write one of the two")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn region() -> Region {
        let crop = CropBox { x: 3, y: 5, width: 64, height: 64 };
        Region { crop, fill: Fill::Neighbour, blend: 8, soft: Softness::Hard, extend: None }
    }

    fn refused(change: impl FnOnce(&mut Region)) -> String {
        let mut region = region();
        change(&mut region);
        region.check((101, 77), (128, 128)).map_or_else(|refusal| refusal.to_string(), |()| String::new())
    }

    #[test]
    fn a_region_lies_in_its_picture_and_is_not_squeezed() {
        assert_eq!(refused(|_| {}), "");
        assert_eq!(
            refused(|region| region.crop.x = 38),
            "the crop is 64x64 from 38, 5 and the picture 101x77: move it into the picture or make it smaller"
        );
        assert!(refused(|region| region.crop.width = 0).contains("0x64 from 3, 5"));
        assert!(refused(|region| region.crop.y = u32::MAX).contains("move it into the picture"));
        assert_eq!(
            refused(|region| region.crop = CropBox { x: 0, y: 0, width: 90, height: 30 }),
            "the crop is 90x30 and is generated at 128x128, which squeezes it: choose sides in the same proportion"
        );
        assert_eq!(
            refused(|region| region.crop.width = 70),
            "",
            "whole cells and edges are allowed to squeeze a little"
        );
        assert_eq!(refused(|region| region.blend = 513), "the blend band must be at most 512 pixels and is 513");
    }

    #[test]
    fn margins_make_the_picture_larger_and_have_a_limit() {
        let margins = Margins { left: 50, top: 0, right: 0, bottom: 0 };
        assert_eq!(refused(|region| (region.extend, region.crop.x) = (Some(margins), 80)), "");
        assert_eq!(
            refused(|region| region.extend = Some(Margins { right: 8192, ..margins })),
            "width must be between 1 and 8192 pixels and is 8343"
        );
        assert!(
            refused(|region| region.extend = Some(Margins { top: u32::MAX, ..margins })).contains("height must be")
        );
        assert_eq!(
            refused(|region| region.extend = Some(Margins::NONE)),
            "the picture is to be extended by nothing: give one side a margin or leave it as it is"
        );
    }

    #[test]
    fn fills_and_softness_are_written_as_text() {
        for (fill, text) in [
            (Fill::Original, "original"),
            (Fill::Blur, "blur"),
            (Fill::Neighbour, "neighbour"),
            (Fill::LatentNoise, "latent-noise"),
            (Fill::Solid([0, 171, 255]), "#00abff"),
        ] {
            let quoted = format!("\"{text}\"");
            assert_eq!(ron::to_string(&fill).unwrap(), quoted);
            assert_eq!(serde_json::from_str::<Fill>(&quoted).unwrap(), fill);
        }
        for wrong in ["", "#12345", "#1234567", "#+1+2+3", "#äöü", "Original"] {
            assert!(wrong.parse::<Fill>().unwrap_err().contains("write original, blur"), "{wrong}");
        }
        assert_eq!(ron::from_str::<Softness>("\"soft\"").unwrap(), Softness::Soft);
        assert!(serde_json::from_str::<Softness>("\"medium\"").is_err());
        let text = ron::to_string(&region()).unwrap();
        assert_eq!(text, "(crop:(x:3,y:5,width:64,height:64),fill:\"neighbour\",blend:8,soft:\"hard\")");
        assert_eq!(ron::from_str::<Region>(&text).unwrap(), region());
        assert!(ron::from_str::<Region>(&text.replace("blend:8", "blend:8,luck:3")).is_err());
    }
}
