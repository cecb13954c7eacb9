use std::time::Instant;

use kento_diffusion::checkpoint::Checkpoint;
use kento_engine::protocol::{EngineEvent, GenerateJob, JobTimings, PreviewRate};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, Recipe, SchemaV1, Task, limits};
use serde::Serialize;

use super::args::BenchArgs;
use super::flops::unet_flops;
use super::memory_loop::MemoryLoop;
use super::process;
use super::session::Session;
use super::{CliError, print, print_json};
use crate::model::{self, Model};

/// What one `kento bench` measured. Times in seconds.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    device: String,
    dtype: String,
    width: u32,
    height: u32,
    steps: u32,
    runs: u32,
    /// From the start of this process to the first line of the command; null where the system does not tell.
    launch_secs: Option<f64>,
    /// From the start of the engine process to an open device.
    start_secs: f64,
    /// Opening and hashing the model, which goes on beside that; next to nothing where the hashes are known from another run.
    open_secs: f64,
    /// From the start of this process (`launch_secs` included) to the end of the first step of the first run, whatever it waits for.
    first_step_secs: f64,
    load_secs: f64,
    /// Of the best run by total time, as everything below.
    encode_secs: f64,
    /// Median of the steps.
    step_secs: f64,
    decode_secs: f64,
    total_secs: f64,
    /// Operations of a step: the UNet for the conditional and the unconditional half.
    gflop_per_step: f64,
    gflop_per_sec: f64,
    /// Greatest resident memory of the engine process; null where the system does not tell.
    peak_memory_bytes: Option<u64>,
    /// With `--images`.
    #[serde(skip_serializing_if = "Option::is_none")]
    many_images: Option<MemoryLoop>,
}

/// CLIP's text length; the bench's prompt is shorter than one chunk.
const TOKENS: u64 = 77;
const NOT_TOLD: &str = "not told by this system";
const PROMPT: &str = "a red sun over blue mountains, flat vector illustration";

/// `kento bench`: runs the real path, engine process and all, with a fixed prompt and seed. What comes before the first step is what
/// `kento generate` does before it: the program is loaded, and the model hashed while the engine opens its device.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &BenchArgs) -> Result<(), CliError> {
    let (launch, began) = (process::age(), Instant::now());
    check(args)?;
    let engine_began = Instant::now();
    let session = Session::start(args.device.request())?;
    let name = args.model.clone();
    let opening = session.begin("model", move || {
        let began = Instant::now();
        (model::open(name, None).map_err(CliError::failed), began.elapsed().as_secs_f64())
    })?;
    let (fingerprint, _) = session.wait_until_ready()?;
    let start_secs = engine_began.elapsed().as_secs_f64();
    let (model, open_secs) = session.wait_for(&opening)?;
    let model = model?;
    let template = template(args, &model, &fingerprint);
    let Recipe { width, height, .. } = template.request.recipe;
    limits::check_side("width", width).map_err(CliError::usage)?;
    limits::check_side("height", height).map_err(CliError::usage)?;

    let mut first_step_secs = None;
    let mut runs: Vec<JobTimings> = Vec::new();
    for index in 0..args.runs {
        let mut job = template.clone();
        job.request.job = JobId(u64::from(index) + 1);
        runs.push(session.finish(job, |event| {
            if matches!(event, EngineEvent::Step { .. }) {
                first_step_secs.get_or_insert_with(|| (launch.unwrap_or_default() + began.elapsed()).as_secs_f64());
            }
        })?);
    }
    let mut template = template;
    template.request.job = JobId(u64::from(args.runs));
    let many_images = args.images.map(|images| MemoryLoop::run(&session, &template, images)).transpose()?;
    let peak_memory_bytes = session.engine_process().and_then(process::memory).map(|memory| memory.peak);
    drop(session);

    let load_secs = runs.first().map_or(0.0, |first| first.load_secs);
    let warm = if runs.len() > 1 { &runs[1..] } else { &runs };
    let best =
        warm.iter().min_by(|left, right| left.total_secs.total_cmp(&right.total_secs)).cloned().unwrap_or_default();
    let step_secs = median(&best.steps_secs);
    let checkpoint = Checkpoint::open(&model.source.model, None).map_err(CliError::failed)?;
    let latent = |side: u32| u64::from(side / limits::SIDE_MULTIPLE);
    let flops = 2.0 * unet_flops(&checkpoint, latent(height), latent(width), TOKENS).map_err(CliError::failed)?;
    let report = Report {
        model: model.reference.name,
        device: fingerprint.device.name,
        dtype: fingerprint.dtype.to_string(),
        width,
        height,
        steps: args.steps,
        runs: args.runs,
        launch_secs: launch.map(|launch| launch.as_secs_f64()),
        start_secs,
        open_secs,
        first_step_secs: first_step_secs.unwrap_or(0.0),
        load_secs,
        encode_secs: best.encode_secs,
        step_secs,
        decode_secs: best.decode_secs,
        total_secs: best.total_secs,
        gflop_per_step: flops / 1e9,
        gflop_per_sec: if step_secs > 0.0 { flops / 1e9 / step_secs } else { 0.0 },
        peak_memory_bytes,
        many_images,
    };
    if args.json { print_json(&report) } else { print(&describe(&report)) }
}

/// Everything that needs no model.
fn check(args: &BenchArgs) -> Result<(), CliError> {
    limits::check_steps(args.steps).map_err(CliError::usage)?;
    limits::check_count(args.runs, 0)
        .map_err(|_| CliError::Usage(format!("--runs must be at least 1 and is {}", args.runs)))?;
    for (side, value) in [("width", args.width), ("height", args.height)] {
        value.map_or(Ok(()), |value| limits::check_side(side, value)).map_err(CliError::usage)?;
    }
    let Some(images) = args.images else { return Ok(()) };
    MemoryLoop::check(images)?;
    limits::check_count(images, 0).map_err(|refusal| CliError::Usage(format!("--images: {refusal}")))
}

/// The job that every run repeats.
fn template(args: &BenchArgs, model: &Model, fingerprint: &EngineFingerprint) -> GenerateJob {
    let recipe = model.recipe(fingerprint, args.steps);
    let (width, height) = (args.width.unwrap_or(recipe.width), args.height.unwrap_or(recipe.height));
    GenerateJob {
        request: GenerationRequest {
            schema: SchemaV1,
            job: JobId(1),
            recipe: Recipe { prompt: PROMPT.to_owned(), width, height, ..recipe },
            task: Task::TextToImage,
            seed: 1,
            variation: None,
        },
        source: model.source.clone(),
        preview: PreviewRate::Off,
        init_image: None,
        mask: None,
    }
}

fn describe(report: &Report) -> String {
    let Report { model, device, dtype, width, height, steps, runs, .. } = report;
    let memory = report.peak_memory_bytes.map_or(NOT_TOLD.to_owned(), |bytes| format!("{:.2} GB", bytes as f64 / 1e9));
    let mut lines = vec![
        format!("{model}, {width}x{height}, {steps} steps, best of {runs} runs on {device} in {dtype}"),
        format!("  launch        {}", report.launch_secs.map_or(NOT_TOLD.to_owned(), |secs| format!("{secs:>9.3} s"))),
        format!("  start         {:>9.3} s", report.start_secs),
        format!("  open, hash    {:>9.3} s", report.open_secs),
        format!("  load          {:>9.3} s", report.load_secs),
        format!("  first step    {:>9.3} s after the start of kento", report.first_step_secs),
        format!("  text encode   {:>9.3} s", report.encode_secs),
        format!(
            "  step          {:>9.3} s (median), {:.1} GFLOP at {:.1} GFLOP/s",
            report.step_secs, report.gflop_per_step, report.gflop_per_sec
        ),
        format!("  decode        {:>9.3} s", report.decode_secs),
        format!("  total         {:>9.3} s", report.total_secs),
        format!("  peak memory   {memory}"),
    ];
    lines.extend(report.many_images.as_ref().map(|many| format!("  memory        {}", many.describe())));
    lines.join("\n")
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        len if len % 2 == 1 => sorted[len / 2],
        len => (sorted[len / 2 - 1] + sorted[len / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
