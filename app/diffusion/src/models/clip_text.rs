//! CLIP's text encoders (transformers `models/clip/modeling_clip.py`; Radford et al. 2021).

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::config::{ConfigError, MOST_LAYERS};
use super::nn::{Bias, Embedding, LayerNorm, Linear, parameter};
use crate::kernels::{self, Activation, AttentionMask};
use burn::module::Param;

const CLASS: &str = "CLIPTextModel";

/// Mirror of a text encoder's config.json. Absent fields have transformers' defaults.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the names are transformers', documented there
pub struct CLIPTextConfig {
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub projection_dim: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub max_position_embeddings: usize,
    pub hidden_act: String,
    pub layer_norm_eps: f64,
    pub pad_token_id: Option<u32>,
    pub bos_token_id: Option<u32>,
    pub eos_token_id: Option<u32>,
}

impl Default for CLIPTextConfig {
    fn default() -> Self {
        Self {
            vocab_size: 49408,
            hidden_size: 512,
            intermediate_size: 2048,
            projection_dim: 512,
            num_hidden_layers: 12,
            num_attention_heads: 8,
            max_position_embeddings: 77,
            hidden_act: "quick_gelu".into(),
            layer_norm_eps: 1e-5,
            pad_token_id: Some(1),
            bos_token_id: Some(49406),
            eos_token_id: Some(49407),
        }
    }
}

impl CLIPTextConfig {
    /// An encoder of this shape without weights yet.
    ///
    /// # Errors
    ///
    /// For an activation that CLIP does not use, heads that do not divide the width, or more layers than any CLIP has.
    pub fn init(&self, device: &Device) -> Result<CLIPTextModel, ConfigError> {
        Ok(CLIPTextModel { text_model: self.transformer(device)? })
    }

    /// As [`Self::init`], with the projection of the pooled embedding (SDXL's second encoder).
    ///
    /// # Errors
    ///
    /// As [`Self::init`].
    pub fn init_with_projection(&self, device: &Device) -> Result<CLIPTextModelWithProjection, ConfigError> {
        Ok(CLIPTextModelWithProjection {
            text_model: self.transformer(device)?,
            text_projection: Linear::new(self.hidden_size, self.projection_dim, Bias::Without, device),
        })
    }

    fn transformer(&self, device: &Device) -> Result<CLIPTextTransformer, ConfigError> {
        let activation = Activation::parse(&self.hidden_act)
            .ok_or_else(|| ConfigError::new(CLASS, "hidden_act", &self.hidden_act))?;
        let heads = self.num_attention_heads;
        if heads == 0 || !self.hidden_size.is_multiple_of(heads) {
            return Err(ConfigError::new(CLASS, "num_attention_heads", heads));
        }
        if self.num_hidden_layers > MOST_LAYERS {
            return Err(ConfigError::new(CLASS, "num_hidden_layers", self.num_hidden_layers));
        }
        let width = self.hidden_size;
        let norm = || LayerNorm::new(width, self.layer_norm_eps, device);
        let linear = |from, to| Linear::new(from, to, Bias::With, device);
        let layers = (0..self.num_hidden_layers)
            .map(|_| CLIPEncoderLayer {
                self_attn: CLIPAttention {
                    k_proj: linear(width, width),
                    v_proj: linear(width, width),
                    q_proj: linear(width, width),
                    out_proj: linear(width, width),
                    heads,
                },
                layer_norm1: norm(),
                mlp: CLIPMlp {
                    fc1: linear(width, self.intermediate_size),
                    fc2: linear(self.intermediate_size, width),
                    activation,
                },
                layer_norm2: norm(),
            })
            .collect();
        Ok(CLIPTextTransformer {
            embeddings: CLIPTextEmbeddings {
                token_embedding: Embedding::new(self.vocab_size, width, device),
                position_embedding: PositionEmbedding {
                    weight: parameter([self.max_position_embeddings, width], device),
                },
            },
            encoder: CLIPEncoder { layers },
            final_layer_norm: norm(),
        })
    }

    /// Where the pooled embedding of each row is taken: at its first end token.
    ///
    /// Old configs say `eos_token_id = 2`, which is wrong; they mean the largest id of the row (transformers keeps this rule).
    pub fn pooled_positions(&self, rows: &[Vec<u32>]) -> Vec<usize> {
        rows.iter()
            .map(|row| match self.eos_token_id {
                Some(eos) if eos != 2 => row.iter().position(|id| *id == eos).unwrap_or(0),
                _ => {
                    let largest = row.iter().max().copied().unwrap_or(0);
                    row.iter().position(|id| *id == largest).unwrap_or(0)
                }
            })
            .collect()
    }
}

/// What a text encoder returns.
#[derive(Clone, Debug)]
pub struct TextEncoderOutput {
    /// After the embedding and after each layer, before the last normalisation: `num_hidden_layers + 1` of
    /// `[batch, tokens, hidden_size]`.
    pub hidden_states: Vec<Tensor<3>>,
    /// After the last normalisation.
    pub last_hidden_state: Tensor<3>,
}

/// The encoder of SD1.x and SD2.x, and the first of SDXL.
#[derive(Module, Debug)]
pub struct CLIPTextModel {
    text_model: CLIPTextTransformer,
}

impl CLIPTextModel {
    /// # Shapes
    ///
    /// - rows: `[batch][tokens]` token ids, all of one length of at most `max_position_embeddings`
    pub fn forward(&self, rows: &[Vec<u32>]) -> TextEncoderOutput {
        self.text_model.forward(rows)
    }

    /// The last normalisation alone, for hidden states of earlier layers (clip skip).
    pub fn final_layer_norm(&self, hidden: Tensor<3>) -> Tensor<3> {
        self.text_model.final_layer_norm.forward(hidden)
    }
}

/// The second encoder of SDXL, whose pooled embedding is projected.
#[derive(Module, Debug)]
pub struct CLIPTextModelWithProjection {
    text_model: CLIPTextTransformer,
    text_projection: Linear,
}

impl CLIPTextModelWithProjection {
    /// As [`CLIPTextModel::forward`].
    pub fn forward(&self, rows: &[Vec<u32>]) -> TextEncoderOutput {
        self.text_model.forward(rows)
    }

    /// The projected embedding at one position of each row.
    ///
    /// # Shapes
    ///
    /// - last_hidden_state: `[batch, tokens, hidden_size]`
    /// - positions: one for each row
    /// - output: `[batch, projection_dim]`
    pub fn text_embeds(&self, last_hidden_state: Tensor<3>, positions: &[usize]) -> Tensor<2> {
        let [_, _, width] = last_hidden_state.dims();
        let rows = positions
            .iter()
            .enumerate()
            .map(|(row, position)| {
                last_hidden_state.clone().narrow(0, row, 1).narrow(1, *position, 1).reshape([1, width])
            })
            .collect();
        self.text_projection.forward(Tensor::cat(rows, 0))
    }
}

#[derive(Module, Debug)]
struct CLIPTextTransformer {
    embeddings: CLIPTextEmbeddings,
    encoder: CLIPEncoder,
    final_layer_norm: LayerNorm,
}

impl CLIPTextTransformer {
    fn forward(&self, rows: &[Vec<u32>]) -> TextEncoderOutput {
        let mut hidden = self.embeddings.forward(rows);
        let mut hidden_states = vec![hidden.clone()];
        for layer in &self.encoder.layers {
            hidden = layer.forward(hidden);
            hidden_states.push(hidden.clone());
        }
        TextEncoderOutput { hidden_states, last_hidden_state: self.final_layer_norm.forward(hidden) }
    }
}

#[derive(Module, Debug)]
struct CLIPTextEmbeddings {
    token_embedding: Embedding,
    position_embedding: PositionEmbedding,
}

#[derive(Module, Debug)]
struct PositionEmbedding {
    weight: Param<Tensor<2>>,
}

impl CLIPTextEmbeddings {
    fn forward(&self, rows: &[Vec<u32>]) -> Tensor<3> {
        let (batch, tokens) = (rows.len(), rows.first().map_or(0, Vec::len));
        let positions = self.position_embedding.weight.val().narrow(0, 0, tokens);
        let ids: Vec<i32> = rows.iter().flatten().map(|id| *id as i32).collect();
        let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [batch, tokens]), &positions.device());
        self.token_embedding.forward(ids) + positions.unsqueeze()
    }
}

#[derive(Module, Debug)]
struct CLIPEncoder {
    layers: Vec<CLIPEncoderLayer>,
}

#[derive(Module, Debug)]
struct CLIPEncoderLayer {
    self_attn: CLIPAttention,
    layer_norm1: LayerNorm,
    mlp: CLIPMlp,
    layer_norm2: LayerNorm,
}

impl CLIPEncoderLayer {
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let x = x.clone() + self.self_attn.forward(self.layer_norm1.forward(x));
        x.clone() + self.mlp.forward(self.layer_norm2.forward(x))
    }
}

#[derive(Module, Debug)]
struct CLIPAttention {
    k_proj: Linear,
    v_proj: Linear,
    q_proj: Linear,
    out_proj: Linear,
    heads: usize,
}

impl CLIPAttention {
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let (query, key) = (self.q_proj.forward(x.clone()), self.k_proj.forward(x.clone()));
        let value = self.v_proj.forward(x);
        self.out_proj.forward(kernels::attention(query, key, value, self.heads, AttentionMask::Causal))
    }
}

#[derive(Module, Debug)]
struct CLIPMlp {
    fc1: Linear,
    fc2: Linear,
    #[module(skip)]
    activation: Activation,
}

impl CLIPMlp {
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        self.fc2.forward(self.activation.forward(self.fc1.forward(x)))
    }
}
