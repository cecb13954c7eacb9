use std::io::Cursor;
use std::path::Path;

use image::{GrayImage, ImageFormat};
use kento_engine::protocol::{GenerateJob, Pixels};
use kento_finishing::PixelRect;
use kento_finishing::mask::{Mask, MaskChannel};
use kento_finishing::region::Stands;
use kento_studio::workflow::{RepairAdvice, repair_advice};
use kento_studio::{Fill, ImageReference, Margins, Refusal, SchemaV1, Sha256, Softness, Task, limits};
use sha2::Digest as _;

use super::CliError;
use super::args::{GenerateArgs, RepairArgs};
use super::generate::{self, Images};
use super::output::Output;
use super::progress_bar::ProgressBar;
use super::session::Session;
use crate::input_image::{self, InputImage};
use crate::metadata::ImageRecord;
use crate::region::{RegionPlan, RegionWish, RegionWork, counts_from, margins_to};

/// `kento repair`: the crop around the mask is generated, put back, and the whole image written with its request.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &RepairArgs) -> Result<(), CliError> {
    let first_seed = args.seed.unwrap_or_else(crate::seed::random);
    let fill: Fill = args.fill.parse().map_err(CliError::Usage)?;
    let extend = args.extend.as_deref().map(extension).transpose()?;
    let crop = args.crop.as_deref().map(crop).transpose()?;
    if let Some(value) = args.blend.filter(|value| *value > limits::MOST_BLEND) {
        return Err(CliError::usage(Refusal::Blend { value, most: limits::MOST_BLEND }));
    }
    let as_generate = as_generate(args);
    let scheduler = generate::check(&as_generate, first_seed)?;
    let output = Output::plan(&args.out, args.count)?;
    output.check()?;
    let (image, mask) = read(&args.image, args.mask.as_deref(), args.mask_from.channel())?;
    let size = [image.reference.width, image.reference.height];
    let soft = if args.soft { Softness::Soft } else { Softness::Hard };
    let masked = Mask::from_bytes(size, &mask.pixels.data).map_err(CliError::failed)?;
    check_share(masked.share_from(counts_from(soft)), args.overrule.as_deref())?;
    generate::check_with_model(&as_generate, scheduler)?;

    let overrule = args.overrule.as_deref().map(|reason| reason.trim().to_owned());
    let session = Session::start(args.device.request())?;
    let mut bar = ProgressBar::new();
    bar.say("opening the device and the model");
    let model = session.open_model(&args.model, args.sampling.vae.as_deref())?;
    let scheduler = generate::named_or_own(scheduler, &model)?;
    let wish = RegionWish {
        generated: [model.native_side, model.native_side],
        padding: args.padding,
        blend: args.blend,
        fill,
        soft,
        extend: extend.map(|extend| extend.of(size)).transpose()?,
        crop,
    };
    // What cannot be is said before anybody waits for the device.
    wish.plan(size, &mask.pixels.data).map_err(CliError::Failed)?;
    let (fingerprint, _) = session.wait_until_ready()?;
    let job = |args: &GenerateArgs| generate::job(args, &model, &fingerprint, scheduler, &Images::default());
    let (template, work) = planned(&wish, as_generate, (image, mask), args.strength, job)?;
    generate::render(&session, &mut bar, &template, (first_seed, args.count), |request, made, timings| {
        let whole = work.put_back(made).map_err(CliError::Failed)?;
        let (fingerprint, overrule) = (fingerprint.clone(), overrule.clone());
        let record = ImageRecord { schema: SchemaV1, request, fingerprint, overrule };
        generate::deliver(&output, &record, &whole, timings, args.json)
    })
}

/// The job of a repair as it is wished for, with what puts its result back. `job` makes one of what `kento generate` would be asked.
///
/// # Errors
/// [`CliError::Failed`], where nothing is masked or the region cannot be.
pub(super) fn planned(
    wish: &RegionWish,
    mut args: GenerateArgs,
    (image, mask): (InputImage, InputImage),
    strength: f64,
    job: impl FnOnce(&GenerateArgs) -> GenerateJob,
) -> Result<(GenerateJob, RegionWork), CliError> {
    let size = [image.reference.width, image.reference.height];
    let RegionPlan { region, generated, .. } = wish.plan(size, &mask.pixels.data).map_err(CliError::Failed)?;
    (args.width, args.height) = (Some(generated[0]), Some(generated[1]));
    let mut template = job(&args);
    let (image_reference, mask_reference) = (image.reference, mask.reference);
    template.request.task =
        Task::Inpaint { image: image_reference, mask: mask_reference, strength, region: Some(region) };
    template.request.check().map_err(CliError::failed)?;
    let work = RegionWork::new(&template.request, image.pixels, mask.pixels).map_err(CliError::Failed)?;
    let work = work.ok_or_else(|| CliError::Failed("the request has no region: repair again".to_owned()))?;
    let (init, mask) = work.for_engine().map_err(CliError::Failed)?;
    (template.init_image, template.mask) = (Some(init), Some(mask));
    Ok((template, work))
}

/// The same request as `kento generate` would have it, so that both check and build it alike.
fn as_generate(args: &RepairArgs) -> GenerateArgs {
    GenerateArgs {
        prompt: args.prompt.clone(),
        negative: args.negative.clone(),
        model: args.model.clone(),
        seed: args.seed,
        sampling: args.sampling.clone(),
        width: None,
        height: None,
        count: args.count,
        init_image: None,
        strength: Some(args.strength),
        mask: None,
        device: args.device.clone(),
        json: args.json,
        out: args.out.clone(),
    }
}

/// How far the image is extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extension {
    /// By so many pixels.
    By(Margins),
    /// To this proportion, width to height, with the image in the middle.
    To([u32; 2]),
}

impl Extension {
    /// The margins of an image of this size.
    fn of(self, size: [u32; 2]) -> Result<Margins, CliError> {
        let ratio = match self {
            Self::By(margins) => return Ok(margins),
            Self::To(ratio) => ratio,
        };
        let margins = margins_to(size, ratio, Stands::Middle);
        if margins == Margins::NONE {
            let ([width, height], [across, down]) = (size, ratio);
            return Err(CliError::Failed(format!(
                "the image of {width}x{height} has the proportion {across}:{down} already: extend it to another one"
            )));
        }
        Ok(margins)
    }
}

fn numbers<const N: usize>(text: &str, between: char) -> Option<[u32; N]> {
    let numbers: Option<Vec<u32>> = text.split(between).map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}

fn extension(text: &str) -> Result<Extension, CliError> {
    let most = limits::MOST_SIDE;
    if let Some(ratio) = numbers::<2>(text, ':').filter(|ratio| ratio.iter().all(|side| (1..=most).contains(side))) {
        return Ok(Extension::To(ratio));
    }
    match numbers::<4>(text, ',') {
        Some(sides) if sides.iter().all(|side| *side <= most) => {
            let [left, top, right, bottom] = sides;
            Ok(Extension::By(Margins { left, top, right, bottom }))
        }
        _ => Err(CliError::Usage(format!(
            "--extend takes four numbers of pixels up to {most}, left,top,right,bottom, or a proportion as 16:9, and is \"{text}\""
        ))),
    }
}

fn crop(text: &str) -> Result<PixelRect, CliError> {
    let [x, y, width, height] = numbers::<4>(text, ',').ok_or_else(|| {
        CliError::Usage(format!("--crop takes four numbers of pixels, x,y,width,height, and is \"{text}\""))
    })?;
    Ok(PixelRect { x, y, width, height })
}

/// The image and its mask; without one, nothing of the image is masked.
fn read(image: &Path, mask: Option<&Path>, channel: MaskChannel) -> Result<(InputImage, InputImage), CliError> {
    let image = input_image::read_rgb(image).map_err(CliError::failed)?;
    let ImageReference { width, height, .. } = image.reference;
    for (side, value) in [("width", width), ("height", height)] {
        if value > limits::MOST_SIDE {
            return Err(CliError::failed(Refusal::SideOutOfRange { side, value, least: 1, most: limits::MOST_SIDE }));
        }
    }
    let Some(mask) = mask else {
        super::tell_notices(&image);
        return Ok((image, empty_mask(width, height)?));
    };
    let mask =
        input_image::read_mask_from(mask, channel).map_err(|error| CliError::Failed(format!("the mask: {error}")))?;
    let (mask_width, mask_height) = (mask.reference.width, mask.reference.height);
    if (mask_width, mask_height) != (width, height) {
        let (image_width, image_height) = (width, height);
        return Err(CliError::failed(Refusal::MaskSize { mask_width, mask_height, image_width, image_height }));
    }
    [&image, &mask].into_iter().for_each(super::tell_notices);
    Ok((image, mask))
}

/// A black mask, by the hash of the PNG that this build writes of it.
fn empty_mask(width: u32, height: u32) -> Result<InputImage, CliError> {
    let black = GrayImage::new(width, height);
    let mut png = Cursor::new(Vec::new());
    black.write_to(&mut png, ImageFormat::Png).map_err(CliError::failed)?;
    let sha256 = Sha256(sha2::Sha256::digest(png.into_inner()).into());
    Ok(InputImage {
        reference: ImageReference { sha256, width, height },
        pixels: Pixels { width, height, channels: 1, data: black.into_raw() },
        notices: Vec::new(),
    })
}

/// The third rule: more than a third masked is no repair any more.
fn check_share(share: f64, overrule: Option<&str>) -> Result<(), CliError> {
    match (repair_advice(share), overrule.map(str::trim)) {
        (RepairAdvice::Regenerate, None | Some("")) => Err(CliError::Failed(format!(
            "{:.0} % of the image is masked, more than a third: regenerate it, because so much is quicker and better made \
             anew, or say with --overrule why not",
            share * 100.0
        ))),
        (RepairAdvice::Repair, Some(_)) => Err(CliError::Usage(
            "at most a third of the image is masked, so repairing it needs no --overrule".to_owned(),
        )),
        _ => Ok(()),
    }
}
