use kento_finishing::PixelRect;
use kento_studio::workflow::{Command, Image, MOST_CANDIDATES, RepairAdvice, State, repair_advice};
use kento_studio::{Fill, GenerationRequest, ImageReference, Recipe, Region, Sha256, Softness, Task, limits};

use crate::region::{RegionPlan, RegionWish};

/// What the Operator sets for a repair. The rest comes from the recipe of the image.
#[derive(Debug, Clone, PartialEq)]
pub struct RepairForm {
    /// What stands there when it is done.
    pub prompt: String,
    /// How far the masked part may change, above 0 to 1.
    pub strength: f64,
    /// What stands in the masked part before it is generated.
    pub fill: Fill,
    /// Whether grey in the mask means a smaller change.
    pub soft: Softness,
    /// Pixels around the mask that the model sees.
    pub padding: u32,
    /// Width of the band in which new turns into old.
    pub blend: u32,
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
    /// What is generated and how it is put back; none where the whole image is refined.
    pub region: Option<Region>,
    /// Width and height that are generated, in pixels.
    pub generated: [u32; 2],
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
        let side = image.width.min(image.height);
        Some(Self {
            prompt: base.recipe.prompt.clone(),
            strength: 0.75,
            fill: Fill::Original,
            soft: Softness::Hard,
            padding: (side / 8).clamp(8, 128),
            blend: (side / 32).clamp(4, 32),
            count: 4,
            seed,
            overrule: String::new(),
        })
    }

    /// What it would do with this much masked. Where nothing is, the whole image is refined.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn plan(&self, state: &State, image: &Image, masked: Masked) -> Result<RepairPlan, String> {
        let base = base(state, &image.sha256).ok_or("no recipe made this image, so there is none to repair it with")?;
        let mut recipe = Recipe { prompt: self.prompt.trim().to_owned(), ..base.recipe.clone() };
        let generated = [recipe.width, recipe.height];
        let (bounds, masked_share) = match masked {
            Masked::Within(bounds, share) => (bounds, share),
            Masked::Faintly => {
                return Err("the mask is faint everywhere: paint it more strongly, or choose Soft".to_owned());
            }
            Masked::Nowhere if generated != [image.width, image.height] => {
                return Err(
                    "mask what shall change: only a picture of the recipe's size is refined as a whole".to_owned()
                );
            }
            Masked::Nowhere => {
                return Ok(RepairPlan {
                    region: None,
                    generated,
                    masked_share: 1.0,
                    advice: RepairAdvice::Repair,
                    recipe,
                });
            }
        };
        let (padding, blend) = (Some(self.padding), Some(self.blend));
        let wish = RegionWish { generated, padding, blend, fill: self.fill, soft: self.soft, extend: None };
        let RegionPlan { region, generated } = wish.plan_within([image.width, image.height], bounds)?;
        [recipe.width, recipe.height] = generated;
        Ok(RepairPlan { region: Some(region), generated, masked_share, advice: repair_advice(masked_share), recipe })
    }

    /// The command of a plan. `mask` is the mask's file; a placeholder asks whether it would be allowed.
    pub fn command(&self, plan: &RepairPlan, image: &Image, mask: Sha256) -> Command {
        let reference = |sha256| ImageReference { sha256, width: image.width, height: image.height };
        let task = match plan.region {
            None => Task::ImageToImage { image: reference(image.sha256), strength: self.strength },
            Some(_) => {
                let (image, mask) = (reference(image.sha256), reference(mask));
                Task::Inpaint { image, mask, strength: self.strength, region: plan.region.clone() }
            }
        };
        let count = self.count.clamp(1, MOST_CANDIDATES);
        let overrules = plan.region.is_some() && plan.advice == RepairAdvice::Regenerate;
        Command::StartRepair {
            parent: image.sha256,
            recipe: Box::new(plan.recipe.clone()),
            task,
            seeds: (0..u64::from(count)).map(|i| self.seed.wrapping_add(i)).collect(),
            masked_share: plan.masked_share,
            overrule: (overrules && !self.overrule.trim().is_empty()).then(|| self.overrule.trim().to_owned()),
        }
    }

    /// Keeps the numbers in their ranges.
    pub fn bound(&mut self) {
        self.strength = self.strength.clamp(0.05, 1.0);
        self.count = self.count.clamp(1, MOST_CANDIDATES);
        self.blend = self.blend.min(limits::MOST_BLEND);
        self.padding = self.padding.min(limits::MOST_SIDE);
    }
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
            padding: Some(form.padding),
            blend: Some(form.blend),
            fill: form.fill,
            soft: form.soft,
            extend: None,
        };
        let planned = wish.plan_within([256, 256], PixelRect::new(100, 100, 40, 40)).unwrap();
        assert_eq!(
            (plan.region.as_ref(), plan.generated),
            (Some(&planned.region), planned.generated),
            "as the command line"
        );
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
    fn without_a_mask_the_whole_picture_is_refined() {
        let sample = kept();
        let image = sample.state.image(&sha(1)).unwrap();
        let form = RepairForm { strength: 0.3, ..RepairForm::of(&sample.state, image, 1).unwrap() };
        let plan = form.plan(&sample.state, image, Masked::Nowhere).unwrap();
        assert_eq!((&plan.region, plan.masked_share), (&None, 1.0));
        let command = form.command(&plan, image, sha(900));
        assert!(
            matches!(&command, Command::StartRepair { task: Task::ImageToImage { strength, .. }, .. } if *strength == 0.3),
            "{command:?}"
        );
        let larger = Image { width: 512, ..image.clone() };
        assert!(form.plan(&sample.state, &larger, Masked::Nowhere).unwrap_err().starts_with("mask what shall change"));
    }
}
