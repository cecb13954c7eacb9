use std::time::Instant;

use kento_diffusion::checkpoint::Checkpoint;
use kento_engine::protocol::{EngineEvent, GenerateJob, JobTimings, PreviewRate};
use kento_studio::{GenerationRequest, JobId, NoiseSource, Recipe, SchedulerSetting, SchemaV1, Task, limits};
use serde::Serialize;

use super::args::BenchArgs;
use super::flops::unet_flops;
use super::session::{JobEnd, Session};
use super::{CliError, print, print_json};
use crate::model;

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
    /// From the start of the engine process to an open device.
    start_secs: f64,
    /// From the start of the engine process to the end of the first step of the first run.
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
}

/// CLIP's text length; the bench's prompt is shorter than one chunk.
const TOKENS: u64 = 77;
const PROMPT: &str = "a red sun over blue mountains, flat vector illustration";

/// `kento bench`: runs the real path, engine process and all, with a fixed prompt and seed.
///
/// # Errors
/// [`CliError`].
pub fn run(args: &BenchArgs) -> Result<(), CliError> {
    limits::check_steps(args.steps).map_err(CliError::usage)?;
    limits::check_count(args.runs, 0)
        .map_err(|_| CliError::Usage(format!("--runs must be at least 1 and is {}", args.runs)))?;
    // Hashing is no part of the measurement, so the model is looked at before the clock runs.
    let model = model::open(&args.model, None).map_err(CliError::failed)?;
    let (width, height) = (args.width.unwrap_or(model.native_side), args.height.unwrap_or(model.native_side));
    limits::check_side("width", width).map_err(CliError::usage)?;
    limits::check_side("height", height).map_err(CliError::usage)?;

    let began = Instant::now();
    let session = Session::start(args.device.request())?;
    let (fingerprint, _) = session.wait_until_ready()?;
    let start_secs = began.elapsed().as_secs_f64();
    let mut first_step_secs = None;
    let mut runs: Vec<JobTimings> = Vec::new();
    for index in 0..args.runs {
        let job = GenerateJob {
            request: GenerationRequest {
                schema: SchemaV1,
                job: JobId(u64::from(index) + 1),
                recipe: Recipe {
                    schema: SchemaV1,
                    tool: fingerprint.tool.clone(),
                    model: model.reference.clone(),
                    vae: None,
                    prompt: PROMPT.to_owned(),
                    negative_prompt: String::new(),
                    clip_skip: 1,
                    noise: NoiseSource::TorchCpu,
                    scheduler: SchedulerSetting { name: model.first_scheduler().name().to_owned(), sigmas: None },
                    steps: args.steps,
                    guidance_scale: model.guidance_scale,
                    guidance_rescale: 0.0,
                    width,
                    height,
                    dtype: fingerprint.dtype,
                    device: None,
                },
                task: Task::TextToImage,
                seed: 1,
                variation: None,
            },
            source: model.source.clone(),
            preview: PreviewRate::Off,
            init_image: None,
            mask: None,
        };
        let end = session.run(job, |event| {
            if matches!(event, EngineEvent::Step { .. }) {
                first_step_secs.get_or_insert_with(|| began.elapsed().as_secs_f64());
            }
        })?;
        match end {
            JobEnd::Finished(EngineEvent::Finished { timings, .. }) => runs.push(timings),
            JobEnd::Finished(_) => {}
            JobEnd::Failed(error) | JobEnd::Lost(error) => return Err(CliError::Failed(error)),
        }
    }
    let peak_memory_bytes = session.engine_process().and_then(peak_memory);
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
        start_secs,
        first_step_secs: first_step_secs.unwrap_or(0.0),
        load_secs,
        encode_secs: best.encode_secs,
        step_secs,
        decode_secs: best.decode_secs,
        total_secs: best.total_secs,
        gflop_per_step: flops / 1e9,
        gflop_per_sec: if step_secs > 0.0 { flops / 1e9 / step_secs } else { 0.0 },
        peak_memory_bytes,
    };
    if args.json { print_json(&report) } else { print(&describe(&report)) }
}

fn describe(report: &Report) -> String {
    let Report { model, device, dtype, width, height, steps, runs, .. } = report;
    let memory = report
        .peak_memory_bytes
        .map_or("not told by this system".to_owned(), |bytes| format!("{:.2} GB", bytes as f64 / 1e9));
    let lines = [
        format!("{model}, {width}x{height}, {steps} steps, best of {runs} runs on {device} in {dtype}"),
        format!("  start         {:>9.3} s", report.start_secs),
        format!("  load          {:>9.3} s", report.load_secs),
        format!("  first step    {:>9.3} s after the start of the engine", report.first_step_secs),
        format!("  text encode   {:>9.3} s", report.encode_secs),
        format!(
            "  step          {:>9.3} s (median), {:.1} GFLOP at {:.1} GFLOP/s",
            report.step_secs, report.gflop_per_step, report.gflop_per_sec
        ),
        format!("  decode        {:>9.3} s", report.decode_secs),
        format!("  total         {:>9.3} s", report.total_secs),
        format!("  peak memory   {memory}"),
    ];
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

/// The kernel's own record of a process's greatest resident size.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn peak_memory(_process: u32) -> Option<u64> {
    None
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

    #[cfg(target_os = "linux")]
    #[test]
    fn the_peak_memory_of_a_process_is_read() {
        assert!(peak_memory(std::process::id()).unwrap() > 100_000);
        assert_eq!(peak_memory(u32::MAX), None);
    }
}
