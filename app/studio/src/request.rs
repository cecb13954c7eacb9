use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{NUMERICS_REVISION, Recipe, Refusal, SchemaV1, Task};

/// One image to generate: everything that determines its pixels, and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationRequest {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Which job of this session or project. It is a name only and never influences pixels.
    pub job: JobId,
    /// The recipe.
    pub recipe: Recipe,
    /// What is generated from what.
    pub task: Task,
    /// Seed of the noise.
    pub seed: u64,
    /// Turns the first noise towards that of another seed: a picture that is nearly the same, or less so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variation: Option<SeedVariation>,
}

/// A turn of the first noise towards that of another seed, as A1111's variation seed (spherical interpolation).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedVariation {
    /// The other seed.
    pub seed: u64,
    /// How far to turn, above 0 and at most 1, where 1 is the noise of the other seed.
    pub strength: f64,
}

impl GenerationRequest {
    /// Checks every rule that needs no model and no device. The engine checks again, because it trusts nobody.
    ///
    /// An empty prompt is allowed. A prompt of thousands of words is allowed too; the tokenizer reports what it cut.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order size, steps, guidance, clip skip, prompts, model, numerics, variation, task.
    pub fn check(&self) -> Result<(), Refusal> {
        let recipe = &self.recipe;
        check_side("width", recipe.width)?;
        check_side("height", recipe.height)?;
        check_steps(recipe.steps)?;
        check_guidance(recipe.guidance_scale)?;
        check_guidance_rescale(recipe.guidance_rescale)?;
        check_clip_skip(recipe.clip_skip)?;
        check_prompt("prompt", &recipe.prompt)?;
        check_prompt("negative prompt", &recipe.negative_prompt)?;
        for model in [Some(&recipe.model), recipe.vae.as_ref()].into_iter().flatten() {
            if model.files.is_empty() {
                return Err(Refusal::ModelWithoutFiles { name: model.name.clone() });
            }
        }
        if recipe.tool.numerics != NUMERICS_REVISION {
            return Err(Refusal::Numerics {
                asked: recipe.tool.numerics,
                here: NUMERICS_REVISION,
                version: recipe.tool.version.clone(),
            });
        }
        if let Some(SeedVariation { strength, .. }) = self.variation {
            limits::check_variation(strength)?;
        }
        self.check_task()
    }

    /// Size in pixels of the picture that comes of it: the recipe's, or that of the image with its margins where only a
    /// region of it is generated.
    pub fn picture_size(&self) -> (u32, u32) {
        match &self.task {
            Task::Inpaint { image, region: Some(region), .. } => region.whole_size(image.width, image.height),
            _ => (self.recipe.width, self.recipe.height),
        }
    }

    fn check_task(&self) -> Result<(), Refusal> {
        let (image, mask) = match &self.task {
            Task::TextToImage => return Ok(()),
            Task::ImageToImage { image, .. } => (image, None),
            Task::Inpaint { image, mask, .. } => (image, Some(mask)),
        };
        if let Some(strength) = self.task.strength() {
            check_strength(strength)?;
        }
        let Recipe { width, height, .. } = self.recipe;
        if let Some(region) = self.task.region() {
            region.check((image.width, image.height), (width, height))?;
        } else if (image.width, image.height) != (width, height) {
            return Err(Refusal::ImageSize { image_width: image.width, image_height: image.height, width, height });
        }
        match mask {
            Some(mask) if (mask.width, mask.height) != (image.width, image.height) => Err(Refusal::MaskSize {
                mask_width: mask.width,
                mask_height: mask.height,
                image_width: image.width,
                image_height: image.height,
            }),
            _ => Ok(()),
        }
    }
}

/// Number of a job, unique within one session or project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

/// The bounds of a request, and checks of single values for forms and command lines that have no whole request yet.
pub mod limits {
    pub use super::{
        check_clip_skip, check_count, check_guidance, check_guidance_rescale, check_prompt, check_side, check_steps,
        check_strength, check_variation,
    };

    /// Every side is a multiple of this: the VAE of every supported model makes 8x8 pixels of one latent.
    pub const SIDE_MULTIPLE: u32 = 8;
    /// Smallest side in pixels.
    pub const LEAST_SIDE: u32 = 8;
    /// Largest side in pixels. Larger pictures are upscaled, never generated.
    pub const MOST_SIDE: u32 = 8192;
    /// Largest file that a project keeps as evidence, in bytes.
    pub const MOST_EVIDENCE_BYTES: u64 = 64 << 20;
    /// Most denoising steps; no scheduler has more training timesteps.
    pub const MOST_STEPS: u32 = 1000;
    /// Largest guidance scale; pictures burn out far below it.
    pub const MOST_GUIDANCE: f64 = 100.0;
    /// Largest clip skip: the layers of CLIP's smallest text encoder.
    pub const MOST_CLIP_SKIP: u32 = 12;
    /// Most images of one run.
    pub const MOST_COUNT: u32 = 10_000;
    /// Widest blend band of a region in pixels.
    pub const MOST_BLEND: u32 = 512;
    /// How much more one side of a region may be scaled than the other.
    pub const MOST_SQUEEZE: f64 = 1.25;
    /// Longest prompt in characters. A 10,000-word prompt passes; a file pasted by mistake does not.
    pub const MOST_PROMPT_CHARS: usize = 200_000;
}

/// Refuses a `side` (`"width"` or `"height"`, pixels) that is out of range or not a multiple of 8.
///
/// # Errors
/// [`Refusal::SideOutOfRange`], or [`Refusal::NotMultipleOf8`] with the two nearest valid sizes.
pub fn check_side(side: &'static str, value: u32) -> Result<(), Refusal> {
    use limits::{LEAST_SIDE, MOST_SIDE, SIDE_MULTIPLE};
    if !(LEAST_SIDE..=MOST_SIDE).contains(&value) {
        return Err(Refusal::SideOutOfRange { side, value, least: LEAST_SIDE, most: MOST_SIDE });
    }
    if !value.is_multiple_of(SIDE_MULTIPLE) {
        let below = value / SIDE_MULTIPLE * SIDE_MULTIPLE;
        return Err(Refusal::NotMultipleOf8 { side, value, below, above: below + SIDE_MULTIPLE });
    }
    Ok(())
}

/// Refuses 0 steps and absurd step counts.
///
/// # Errors
/// [`Refusal::Steps`].
pub fn check_steps(value: u32) -> Result<(), Refusal> {
    let most = limits::MOST_STEPS;
    if (1..=most).contains(&value) { Ok(()) } else { Err(Refusal::Steps { value, most }) }
}

/// Refuses a guidance scale that is not a number, infinite, negative or absurd.
///
/// # Errors
/// [`Refusal::Guidance`].
pub fn check_guidance(value: f64) -> Result<(), Refusal> {
    let most = limits::MOST_GUIDANCE;
    if (0.0..=most).contains(&value) { Ok(()) } else { Err(Refusal::Guidance { value, most }) }
}

/// Refuses a guidance rescale that is not a number from 0 to 1.
///
/// # Errors
/// [`Refusal::GuidanceRescale`].
pub fn check_guidance_rescale(value: f64) -> Result<(), Refusal> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Refusal::GuidanceRescale { value }) }
}

/// Refuses a strength that is not a number above 0 and at most 1. At 0 nothing would be generated.
///
/// # Errors
/// [`Refusal::Strength`].
pub fn check_strength(value: f64) -> Result<(), Refusal> {
    if value > 0.0 && value <= 1.0 { Ok(()) } else { Err(Refusal::Strength { value }) }
}

/// Refuses a strength of a seed's variation that is not a number above 0 and at most 1. At 0 there would be none.
///
/// # Errors
/// [`Refusal::VariationStrength`].
pub fn check_variation(value: f64) -> Result<(), Refusal> {
    if value > 0.0 && value <= 1.0 { Ok(()) } else { Err(Refusal::VariationStrength { value }) }
}

/// Refuses a clip skip that no text encoder has.
///
/// # Errors
/// [`Refusal::ClipSkip`].
pub fn check_clip_skip(value: u32) -> Result<(), Refusal> {
    let most = limits::MOST_CLIP_SKIP;
    if (1..=most).contains(&value) { Ok(()) } else { Err(Refusal::ClipSkip { value, most }) }
}

/// Refuses an empty or absurd count, and a first seed from which `count` seeds cannot be counted up.
///
/// # Errors
/// [`Refusal::Count`] or [`Refusal::SeedOverflow`].
pub fn check_count(count: u32, first_seed: u64) -> Result<(), Refusal> {
    let most = limits::MOST_COUNT;
    if !(1..=most).contains(&count) {
        return Err(Refusal::Count { value: count, most });
    }
    let most_seed = u64::MAX - u64::from(count - 1);
    if first_seed > most_seed {
        return Err(Refusal::SeedOverflow { seed: first_seed, count, most: most_seed });
    }
    Ok(())
}

/// Refuses a text that is longer than any prompt or holds a NUL; `field` is `"prompt"` or `"negative prompt"`.
///
/// # Errors
/// [`Refusal::PromptTooLong`] or [`Refusal::PromptNul`].
pub fn check_prompt(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.contains('\0') {
        return Err(Refusal::PromptNul { field });
    }
    let most = limits::MOST_PROMPT_CHARS;
    // Bytes bound characters from above, so the count is only needed for long texts.
    if text.len() <= most {
        return Ok(());
    }
    let chars = text.chars().count();
    if chars <= most { Ok(()) } else { Err(Refusal::PromptTooLong { field, chars, most }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CropBox, Dtype, Fill, ImageReference, Margins, ModelFile, ModelReference, NoiseSource, Region,
        SchedulerSetting, Sha256, Softness, ToolVersion,
    };

    fn request() -> GenerationRequest {
        GenerationRequest {
            schema: SchemaV1,
            job: JobId(1),
            recipe: Recipe {
                schema: SchemaV1,
                tool: ToolVersion {
                    version: "0.1.0".to_owned(),
                    commit: "abc".to_owned(),
                    numerics: NUMERICS_REVISION,
                },
                model: ModelReference {
                    name: "starter".to_owned(),
                    files: vec![ModelFile { path: "m.safetensors".to_owned(), bytes: 1, sha256: Sha256([7; 32]) }],
                    licence: None,
                },
                vae: None,
                prompt: String::new(),
                negative_prompt: "blur".to_owned(),
                clip_skip: 1,
                noise: NoiseSource::TorchCpu,
                scheduler: SchedulerSetting { name: "euler".to_owned(), sigmas: None },
                steps: 20,
                guidance_scale: 7.5,
                guidance_rescale: 0.0,
                width: 512,
                height: 768,
                dtype: Dtype::F32,
                device: None,
            },
            task: Task::TextToImage,
            seed: u64::MAX,
            variation: None,
        }
    }

    fn image(width: u32, height: u32) -> ImageReference {
        ImageReference { sha256: Sha256([1; 32]), width, height }
    }

    /// The sentence that a change of a valid request is refused with, or an empty text.
    fn refused(change: impl FnOnce(&mut GenerationRequest)) -> String {
        let mut request = request();
        change(&mut request);
        request.check().err().map(|refusal| refusal.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_sound_request_passes_even_with_an_empty_or_very_long_prompt() {
        assert_eq!(refused(|_| {}), "");
        assert_eq!(refused(|request| request.recipe.prompt = "word ".repeat(10_000)), "");
        assert_eq!(refused(|request| request.task = Task::ImageToImage { image: image(512, 768), strength: 1.0 }), "");
    }

    #[test]
    fn sizes_are_refused_with_the_nearest_ones_named() {
        assert_eq!(refused(|r| r.recipe.width = 513), "width must be a multiple of 8 and is 513: use 512 or 520");
        assert_eq!(refused(|r| r.recipe.height = 767), "height must be a multiple of 8 and is 767: use 760 or 768");
        assert_eq!(refused(|r| r.recipe.width = 0), "width must be between 8 and 8192 pixels and is 0");
        assert_eq!(
            refused(|r| r.recipe.height = u32::MAX),
            "height must be between 8 and 8192 pixels and is 4294967295"
        );
        for side in (8..=8192).step_by(8) {
            assert_eq!(check_side("width", side), Ok(()));
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused_and_so_is_what_is_no_number() {
        assert_eq!(refused(|r| r.recipe.steps = 0), "steps must be between 1 and 1000 and is 0");
        assert_eq!(refused(|r| r.recipe.steps = 1001), "steps must be between 1 and 1000 and is 1001");
        for (value, shown) in [(f64::NAN, "NaN"), (-1.0, "-1"), (f64::INFINITY, "inf"), (100.5, "100.5")] {
            assert_eq!(
                refused(|r| r.recipe.guidance_scale = value),
                format!("guidance must be a number from 0 to 100 and is {shown}")
            );
        }
        assert!(refused(|r| r.recipe.guidance_rescale = f64::NAN).starts_with("guidance rescale must be"));
        assert!(refused(|r| r.recipe.clip_skip = 0).starts_with("clip skip must be between 1"));
        assert_eq!(refused(|r| r.recipe.prompt = "a\0b".to_owned()), "the prompt contains a NUL character: remove it");
        assert!(
            refused(|r| r.recipe.negative_prompt = "x".repeat(200_001)).starts_with("the negative prompt has 200001")
        );
    }

    #[test]
    fn images_must_have_the_size_of_the_request_and_of_each_other() {
        for strength in [-0.1, 0.0, 1.1, f64::NAN] {
            assert!(
                refused(|r| r.task = Task::ImageToImage { image: image(512, 768), strength })
                    .starts_with("strength must be a number above 0 and at most 1")
            );
        }
        assert_eq!(
            refused(|r| r.task = Task::ImageToImage { image: image(768, 512), strength: 0.5 }),
            "the init image is 768x512 and the request 512x768: make them the same size"
        );
        assert_eq!(
            refused(|r| r.task =
                Task::Inpaint { image: image(512, 768), mask: image(512, 760), strength: 0.5, region: None }),
            "the mask is 512x760 and the init image 512x768: make them the same size"
        );
    }

    #[test]
    fn counts_and_models_are_checked() {
        assert_eq!(check_count(0, 1).unwrap_err().to_string(), "count must be between 1 and 10000 and is 0");
        assert_eq!(check_count(1, u64::MAX), Ok(()));
        assert!(check_count(2, u64::MAX).unwrap_err().to_string().contains("leaves no room"));
        assert!(refused(|r| r.recipe.model.files.clear()).contains("has no weight files"));
        assert!(refused(|r| r.recipe.tool.numerics += 1).starts_with("the recipe is for numerics revision 3"));
    }

    #[test]
    fn a_region_may_lie_in_an_image_of_any_size_and_gives_that_size() {
        let crop = CropBox { x: 1, y: 2, width: 60, height: 90 };
        let region = Region { crop, fill: Fill::Original, blend: 8, soft: Softness::Hard, extend: None };
        let inpaint = |region: Region| Task::Inpaint {
            image: image(101, 8191),
            mask: image(101, 8191),
            strength: 0.5,
            region: Some(region),
        };
        let mut request = request();
        request.task = inpaint(region.clone());
        assert_eq!((request.check(), request.picture_size()), (Ok(()), (101, 8191)));
        let margins = Margins { left: 3, top: 0, right: 4, bottom: 1 };
        request.task = inpaint(Region { extend: Some(margins), ..region.clone() });
        assert_eq!((request.check(), request.picture_size()), (Ok(()), (108, 8192)));
        assert!(refused(|r| r.task = inpaint(Region { blend: 9_999, ..region.clone() })).starts_with("the blend band"));
        let other_mask = Task::Inpaint {
            image: image(101, 99),
            mask: image(99, 101),
            strength: 0.5,
            region: Some(Region { extend: None, ..region }),
        };
        assert_eq!(
            refused(|r| r.task = other_mask),
            "the mask is 99x101 and the init image 101x99: make them the same size"
        );
    }

    #[test]
    fn a_variation_of_the_seed_turns_some_way() {
        for strength in [0.0, -1.0, 1.01, f64::NAN] {
            let sentence = refused(|r| r.variation = Some(SeedVariation { seed: 1, strength }));
            assert!(
                sentence.starts_with("the strength of the seed's variation must be a number above 0"),
                "{sentence}"
            );
        }
        assert_eq!(refused(|r| r.variation = Some(SeedVariation { seed: 1, strength: 1.0 })), "");
    }

    #[test]
    fn what_is_absent_is_not_written_so_that_old_requests_keep_their_hash() {
        let mut request = request();
        request.task = Task::Inpaint { image: image(512, 768), mask: image(512, 768), strength: 0.5, region: None };
        let json = serde_json::to_string(&request).unwrap();
        assert!(json.ends_with("\"strength\":0.5},\"seed\":18446744073709551615}"), "{json}");
        request.variation = Some(SeedVariation { seed: 4, strength: 0.25 });
        let crop = CropBox { x: 0, y: 0, width: 512, height: 768 };
        let extend = Some(Margins { left: 1, ..Margins::NONE });
        let region = Region { crop, fill: Fill::Solid([1, 2, 3]), blend: 0, soft: Softness::Soft, extend };
        request.task =
            Task::Inpaint { image: image(512, 768), mask: image(512, 768), strength: 0.5, region: Some(region) };
        let ron = ron::to_string(&request).unwrap();
        assert_eq!(ron::from_str::<GenerationRequest>(&ron).unwrap(), request);
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<GenerationRequest>(&json).unwrap(), request);
        let changed = json.replacen("\"blend\":0", "\"blend\":0,\"luck\":1", 1);
        assert!(serde_json::from_str::<GenerationRequest>(&changed).is_err());
    }

    #[test]
    fn the_on_disk_form_round_trips_and_refuses_what_it_does_not_know() {
        let mut request = request();
        request.task =
            Task::Inpaint { image: image(512, 768), mask: image(512, 768), strength: 0.1 + 0.2, region: None };
        let text = ron::to_string(&request).unwrap();
        assert_eq!(ron::from_str::<GenerationRequest>(&text).unwrap(), request);
        let json = serde_json::to_string(&request).unwrap();
        assert!(json.starts_with("{\"schema\":1,\"job\":1,"), "{json}");
        assert_eq!(serde_json::from_str::<GenerationRequest>(&json).unwrap(), request);
        for (from, to) in [
            ("\"seed\":", "\"speed\":1,\"seed\":"),
            ("\"steps\":20", "\"steps\":20,\"luck\":1"),
            ("{\"schema\":1", "{\"schema\":2"),
        ] {
            let changed = json.replacen(from, to, 1);
            assert_ne!(changed, json);
            assert!(serde_json::from_str::<GenerationRequest>(&changed).is_err(), "{changed}");
        }
    }
}
