//! The denoising network (diffusers `models/unets/unet_2d_condition.py`; Ronneberger et al. 2015, Rombach et al. 2022).

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::attention::TransformerOptions;
use super::config::{ConfigError, MOST_LAYERS, MOST_STAGES, PerBlock, check_groups, null_as_false};
use super::embeddings::{TimestepEmbedding, Timesteps};
use super::nn::{Conv2d, GroupNorm};
use super::resnet::{ResnetOptions, TimeScaleShift};
use super::unet_2d_blocks::{DownBlock, MidBlock, StageAttention, UpBlock, UpChannels, Upsample};
use crate::kernels::{Activation, Conv2dPadding};

const CLASS: &str = "UNet2DConditionModel";

/// Mirror of `unet/config.json`. Absent fields have diffusers' defaults; fields of other families are refused when set.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the names are diffusers', documented there
pub struct UNet2DConditionConfig {
    pub sample_size: Option<PerBlock<usize>>,
    pub in_channels: usize,
    pub out_channels: usize,
    #[serde(deserialize_with = "null_as_false")]
    pub center_input_sample: bool,
    #[serde(deserialize_with = "null_as_false")]
    pub flip_sin_to_cos: bool,
    pub freq_shift: f64,
    pub down_block_types: Vec<String>,
    pub mid_block_type: Option<String>,
    pub up_block_types: Vec<String>,
    pub only_cross_attention: PerBlock<bool>,
    pub block_out_channels: Vec<usize>,
    pub layers_per_block: PerBlock<usize>,
    pub downsample_padding: usize,
    pub mid_block_scale_factor: f64,
    pub act_fn: String,
    pub norm_num_groups: Option<usize>,
    pub norm_eps: f64,
    pub cross_attention_dim: PerBlock<usize>,
    pub transformer_layers_per_block: PerBlock<usize>,
    pub reverse_transformer_layers_per_block: Option<serde_json::Value>,
    pub attention_head_dim: PerBlock<usize>,
    pub num_attention_heads: Option<PerBlock<usize>>,
    #[serde(deserialize_with = "null_as_false")]
    pub dual_cross_attention: bool,
    #[serde(deserialize_with = "null_as_false")]
    pub use_linear_projection: bool,
    pub class_embed_type: Option<String>,
    pub addition_embed_type: Option<String>,
    pub addition_time_embed_dim: Option<usize>,
    pub num_class_embeds: Option<usize>,
    #[serde(deserialize_with = "null_as_false")]
    pub upcast_attention: bool,
    pub resnet_time_scale_shift: String,
    #[serde(deserialize_with = "null_as_false")]
    pub resnet_skip_time_act: bool,
    pub resnet_out_scale_factor: f64,
    pub time_embedding_type: String,
    pub time_embedding_dim: Option<usize>,
    pub time_embedding_act_fn: Option<String>,
    pub timestep_post_act: Option<String>,
    pub time_cond_proj_dim: Option<usize>,
    pub conv_in_kernel: usize,
    pub conv_out_kernel: usize,
    pub projection_class_embeddings_input_dim: Option<usize>,
    pub attention_type: String,
    pub mid_block_only_cross_attention: Option<bool>,
    pub cross_attention_norm: Option<String>,
    pub encoder_hid_dim_type: Option<String>,
}

impl Default for UNet2DConditionConfig {
    fn default() -> Self {
        let blocks = |first: &str, rest: &str, last: &str| {
            [first, rest, rest, last].iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        Self {
            sample_size: None,
            in_channels: 4,
            out_channels: 4,
            center_input_sample: false,
            flip_sin_to_cos: true,
            freq_shift: 0.0,
            down_block_types: blocks("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            mid_block_type: Some("UNetMidBlock2DCrossAttn".into()),
            up_block_types: blocks("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            only_cross_attention: PerBlock::One(false),
            block_out_channels: vec![320, 640, 1280, 1280],
            layers_per_block: PerBlock::One(2),
            downsample_padding: 1,
            mid_block_scale_factor: 1.0,
            act_fn: "silu".into(),
            norm_num_groups: Some(32),
            norm_eps: 1e-5,
            cross_attention_dim: PerBlock::One(1280),
            transformer_layers_per_block: PerBlock::One(1),
            reverse_transformer_layers_per_block: None,
            attention_head_dim: PerBlock::One(8),
            num_attention_heads: None,
            dual_cross_attention: false,
            use_linear_projection: false,
            class_embed_type: None,
            addition_embed_type: None,
            addition_time_embed_dim: None,
            num_class_embeds: None,
            upcast_attention: false,
            resnet_time_scale_shift: "default".into(),
            resnet_skip_time_act: false,
            resnet_out_scale_factor: 1.0,
            time_embedding_type: "positional".into(),
            time_embedding_dim: None,
            time_embedding_act_fn: None,
            timestep_post_act: None,
            time_cond_proj_dim: None,
            conv_in_kernel: 3,
            conv_out_kernel: 3,
            projection_class_embeddings_input_dim: None,
            attention_type: "default".into(),
            mid_block_only_cross_attention: None,
            cross_attention_norm: None,
            encoder_hid_dim_type: None,
        }
    }
}

/// A value that only other families set must be absent or neutral.
macro_rules! require {
    ($config:expr, $field:ident, $ok:expr) => {
        if !$ok(&$config.$field) {
            return Err(ConfigError::new(CLASS, stringify!($field), &$config.$field));
        }
    };
}

impl UNet2DConditionConfig {
    /// A network of this shape without weights yet.
    ///
    /// # Errors
    ///
    /// When a field asks for what the SD1.x, SD2.x and SDXL families do not have, or a list has the wrong length.
    pub fn init(&self, device: &Device) -> Result<UNet2DConditionModel, ConfigError> {
        require!(self, class_embed_type, Option::is_none);
        require!(self, num_class_embeds, Option::is_none);
        require!(self, dual_cross_attention, |v: &bool| !v);
        require!(self, encoder_hid_dim_type, Option::is_none);
        require!(self, cross_attention_norm, Option::is_none);
        require!(self, attention_type, |v: &str| v == "default");
        require!(self, time_embedding_type, |v: &str| v == "positional");
        require!(self, addition_embed_type, |v: &Option<String>| v.as_deref().is_none_or(|v| v == "text_time"));
        require!(self, reverse_transformer_layers_per_block, Option::is_none);
        let count = self.block_out_channels.len();
        require!(self, block_out_channels, |v: &Vec<usize>| v.len() <= MOST_STAGES);
        require!(self, down_block_types, |v: &Vec<String>| v.len() == count && count > 0);
        require!(self, up_block_types, |v: &Vec<String>| v.len() == count);

        let stages = self.stages()?;
        let activation = self.activation(&self.act_fn, "act_fn")?;
        let first = self.block_out_channels[0];
        let last = self.block_out_channels[count - 1];
        let temb = self.time_embedding_dim.unwrap_or(4 * first);
        let groups =
            self.norm_num_groups.ok_or_else(|| ConfigError::new(CLASS, "norm_num_groups", self.norm_num_groups))?;
        check_groups(CLASS, groups, &self.block_out_channels)?;
        let resnet = ResnetOptions {
            temb_channels: Some(temb),
            groups,
            eps: self.norm_eps,
            activation,
            time_scale_shift: match self.resnet_time_scale_shift.as_str() {
                "default" => TimeScaleShift::Default,
                "scale_shift" => TimeScaleShift::ScaleShift,
                other => return Err(ConfigError::new(CLASS, "resnet_time_scale_shift", other)),
            },
            output_scale_factor: self.resnet_out_scale_factor,
            skip_time_act: self.resnet_skip_time_act,
        };
        let parse = |name: &Option<String>, field| name.as_deref().map(|n| self.activation(n, field)).transpose();

        // 1. on the way down
        let mut down_blocks = Vec::with_capacity(count);
        for (i, kind) in self.down_block_types.iter().enumerate() {
            let attention = match kind.as_str() {
                "DownBlock2D" => None,
                "CrossAttnDownBlock2D" => Some(stages[i].attention),
                other => return Err(ConfigError::new(CLASS, "down_block_types", other)),
            };
            let downsample = (i + 1 < count).then_some(Conv2dPadding::Same(self.downsample_padding));
            let from = self.block_out_channels[i.saturating_sub(1)];
            down_blocks.push(DownBlock::new(
                from,
                self.block_out_channels[i],
                stages[i].layers,
                attention,
                downsample,
                resnet,
                device,
            ));
        }

        // 2. the middle
        let mid = ResnetOptions { output_scale_factor: self.mid_block_scale_factor, ..resnet };
        let mid_block = match self.mid_block_type.as_deref() {
            Some("UNetMidBlock2DCrossAttn") => {
                Some(MidBlock::new(last, Some(stages[count - 1].attention), mid, device))
            }
            Some("UNetMidBlock2D") => Some(MidBlock::new(last, None, mid, device)),
            None => None,
            Some(other) => return Err(ConfigError::new(CLASS, "mid_block_type", other)),
        };

        // 3. on the way up, stages in reverse
        let channels: Vec<usize> = self.block_out_channels.iter().rev().copied().collect();
        let mut up_blocks = Vec::with_capacity(count);
        for (i, kind) in self.up_block_types.iter().enumerate() {
            let stage = &stages[count - 1 - i];
            let attention = match kind.as_str() {
                "UpBlock2D" => None,
                "CrossAttnUpBlock2D" => Some(stage.attention),
                other => return Err(ConfigError::new(CLASS, "up_block_types", other)),
            };
            up_blocks.push(UpBlock::new(
                UpChannels {
                    previous: channels[i.saturating_sub(1)],
                    input: channels[(i + 1).min(count - 1)],
                    output: channels[i],
                },
                stage.layers + 1,
                attention,
                if i + 1 < count { Upsample::Double } else { Upsample::Keep },
                resnet,
                device,
            ));
        }

        let add_embedding = match (self.addition_embed_type.as_deref(), self.projection_class_embeddings_input_dim) {
            (Some("text_time"), Some(width)) => {
                Some(TimestepEmbedding::new(width, temb, None, activation, None, device))
            }
            (Some("text_time"), None) => {
                return Err(ConfigError::new(CLASS, "projection_class_embeddings_input_dim", None::<usize>));
            }
            _ => None,
        };
        Ok(UNet2DConditionModel {
            conv_in: Conv2d::same(self.in_channels, first, self.conv_in_kernel, device),
            time_embedding: TimestepEmbedding::new(
                first,
                temb,
                self.time_cond_proj_dim,
                activation,
                parse(&self.timestep_post_act, "timestep_post_act")?,
                device,
            ),
            add_embedding,
            down_blocks,
            mid_block,
            up_blocks,
            conv_norm_out: GroupNorm::new(groups, first, self.norm_eps, device),
            conv_out: Conv2d::same(first, self.out_channels, self.conv_out_kernel, device),
            time_proj: Timesteps {
                num_channels: first,
                flip_sin_to_cos: self.flip_sin_to_cos,
                downscale_freq_shift: self.freq_shift,
            },
            add_time_proj: Timesteps {
                num_channels: self.addition_time_embed_dim.unwrap_or(0),
                flip_sin_to_cos: self.flip_sin_to_cos,
                downscale_freq_shift: self.freq_shift,
            },
            activation,
            time_embed_activation: parse(&self.time_embedding_act_fn, "time_embedding_act_fn")?,
            center_input_sample: self.center_input_sample,
        })
    }

    fn activation(&self, name: &str, field: &'static str) -> Result<Activation, ConfigError> {
        Activation::parse(name).ok_or_else(|| ConfigError::new(CLASS, field, name))
    }

    fn stages(&self) -> Result<Vec<Stage>, ConfigError> {
        let count = self.block_out_channels.len();
        let list =
            |value: &PerBlock<usize>, field| value.expand(count).ok_or_else(|| ConfigError::new(CLASS, field, value));
        // diffusers: what the SD1.x and SD2.x configs call attention_head_dim is the number of heads.
        let heads = list(self.num_attention_heads.as_ref().unwrap_or(&self.attention_head_dim), "attention_head_dim")?;
        let layers = list(&self.layers_per_block, "layers_per_block")?;
        let transformer_layers = list(&self.transformer_layers_per_block, "transformer_layers_per_block")?;
        let cross_attention_dim = list(&self.cross_attention_dim, "cross_attention_dim")?;
        let only_cross = self
            .only_cross_attention
            .expand(count)
            .ok_or_else(|| ConfigError::new(CLASS, "only_cross_attention", &self.only_cross_attention))?;
        for (channels, heads) in self.block_out_channels.iter().zip(&heads) {
            if *heads == 0 || channels % heads != 0 {
                return Err(ConfigError::new(CLASS, "attention_head_dim", heads));
            }
        }
        for (field, list) in [("layers_per_block", &layers), ("transformer_layers_per_block", &transformer_layers)] {
            if list.iter().any(|layers| *layers > MOST_LAYERS) {
                return Err(ConfigError::new(CLASS, field, list));
            }
        }
        let groups = self.norm_num_groups.unwrap_or(32);
        Ok((0..count)
            .map(|i| Stage {
                layers: layers[i],
                attention: StageAttention {
                    heads: heads[i],
                    transformer_layers: transformer_layers[i],
                    options: TransformerOptions {
                        cross_attention_dim: cross_attention_dim[i],
                        groups,
                        use_linear_projection: self.use_linear_projection,
                        only_cross_attention: only_cross[i],
                        upcast_attention: self.upcast_attention,
                    },
                },
            })
            .collect())
    }
}

struct Stage {
    layers: usize,
    attention: StageAttention,
}

/// What SDXL feeds beside the text (`addition_embed_type = "text_time"`).
#[derive(Clone, Debug)]
pub struct AddedConditions {
    /// Pooled text embedding, `[batch, width]`.
    pub text_embeds: Tensor<2>,
    /// Original size, crop and target size (or aesthetic score): six (five) numbers for each row of the batch.
    pub time_ids: Vec<Vec<f64>>,
}

/// Conditions of one call of the UNet besides the text.
#[derive(Clone, Debug, Default)]
pub struct UNetConditions {
    /// SDXL's.
    pub added: Option<AddedConditions>,
    /// Guidance embedding of distilled models, `[batch, time_cond_proj_dim]`.
    pub timestep_cond: Option<Tensor<2>>,
}

/// The denoising network.
#[derive(Module, Debug)]
pub struct UNet2DConditionModel {
    conv_in: Conv2d,
    time_embedding: TimestepEmbedding,
    add_embedding: Option<TimestepEmbedding>,
    down_blocks: Vec<DownBlock>,
    mid_block: Option<MidBlock>,
    up_blocks: Vec<UpBlock>,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
    #[module(skip)]
    time_proj: Timesteps,
    #[module(skip)]
    add_time_proj: Timesteps,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    time_embed_activation: Option<Activation>,
    center_input_sample: bool,
}

impl UNet2DConditionModel {
    /// Predicts noise, velocity or sample, whichever the model was trained for.
    ///
    /// # Shapes
    ///
    /// - sample: `[batch, in_channels, height, width]`, any size
    /// - timestep: one for the whole batch
    /// - encoder_hidden_states: `[batch, text_tokens, cross_attention_dim]`
    /// - output: `[batch, out_channels, height, width]`
    pub fn forward(
        &self,
        sample: Tensor<4>,
        timestep: f64,
        encoder_hidden_states: Tensor<3>,
        conditions: &UNetConditions,
    ) -> Tensor<4> {
        let [batch, _, height, width] = sample.dims();
        let dtype = sample.dtype();
        let device = sample.device();
        let sample = if self.center_input_sample { sample.mul_scalar(2.0).sub_scalar(1.0) } else { sample };

        // 1. time, and what else is known about the picture
        let projected = self.time_proj.forward(&vec![timestep; batch], &device).cast(dtype);
        let mut emb = self.time_embedding.forward(projected, conditions.timestep_cond.clone());
        if let (Some(add_embedding), Some(added)) = (&self.add_embedding, &conditions.added) {
            let ids: Vec<f64> = added.time_ids.iter().flatten().copied().collect();
            let per_row = ids.len() / batch * self.add_time_proj.num_channels;
            let times = self.add_time_proj.forward(&ids, &device).reshape([batch, per_row]).cast(dtype);
            emb = emb + add_embedding.forward(Tensor::cat(vec![added.text_embeds.clone(), times], 1), None);
        }
        if let Some(activation) = self.time_embed_activation {
            emb = activation.forward(emb);
        }

        // 2. down; sizes that do not halve evenly are remembered so that the way up returns to them
        let halvings = self.up_blocks.len() - 1;
        let forward_size = !height.is_multiple_of(1 << halvings) || !width.is_multiple_of(1 << halvings);
        let mut x = self.conv_in.forward(sample);
        let mut skips = vec![x.clone()];
        for block in &self.down_blocks {
            x = block.forward(x, emb.clone(), encoder_hidden_states.clone(), &mut skips);
        }

        // 3. middle
        if let Some(block) = &self.mid_block {
            x = block.forward(x, emb.clone(), encoder_hidden_states.clone());
        }

        // 4. up
        for block in &self.up_blocks {
            let left = skips.len() - block.skips();
            let size = match left.checked_sub(1).and_then(|i| skips.get(i)) {
                Some(next) if forward_size => {
                    let [_, _, height, width] = next.dims();
                    Some([height, width])
                }
                _ => None,
            };
            x = block.forward(x, emb.clone(), encoder_hidden_states.clone(), &mut skips, size);
        }

        // 5. out
        self.conv_out.forward(self.conv_norm_out.forward_with(x, self.activation))
    }
}
