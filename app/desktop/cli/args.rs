use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use kento_engine::protocol::DeviceRequest;
use kento_finishing::mask::MaskChannel;
use kento_studio::NoiseSource;

/// Reproducible AI images on this machine. Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(name = "kento", version = VERSION, about, after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C.")]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
}

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("KENTO_COMMIT"), ")");

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the window with a project
    Open {
        /// The project folder
        folder: PathBuf,
    },
    /// Make images from a prompt
    Generate(GenerateArgs),
    /// Make a part of an image anew and put it back without a seam; the rest keeps its bytes
    Repair(RepairArgs),
    /// Show what a model is: family, components, dtype, hashes, licence, problems
    Models(ModelsArgs),
    /// Show the compute devices, and which one would be chosen and why
    Devices(DevicesArgs),
    /// Measure loading, text encoding, steps, decoding, memory
    Bench(BenchArgs),
    /// Run the whole workflow once, from a brief to cleared images, and leave a project that the window opens
    Demo(DemoArgs),
    /// Prove a recipe card in fresh engine processes and write it locked
    Lock(LockArgs),
    /// Look at a project folder: its state, whether it is sound, its caches
    Project(ProjectArgs),
    /// Render a locked recipe card's Hero again and compare: exit code 0 when it reproduces
    Verify(VerifyArgs),
    /// Measure the seams of repairs on flat and gradient scenes, for whoever works on Kento
    #[command(hide = true)]
    Seams(SeamsArgs),
    /// The process that owns the device; started by kento itself
    #[command(hide = true)]
    Engine,
}

#[derive(Debug, clap::Args)]
pub struct GenerateArgs {
    /// What to show; A1111 weights such as (word:1.2) work
    #[arg(long, allow_hyphen_values = true)]
    pub prompt: String,
    /// What to avoid
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub negative: String,
    /// A diffusers folder or a .safetensors file; `starter` is the model that comes with Kento
    #[arg(long, default_value = crate::model::STARTER, value_name = "starter|PATH")]
    pub model: String,
    /// Seed of the first image; the following count up [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub sampling: SamplingArgs,
    /// Width in pixels, a multiple of 8 [default: the model's]
    #[arg(long, value_name = "N")]
    pub width: Option<u32>,
    /// Height in pixels, a multiple of 8 [default: the model's]
    #[arg(long, value_name = "N")]
    pub height: Option<u32>,
    /// Number of images; needs a folder in --out when above 1
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub count: u32,
    /// An image to start from; it sets the size
    #[arg(long, value_name = "F", requires = "strength")]
    pub init_image: Option<PathBuf>,
    /// How far to leave the init image: above 0, and 1 ignores it
    #[arg(long, value_name = "F", requires = "init_image", allow_negative_numbers = true)]
    pub strength: Option<f64>,
    /// A grey image of the init image's size: white is repainted, black is kept
    #[arg(long, value_name = "F", requires = "init_image")]
    pub mask: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Print one JSON object per image: seed, sha256, path, timings
    #[arg(long)]
    pub json: bool,
    /// A .png file, or a folder
    #[arg(long, value_name = "FILE|DIR")]
    pub out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct RepairArgs {
    /// The image to repair
    pub image: PathBuf,
    /// A grey image of the image's size: white is made anew, black is kept
    #[arg(long, value_name = "F", required_unless_present = "extend")]
    pub mask: Option<PathBuf>,
    /// What of the mask's file is the mask: its grey, what is opaque in it, or what is transparent
    #[arg(long, value_enum, default_value_t = MaskFrom::Grey, requires = "mask")]
    pub mask_from: MaskFrom,
    /// What to show there; A1111 weights such as (word:1.2) work
    #[arg(long, allow_hyphen_values = true)]
    pub prompt: String,
    /// What to avoid
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub negative: String,
    /// A diffusers folder or a .safetensors file; `starter` is the model that comes with Kento
    #[arg(long, default_value = crate::model::STARTER, value_name = "starter|PATH")]
    pub model: String,
    /// Seed of the first image; the following count up [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of candidates; needs a folder in --out when above 1
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub count: u32,
    /// What stands in the masked part before: original, blur, neighbour, latent-noise or a colour as #rrggbb
    #[arg(long, default_value = "neighbour", value_name = "FILL")]
    pub fill: String,
    /// How far to leave what stands there: above 0, and 1 ignores it
    #[arg(long, default_value_t = 0.85, value_name = "F", allow_negative_numbers = true)]
    pub strength: f64,
    /// Pixels around the mask that the model sees [default: a quarter of the mask, at least 32]
    #[arg(long, value_name = "N")]
    pub padding: Option<u32>,
    /// Take grey in the mask as how far each pixel may change
    #[arg(long)]
    pub soft: bool,
    #[command(flatten)]
    pub sampling: SamplingArgs,
    /// Pixels around the mask over which new turns into old [default: one cell of the latent]
    #[arg(long, value_name = "N")]
    pub blend: Option<u32>,
    /// Pixels to add at each side, made anew too: left,top,right,bottom; or a proportion that the image grows to, as 16:9
    #[arg(long, value_name = "L,T,R,B|W:H")]
    pub extend: Option<String>,
    /// What is brought to the model's size: x,y,width,height in pixels of the extended image [default: around the mask]
    #[arg(long, value_name = "X,Y,W,H")]
    pub crop: Option<String>,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Why to repair where more than a third is masked; the reason is kept in the image's record
    #[arg(long, value_name = "REASON")]
    pub overrule: Option<String>,
    /// Print one JSON object per image: seed, sha256, path, region, timings
    #[arg(long)]
    pub json: bool,
    /// A .png file, or a folder
    #[arg(long, value_name = "FILE|DIR")]
    pub out: PathBuf,
}

/// How pictures are made, whether whole ones or parts of one: a repair can say everything that the picture was made with.
#[derive(Debug, Clone, clap::Args)]
pub struct SamplingArgs {
    /// A VAE that replaces the model's own
    #[arg(long, value_name = "PATH")]
    pub vae: Option<PathBuf>,
    /// Where noise comes from: PyTorch's CPU generator or CUDA's
    #[arg(long, value_enum, default_value_t = Noise::TorchCpu)]
    pub noise: Noise,
    /// A1111's, ComfyUI's or diffusers' name of a scheduler [default: the model's]
    #[arg(long, value_name = "NAME")]
    pub scheduler: Option<String>,
    /// normal, karras, exponential, beta or sgm-uniform [default: the model's]
    #[arg(long, value_name = "NAME")]
    pub sigmas: Option<String>,
    /// Denoising steps
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub steps: u32,
    /// How closely to follow the prompt; 1 turns guidance off [default: the model's, mostly 7]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    pub guidance: Option<f64>,
    /// Rescales guidance against overexposure; 0 is off
    #[arg(long, default_value_t = 0.0, value_name = "F", allow_negative_numbers = true)]
    pub guidance_rescale: f64,
    /// Which layer of the text encoder to read, counted from its end; 1 is the last
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub clip_skip: u32,
}

#[derive(Debug, Clone, clap::Args)]
pub struct DeviceArgs {
    /// auto, cpu, gpu, or a part of a device's name
    #[arg(long, default_value = "auto", value_name = "auto|cpu|gpu|NAME")]
    pub device: String,
    /// Number format of the models; auto is f16 on GPUs that have it and f32 elsewhere
    #[arg(long, value_enum, default_value_t = DtypeArg::Auto)]
    pub dtype: DtypeArg,
}

impl DeviceArgs {
    pub fn request(&self) -> DeviceRequest {
        let dtype = match self.dtype {
            DtypeArg::Auto => "auto",
            DtypeArg::F32 => "f32",
            DtypeArg::F16 => "f16",
        };
        DeviceRequest { device: self.device.clone(), dtype: dtype.to_owned() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DtypeArg {
    Auto,
    F32,
    F16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Noise {
    TorchCpu,
    Philox,
}

impl Noise {
    pub fn source(self) -> NoiseSource {
        match self {
            Self::TorchCpu => NoiseSource::TorchCpu,
            Self::Philox => NoiseSource::Philox,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MaskFrom {
    Grey,
    Alpha,
    Transparency,
}

impl MaskFrom {
    pub fn channel(self) -> MaskChannel {
        match self {
            Self::Grey => MaskChannel::Grey,
            Self::Alpha => MaskChannel::Alpha,
            Self::Transparency => MaskChannel::Transparency,
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct ModelsArgs {
    /// A model, or a folder with models [default: the starter model]
    pub path: Option<PathBuf>,
    /// Print one JSON object per model
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct DevicesArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// A diffusers folder or a .safetensors file
    #[arg(long, default_value = crate::model::STARTER, value_name = "starter|PATH")]
    pub model: String,
    /// Denoising steps of each run
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub steps: u32,
    /// Width in pixels [default: the model's]
    #[arg(long, value_name = "N")]
    pub width: Option<u32>,
    /// Height in pixels [default: the model's]
    #[arg(long, value_name = "N")]
    pub height: Option<u32>,
    /// Runs; the first one loads the model and warms up, the best of the others counts
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub runs: u32,
    /// After the runs, make so many images and tell the engine's memory after the 20th and after the last; 200 is usual
    #[arg(long, value_name = "N")]
    pub images: Option<u32>,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `kento seams`: what is not said here is as `kento repair` has it.
#[derive(Debug, clap::Args)]
pub struct SeamsArgs {
    /// A diffusers folder or a .safetensors file
    #[arg(long, default_value = crate::model::STARTER, value_name = "starter|PATH")]
    pub model: String,
    /// Scenes to repair
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub scenes: u32,
    /// What every repair asks for
    #[arg(long, default_value = "a plain empty background", allow_hyphen_values = true)]
    pub prompt: String,
    /// What to avoid
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub negative: String,
    /// Seed of the first repair; the following count up
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// What stands in the masked part before
    #[arg(long, default_value = "neighbour", value_name = "FILL")]
    pub fill: String,
    /// How far to leave what stands there
    #[arg(long, default_value_t = 0.85, value_name = "F", allow_negative_numbers = true)]
    pub strength: f64,
    /// Pixels around the mask over which new turns into old [default: one cell of the latent]
    #[arg(long, value_name = "N")]
    pub blend: Option<u32>,
    #[command(flatten)]
    pub sampling: SamplingArgs,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// A folder for every scene before and after, to be looked at
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Print one JSON object per scene and one of all
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// The project folder to make; its name ends in .kento and it must not exist
    pub folder: PathBuf,
    /// A diffusers folder or a .safetensors file
    #[arg(long, default_value = crate::model::STARTER, value_name = "starter|PATH")]
    pub model: String,
    /// Denoising steps of the sprint; the recipe takes twice as many
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub steps: u32,
    #[command(flatten)]
    pub device: DeviceArgs,
}

#[derive(Debug, clap::Args)]
pub struct LockArgs {
    /// A recipe card (.ron), draft or locked
    pub card: PathBuf,
    /// Who approves the Hero; the name stands on the card
    #[arg(long, value_name = "NAME")]
    pub approved_by: String,
    /// Where the card's model is [default: the starter model]
    #[arg(long, value_name = "PATH")]
    pub model: Option<String>,
    /// Write this machine's model and build into the card first
    #[arg(long)]
    pub adopt_model: bool,
    /// Where to write the Hero's PNG
    #[arg(long, value_name = "FILE")]
    pub hero: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Where to write the locked card
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct ProjectArgs {
    #[command(subcommand)]
    pub command: ProjectCommand,
}

#[derive(Debug, Subcommand)]
pub enum ProjectCommand {
    /// Print the state: stages with what is missing, cards, images
    Show {
        /// The project folder
        folder: PathBuf,
    },
    /// Check the chain of records, every image's hash and every document
    Check {
        /// The project folder
        folder: PathBuf,
    },
    /// Empty the cache and write briefs and cards again from the records
    Rebuild {
        /// The project folder
        folder: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// A locked recipe card, or the card of a finished image (.ron)
    pub card: PathBuf,
    /// Where the card's model is, once for each that it names; recognised by content [default: the starter model]
    #[arg(long, value_name = "PATH")]
    pub model: Vec<String>,
    /// A VAE that replaces the model's own
    #[arg(long, value_name = "PATH")]
    pub vae: Option<PathBuf>,
    /// The Hero's PNG of a locked card, for a device that gives other pixels [default: the one in the card's project]
    #[arg(long, value_name = "FILE")]
    pub hero: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, CommandFactory as _};

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
        // Keeps the flattened group's names from colliding unnoticed.
        assert_eq!(DeviceArgs::augment_args(clap::Command::new("x")).get_arguments().count(), 2);
        assert_eq!(SamplingArgs::augment_args(clap::Command::new("x")).get_arguments().count(), 8);
    }

    #[test]
    fn a_repair_needs_a_mask_or_a_margin() {
        let parse = |line: &str| Args::try_parse_from(line.split_whitespace());
        let line = "kento repair a.png --mask m.png --prompt x --seed 3 --count 4 --fill #00ff00 --strength 0.5 --padding 8 --soft \
                    --steps 3 --guidance 2 --scheduler DDIM --sigmas karras --noise philox --vae v \
                    --clip-skip 2 --guidance-rescale 0.7 --blend 4 --extend 1,2,3,4 --crop 0,1,8,9 --device cpu --overrule why --json \
                    --out d";
        let Some(Command::Repair(args)) = parse(line).unwrap().command else { panic!("not repair") };
        assert_eq!((args.fill.as_str(), args.soft, args.extend.as_deref()), ("#00ff00", true, Some("1,2,3,4")));
        assert_eq!(args.crop.as_deref(), Some("0,1,8,9"));
        let SamplingArgs { noise, sigmas, clip_skip, guidance_rescale, .. } = &args.sampling;
        assert_eq!((*noise, sigmas.as_deref(), *clip_skip, *guidance_rescale), (Noise::Philox, Some("karras"), 2, 0.7));
        assert!(parse("kento repair a.png --prompt x --out d").is_err());
        assert!(parse("kento repair a.png --prompt x --extend 8,0,0,0 --out d").is_ok());
        assert_eq!(args.mask_from, MaskFrom::Grey);
        assert!(parse("kento repair a.png --prompt x --mask m.webp --mask-from transparency --out d").is_ok());
        assert!(parse("kento repair a.png --prompt x --extend 8,0,0,0 --mask-from alpha --out d").is_err());
    }

    #[test]
    fn the_whole_contract_is_understood() {
        let line = "kento generate --prompt -x --negative n --model m --vae v --seed 18446744073709551615 --noise philox \
                    --scheduler DDIM --sigmas karras --steps 4 --guidance -1 --clip-skip 2 --width 64 --height 72 --count 3 \
                    --init-image i.png --strength 0.5 --mask m.png --device gpu --dtype f16 --json --out dir";
        let args = Args::try_parse_from(line.split_whitespace()).unwrap();
        let Some(Command::Generate(args)) = args.command else { panic!("not generate") };
        assert_eq!((args.seed, args.sampling.guidance, args.count), (Some(u64::MAX), Some(-1.0), 3));
        assert_eq!(args.device.request(), DeviceRequest { device: "gpu".to_owned(), dtype: "f16".to_owned() });
        assert!(Args::try_parse_from(["kento", "generate", "--prompt", "x"]).is_err());
        assert!(Args::try_parse_from(["kento"]).unwrap().command.is_none());
    }
}
