//! Whether the components of a model fit each other, told from their configurations before any weights are read.

use super::text::EmbeddingRule;
use crate::DiffusionError;
use crate::checkpoint::Component;
use crate::models::{AutoencoderKLConfig, CLIPTextConfig, PerBlock, UNet2DConditionConfig};

/// A text encoder with the length of its tokenizer's sequences.
pub(super) struct TextPart {
    pub component: Component,
    pub config: CLIPTextConfig,
    /// Tokens in one sequence.
    pub tokens: usize,
}

/// The configurations of a model.
pub(super) struct Parts<'a> {
    /// In the order in which their embeddings lie side by side.
    pub text: &'a [TextPart],
    pub rule: EmbeddingRule,
    pub unet: &'a UNet2DConditionConfig,
    pub vae: &'a AutoencoderKLConfig,
}

impl Parts<'_> {
    /// # Errors
    ///
    /// [`DiffusionError::Components`] with the first thing that does not fit.
    pub(super) fn check(&self) -> Result<(), DiffusionError> {
        self.check_text()?;
        self.check_pooled()?;
        self.check_channels()
    }

    /// Whether the UNet is one that takes mask and masked picture too.
    pub(super) fn inpainting(&self) -> bool {
        self.unet.in_channels == self.vae.latent_channels.saturating_mul(2).saturating_add(1)
    }

    fn check_text(&self) -> Result<(), DiffusionError> {
        for part in self.text {
            let (name, most) = (part.component.name(), part.config.max_position_embeddings);
            if part.tokens > most {
                return refuse(format!(
                    "the tokenizer of {name} makes sequences of {} tokens and {name} has positions for {most}; use the model's own tokenizer folder",
                    part.tokens
                ));
            }
        }
        if let [first, rest @ ..] = self.text
            && let Some(other) = rest.iter().find(|part| part.tokens != first.tokens)
        {
            return refuse(format!(
                "the tokenizers make sequences of {} and {} tokens, whose embeddings cannot lie side by side; use the model's own tokenizer folders",
                first.tokens, other.tokens
            ));
        }
        let width = self.text.iter().fold(0_usize, |width, part| width.saturating_add(part.config.hidden_size));
        match self.attention_widths().into_iter().find(|wanted| *wanted != width) {
            Some(wanted) => refuse(format!(
                "the UNet takes embeddings of width {wanted} and the text encoders make {width}; use the text encoders that belong to this UNet"
            )),
            None => Ok(()),
        }
    }

    /// Widths that the stages with attention take; a list may hold anything where there is none.
    fn attention_widths(&self) -> Vec<usize> {
        let unet = self.unet;
        match &unet.cross_attention_dim {
            PerBlock::One(width) => vec![*width],
            PerBlock::Each(widths) => {
                let last = widths.len().saturating_sub(1);
                let in_the_middle = unet.mid_block_type.as_deref() == Some("UNetMidBlock2DCrossAttn");
                let attends = |stage: usize| {
                    let on_the_way = |types: &[String], at: Option<usize>| {
                        at.and_then(|at| types.get(at)).is_some_and(|kind| kind.starts_with("CrossAttn"))
                    };
                    on_the_way(&unet.down_block_types, Some(stage))
                        || on_the_way(&unet.up_block_types, last.checked_sub(stage))
                        || (in_the_middle && stage == last)
                };
                widths.iter().enumerate().filter(|(stage, _)| attends(*stage)).map(|(_, width)| *width).collect()
            }
        }
    }

    /// SDXL's pooled embedding and its six numbers (five in the refiner) are one input.
    fn check_pooled(&self) -> Result<(), DiffusionError> {
        if self.unet.addition_embed_type.as_deref() != Some("text_time") {
            return Ok(());
        }
        let second = self.text.iter().find(|part| part.component == Component::TextEncoder2);
        let (Some(second), EmbeddingRule::Penultimate { .. }) = (second, self.rule) else {
            return refuse(
                "the UNet takes a pooled embedding and no text encoder makes one; use a complete SDXL model",
            );
        };
        // Without an input width the UNet is refused by its own check.
        let Some(input) = self.unet.projection_class_embeddings_input_dim else { return Ok(()) };
        let (pooled, each) = (second.config.projection_dim, self.unet.addition_time_embed_dim.unwrap_or(0));
        let fits = |numbers: usize| {
            each > 0 && each.checked_mul(numbers).and_then(|rest| rest.checked_add(pooled)) == Some(input)
        };
        if fits(6) || fits(5) {
            return Ok(());
        }
        refuse(format!(
            "the UNet takes {input} numbers beside the text and the model makes {pooled} of the pooled embedding and 5 or 6 times {each} of sizes; use the text_encoder_2 that belongs to this UNet"
        ))
    }

    fn check_channels(&self) -> Result<(), DiffusionError> {
        let (unet, vae) = (self.unet, self.vae);
        if (vae.in_channels, vae.out_channels) != (3, 3) {
            return refuse(format!(
                "the autoencoder reads pictures of {} channels and makes {}, and Kento's have 3; use a VAE for RGB pictures",
                vae.in_channels, vae.out_channels
            ));
        }
        if !self.inpainting() && unet.in_channels != vae.latent_channels {
            return refuse(format!(
                "the UNet takes {} channels and the autoencoder makes {}; use a text-to-image or inpainting checkpoint with its own VAE",
                unet.in_channels, vae.latent_channels
            ));
        }
        if unet.out_channels != vae.latent_channels {
            return refuse(format!(
                "the UNet predicts {} channels and the autoencoder decodes {}; use a checkpoint with its own VAE",
                unet.out_channels, vae.latent_channels
            ));
        }
        Ok(())
    }
}

fn refuse(why: impl Into<String>) -> Result<(), DiffusionError> {
    Err(DiffusionError::Components(why.into()))
}
