//! Jobs for the fake engine, and waiting with a deadline.

use std::time::{Duration, Instant};

use kento_engine::client::{ClientEvent, EngineClient, EngineLaunch};
use kento_engine::protocol::{DeviceRequest, EngineEvent, GenerateJob, LocalSource, PreviewRate};
use kento_studio::{
    Dtype, GenerationRequest, JobId, ModelFile, ModelReference, NoiseSource, Recipe, SchedulerSetting, SchemaV1,
    Sha256, Task,
};

use crate::fake;

/// Longest wait for anything; far above what a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn launch(args: &[&str], device: &str) -> EngineLaunch {
    EngineLaunch {
        program: std::env::current_exe().unwrap(),
        args: std::iter::once("engine").chain(args.iter().copied()).map(Into::into).collect(),
        device: DeviceRequest { device: device.to_owned(), dtype: "auto".to_owned() },
    }
}

pub fn client() -> EngineClient {
    EngineClient::start(launch(&[], "auto")).unwrap()
}

pub fn job(id: u64, prompt: &str, steps: u32) -> GenerateJob {
    GenerateJob {
        request: GenerationRequest {
            schema: SchemaV1,
            job: JobId(id),
            recipe: Recipe {
                schema: SchemaV1,
                tool: fake::tool(),
                model: ModelReference {
                    name: "fake".to_owned(),
                    files: vec![ModelFile { path: "f.safetensors".to_owned(), bytes: 1, sha256: Sha256([1; 32]) }],
                    licence: None,
                },
                vae: None,
                prompt: prompt.to_owned(),
                negative_prompt: String::new(),
                clip_skip: 1,
                noise: NoiseSource::TorchCpu,
                scheduler: SchedulerSetting { name: "euler".to_owned(), sigmas: None },
                steps,
                guidance_scale: 7.0,
                guidance_rescale: 0.0,
                width: 64,
                height: 64,
                dtype: Dtype::F32,
                device: None,
            },
            task: Task::TextToImage,
            seed: id,
            variation: None,
        },
        source: LocalSource { model: "/nowhere/f.safetensors".into(), vae: None },
        preview: PreviewRate::EverySteps(1),
        init_image: None,
        mask: None,
    }
}

pub fn next(client: &EngineClient) -> ClientEvent {
    client.events().recv_timeout(PATIENCE).expect("nothing happens")
}

/// Reads events until one satisfies `wanted`; gives all of them.
pub fn until(client: &EngineClient, mut wanted: impl FnMut(&ClientEvent) -> bool) -> Vec<ClientEvent> {
    let deadline = Instant::now() + PATIENCE;
    let mut events = Vec::new();
    loop {
        assert!(Instant::now() < deadline, "never happened; seen: {events:?}");
        let event = next(client);
        let done = wanted(&event);
        events.push(event);
        if done {
            return events;
        }
    }
}

/// Reads events up to the end of a job, and gives that end.
pub fn end_of(client: &EngineClient, id: u64) -> EngineEvent {
    let mut events = until(
        client,
        |event| matches!(event, ClientEvent::Engine(event) if event.ends_job() && event.job() == Some(JobId(id))),
    );
    match events.pop() {
        Some(ClientEvent::Engine(event)) => event,
        other => panic!("{other:?}"),
    }
}

/// The sentence that a job failed with.
pub fn failure_of(client: &EngineClient, id: u64) -> String {
    match end_of(client, id) {
        EngineEvent::Failed { error, .. } => error,
        other => panic!("the job {id} did not fail: {}", other.name()),
    }
}

pub fn assert_succeeds(client: &EngineClient, id: u64) {
    client.submit(job(id, "a picture", 3)).unwrap();
    match end_of(client, id) {
        EngineEvent::Finished { image, .. } => {
            assert_eq!(image.data.len(), 64 * 64 * 3);
            assert_eq!(image.data[..8], id.to_le_bytes());
        }
        other => panic!("the job {id} did not finish: {other:?}"),
    }
}

pub fn wait_for_step(client: &EngineClient, id: u64) {
    until(client, |event| matches!(event, ClientEvent::Engine(EngineEvent::Step { job, .. }) if *job == JobId(id)));
}

pub fn wait_until_gone(process: u32) {
    let deadline = Instant::now() + PATIENCE;
    while is_running(process) {
        assert!(Instant::now() < deadline, "the engine {process} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs (a zombie does not).
#[cfg(target_os = "linux")]
pub fn is_running(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[cfg(not(target_os = "linux"))]
pub fn is_running(_process: u32) -> bool {
    false
}

/// Ends a process by force, as the system does when memory runs out.
pub fn kill(process: u32) {
    #[cfg(unix)]
    let status = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
    #[cfg(windows)]
    let status = std::process::Command::new("taskkill").args(["/F", "/PID", &process.to_string()]).status();
    assert!(status.unwrap().success());
}
