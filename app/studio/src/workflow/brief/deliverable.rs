use serde::{Deserialize, Serialize};

/// One thing to deliver: so many pictures of a size, in a file format and a colour space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    /// What it is for, for example `brochure cover`.
    pub name: String,
    /// Width in pixels of the finished file.
    pub width: u32,
    /// Height in pixels of the finished file.
    pub height: u32,
    /// File format.
    pub format: FileFormat,
    /// How many pictures.
    pub count: u32,
    /// Colour space.
    pub colour_space: ColourSpace,
}

/// A file format that can be asked for. Export offers each of them in a later version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
    /// TIFF, for print.
    Tiff,
    /// Vector graphics.
    Svg,
    /// PDF, for print.
    Pdf,
}

impl FileFormat {
    /// All formats, in the order of the form.
    pub const ALL: [Self; 7] = [Self::Png, Self::Jpeg, Self::Webp, Self::Avif, Self::Tiff, Self::Svg, Self::Pdf];

    /// The file name's extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Tiff => "tiff",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

/// A colour space that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourSpace {
    /// sRGB, what every screen shows.
    Srgb,
    /// Display P3, for wide-gamut screens.
    DisplayP3,
    /// CMYK with an ICC profile, for print.
    Cmyk,
    /// Grey.
    Grey,
}

impl ColourSpace {
    /// All colour spaces, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Srgb, Self::DisplayP3, Self::Cmyk, Self::Grey];

    /// The name that the form shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Srgb => "sRGB",
            Self::DisplayP3 => "Display P3",
            Self::Cmyk => "CMYK",
            Self::Grey => "grey",
        }
    }
}

/// A colour of the brief's palette, sRGB. Written as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaletteColour(pub [u8; 3]);

/// A text that is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as #rrggbb with six hexadecimal digits, and this is not one: {0}")]
pub struct ColourError(String);

impl std::fmt::Display for PaletteColour {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl std::str::FromStr for PaletteColour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ColourError(text.to_owned());
        let digits = text.trim().strip_prefix('#').ok_or_else(refuse)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| refuse())?;
        Ok(Self([(value >> 16) as u8, (value >> 8) as u8, value as u8]))
    }
}

impl Serialize for PaletteColour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaletteColour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_round_trip_and_anything_else_is_refused() {
        let colour: PaletteColour = "#E5534b".parse().unwrap();
        assert_eq!((colour.0, colour.to_string()), ([229, 83, 75], "#e5534b".to_owned()));
        for text in ["", "#", "e5534b", "#e5534", "#+55340", "#e5534bff", "#ééé"] {
            assert!(text.parse::<PaletteColour>().is_err(), "{text}");
        }
    }
}
