//! An engine without models: deterministic pictures from seeds, and every kind of accident on demand.

use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use kento_engine::protocol::{DeviceRequest, GenerateJob, JobTimings, Pixels};
use kento_engine::server::{self, JobError, JobOutput, JobProgress, Opened, Pipelines};
use kento_studio::{DeviceFingerprint, Dtype, NUMERICS_REVISION, ToolVersion};

/// How long a fake step takes.
pub const STEP: Duration = Duration::from_millis(10);

/// Runs as the engine. The arguments after `engine` choose an accident before the server loop.
pub fn engine(args: &[String]) -> ExitCode {
    match args.first().map(String::as_str) {
        Some("garbage") => {
            println!("Loading shader cache, please wait");
            thread::sleep(Duration::from_secs(60));
        }
        Some("oversized") => {
            let mut stdout = std::io::stdout();
            stdout.write_all(b"KEN1\xff\xff\xff\xff\0\0\0\0").unwrap();
            stdout.flush().unwrap();
            thread::sleep(Duration::from_secs(60));
        }
        Some("other-protocol") => {
            // A hello as another version would send it, which may say more than ours.
            let json = br#"{"event":"hello","protocol":99,"version":"9.0.0","platform":{"name":"moon"}}"#;
            let mut stdout = std::io::stdout();
            stdout.write_all(b"KEN1").unwrap();
            stdout.write_all(&(json.len() as u32).to_le_bytes()).unwrap();
            stdout.write_all(&[0; 4]).unwrap();
            stdout.write_all(json).unwrap();
            stdout.flush().unwrap();
            thread::sleep(Duration::from_secs(60));
        }
        Some("crash-at-start") => {
            eprintln!("cannot find libvulkan");
            return ExitCode::from(7);
        }
        _ => {}
    }
    let exit = server::serve::<FakePipelines>(std::io::stdin(), std::io::stdout(), tool());
    ExitCode::from(exit as u8)
}

pub fn tool() -> ToolVersion {
    ToolVersion { version: "0.0.0".to_owned(), commit: "test".to_owned(), numerics: NUMERICS_REVISION }
}

pub struct FakePipelines {
    loaded: Option<std::path::PathBuf>,
}

impl Pipelines for FakePipelines {
    fn open(request: &DeviceRequest) -> Result<Opened<Self>, String> {
        if request.device == "gpu" {
            return Err("there is no GPU on this machine: choose --device cpu".to_owned());
        }
        // A driver that never answers.
        if request.device == "hang" {
            loop {
                thread::sleep(Duration::from_secs(1));
            }
        }
        Ok(Opened {
            pipelines: Self { loaded: None },
            fingerprint: DeviceFingerprint {
                name: "Fake".to_owned(),
                class: "CPU".to_owned(),
                api: "none".to_owned(),
                driver: String::new(),
                shader: String::new(),
            },
            dtype: Dtype::F32,
            why: "it is a test".to_owned(),
        })
    }

    /// The prompt says what happens; the picture is made of the seed's bytes.
    fn generate(&mut self, job: &GenerateJob, progress: &mut JobProgress) -> Result<JobOutput, JobError> {
        let recipe = &job.request.recipe;
        if self.loaded.as_ref() != Some(&job.source.model) {
            progress.loading("unet", 0.5);
            self.loaded = Some(job.source.model.clone());
        }
        progress.encoded();
        for done in 1..=recipe.steps {
            if progress.cancelled() {
                return Err(JobError::Cancelled);
            }
            thread::sleep(STEP);
            let preview = Pixels { width: 8, height: 8, channels: 3, data: vec![done as u8; 192] };
            progress.step(done, recipe.steps, Some(preview));
            if done == 2 {
                accident(&recipe.prompt)?;
            }
        }
        progress.decoding();
        let len = recipe.width as usize * recipe.height as usize * 3;
        let seed = job.request.seed.to_le_bytes();
        let data = (0..len).map(|index| seed[index % 8]).collect();
        Ok(JobOutput {
            image: Pixels { width: recipe.width, height: recipe.height, channels: 3, data },
            timings: JobTimings { total_secs: progress.elapsed_secs(), ..JobTimings::default() },
        })
    }

    fn unload(&mut self) {
        self.loaded = None;
    }
}

fn accident(prompt: &str) -> Result<(), JobError> {
    match prompt {
        "fail" => Err(JobError::Failed("the model is damaged: choose another".to_owned())),
        "lose the device" => Err(JobError::DeviceLost("the driver reset the device".to_owned())),
        "panic" => panic!("a tensor has no elements"),
        "exit" => {
            eprintln!("terminate called without an active exception");
            std::process::exit(77);
        }
        "abort" => std::process::abort(),
        "print" => {
            // The step before is on its way; let it arrive whole.
            thread::sleep(Duration::from_millis(50));
            // A library that writes to stdout spoils the pipe. The write may be refused once the pipe was given up.
            let mut stdout = std::io::stdout();
            stdout.write_all(b"note: using 8 threads\n").and_then(|()| stdout.flush()).ok();
            Ok(())
        }
        "hang" => loop {
            thread::sleep(Duration::from_secs(1));
        },
        "much stderr" => {
            for line in 0..20_000 {
                eprintln!("line {line} {}", "x".repeat(100));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
