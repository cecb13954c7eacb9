//! From prompts to the embeddings that steer the UNet.

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::DiffusionError;
use crate::models::{CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, TextEncoderOutput};
use crate::tokenizer::{Chunk, ClipTokenizer, PromptChunks};

/// One text encoder with what it needs to read text.
pub(super) struct TextEncoder {
    pub tokenizer: ClipTokenizer,
    pub config: CLIPTextConfig,
    pub model: TextEncoderModel,
}

pub(super) enum TextEncoderModel {
    Plain(CLIPTextModel),
    Projected(CLIPTextModelWithProjection),
}

/// Which embedding the UNet was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmbeddingRule {
    /// The normalised output of the last layer, or of an earlier one (SD1.x, SD2.x).
    Normalised,
    /// The raw output of the last but one layer, both encoders side by side, and the pooled embedding (SDXL).
    Penultimate {
        /// Whether an empty negative prompt means zeros (`force_zeros_for_empty_prompt`).
        zeros_for_empty: bool,
    },
}

/// The encoders of a model, in the order in which their embeddings lie side by side.
pub(super) struct TextEncoders {
    pub encoders: Vec<TextEncoder>,
    pub rule: EmbeddingRule,
}

/// Embeddings of one prompt.
#[derive(Clone)]
pub(super) struct Conditioning {
    /// `[1, 77 * chunks, width]`.
    pub hidden: Tensor<3>,
    /// `[1, width]`, SDXL only.
    pub pooled: Option<Tensor<2>>,
}

impl TextEncoders {
    /// Embeds the prompt and, where `negative` is given, what to avoid; both get the same number of chunks.
    ///
    /// # Errors
    ///
    /// When a prompt is longer than the tokenizer allows or `clip_skip` asks for a layer that does not exist.
    pub(super) fn encode(
        &self,
        prompt: &str,
        negative: Option<&str>,
        clip_skip: usize,
        notices: &mut Vec<String>,
    ) -> Result<(Conditioning, Option<Conditioning>), DiffusionError> {
        let mut chunks: Vec<(PromptChunks, Option<PromptChunks>)> = Vec::new();
        for (i, encoder) in self.encoders.iter().enumerate() {
            let positive = encoder.tokenizer.encode_prompt(prompt)?;
            let negative = negative.map(|text| encoder.tokenizer.encode_prompt(text)).transpose()?;
            if i == 0 {
                notices.extend(positive.notices.iter().cloned());
                notices.extend(negative.iter().flat_map(|chunks| chunks.notices.iter().cloned()));
            }
            chunks.push((positive, negative));
        }
        let count = chunks
            .iter()
            .flat_map(|(positive, negative)| [positive.chunks.len(), negative.as_ref().map_or(0, |n| n.chunks.len())])
            .max()
            .unwrap_or(1);
        let (mut positive, mut avoided) = (Vec::new(), Vec::new());
        for (encoder, (mut p, n)) in self.encoders.iter().zip(chunks) {
            p.pad_to(count, &encoder.tokenizer);
            positive.push(self.embed(encoder, &p.chunks, clip_skip)?);
            if let Some(mut n) = n {
                n.pad_to(count, &encoder.tokenizer);
                // diffusers skips layers for the prompt alone (A1111 for both).
                avoided.push(self.embed(encoder, &n.chunks, 1)?);
            }
        }
        let positive = side_by_side(positive);
        let avoided = match (negative, self.rule) {
            (None, _) => None,
            (Some(text), EmbeddingRule::Penultimate { zeros_for_empty: true }) if text.trim().is_empty() => {
                Some(Conditioning {
                    hidden: positive.hidden.zeros_like(),
                    pooled: positive.pooled.as_ref().map(Tensor::zeros_like),
                })
            }
            (Some(_), _) => Some(side_by_side(avoided)),
        };
        Ok((positive, avoided))
    }

    fn embed(&self, encoder: &TextEncoder, chunks: &[Chunk], clip_skip: usize) -> Result<Conditioning, DiffusionError> {
        let rows: Vec<Vec<u32>> = chunks.iter().map(|chunk| chunk.ids.clone()).collect();
        let output = match &encoder.model {
            TextEncoderModel::Plain(model) => model.forward(&rows),
            TextEncoderModel::Projected(model) => model.forward(&rows),
        };
        let pooled = match (&encoder.model, self.rule) {
            (TextEncoderModel::Projected(model), EmbeddingRule::Penultimate { .. }) => {
                let first = output.last_hidden_state.clone().narrow(0, 0, 1);
                Some(model.text_embeds(first, &encoder.config.pooled_positions(&rows[..1])))
            }
            _ => None,
        };
        let hidden = self.select(encoder, output, clip_skip.max(1))?;
        let hidden = weighted(hidden, chunks);
        let [count, tokens, width] = hidden.dims();
        Ok(Conditioning { hidden: hidden.reshape([1, count * tokens, width]), pooled })
    }

    fn select(
        &self,
        encoder: &TextEncoder,
        output: TextEncoderOutput,
        skip: usize,
    ) -> Result<Tensor<3>, DiffusionError> {
        let TextEncoderOutput { mut hidden_states, last_hidden_state } = output;
        let layers = hidden_states.len();
        let back = match self.rule {
            EmbeddingRule::Normalised => skip,
            EmbeddingRule::Penultimate { .. } => skip + 1,
        };
        if back > layers {
            return Err(DiffusionError::Request(format!(
                "clip skip {skip} asks for more layers than the text encoder has; use 1 to {}",
                layers - (back - skip)
            )));
        }
        Ok(match (self.rule, &encoder.model) {
            (EmbeddingRule::Normalised, _) if skip == 1 => last_hidden_state,
            (EmbeddingRule::Normalised, TextEncoderModel::Plain(model)) => {
                model.final_layer_norm(hidden_states.swap_remove(layers - back))
            }
            _ => hidden_states.swap_remove(layers - back),
        })
    }
}

/// A1111's "original" emphasis: tokens times their weights, then the mean of each chunk restored.
fn weighted(hidden: Tensor<3>, chunks: &[Chunk]) -> Tensor<3> {
    if chunks.iter().flat_map(|chunk| &chunk.weights).all(|weight| *weight == 1.0) {
        return hidden;
    }
    let [count, tokens, width] = hidden.dims();
    let weights: Vec<f32> = chunks.iter().flat_map(|chunk| chunk.weights.iter().copied()).collect();
    let weights = Tensor::<3>::from_data(TensorData::new(weights, [count, tokens, 1]), (&hidden.device(), DType::F32));
    let dtype = hidden.dtype();
    let hidden = hidden.cast(DType::F32);
    let mean = |x: Tensor<3>| x.reshape([count, 1, tokens * width]).mean_dim(2);
    let before = mean(hidden.clone());
    let scaled = hidden * weights;
    let after = mean(scaled.clone());
    (scaled * (before / after)).cast(dtype)
}

fn side_by_side(parts: Vec<Conditioning>) -> Conditioning {
    let pooled = parts.iter().rev().find_map(|part| part.pooled.clone());
    let hidden = Tensor::cat(parts.into_iter().map(|part| part.hidden).collect(), 2);
    Conditioning { hidden, pooled }
}

/// The guidance embedding of distilled models (diffusers' `get_guidance_scale_embedding`).
///
/// # Shapes
///
/// - output: `[1, width]`
pub(super) fn guidance_scale_embedding(guidance_scale: f64, width: usize, device: &Device) -> Tensor<2> {
    let half = width / 2;
    let w = (guidance_scale - 1.0) as f32 * 1000.0;
    let step = libm::logf(10_000.0) / (half as f32 - 1.0);
    let mut values = vec![0.0f32; width];
    for i in 0..half {
        let angle = f64::from(w * libm::expf(i as f32 * -step));
        values[i] = libm::sin(angle) as f32;
        values[half + i] = libm::cos(angle) as f32;
    }
    Tensor::from_data(TensorData::new(values, [1, width]), (device, DType::F32))
}
