//! A card, a proof and a locked recipe, for tests.

use proptest::prelude::*;

use crate::card::*;
use crate::*;

pub(crate) fn hash(byte: u8) -> Sha256 {
    Sha256([byte; 32])
}

pub(crate) fn card() -> RecipeCard {
    let mut card = RecipeCard {
        schema: SchemaV1,
        name: CardName::new("red-sun").unwrap(),
        revision: 1,
        parent: None,
        reason: None,
        brief: Some("calm-posters".to_owned()),
        style: Some("risograph".to_owned()),
        skeleton: PromptSkeleton::default(),
        negative: NegativePrompt::default(),
        recipe: Recipe {
            schema: SchemaV1,
            tool: tool(),
            model: model(1),
            vae: None,
            prompt: String::new(),
            negative_prompt: String::new(),
            clip_skip: 1,
            noise: NoiseSource::TorchCpu,
            scheduler: SchedulerSetting { name: "ddim".to_owned(), sigmas: None },
            steps: 20,
            guidance_scale: 3.5,
            guidance_rescale: 0.0,
            width: 128,
            height: 128,
            dtype: Dtype::F32,
            device: None,
        },
        seed: 7,
        variation: None,
        task: Task::TextToImage,
        adapters: Adapters::default(),
        upscaler: None,
        post: Vec::new(),
        axes: Vec::new(),
    };
    card.set_slot(Slot::Subject, "a (red sun:1.2)");
    card.set_slot(Slot::Context, "over blue mountains");
    card.set_slot(Slot::Style, "risograph print");
    card.set_negative(NegativePrompt {
        text: "blurry, watermark".to_owned(),
        from: vec![LibraryEntryRef { library: "print".to_owned(), entry: "blur".to_owned() }],
    });
    card
}

pub(crate) fn model(byte: u8) -> ModelReference {
    let file = ModelFile { path: "unet/model.safetensors".to_owned(), bytes: 21_759_048, sha256: hash(byte) };
    ModelReference { name: "starter".to_owned(), files: vec![file], licence: Some("MIT".to_owned()) }
}

pub(crate) fn tool() -> ToolVersion {
    ToolVersion { version: "0.1.0".to_owned(), commit: "0123abc".to_owned(), numerics: NUMERICS_REVISION }
}

pub(crate) fn fingerprint() -> EngineFingerprint {
    let text = str::to_owned;
    EngineFingerprint {
        tool: tool(),
        platform: text("linux x86_64"),
        device: DeviceFingerprint {
            name: text("CPU"),
            class: text("CPU"),
            api: text("flex"),
            driver: text(""),
            shader: text(""),
        },
        dtype: Dtype::F32,
    }
}

/// Another device, the same build.
pub(crate) fn other_fingerprint() -> EngineFingerprint {
    let mut fingerprint = fingerprint();
    fingerprint.device.name = "GPU".to_owned();
    fingerprint
}

pub(crate) fn renders(card: &RecipeCard) -> TwoRenders {
    TwoRenders {
        request: request_sha256(&card.request(JobId(1))),
        hero: hash(0xa0),
        hero_pixels: hash(0xa1),
        again_pixels: hash(0xa1),
        ssimulacra2: None,
        hero_fingerprint: fingerprint(),
        again_fingerprint: fingerprint(),
    }
}

pub(crate) fn proof(card: &RecipeCard) -> Proof {
    Proof::judge(renders(card), "2026-11-21T02:30:00Z".parse().unwrap()).unwrap()
}

pub(crate) fn approval() -> HeroApproval {
    HeroApproval {
        hero: hash(0xa0),
        by: PersonName::new("Ada Director").unwrap(),
        at: "2026-11-21T02:31:00Z".parse().unwrap(),
    }
}

pub(crate) fn lock(card: RecipeCard) -> LockedRecipe {
    let proof = proof(&card);
    card.lock(proof, approval()).unwrap()
}

pub(crate) fn axis(kind: AxisKind, values: &[&str]) -> VariationAxis {
    VariationAxis { kind, values: values.iter().map(|value| (*value).to_owned()).collect() }
}

/// Any card that passes its checks.
pub(crate) fn any_card() -> impl Strategy<Value = RecipeCard> {
    let letter =
        prop_oneof![3 => any::<char>(), 1 => prop::sample::select(vec!['"', '\\', '\n', '\r', '\t', ',', '(', ' '])];
    let text = prop::collection::vec(letter, 0..20)
        .prop_map(|text| text.into_iter().filter(|letter| *letter != '\0').collect::<String>());
    let texts = [text.clone(), text.clone(), text.clone(), text.clone(), text];
    let numbers = (1..=1000_u32, 0.0..=100.0_f64, 0.0..=1.0_f64, 1..=12_u32, any::<u64>(), 1..=1024_u32, 1..=1024_u32);
    let names = ("[a-z0-9-]{1,40}", prop::option::of("[ -~]{0,30}"), 1..=u32::MAX, "\\PC{1,20}");
    let kinds = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0..3_u8, 0.001..=1.0_f64);
    (texts, numbers, names, kinds).prop_map(|(texts, numbers, names, kinds)| {
        let mut card = card();
        for (slot, text) in Slot::ALL.into_iter().zip(texts) {
            card.set_slot(slot, text);
        }
        let recipe = &mut card.recipe;
        (recipe.steps, recipe.guidance_scale, recipe.guidance_rescale, recipe.clip_skip) =
            (numbers.0, numbers.1, numbers.2, numbers.3);
        card.seed = numbers.4;
        (recipe.width, recipe.height) = (numbers.5 * 8, numbers.6 * 8);
        let (name, brief, revision, reason) = names;
        card.name = CardName::new(name).unwrap();
        card.brief.clone_from(&brief);
        if revision > 1 {
            card.revision = revision;
            card.parent = Some(CardRef { name: card.name.clone(), revision: revision - 1 });
            card.reason = Some(format!("because {reason}"));
        }
        let (vae, f16, philox, sigmas, task, strength) = kinds;
        recipe.vae = vae.then(|| model(2));
        recipe.dtype = if f16 { Dtype::F16 } else { Dtype::F32 };
        recipe.noise = if philox { NoiseSource::Philox } else { NoiseSource::TorchCpu };
        recipe.scheduler.sigmas = sigmas.then(|| "karras".to_owned());
        recipe.device = vae.then(|| fingerprint().device);
        let image = |byte| ImageReference { sha256: hash(byte), width: recipe.width, height: recipe.height };
        card.task = match task {
            0 => Task::TextToImage,
            1 => Task::ImageToImage { image: image(3), strength },
            _ => Task::Inpaint { image: image(3), mask: image(4), strength, region: None },
        };
        card.set_negative(NegativePrompt { text: brief.unwrap_or_default(), from: Vec::new() });
        if numbers.4 <= u64::MAX - 2 && sigmas {
            card.axes = vec![VariationAxis::seeds(3), axis(AxisKind::Guidance, &["1", "2.5"])];
        }
        card
    })
}
