use kento_diffusion::schedulers::{SchedulerKind, SigmaSchedule};
use kento_engine::protocol::{EngineEvent, GenerateJob, JobTimings, Pixels, PreviewRate};
use kento_studio::{
    EngineFingerprint, GenerationRequest, JobId, Recipe, Refusal, Region, SchedulerSetting, SchemaV1, Sha256, Task,
    limits,
};
use serde::Serialize;
use sha2::Digest as _;

use super::CliError;
use super::args::GenerateArgs;
use super::output::Output;
use super::progress_bar::{ProgressBar, duration};
use super::session::{JobEnd, Session};
use crate::input_image::{self, InputImage};
use crate::metadata::{self, ImageRecord};
use crate::model::Model;
use crate::studio::pixels_sha256;

/// A scheduler with the sigmas that its name says.
pub(super) type Scheduler = (SchedulerKind, Option<SigmaSchedule>);

/// Lost engines in a row after which a run gives up: a crash may be an accident, three are none.
const MOST_LOSSES: u32 = 3;

/// `kento generate`: everything is checked before the engine starts, and every image is written as soon as it is there.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &GenerateArgs) -> Result<(), CliError> {
    let first_seed = args.seed.unwrap_or_else(crate::seed::random);
    let scheduler = check(args, first_seed)?;
    let output = Output::plan(&args.out, args.count)?;
    output.check()?;
    let images = read_images(args)?;
    check_with_model(args, scheduler)?;
    // The engine opens its device while the model is hashed here.
    let session = Session::start(args.device.request())?;
    let mut bar = ProgressBar::new();
    bar.say("opening the device and the model");
    let model = session.open_model(&args.model, args.sampling.vae.as_deref())?;
    let scheduler = named_or_own(scheduler, &model)?;
    let (fingerprint, _) = session.wait_until_ready()?;
    let template = job(args, &model, &fingerprint, scheduler, &images);
    template.request.check().map_err(CliError::failed)?;

    render(&session, &mut bar, &template, (first_seed, args.count), |request, image, timings| {
        let record = ImageRecord::new(request, fingerprint.clone());
        deliver(&output, &record, image, timings, args.json)
    })
}

/// Renders the template once for each of the `count` seeds and gives `finished` every image as soon as it is there.
///
/// # Errors
/// [`CliError`], also where images are missing because the engine was lost.
pub(super) fn render(
    session: &Session,
    bar: &mut ProgressBar,
    template: &GenerateJob,
    (first_seed, count): (u64, u32),
    mut finished: impl FnMut(GenerationRequest, &Pixels, JobTimings) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut losses = 0;
    let mut failures = 0_u32;
    for index in 0..count {
        let mut job = template.clone();
        job.request.job = JobId(u64::from(index) + 1);
        job.request.seed = first_seed + u64::from(index);
        let request = job.request.clone();
        let end = session.run(job, |event| watch(bar, event, index + 1, count))?;
        bar.clear();
        match end {
            JobEnd::Finished(EngineEvent::Finished { image, timings, .. }) => {
                losses = 0;
                finished(request, &image, timings)?;
            }
            JobEnd::Lost(error) => {
                losses += 1;
                failures += 1;
                if losses == MOST_LOSSES || count == 1 {
                    return Err(CliError::Failed(error));
                }
                eprintln!("kento: the image with seed {} is missing: {error}", request.seed);
            }
            JobEnd::Failed(error) => return Err(CliError::Failed(error)),
            JobEnd::Finished(_) => {}
        }
    }
    if failures > 0 {
        return Err(CliError::Failed(format!("{failures} of {count} images are missing, see above")));
    }
    Ok(())
}

/// Everything that needs no file: numbers, names, combinations.
pub(super) fn check(args: &GenerateArgs, first_seed: u64) -> Result<Option<Scheduler>, CliError> {
    limits::check_count(args.count, first_seed).map_err(CliError::usage)?;
    for (side, value) in [("width", args.width), ("height", args.height)] {
        if let Some(value) = value {
            limits::check_side(side, value).map_err(CliError::usage)?;
        }
    }
    limits::check_steps(args.sampling.steps).map_err(CliError::usage)?;
    if let Some(guidance) = args.sampling.guidance {
        limits::check_guidance(guidance).map_err(CliError::usage)?;
    }
    limits::check_guidance_rescale(args.sampling.guidance_rescale).map_err(CliError::usage)?;
    limits::check_clip_skip(args.sampling.clip_skip).map_err(CliError::usage)?;
    limits::check_prompt("prompt", &args.prompt).map_err(CliError::usage)?;
    limits::check_prompt("negative prompt", &args.negative).map_err(CliError::usage)?;
    if let Some(strength) = args.strength {
        limits::check_strength(strength).map_err(CliError::usage)?;
    }
    if let Some(sigmas) = &args.sampling.sigmas {
        SigmaSchedule::parse(sigmas).map_err(CliError::usage)?;
    }
    let named = args.sampling.scheduler.as_deref().map(SchedulerKind::parse).transpose().map_err(CliError::usage)?;
    if let Some(((kind, _), sigmas)) = named.zip(sigmas(args, named)) {
        kind.check_sigmas(sigmas).map_err(CliError::usage)?;
    }
    Ok(named)
}

/// The sigma schedule that is asked for: by its own name, or at the end of the scheduler's.
fn sigmas(args: &GenerateArgs, named: Option<Scheduler>) -> Option<SigmaSchedule> {
    let by_name = args.sampling.sigmas.as_deref().and_then(|name| SigmaSchedule::parse(name).ok());
    by_name.or(named.and_then(|(_, in_name)| in_name))
}

/// What only the model's configuration tells of the scheduler: found before its files are hashed, let alone loaded.
pub(super) fn check_with_model(args: &GenerateArgs, named: Option<Scheduler>) -> Result<(), CliError> {
    let kind = named.map(|(kind, _)| kind);
    crate::model::check_scheduler(&args.model, kind, sigmas(args, named), args.sampling.steps).map_err(CliError::failed)
}

/// The init image and the mask.
#[derive(Default)]
pub(super) struct Images {
    init: Option<InputImage>,
    mask: Option<InputImage>,
}

fn read_images(args: &GenerateArgs) -> Result<Images, CliError> {
    let init = args.init_image.as_deref().map(input_image::read_rgb).transpose().map_err(CliError::failed)?;
    let mask = args.mask.as_deref().map(input_image::read_mask).transpose().map_err(CliError::failed)?;
    let Some(InputImage { reference: image, .. }) = &init else { return Ok(Images { init, mask }) };
    // What is in a file is not wrong usage, so these fail with exit code 1. Nothing is resized or cropped silently.
    limits::check_side("width", image.width).map_err(of_image)?;
    limits::check_side("height", image.height).map_err(of_image)?;
    let (width, height) = (args.width.unwrap_or(image.width), args.height.unwrap_or(image.height));
    if (width, height) != (image.width, image.height) {
        let (image_width, image_height) = (image.width, image.height);
        return Err(CliError::failed(Refusal::ImageSize { image_width, image_height, width, height }));
    }
    if let Some(InputImage { reference: mask, .. }) = &mask
        && (mask.width, mask.height) != (width, height)
    {
        let (mask_width, mask_height) = (mask.width, mask.height);
        return Err(CliError::failed(Refusal::MaskSize {
            mask_width,
            mask_height,
            image_width: width,
            image_height: height,
        }));
    }
    init.iter().chain(&mask).for_each(super::tell_notices);
    Ok(Images { init, mask })
}

fn of_image(refusal: Refusal) -> CliError {
    CliError::Failed(format!("the init image's {refusal}"))
}

/// The scheduler that was named, or the model's own.
pub(super) fn named_or_own(named: Option<Scheduler>, model: &Model) -> Result<Scheduler, CliError> {
    match named {
        Some(named) => Ok(named),
        None => Ok((model.own_scheduler().map_err(CliError::failed)?, None)),
    }
}

/// A job with everything but its number and seed.
pub(super) fn job(
    args: &GenerateArgs,
    model: &Model,
    fingerprint: &EngineFingerprint,
    scheduler: Scheduler,
    images: &Images,
) -> GenerateJob {
    let (kind, sigmas) = (scheduler.0, sigmas(args, Some(scheduler)));
    let native = (model.native_side, model.native_side);
    let size = images.init.as_ref().map_or(native, |init| (init.reference.width, init.reference.height));
    let task = match (&images.init, &images.mask, args.strength) {
        (Some(init), None, Some(strength)) => Task::ImageToImage { image: init.reference.clone(), strength },
        (Some(init), Some(mask), Some(strength)) => {
            let (image, mask) = (init.reference.clone(), mask.reference.clone());
            Task::Inpaint { image, mask, strength, region: None }
        }
        // clap demands strength with an init image and an init image with a mask.
        _ => Task::TextToImage,
    };
    GenerateJob {
        request: GenerationRequest {
            schema: SchemaV1,
            job: JobId(1),
            recipe: Recipe {
                schema: SchemaV1,
                tool: fingerprint.tool.clone(),
                model: model.reference.clone(),
                vae: model.vae.clone(),
                prompt: args.prompt.clone(),
                negative_prompt: args.negative.clone(),
                clip_skip: args.sampling.clip_skip,
                noise: args.sampling.noise.source(),
                scheduler: SchedulerSetting {
                    name: kind.name().to_owned(),
                    sigmas: sigmas.map(|sigmas| sigmas.name().to_owned()),
                },
                steps: args.sampling.steps,
                guidance_scale: args.sampling.guidance.unwrap_or(model.guidance_scale),
                guidance_rescale: args.sampling.guidance_rescale,
                width: args.width.unwrap_or(size.0),
                height: args.height.unwrap_or(size.1),
                dtype: fingerprint.dtype,
                device: Some(fingerprint.device.clone()),
            },
            task,
            seed: 0,
            variation: None,
        },
        source: model.source.clone(),
        preview: PreviewRate::Off,
        init_image: images.init.as_ref().map(|init| init.pixels.clone()),
        mask: images.mask.as_ref().map(|mask| mask.pixels.clone()),
    }
}

fn watch(bar: &mut ProgressBar, event: &EngineEvent, index: u32, count: u32) {
    match event {
        EngineEvent::Loading { component, .. } => bar.say(&format!("loading {component}")),
        EngineEvent::Encoded { .. } if index == 1 => bar.restart_clock(),
        EngineEvent::Step { done, of, .. } => bar.show(index, count, *done, *of),
        EngineEvent::Decoding { .. } => bar.say("decoding"),
        // The same notice again for every image would hide everything else.
        EngineEvent::Notice { text, .. } if index == 1 => {
            bar.clear();
            eprintln!("kento: note: {text}");
        }
        _ => {}
    }
}

/// One line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    seed: u64,
    /// What of it is not Unicode is shown as replaced, because JSON has nothing else.
    path: String,
    /// Of the file.
    sha256: Sha256,
    /// Of the pixels alone (RGB, rows from the top): equal pictures have equal hashes whatever their metadata.
    pixels_sha256: Sha256,
    width: u32,
    height: u32,
    /// Where the image was repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a Region>,
    timings: JobTimings,
    device: &'a str,
    dtype: String,
}

pub(super) fn deliver(
    output: &Output,
    record: &ImageRecord,
    image: &Pixels,
    timings: JobTimings,
    json: bool,
) -> Result<(), CliError> {
    let bytes = metadata::encode(image, record).map_err(CliError::failed)?;
    let seed = record.request.seed;
    let path = output.write(seed, &bytes)?;
    let total_secs = timings.total_secs;
    let line = Line {
        seed,
        path: path.to_string_lossy().into_owned(),
        sha256: Sha256(sha2::Sha256::digest(&bytes).into()),
        pixels_sha256: pixels_sha256(image),
        width: image.width,
        height: image.height,
        region: record.request.task.region(),
        timings,
        device: &record.fingerprint.device.name,
        dtype: record.fingerprint.dtype.to_string(),
    };
    if json {
        super::print_json(&line)
    } else {
        super::print(&format!("{} (seed {seed}, {})", path.display(), duration(total_secs)))
    }
}
