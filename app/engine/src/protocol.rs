//! What the two processes say to each other. Every message is a closed enum; pixels travel as raw bytes behind the message.

use std::path::PathBuf;

use kento_studio::{EngineFingerprint, GenerationRequest, JobId};
use serde::{Deserialize, Serialize};

/// Version of the protocol. Both sides send it first, and refuse to talk to another one: after an update a running window
/// may start an executable that was replaced under it.
pub const PROTOCOL_VERSION: u32 = 1;

/// From the client to the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EngineCommand {
    /// The first command: who speaks, and which device to open.
    Hello {
        /// [`PROTOCOL_VERSION`] of the client.
        protocol: u32,
        /// The device to open.
        device: DeviceRequest,
    },
    /// Generate one image. The engine runs one job at a time; the client keeps the queue.
    Generate(Box<GenerateJob>),
    /// Stop the job between two steps, or before it begins. Unknown jobs are ignored: the job may just have finished.
    Cancel {
        /// The job to stop.
        job: JobId,
    },
    /// Free the loaded model.
    Unload,
}

/// Which device and number format to open; the words of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// `auto`, `cpu`, `gpu` or a part of a device's name.
    pub device: String,
    /// `auto`, `f32` or `f16`.
    pub dtype: String,
}

impl Default for DeviceRequest {
    fn default() -> Self {
        Self { device: "auto".to_owned(), dtype: "auto".to_owned() }
    }
}

/// One job: the request, where its files are on this machine, and its input pixels. Nothing here but the request may
/// influence the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateJob {
    /// Everything that determines the pixels.
    pub request: GenerationRequest,
    /// Where the files that the request names by hash are on this machine.
    pub source: LocalSource,
    /// How often previews are sent.
    pub preview: PreviewRate,
    /// The init image, RGB, where the task has one.
    pub init_image: Option<Pixels>,
    /// The mask, grey with 255 = repaint, where the task has one.
    pub mask: Option<Pixels>,
}

/// Paths of the model files on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalSource {
    /// A diffusers folder or a single `.safetensors` file.
    #[serde(with = "crate::os_path")]
    pub model: PathBuf,
    /// A VAE that replaces the model's own: a folder or a file.
    #[serde(with = "crate::os_path::optional")]
    pub vae: Option<PathBuf>,
}

/// How often the latents are shown as a small picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreviewRate {
    /// Never.
    Off,
    /// After every so many steps; 0 counts as 1.
    EverySteps(u32),
}

/// From the engine to the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EngineEvent {
    /// The first event, sent before anything is opened.
    Hello {
        /// [`PROTOCOL_VERSION`] of the engine.
        protocol: u32,
        /// Version of the program.
        version: String,
    },
    /// The device is open and jobs are accepted.
    Ready {
        /// What determines pixels beside the request.
        fingerprint: Box<EngineFingerprint>,
        /// One sentence that says why this device was chosen.
        why: String,
    },
    /// The device could not be opened, in one sentence; the engine ends after it.
    Refused {
        /// What to do about it.
        error: String,
    },
    /// A component of the model is being read.
    Loading {
        /// The job that needs it.
        job: JobId,
        /// Component in diffusers' words, for example `unet`.
        component: String,
        /// Share that is read, 0 to 1.
        fraction: f32,
    },
    /// Something that the user should know, for example that the prompt was cut.
    Notice {
        /// The job.
        job: JobId,
        /// One sentence.
        text: String,
    },
    /// The prompts are encoded.
    Encoded {
        /// The job.
        job: JobId,
    },
    /// A denoising step is done. These events are dropped when the client does not keep up.
    Step {
        /// The job.
        job: JobId,
        /// Steps done, 1 for the first.
        done: u32,
        /// Steps that this job runs.
        of: u32,
        /// Seconds since the engine began with the job.
        elapsed_secs: f64,
        /// The latents as a small RGB picture.
        preview: Option<Pixels>,
    },
    /// The last step is done and the VAE decodes.
    Decoding {
        /// The job.
        job: JobId,
    },
    /// The image is there.
    Finished {
        /// The job.
        job: JobId,
        /// RGB pixels.
        image: Pixels,
        /// Where the time went.
        timings: JobTimings,
    },
    /// The job failed and the engine goes on.
    Failed {
        /// The job.
        job: JobId,
        /// One sentence that says what to do.
        error: String,
    },
    /// The job was stopped on request.
    Cancelled {
        /// The job.
        job: JobId,
    },
}

impl EngineEvent {
    /// The job that the event belongs to.
    pub fn job(&self) -> Option<JobId> {
        match self {
            Self::Hello { .. } | Self::Ready { .. } | Self::Refused { .. } => None,
            Self::Loading { job, .. }
            | Self::Notice { job, .. }
            | Self::Encoded { job }
            | Self::Step { job, .. }
            | Self::Decoding { job }
            | Self::Finished { job, .. }
            | Self::Failed { job, .. }
            | Self::Cancelled { job } => Some(*job),
        }
    }

    /// Whether the job ends with this event. Every job ends exactly once.
    pub fn ends_job(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed { .. } | Self::Cancelled { .. })
    }

    /// Name of the event as it stands in the message.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Ready { .. } => "ready",
            Self::Refused { .. } => "refused",
            Self::Loading { .. } => "loading",
            Self::Notice { .. } => "notice",
            Self::Encoded { .. } => "encoded",
            Self::Step { .. } => "step",
            Self::Decoding { .. } => "decoding",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// Where the time of one job went, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobTimings {
    /// Loading the model; 0 when it was loaded already.
    pub load_secs: f64,
    /// Tokenising and the text encoders.
    pub encode_secs: f64,
    /// Each denoising step.
    pub steps_secs: Vec<f64>,
    /// Decoding in the VAE.
    pub decode_secs: f64,
    /// From accepting the job to the finished pixels.
    pub total_secs: f64,
}

/// A picture: rows from the top, channels interleaved, one byte each. The bytes are not part of the JSON message; they follow
/// it in the frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// 3 for RGB, 1 for a mask.
    pub channels: u8,
    /// `width * height * channels` bytes.
    #[serde(skip)]
    pub data: Vec<u8>,
}

impl Pixels {
    /// Bytes that `data` must have, or None when the product does not fit.
    pub fn expected_len(&self) -> Option<usize> {
        (self.width as usize).checked_mul(self.height as usize)?.checked_mul(usize::from(self.channels))
    }
}

/// A message with pictures whose bytes travel behind it, always in the same order.
pub trait Message: Serialize + serde::de::DeserializeOwned {
    /// The message that a JSON text is.
    ///
    /// # Errors
    /// When it is none of the known messages.
    fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }
    /// The pictures of the message, in order.
    fn pictures(&self) -> Vec<&Pixels>;
    /// The same pictures, to be filled after reading.
    fn pictures_mut(&mut self) -> Vec<&mut Pixels>;
}

/// What every greeting says, whatever else another version writes into it: enough to tell the versions apart.
#[derive(Deserialize)]
struct Greeting {
    #[serde(alias = "command")]
    event: String,
    protocol: u32,
    #[serde(default)]
    version: String,
}

impl Greeting {
    /// The greeting of another protocol; one of ours has exactly our form.
    fn of_another_version(json: &[u8]) -> Option<Self> {
        let greeting: Self = serde_json::from_slice(json).ok()?;
        (greeting.event == "hello" && greeting.protocol != PROTOCOL_VERSION).then_some(greeting)
    }
}

impl Message for EngineCommand {
    fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json).or_else(|error| match Greeting::of_another_version(json) {
            Some(Greeting { protocol, .. }) => Ok(Self::Hello { protocol, device: DeviceRequest::default() }),
            None => Err(error),
        })
    }

    fn pictures(&self) -> Vec<&Pixels> {
        match self {
            Self::Generate(job) => job.init_image.iter().chain(&job.mask).collect(),
            Self::Hello { .. } | Self::Cancel { .. } | Self::Unload => Vec::new(),
        }
    }

    fn pictures_mut(&mut self) -> Vec<&mut Pixels> {
        match self {
            Self::Generate(job) => job.init_image.iter_mut().chain(&mut job.mask).collect(),
            Self::Hello { .. } | Self::Cancel { .. } | Self::Unload => Vec::new(),
        }
    }
}

impl Message for EngineEvent {
    fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json).or_else(|error| match Greeting::of_another_version(json) {
            Some(Greeting { protocol, version, .. }) => Ok(Self::Hello { protocol, version }),
            None => Err(error),
        })
    }

    fn pictures(&self) -> Vec<&Pixels> {
        match self {
            Self::Step { preview, .. } => preview.iter().collect(),
            Self::Finished { image, .. } => vec![image],
            _ => Vec::new(),
        }
    }

    fn pictures_mut(&mut self) -> Vec<&mut Pixels> {
        match self {
            Self::Step { preview, .. } => preview.iter_mut().collect(),
            Self::Finished { image, .. } => vec![image],
            _ => Vec::new(),
        }
    }
}
