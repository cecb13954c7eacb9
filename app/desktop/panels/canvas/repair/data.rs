use kento_finishing::PixelRect;
use kento_finishing::region::{BoxLimits, Edges, Stands};
use kento_studio::workflow::{Command, Image, MOST_CANDIDATES, RepairAdvice, State, repair_advice};
use kento_studio::{
    Fill, GenerationRequest, ImageReference, Margins, Recipe, Region, SeedVariation, Sha256, Softness, Task, limits,
};

use super::act::RepairAct;
use crate::model::Model;
use crate::region::{RegionPlan, RegionWish};

/// What the Operator sets for a repair. The rest comes from the recipe of the image.
#[derive(Debug, Clone, PartialEq)]
pub struct RepairForm {
    /// What is asked for.
    pub act: RepairAct,
    /// What stands there when it is done.
    pub prompt: String,
    /// The model that makes it; none for the one of the image's recipe.
    pub model: Option<Model>,
    /// How far the masked part may change, above 0 to 1.
    pub strength: f64,
    /// How far the whole picture may change where it is refined.
    pub refining: f64,
    /// What stands in the masked part before it is generated.
    pub fill: Fill,
    /// Whether grey in the mask means a smaller change.
    pub soft: Softness,
    /// Pixels around the mask that the model sees; none where they follow the mask.
    pub padding: Option<u32>,
    /// Width of the band in which new turns into old; none where it follows the size that is generated.
    pub blend: Option<u32>,
    /// The box that somebody chose, in pixels of the picture; none where it follows the mask.
    pub crop: Option<PixelRect>,
    /// What is added at the sides where the picture is extended.
    pub margins: Margins,
    /// The proportion that the margins were chosen by, width to height; none where they were set by hand.
    pub ratio: Option<[u32; 2]>,
    /// Where the picture stands in that proportion.
    pub stands: Stands,
    /// Pictures to choose from.
    pub count: u32,
    /// Seed of the first one; the others follow.
    pub seed: u64,
    /// Why to repair where the app says "regenerate".
    pub overrule: String,
}

/// What a repair would do, as the bar tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct RepairPlan {
    /// What is generated and how it is put back; none where the whole image is refined or varied.
    pub region: Option<Region>,
    /// Where it is varied: the seed of the recipe, and how far its noise is turned.
    pub noise: Option<(u64, f64)>,
    /// Width and height that are generated, in pixels.
    pub generated: [u32; 2],
    /// Pixels around the mask that the model sees; none where the whole image is refined or varied.
    pub padding: Option<u32>,
    /// Share of the image that is masked, 0 to 1.
    pub masked_share: f64,
    /// What the rule says of that share.
    pub advice: RepairAdvice,
    recipe: Recipe,
}

/// How much of an image is masked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Masked {
    /// Nothing.
    Nowhere,
    /// Something, but nothing strongly enough to count.
    Faintly,
    /// Everything that counts lies within this rectangle; the share of the image, 0 to 1.
    Within(PixelRect, f64),
}

impl RepairForm {
    /// For an image: its own prompt, four candidates.
    pub fn of(state: &State, image: &Image, seed: u64) -> Option<Self> {
        let base = base(state, &image.sha256)?;
        Some(Self {
            act: RepairAct::Region,
            prompt: base.recipe.prompt.clone(),
            model: None,
            strength: 0.75,
            refining: 0.3,
            fill: Fill::Original,
            soft: Softness::Hard,
            padding: None,
            blend: None,
            crop: None,
            margins: Margins::NONE,
            ratio: None,
            stands: Stands::Middle,
            count: 4,
            seed,
            overrule: String::new(),
        })
    }

    /// What was typed: the prompt, and why to repair all the same.
    pub fn words(&self) -> [String; 2] {
        [self.prompt.clone(), self.overrule.trim().to_owned()]
    }

    /// Whether anything was typed: another prompt than the image's own, or a reason.
    pub fn has_words(&self, state: &State, image: &Sha256) -> bool {
        let is_own = |base: &GenerationRequest| base.recipe.prompt == self.prompt;
        !self.overrule.trim().is_empty() || base(state, image).is_some_and(|base| !is_own(base))
    }

    /// What it would do with this much masked.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn plan(&self, state: &State, image: &Image, masked: Masked) -> Result<RepairPlan, String> {
        match self.act {
            RepairAct::VarySubtle | RepairAct::VaryStrong => return self.variations(state, image),
            RepairAct::Refine => return self.refinement(state, image),
            RepairAct::Region | RepairAct::Extend => {}
        }
        let base = base(state, &image.sha256).ok_or(NO_RECIPE)?;
        let mut recipe = self.recipe(&base.recipe);
        let extend = (self.act == RepairAct::Extend).then_some(self.margins);
        if extend == Some(Margins::NONE) {
            return Err("say how far: drag an edge of the picture, choose a proportion, or write pixels".to_owned());
        }
        let (bounds, masked_share) = match (masked, extend) {
            (Masked::Within(bounds, share), _) => (bounds, share),
            (_, Some(_)) => (PixelRect::default(), 0.0),
            (Masked::Faintly, None) => {
                return Err("the mask is faint everywhere: paint it more strongly, or choose Soft".to_owned());
            }
            (Masked::Nowhere, None) => {
                return Err("mask what shall change, or refine or vary the whole picture".to_owned());
            }
        };
        let size = [image.width, image.height];
        let crop = self.crop.filter(|_| extend.is_none());
        let wish = RegionWish {
            generated: [recipe.width, recipe.height],
            padding: self.padding,
            blend: self.blend,
            fill: self.fill,
            soft: self.soft,
            extend,
            // What is masked since it was chosen belongs into it.
            crop: crop.map(|crop| rect(box_limits(size, bounds).fitted(edges(crop)))),
        };
        let RegionPlan { region, generated, padding } = wish.plan_within(size, bounds)?;
        [recipe.width, recipe.height] = generated;
        let advice = repair_advice(masked_share);
        let padding = Some(padding);
        Ok(RepairPlan { region: Some(region), noise: None, generated, padding, masked_share, advice, recipe })
    }

    /// The image's recipe with what is set here.
    fn recipe(&self, base: &Recipe) -> Recipe {
        let recipe = Recipe { prompt: self.prompt.trim().to_owned(), ..base.clone() };
        match &self.model {
            None => recipe,
            Some(model) => Recipe { model: model.reference.clone(), vae: model.vae.clone(), ..recipe },
        }
    }

    /// The whole picture from itself.
    fn refinement(&self, state: &State, image: &Image) -> Result<RepairPlan, String> {
        let base = base(state, &image.sha256).ok_or(NO_RECIPE)?;
        let recipe = self.recipe(&base.recipe);
        let generated = [recipe.width, recipe.height];
        if generated != [image.width, image.height] {
            return Err("only a picture of the recipe's size is refined as a whole: mask what shall change".to_owned());
        }
        Ok(RepairPlan::of_whole(generated, recipe, None))
    }

    /// The same recipe with its noise turned.
    fn variations(&self, state: &State, image: &Image) -> Result<RepairPlan, String> {
        let made = |sha256: &Sha256| state.jobs_of_image(sha256).next().map(|(_, job)| &job.request);
        let lineage = state.lineage(&image.sha256);
        let from_noise = lineage.iter().filter_map(made).find(|request| request.task == Task::TextToImage);
        let from_noise = from_noise.ok_or("no recipe made this image from noise, so there is none to vary it with")?;
        if from_noise.variation.is_some() {
            return Err("it is a variation already: vary the picture that it came from, or refine it".to_owned());
        }
        let recipe = from_noise.recipe.clone();
        let noise = self.act.variation().map(|strength| (from_noise.seed, strength));
        Ok(RepairPlan::of_whole([recipe.width, recipe.height], recipe, noise))
    }

    /// The command of a plan. `mask` is the mask's file; a placeholder asks whether it would be allowed.
    pub fn command(&self, plan: &RepairPlan, image: &Image, mask: Sha256) -> Command {
        let reference = |sha256| ImageReference { sha256, width: image.width, height: image.height };
        let count = self.count.clamp(1, MOST_CANDIDATES);
        let seeds = (0..u64::from(count)).map(|i| self.seed.wrapping_add(i));
        if let Some((seed, strength)) = plan.noise {
            return Command::VaryImage {
                parent: image.sha256,
                recipe: Box::new(plan.recipe.clone()),
                task: Task::TextToImage,
                seed,
                variations: seeds.map(|seed| SeedVariation { seed, strength }).collect(),
            };
        }
        let task = match plan.region {
            None => Task::ImageToImage { image: reference(image.sha256), strength: self.refining },
            Some(_) => {
                let (image, mask) = (reference(image.sha256), reference(mask));
                Task::Inpaint { image, mask, strength: self.strength, region: plan.region.clone() }
            }
        };
        let overrules = plan.region.is_some() && plan.advice == RepairAdvice::Regenerate;
        Command::StartRepair {
            parent: image.sha256,
            recipe: Box::new(plan.recipe.clone()),
            task,
            seeds: seeds.collect(),
            masked_share: plan.masked_share,
            overrule: (overrules && !self.overrule.trim().is_empty()).then(|| self.overrule.trim().to_owned()),
        }
    }

    /// Keeps the numbers in their ranges.
    pub fn bound(&mut self) {
        self.strength = self.strength.clamp(0.05, 1.0);
        self.refining = self.refining.clamp(0.05, 1.0);
        self.count = self.count.clamp(1, MOST_CANDIDATES);
        self.blend = self.blend.map(|blend| blend.min(limits::MOST_BLEND));
        self.padding = self.padding.map(|padding| padding.min(limits::MOST_SIDE));
    }
}

const NO_RECIPE: &str = "no recipe made this image, so there is none to repair it with";

impl RepairPlan {
    fn of_whole(generated: [u32; 2], recipe: Recipe, noise: Option<(u64, f64)>) -> Self {
        let advice = RepairAdvice::Repair;
        Self { region: None, noise, generated, padding: None, masked_share: 1.0, advice, recipe }
    }
}

/// Shortest side of a box that somebody chooses, in pixels, as far as the picture has them.
const LEAST_BOX: u32 = 8;

/// Where the box of a repair may go on a picture of this size: around what is masked and inside the picture.
pub fn box_limits(size: [u32; 2], bounds: PixelRect) -> BoxLimits {
    BoxLimits {
        holds: edges(bounds),
        within: edges(PixelRect::of_size(size)),
        least: i64::from(LEAST_BOX.min(size[0]).min(size[1])),
        most: i64::from(limits::MOST_SIDE),
    }
}

/// Where the edges of an extended picture may go: outwards.
pub fn frame_limits([width, height]: [u32; 2]) -> BoxLimits {
    let most = i64::from(limits::MOST_SIDE);
    let [width, height] = [i64::from(width), i64::from(height)];
    BoxLimits { holds: [0, 0, width, height], within: [width - most, height - most, most, most], least: 1, most }
}

/// The edges of a rectangle.
pub fn edges(rect: PixelRect) -> Edges {
    [rect.x, rect.y, rect.right(), rect.bottom()].map(i64::from)
}

/// The rectangle of edges, as far as they are pixels of a picture.
pub fn rect(edges: Edges) -> PixelRect {
    let [left, top, right, bottom] = edges.map(|edge| u32::try_from(edge.max(0)).unwrap_or(u32::MAX));
    PixelRect::between([left, top], [right, bottom])
}

/// The margins of a picture of this size within a frame.
pub fn margins([left, top, right, bottom]: Edges, [width, height]: [u32; 2]) -> Margins {
    let side = |pixels: i64| u32::try_from(pixels.max(0)).unwrap_or(u32::MAX);
    Margins {
        left: side(-left),
        top: side(-top),
        right: side(right - i64::from(width)),
        bottom: side(bottom - i64::from(height)),
    }
}

/// The frame of a picture of this size with these margins.
pub fn frame(margins: Margins, [width, height]: [u32; 2]) -> Edges {
    let Margins { left, top, right, bottom } = margins;
    let after = |side: u32, margin: u32| i64::from(side) + i64::from(margin);
    [-i64::from(left), -i64::from(top), after(width, right), after(height, bottom)]
}

/// The request of the nearest image of the lineage that an engine made, as far as it was made from noise or a repair.
pub fn base<'a>(state: &'a State, image: &Sha256) -> Option<&'a GenerationRequest> {
    // A repair has the size of its region; the first image has the size that the recipe is for.
    let lineage = state.lineage(image);
    let made = |sha256: &Sha256| state.jobs_of_image(sha256).next().map(|(_, job)| &job.request);
    let of_whole = |request: &&GenerationRequest| request.task.region().is_none();
    lineage.iter().filter_map(made).find(of_whole).or_else(|| lineage.iter().filter_map(made).next())
}

#[cfg(test)]
mod tests {
    use kento_studio::ModelReference;

    use super::*;
    use crate::panels::checklist::{Sample, mara, sha};

    fn mask(x: u32, y: u32, side: u32) -> Masked {
        Masked::Within(PixelRect::new(x, y, side, side), f64::from(side * side) / (256.0 * 256.0))
    }

    fn kept() -> Sample {
        let mut sample = Sample::sprinted();
        sample.ok(&mara(), Command::Keep { image: sha(1) });
        sample
    }

    #[test]
    fn a_repair_asks_for_the_region_around_the_mask_with_the_images_own_recipe() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let mut form = RepairForm::of(&sample.state, image, 7).unwrap();
        assert_eq!((form.count, form.seed), (4, 7));
        form.prompt = " a calm sea ".to_owned();
        let plan = form.plan(&sample.state, image, mask(100, 100, 40)).unwrap();
        let wish = RegionWish {
            generated: [256, 256],
            padding: None,
            blend: None,
            fill: form.fill,
            soft: form.soft,
            extend: None,
            crop: None,
        };
        let planned = wish.plan_within([256, 256], PixelRect::new(100, 100, 40, 40)).unwrap();
        assert_eq!(
            (plan.region.as_ref(), plan.generated),
            (Some(&planned.region), planned.generated),
            "as the command line"
        );
        assert_eq!((planned.region.blend, plan.padding), (8, Some(32)), "a whole cell of the latent, and what is told");
        let set = RepairForm { padding: Some(9), blend: Some(3), ..form.clone() };
        let set = set.plan(&sample.state, image, mask(100, 100, 40)).unwrap();
        assert_eq!((set.region.map(|region| region.blend), set.padding), (Some(3), Some(9)));
        assert_eq!(plan.advice, RepairAdvice::Repair);
        let command = form.command(&plan, image, sha(900));
        let Command::StartRepair { parent, recipe, task: Task::Inpaint { mask, region, .. }, seeds, overrule, .. } =
            &command
        else {
            panic!("{command:?}")
        };
        assert_eq!((*parent, recipe.prompt.as_str(), mask.sha256), (sha(1), "a calm sea", sha(900)));
        assert_eq!((seeds.as_slice(), overrule.as_deref()), (&[7, 8, 9, 10][..], None));
        assert_eq!(region.as_ref(), Some(&planned.region));
        let faint = form.plan(&sample.state, image, Masked::Faintly).unwrap_err();
        assert!(faint.starts_with("the mask is faint everywhere"), "{faint}");
    }

    #[test]
    fn another_model_repairs_where_one_is_chosen_and_varying_keeps_the_recipes() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let own = sample.state.jobs_of_image(&sha(1)).next().unwrap().1.request.recipe.clone();
        let reference = ModelReference { name: "inpainting".to_owned(), ..own.model.clone() };
        let model = Model {
            source: kento_engine::protocol::LocalSource { model: "/models/inpainting".into(), vae: None },
            reference: reference.clone(),
            vae: None,
            family: "Stable Diffusion 1.x, inpainting".to_owned(),
            native_side: 256,
            scheduler: None,
            guidance_scale: 5.0,
            problems: Vec::new(),
        };
        let form = RepairForm { model: Some(model), ..RepairForm::of(&sample.state, image, 1).unwrap() };
        let model_of = |form: &RepairForm| {
            let plan = form.plan(&sample.state, image, mask(100, 100, 40)).unwrap();
            match form.command(&plan, image, sha(900)) {
                Command::StartRepair { recipe, .. } | Command::VaryImage { recipe, .. } => recipe.model,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(model_of(&form), reference);
        assert_eq!(model_of(&RepairForm { act: RepairAct::Refine, ..form.clone() }), reference);
        assert_eq!(model_of(&RepairForm { act: RepairAct::VarySubtle, ..form }), own.model);
    }

    #[test]
    fn more_than_a_third_is_told_and_overruled_with_the_reason_that_was_written() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let mut form = RepairForm::of(&sample.state, image, 1).unwrap();
        form.overrule = " only sky ".to_owned();
        let plan = form.plan(&sample.state, image, mask(0, 0, 200)).unwrap();
        assert_eq!(plan.advice, RepairAdvice::Regenerate);
        let overrule = |plan: &RepairPlan| match form.command(plan, image, sha(900)) {
            Command::StartRepair { overrule, .. } => overrule,
            other => panic!("{other:?}"),
        };
        assert_eq!(overrule(&plan).as_deref(), Some("only sky"));
        let small = form.plan(&sample.state, image, mask(0, 0, 20)).unwrap();
        assert_eq!(overrule(&small), None, "a reason that nobody asked for is not recorded");
    }

    #[test]
    fn the_whole_picture_is_refined_where_that_is_chosen_and_never_for_want_of_a_mask() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let mut form = RepairForm::of(&sample.state, image, 1).unwrap();
        let said = form.plan(&sample.state, image, Masked::Nowhere).unwrap_err();
        assert_eq!(said, "mask what shall change, or refine or vary the whole picture");
        form.act = RepairAct::Refine;
        let plan = form.plan(&sample.state, image, mask(0, 0, 250)).unwrap();
        assert_eq!((&plan.region, plan.masked_share, plan.advice), (&None, 1.0, RepairAdvice::Repair));
        let command = form.command(&plan, image, sha(900));
        assert!(
            matches!(&command, Command::StartRepair { task: Task::ImageToImage { strength, .. }, .. } if *strength == 0.3),
            "{command:?}"
        );
        let larger = Image { width: 512, ..image.clone() };
        assert!(form.plan(&sample.state, &larger, Masked::Nowhere).unwrap_err().contains("mask what shall change"));
    }

    #[test]
    fn a_variation_is_the_same_recipe_with_its_noise_turned_a_little_or_more() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let seed = sample.state.jobs_of_image(&sha(1)).next().unwrap().1.request.seed;
        for (act, strength) in [(RepairAct::VarySubtle, 0.1), (RepairAct::VaryStrong, 0.35)] {
            let form = RepairForm {
                act,
                count: 2,
                prompt: "no such".to_owned(),
                ..RepairForm::of(&sample.state, image, 40).unwrap()
            };
            let plan = form.plan(&sample.state, image, Masked::Nowhere).unwrap();
            let command = form.command(&plan, image, sha(900));
            let Command::VaryImage { parent, recipe, task, seed: first, variations } = &command else {
                panic!("{command:?}")
            };
            let own = &sample.state.jobs_of_image(&sha(1)).next().unwrap().1.request.recipe;
            assert_eq!((*parent, &**recipe, task, *first), (sha(1), own, &Task::TextToImage, seed));
            let expected = [40, 41].map(|seed| SeedVariation { seed, strength });
            assert_eq!(variations.as_slice(), expected);
        }
    }

    #[test]
    fn a_chosen_box_holds_what_is_masked_later_too() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let mut form = RepairForm::of(&sample.state, image, 1).unwrap();
        form.crop = Some(PixelRect::new(90, 90, 100, 50));
        let plan = form.plan(&sample.state, image, mask(100, 100, 20)).unwrap();
        let crop = |plan: &RepairPlan| plan.region.as_ref().map(|region| region.crop).unwrap();
        assert_eq!(crop(&plan), kento_studio::CropBox { x: 90, y: 90, width: 100, height: 50 });
        assert_eq!(plan.generated, [368, 184], "as many pixels in the proportion of the box");
        let plan = form.plan(&sample.state, image, mask(60, 100, 100)).unwrap();
        assert_eq!(crop(&plan), kento_studio::CropBox { x: 60, y: 90, width: 130, height: 110 });
        assert_eq!(form.crop, Some(PixelRect::new(90, 90, 100, 50)), "and is the chosen one again once it is not");
    }

    #[test]
    fn a_picture_is_extended_by_its_margins_with_or_without_a_mask() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let mut form = RepairForm { act: RepairAct::Extend, ..RepairForm::of(&sample.state, image, 1).unwrap() };
        for masked in [Masked::Nowhere, mask(0, 0, 9)] {
            assert!(form.plan(&sample.state, image, masked).unwrap_err().starts_with("say how far"));
        }
        form.margins = margins([-64, 0, 256, 300], [256, 256]);
        assert_eq!(form.margins, Margins { left: 64, top: 0, right: 0, bottom: 44 });
        assert_eq!(frame(form.margins, [256, 256]), [-64, 0, 256, 300]);
        for masked in [Masked::Nowhere, Masked::Faintly, mask(0, 0, 9)] {
            let plan = form.plan(&sample.state, image, masked).unwrap();
            let region = plan.region.unwrap();
            assert_eq!(region.extend, Some(form.margins));
            assert_eq!(region.whole_size(256, 256), (320, 300));
        }
        form.act = RepairAct::Region;
        assert_eq!(form.plan(&sample.state, image, mask(0, 0, 9)).unwrap().region.unwrap().extend, None);
    }
}
