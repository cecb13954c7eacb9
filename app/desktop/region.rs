//! The region of a repair, between the pictures of a project and the engine: the crop is cut out, filled and brought to the recipe's
//! size before the engine sees it, and what comes back is put into the whole picture. Window, command line and proofs go this way.

use image::RgbImage;
use kento_engine::protocol::Pixels;
use kento_finishing::PixelRect;
use kento_finishing::region::{self as finishing, CropRule, Stands};
use kento_studio::{CropBox, Fill, GenerationRequest, Margins, Region, Softness, Task};

/// Pixels around the mask that are brought along at least, where nobody says how many.
const LEAST_PADDING: u32 = 32;

/// Shortest side of a crop in pixels, as far as the generated size has them: small models were trained on whole scenes, and what is
/// cut out of less than this shows them nothing that they know.
const LEAST_SIDE: u32 = 256;

/// How a repair is wished for; what is None is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionWish {
    /// Size that is generated in pixels, sides of a multiple of 8.
    pub generated: [u32; 2],
    /// Pixels of the picture around the mask that are brought along. Chosen: a quarter of the mask, and 32 at least.
    pub padding: Option<u32>,
    /// Width of the blend band in pixels of the picture. Chosen: one cell of the latent.
    pub blend: Option<u32>,
    /// What stands in the masked part before.
    pub fill: Fill,
    /// What grey in the mask means.
    pub soft: Softness,
    /// What is added at the sides.
    pub extend: Option<Margins>,
    /// What is brought to the generated size, in pixels of the picture with its margins. Chosen: around the mask, in the proportion of
    /// the generated size; padding counts for that alone.
    pub crop: Option<PixelRect>,
}

/// A region that was planned, and the size that it is to be generated at: the wished one, or one of the crop's proportion where the
/// picture has no room for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPlan {
    /// The region.
    pub region: Region,
    /// Width and height for the recipe.
    pub generated: [u32; 2],
    /// Pixels around the mask that are brought along, as wished for or chosen.
    pub padding: u32,
}

impl RegionWish {
    /// Plans the region for a mask (one byte a pixel) of a picture of this size.
    ///
    /// # Errors
    /// One sentence, where nothing is masked.
    pub fn plan(&self, size: [u32; 2], mask: &[u8]) -> Result<RegionPlan, String> {
        self.plan_within(size, finishing::bounds(mask, size[0], counts_from(self.soft)))
    }

    /// The same where the bounds of what counts in the mask ([`counts_from`]) are known.
    ///
    /// # Errors
    /// One sentence, where nothing is masked.
    pub fn plan_within(&self, size: [u32; 2], bounds: PixelRect) -> Result<RegionPlan, String> {
        let margins = self.extend.unwrap_or(Margins::NONE);
        let whole = [size[0] + margins.left + margins.right, size[1] + margins.top + margins.bottom];
        let bounds = with_margins(bounds, size, margins);
        if bounds.is_empty() {
            return Err(finishing::RegionError::EmptyMask.to_string());
        }
        let rule = self.rule(bounds);
        let (crop, generated) = match self.crop {
            Some(crop) => (checked(crop, bounds, whole)?, rule.for_chosen(crop)),
            None => rule.automatic(bounds, whole),
        };
        let blend = self.blend.unwrap_or_else(|| finishing::usual_blend(crop, generated));
        let PixelRect { x, y, width, height } = crop;
        let crop = CropBox { x, y, width, height };
        let blend = blend.min(kento_studio::limits::MOST_BLEND);
        let region = Region { crop, fill: self.fill, blend, soft: self.soft, extend: self.extend };
        Ok(RegionPlan { region, generated, padding: rule.padding })
    }
}

impl RegionWish {
    fn rule(&self, bounds: PixelRect) -> CropRule {
        let padding = self.padding.unwrap_or_else(|| (bounds.width.max(bounds.height) / 4).max(LEAST_PADDING));
        let shorter = self.generated[0].min(self.generated[1]);
        let least = (shorter / 2).max(LEAST_SIDE).min(shorter);
        CropRule { padding, least, generated: self.generated }
    }
}

/// A crop that somebody chose, where it can be: inside the picture and around everything that is masked.
fn checked(crop: PixelRect, bounds: PixelRect, [width, height]: [u32; 2]) -> Result<PixelRect, String> {
    let PixelRect { x, y, width: wide, height: high } = crop;
    if crop.is_empty() || !PixelRect::of_size([width, height]).contains_rect(crop) {
        return Err(format!(
            "the crop of {wide}x{high} pixels at {x}, {y} is not inside the image of {width}x{height}: choose another"
        ));
    }
    if !crop.contains_rect(bounds) {
        let (right, bottom) = (bounds.right(), bounds.bottom());
        return Err(format!(
            "the crop leaves out a part of what is masked, which reaches from {}, {} to {right}, {bottom}: make it larger",
            bounds.x, bounds.y
        ));
    }
    Ok(crop)
}

/// The margins that bring a picture of this size to a proportion, width to height.
pub fn margins_to(size: [u32; 2], ratio: [u32; 2], stands: Stands) -> Margins {
    let finishing::Margins { left, top, right, bottom } = finishing::Margins::to_ratio(size, ratio, stands);
    Margins { left, top, right, bottom }
}

/// Left, top, right and bottom of a region in pixels of the picture without its margins: an extended one begins beside it.
pub fn place_of(region: &Region) -> [f32; 4] {
    let Margins { left, top, .. } = region.extend.unwrap_or(Margins::NONE);
    let CropBox { x, y, width, height } = region.crop;
    let (x, y) = (i64::from(x) - i64::from(left), i64::from(y) - i64::from(top));
    [x, y, x + i64::from(width), y + i64::from(height)].map(|edge| edge as f32)
}

/// From which value on a pixel of a mask counts as masked.
pub fn counts_from(soft: Softness) -> u8 {
    match soft {
        Softness::Hard => 128,
        Softness::Soft => 1,
    }
}

/// The bounds of the mask with the margins, in the extended picture.
fn with_margins(bounds: PixelRect, size: [u32; 2], margins: Margins) -> PixelRect {
    let Margins { left, top, right, bottom } = margins;
    let [width, height] = [size[0] + left + right, size[1] + top + bottom];
    let moved = if bounds.is_empty() {
        bounds
    } else {
        PixelRect::new(bounds.x + left, bounds.y + top, bounds.width, bounds.height)
    };
    [
        PixelRect::new(0, 0, left, height),
        PixelRect::new(0, 0, width, top),
        PixelRect::new(width - right, 0, right, height),
        PixelRect::new(0, height - bottom, width, bottom),
    ]
    .into_iter()
    .fold(moved, PixelRect::union)
}

/// A request with a region, and the pictures that it names.
pub struct RegionWork {
    region: finishing::Region,
    picture: RgbImage,
    mask: Vec<u8>,
}

impl RegionWork {
    /// Takes the pixels of the image and of the mask that the request names; None where it has no region.
    ///
    /// # Errors
    /// One sentence, where the pixels have not the size that the request says.
    pub fn new(request: &GenerationRequest, image: Pixels, mask: Pixels) -> Result<Option<Self>, String> {
        let Task::Inpaint { image: reference, region: Some(region), .. } = &request.task else { return Ok(None) };
        let CropBox { x, y, width, height } = region.crop;
        let size = (reference.width, reference.height);
        if (image.width, image.height) != size || (mask.width, mask.height) != size {
            return Err("the image or the mask has another size than the request says: choose them again".to_owned());
        }
        let picture = RgbImage::from_raw(image.width, image.height, image.data)
            .ok_or("the image has not three bytes a pixel: choose it again")?;
        let (picture, mask) = match region.extend {
            None => (picture, mask.data),
            Some(Margins { left, top, right, bottom }) => {
                finishing::Margins { left, top, right, bottom }.extend(&picture, &mask.data)
            }
        };
        let region = finishing::Region {
            crop: PixelRect::new(x, y, width, height),
            generated: [request.recipe.width, request.recipe.height],
            fill: match region.fill {
                // The noise is the engine's; it replaces what stands there in the latent.
                Fill::Original | Fill::LatentNoise => finishing::Fill::Original,
                Fill::Blur => finishing::Fill::Blur,
                Fill::Neighbour => finishing::Fill::Neighbour,
                Fill::Solid(colour) => finishing::Fill::Solid(colour),
            },
            blend: region.blend,
            softness: match region.soft {
                Softness::Hard => finishing::Softness::Hard,
                Softness::Soft => finishing::Softness::Soft,
            },
        };
        Ok(Some(Self { region, picture, mask }))
    }

    /// The init image and the mask for the engine, both of the recipe's size.
    ///
    /// # Errors
    /// One sentence, where the mask is empty or the crop does not fit it.
    pub fn for_engine(&self) -> Result<(Pixels, Pixels), String> {
        let brought = self.region.bring(&self.picture, &self.mask).map_err(|error| error.to_string())?;
        let [width, height] = self.region.generated;
        let mask = Pixels { width, height, channels: 1, data: brought.mask };
        Ok((pixels(brought.picture), mask))
    }

    /// The whole picture with what the engine made put back.
    ///
    /// # Errors
    /// One sentence, where that has not the recipe's size.
    pub fn put_back(&self, generated: &Pixels) -> Result<Pixels, String> {
        let made = RgbImage::from_raw(generated.width, generated.height, generated.data.clone())
            .ok_or("the engine's picture has not three bytes a pixel: generate it again")?;
        let whole = self.region.put_back(&self.picture, &self.mask, &made).map_err(|error| error.to_string())?;
        Ok(pixels(whole))
    }
}

fn pixels(picture: RgbImage) -> Pixels {
    let (width, height) = picture.dimensions();
    Pixels { width, height, channels: 3, data: picture.into_raw() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WISH: RegionWish = RegionWish {
        generated: [128, 128],
        padding: None,
        blend: None,
        fill: Fill::Neighbour,
        soft: Softness::Hard,
        extend: None,
        crop: None,
    };

    #[test]
    fn a_plan_holds_the_mask_and_the_margins() {
        let mut mask = vec![0; 300 * 200];
        assert_eq!(WISH.plan([300, 200], &mask).unwrap_err(), "the mask is empty: paint over what is to be made anew");
        mask[100 * 300 + 150] = 255;
        let RegionPlan { region, generated, padding } = WISH.plan([300, 200], &mask).unwrap();
        assert_eq!((region.crop, generated), (CropBox { x: 86, y: 36, width: 128, height: 128 }, [128, 128]));
        assert_eq!((region.blend, padding), (8, 32), "8 generated pixels are 8 of the picture");
        let large = RegionWish { generated: [1024, 1024], ..WISH };
        let mut mask = vec![0; 1500 * 1200];
        mask[600 * 1500 + 700] = 255;
        let RegionPlan { region, .. } = large.plan([1500, 1200], &mask).unwrap();
        assert_eq!((region.crop.width, region.crop.height, region.blend), (512, 512, 4));
        let margins = Margins { left: 0, top: 0, right: 40, bottom: 0 };
        let outpaint = RegionWish { extend: Some(margins), ..WISH };
        let RegionPlan { region, .. } = outpaint.plan([300, 200], &[0; 300 * 200]).unwrap();
        assert_eq!((region.crop.x + region.crop.width, region.crop.y, region.crop.height), (340, 0, 200));
        assert!(region.crop.x <= 300 - 40, "the picture beside the margin is brought along: {region:?}");
    }

    #[test]
    fn a_chosen_crop_is_taken_as_it_is_and_generated_in_its_proportion() {
        let mut mask = vec![0; 300 * 200];
        mask[100 * 300 + 150] = 255;
        let with = |crop| RegionWish { crop: Some(crop), padding: Some(500), ..WISH }.plan([300, 200], &mask);
        let RegionPlan { region, generated, .. } = with(PixelRect::new(100, 80, 100, 50)).unwrap();
        assert_eq!((region.crop, generated), (CropBox { x: 100, y: 80, width: 100, height: 50 }, [176, 88]));
        assert_eq!(region.blend, 5, "one cell of the latent");
        let said = with(PixelRect::new(100, 80, 201, 50)).unwrap_err();
        assert_eq!(said, "the crop of 201x50 pixels at 100, 80 is not inside the image of 300x200: choose another");
        assert!(with(PixelRect::new(u32::MAX, 0, 9, 9)).unwrap_err().contains("is not inside the image"));
        let said = with(PixelRect::new(0, 0, 150, 200)).unwrap_err();
        assert!(said.ends_with("which reaches from 150, 100 to 151, 101: make it larger"), "{said}");
        let margins = Margins { left: 50, top: 0, right: 0, bottom: 0 };
        let outpaint = RegionWish { extend: Some(margins), crop: Some(PixelRect::new(0, 0, 120, 200)), ..WISH };
        let RegionPlan { region, .. } = outpaint.plan([300, 200], &[0; 300 * 200]).unwrap();
        assert_eq!(region.crop.width, 120, "counted in the picture with its margins");
    }

    #[test]
    fn faint_grey_counts_where_the_mask_is_soft() {
        let mut mask = vec![0; 64 * 64];
        mask[0] = 9;
        assert!(WISH.plan([64, 64], &mask).is_err());
        assert!(RegionWish { soft: Softness::Soft, ..WISH }.plan([64, 64], &mask).is_ok());
    }
}
