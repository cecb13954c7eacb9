use serde::{Deserialize, Serialize};

use crate::{DeviceFingerprint, Dtype, SchemaV1, Sha256, ToolVersion};

/// Everything that determines pixels and is the same for all images of one recipe. The seed and the task (with its input
/// images) stand beside it in a [`crate::GenerationRequest`], because a volume run varies them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The build of Kento that the recipe is for. An engine with another numerics revision refuses it.
    pub tool: ToolVersion,
    /// The model, by content.
    pub model: ModelReference,
    /// A VAE that replaces the model's own.
    pub vae: Option<ModelReference>,
    /// The exact final prompt, with A1111 weights. An empty prompt is allowed.
    pub prompt: String,
    /// The exact negative prompt.
    pub negative_prompt: String,
    /// Which layer of the text encoder is read, in A1111's count: 1 is the last layer, 2 the one before.
    pub clip_skip: u32,
    /// Where the noise comes from.
    pub noise: NoiseSource,
    /// The sampling method.
    pub scheduler: SchedulerSetting,
    /// Denoising steps asked for. Image-to-image runs the share of them that `strength` says.
    pub steps: u32,
    /// Classifier-free guidance scale; 1 means no guidance and halves the work.
    pub guidance_scale: f64,
    /// Guidance rescale (Lin et al. 2023, section 3.4); 0 is off.
    pub guidance_rescale: f64,
    /// Width of the image in pixels, a multiple of 8.
    pub width: u32,
    /// Height of the image in pixels, a multiple of 8.
    pub height: u32,
    /// The number format that the models compute in. An engine that was opened with another one refuses the recipe.
    pub dtype: Dtype,
    /// The device that the recipe was made on, if it ran already. It binds nobody; a difference is shown beside the result.
    pub device: Option<DeviceFingerprint>,
}

/// A model by content: the name is for people, the hashes decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelReference {
    /// File or folder name without its extension.
    pub name: String,
    /// Every file that the model is read from, sorted by path.
    pub files: Vec<ModelFile>,
    /// Licence as far as the model itself declares one.
    pub licence: Option<String>,
}

impl ModelReference {
    /// Names of the small files of a diffusers folder that determine pixels, and by which, with its weights, the folder is
    /// known. Whatever else lies in it (evaluations, notes, a feature extractor) may change without making it another model.
    pub const SMALL_FILES: [&str; 9] = [
        "model_index.json",
        "config.json",
        "scheduler_config.json",
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
    ];

    /// The file whose hash stands for the model in A1111's metadata: the single file, or the UNet's weights in a folder, or
    /// the largest file where there is neither. None when the model has no files.
    pub fn principal_file(&self) -> Option<&ModelFile> {
        self.files
            .iter()
            .find(|file| file.path.starts_with("unet/") && file.path.ends_with(".safetensors"))
            .or_else(|| self.files.iter().max_by_key(|file| file.bytes))
    }
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Path inside the model's folder with forward slashes, or the file's own name.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Hash of the whole file.
    pub sha256: Sha256,
}

/// Where the initial noise and the noise between steps come from. Both are drawn on the CPU.
/// It is written as text, because RON can write a name with a hyphen only as `r#torch-cpu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum NoiseSource {
    /// PyTorch's CPU generator (mt19937), what diffusers and ComfyUI use.
    TorchCpu,
    /// The Philox generator of CUDA, A1111's `RNG: GPU` and `NV`.
    Philox,
}

impl NoiseSource {
    /// The name on disk and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::TorchCpu => "torch-cpu",
            Self::Philox => "philox",
        }
    }
}

impl From<NoiseSource> for &'static str {
    fn from(source: NoiseSource) -> Self {
        source.name()
    }
}

impl TryFrom<String> for NoiseSource {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        [Self::TorchCpu, Self::Philox]
            .into_iter()
            .find(|source| source.name() == name)
            .ok_or_else(|| format!("there is no noise source \"{name}\": write torch-cpu or philox"))
    }
}

/// The sampling method. Options that belong to the training of the model (betas, prediction type, spacing) come from the
/// model's `scheduler_config.json`, which is among the model's hashed files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulerSetting {
    /// Kento's short name, for example `dpmpp-2m`. Always written out, also where it is the model's own choice.
    pub name: String,
    /// Sigma schedule: `normal`, `karras`, `exponential`, `beta` or `sgm-uniform`; None is what the model's
    /// `scheduler_config.json` says.
    pub sigmas: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: u64) -> ModelFile {
        ModelFile { path: path.to_owned(), bytes, sha256: Sha256([0; 32]) }
    }

    #[test]
    fn a_noise_source_is_written_as_text() {
        for source in [NoiseSource::TorchCpu, NoiseSource::Philox] {
            let text = format!("\"{}\"", source.name());
            assert_eq!(ron::to_string(&source).unwrap(), text);
            assert_eq!(serde_json::to_string(&source).unwrap(), text);
            assert_eq!(ron::from_str::<NoiseSource>(&text).unwrap(), source);
        }
        let error = serde_json::from_str::<NoiseSource>("\"gpu\"").unwrap_err().to_string();
        assert!(error.starts_with("there is no noise source \"gpu\": write torch-cpu or philox"), "{error}");
    }

    #[test]
    fn the_principal_file_is_the_unet_or_the_largest() {
        let mut model = ModelReference {
            name: "m".to_owned(),
            files: vec![
                file("text_encoder/model.safetensors", 900),
                file("unet/config.json", 3),
                file("unet/x.safetensors", 800),
            ],
            licence: None,
        };
        assert_eq!(model.principal_file().unwrap().path, "unet/x.safetensors");
        model.files = vec![file("a.json", 1), file("model.safetensors", 100)];
        assert_eq!(model.principal_file().unwrap().path, "model.safetensors");
        model.files.clear();
        assert_eq!(model.principal_file(), None);
    }
}
