//! `kento seams`: how far a step across the edge of a repair shows, with a real model, on scenes where nothing is to change.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use kento_engine::protocol::Pixels;
use kento_finishing::PixelRect;
use kento_finishing::region::{self as finishing, Seam, seams};
use kento_studio::{CropBox, Fill, ImageReference, Region, Sha256, Softness};
use serde::Serialize;
use sha2::Digest as _;

use super::args::{GenerateArgs, SeamsArgs};
use super::generate::{self, Images};
use super::progress_bar::ProgressBar;
use super::session::Session;
use super::{CliError, print, print_json, repair};
use crate::input_image::InputImage;
use crate::model;
use crate::region::RegionWish;

/// The step across an edge may be so large, in steps of 8 bits: on the mean of a scene, and anywhere in it.
const MEAN: f64 = 1.0;
const MOST: u8 = 3;

/// What was measured across an edge.
#[derive(Debug, Serialize)]
struct Measured {
    mean: f64,
    most: u8,
}

impl From<Seam> for Measured {
    fn from(seam: Seam) -> Self {
        Self { mean: seam.mean(), most: seam.most }
    }
}

/// One scene, or all of them.
#[derive(Debug, Serialize)]
struct Line {
    /// The scene's number and kind; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    scene: Option<(u32, &'static str)>,
    mask_edge: Measured,
    band_edge: Measured,
    /// Scenes of all that hold both limits on both edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<[u32; 2]>,
}

/// Repairs scenes as `kento repair` does and measures the seams.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &SeamsArgs) -> Result<(), CliError> {
    let fill: Fill = args.fill.parse().map_err(CliError::Usage)?;
    let scheduler = generate::check(&as_generate(args), args.seed)?;
    if let Some(folder) = &args.keep {
        std::fs::create_dir_all(folder)
            .map_err(|error| CliError::Failed(format!("the folder cannot be made ({error}): {}", folder.display())))?;
    }
    let session = Session::start(args.device.request())?;
    let mut bar = ProgressBar::new();
    bar.say("opening the device");
    let model = model::open(&args.model, args.sampling.vae.as_deref()).map_err(CliError::failed)?;
    let scheduler = generate::named_or_own(scheduler, &model)?;
    let (fingerprint, _) = session.wait_until_ready()?;
    let wish = RegionWish {
        generated: [model.native_side; 2],
        padding: None,
        blend: args.blend,
        fill,
        soft: Softness::Hard,
        extend: None,
        crop: None,
    };
    let mut all = [Seam::default(); 2];
    let mut within = 0;
    for number in 0..args.scenes {
        let (scene, mask, kind) = scene(number);
        let job = |args: &GenerateArgs| generate::job(args, &model, &fingerprint, scheduler, &Images::default());
        let images = (input(&scene, 3, scene.as_raw()), input(&scene, 1, &mask));
        let (template, work) = repair::planned(&wish, as_generate(args), images, args.strength, job)?;
        let region = template.request.task.region().map(|region| measured_in(region, &template.request.recipe));
        let Some(region) = region else { continue };
        let seed = args.seed.wrapping_add(u64::from(number));
        generate::render(&session, &mut bar, &template, (seed, 1), |_, made, _| {
            let whole = work.put_back(made).map_err(CliError::Failed)?;
            let after = RgbImage::from_raw(whole.width, whole.height, whole.data)
                .ok_or_else(|| CliError::Failed("the repaired scene has not three bytes a pixel".to_owned()))?;
            if let Some(folder) = &args.keep {
                keep(folder, number, [&scene, &after])?;
            }
            let found = seams(&scene, &after, &mask, &region);
            within += u32::from(found.iter().all(|seam| seam.mean() <= MEAN && seam.most <= MOST));
            all = [all[0].with(found[0]), all[1].with(found[1])];
            let [mask_edge, band_edge] = found.map(Measured::from);
            tell(&Line { scene: Some((number, kind)), mask_edge, band_edge, within: None }, args)
        })?;
    }
    let [mask_edge, band_edge] = all.map(Measured::from);
    tell(&Line { scene: None, mask_edge, band_edge, within: Some([within, args.scenes]) }, args)
}

fn as_generate(args: &SeamsArgs) -> GenerateArgs {
    GenerateArgs {
        prompt: args.prompt.clone(),
        negative: args.negative.clone(),
        model: args.model.clone(),
        seed: Some(args.seed),
        sampling: args.sampling.clone(),
        width: None,
        height: None,
        count: 1,
        init_image: None,
        strength: Some(args.strength),
        mask: None,
        device: args.device.clone(),
        json: args.json,
        out: PathBuf::new(),
    }
}

/// The region of a request as the picture's own, to be measured in.
fn measured_in(region: &Region, recipe: &kento_studio::Recipe) -> finishing::Region {
    let CropBox { x, y, width, height } = region.crop;
    finishing::Region {
        crop: PixelRect::new(x, y, width, height),
        generated: [recipe.width, recipe.height],
        fill: finishing::Fill::Original,
        blend: region.blend,
        softness: finishing::Softness::Hard,
    }
}

/// Bytes of a scene's size as a file would give them.
fn input(scene: &RgbImage, channels: u8, data: &[u8]) -> InputImage {
    let (width, height) = scene.dimensions();
    let sha256 = Sha256(sha2::Sha256::digest(data).into());
    let pixels = Pixels { width, height, channels, data: data.to_vec() };
    InputImage { reference: ImageReference { sha256, width, height }, pixels, notices: Vec::new() }
}

fn keep(folder: &Path, number: u32, [before, after]: [&RgbImage; 2]) -> Result<(), CliError> {
    for (name, picture) in [("before", before), ("after", after)] {
        let path = folder.join(format!("scene-{number:02}-{name}.png"));
        picture
            .save(&path)
            .map_err(|error| CliError::Failed(format!("the scene is not saved ({error}): {}", path.display())))?;
    }
    Ok(())
}

fn tell(line: &Line, args: &SeamsArgs) -> Result<(), CliError> {
    if args.json { print_json(line) } else { print(&describe(line)) }
}

fn describe(line: &Line) -> String {
    let edge = |name: &str, measured: &Measured| {
        format!("{name} mean {:.2} and at most {} of 255", measured.mean, measured.most)
    };
    let edges = format!("{}, {}", edge("mask's edge", &line.mask_edge), edge("band's edge", &line.band_edge));
    let limits = format!("mean {MEAN:.0} and at most {MOST}");
    match (line.scene, line.within) {
        (Some((number, kind)), _) => format!("scene {number:>2}, {kind:<8} {edges}"),
        (None, Some([within, of])) => format!("all              {edges}; {within} of {of} scenes within {limits}"),
        (None, None) => edges,
    }
}

/// A flat or evenly rising scene with a mask on less than a third of it, the same in every run. Far enough from black and white that a
/// shift of colour is not cut off.
fn scene(number: u32) -> (RgbImage, Vec<u8>, &'static str) {
    let mut dice = Dice(u64::from(number) + 1);
    let [width, height] = [(); 2].map(|()| dice.between(160.0, 400.0) as u32);
    let colours = [(); 2].map(|()| [(); 3].map(|()| dice.between(50.0, 205.0)));
    let middle = [dice.between(0.2, 0.8), dice.between(0.2, 0.8)];
    let kind = ["flat", "down", "across", "round"][number as usize % 4];
    let share = |x: f64, y: f64| match kind {
        "flat" => 0.0,
        "down" => y,
        "across" => x,
        _ => (x - middle[0]).hypot(y - middle[1]).min(1.0),
    };
    let scene = RgbImage::from_fn(width, height, |x, y| {
        let share = share(f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        Rgb([0, 1, 2]
            .map(|channel| (colours[0][channel] + (colours[1][channel] - colours[0][channel]) * share).round() as u8))
    });
    // A circle or a square of up to half of the shorter side, also over the picture's edge.
    let side = f64::from(width.min(height));
    let half = dice.between(side / 16.0, side / 4.0);
    let at = [dice.between(0.0, f64::from(width)), dice.between(0.0, f64::from(height))];
    let is_round = dice.between(0.0, 1.0) < 0.5;
    let mask = (0..width * height).map(|place| {
        let [x, y] = [f64::from(place % width) - at[0], f64::from(place / width) - at[1]];
        let is_in = if is_round { x.hypot(y) <= half } else { x.abs() <= half && y.abs() <= half };
        if is_in { 255 } else { 0 }
    });
    (scene, mask.collect(), kind)
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn between(&mut self, from: f64, to: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        from + (to - from) * (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_scenes_are_flat_and_rising_and_each_has_a_mask_that_is_a_repair() {
        let mut kinds = std::collections::BTreeMap::new();
        for number in 0..50 {
            let (picture, mask, kind) = scene(number);
            assert_eq!((picture.clone(), mask.clone(), kind), scene(number), "the same in every run");
            *kinds.entry(kind).or_insert(0) += 1;
            assert_eq!(mask.len(), (picture.width() * picture.height()) as usize);
            let masked = mask.iter().filter(|byte| **byte > 0).count() as f64 / mask.len() as f64;
            assert!(masked > 0.0 && masked < 1.0 / 3.0, "{number}: {masked}");
            let steps = picture.rows().flat_map(|row| {
                let values: Vec<u8> = row.map(|pixel| pixel[0]).collect();
                values.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect::<Vec<u8>>()
            });
            assert!(steps.max().unwrap_or(0) <= 2, "{number}: it has no edge of its own");
        }
        assert_eq!(kinds, [("across", 12), ("down", 13), ("flat", 13), ("round", 12)].into());
    }

    #[test]
    fn what_was_measured_is_told_in_one_line_with_the_limits() {
        let seam = Seam { sum: 3.0, count: 6, most: 2 };
        let line = |scene, within| Line { scene, mask_edge: seam.into(), band_edge: Seam::default().into(), within };
        let said = describe(&line(Some((7, "round")), None));
        let edges = "mask's edge mean 0.50 and at most 2 of 255, band's edge mean 0.00 and at most 0 of 255";
        assert_eq!(said, format!("scene  7, round    {edges}"));
        let said = describe(&line(None, Some([49, 50])));
        assert!(said.ends_with("; 49 of 50 scenes within mean 1 and at most 3"), "{said}");
    }
}
