use kento_diffusion::checkpoint::{Checkpoint, CheckpointError, Component};

/// Floating-point operations of one UNet call for one image, counted from the shapes of the weights: two for every
/// multiplication of a convolution, a linear layer or attention. Norms, activations and sums are left out, as is usual.
///
/// # Shapes
/// `latent_height` and `latent_width` in latent pixels, `tokens` the length of the text.
///
/// # Errors
/// When the checkpoint has no UNet.
pub fn unet_flops(
    checkpoint: &Checkpoint,
    latent_height: u64,
    latent_width: u64,
    tokens: u64,
) -> Result<f64, CheckpointError> {
    let weights = checkpoint.state_dict(Component::Unet)?;
    let levels = weights.keys().filter_map(|key| block(key, "down_blocks.")).max().unwrap_or(0);
    let shapes = weights.keys().filter_map(|key| Some((key, weights.shape(key)?)));
    Ok(shapes.map(|(key, shape)| layer_flops(key, &shape, levels, (latent_height, latent_width), tokens)).sum())
}

/// Operations of the layer that a weight belongs to.
fn layer_flops(key: &str, shape: &[usize], levels: u32, latent: (u64, u64), tokens: u64) -> f64 {
    let Some(name) = key.strip_suffix(".weight") else { return 0.0 };
    let product = shape.iter().map(|side| *side as f64).product::<f64>();
    let pixels = pixels(name, levels, latent);
    let text_side = name.ends_with("attn2.to_k") || name.ends_with("attn2.to_v");
    match shape {
        [_, _, _, _] => 2.0 * product * pixels,
        [_, _] if text_side => 2.0 * product * tokens as f64,
        // Embeddings of time and size are one row each.
        [_, _] if !name.contains("attentions.") => 2.0 * product,
        [inner, _] => {
            // The scores and their product with the values belong to no weight; they are counted with the query's.
            let keys = if name.ends_with("attn1.to_q") {
                pixels
            } else if name.ends_with("attn2.to_q") {
                tokens as f64
            } else {
                0.0
            };
            2.0 * product * pixels + 4.0 * *inner as f64 * keys * pixels
        }
        _ => 0.0,
    }
}

/// Pixels that a layer computes for. Level 0 is the latent's size, every further level halves both sides (rounded up).
fn pixels(name: &str, levels: u32, (height, width): (u64, u64)) -> f64 {
    let level = if let Some(index) = block(name, "down_blocks.") {
        index + u32::from(name.contains("downsamplers."))
    } else if let Some(index) = block(name, "up_blocks.") {
        (levels - index.min(levels)).saturating_sub(u32::from(name.contains("upsamplers.")))
    } else if name.starts_with("mid_block.") {
        levels
    } else {
        0
    };
    let halved = |side: u64| (0..level).fold(side, |side, _| side.div_ceil(2)) as f64;
    halved(height) * halved(width)
}

fn block(key: &str, prefix: &str) -> Option<u32> {
    key.strip_prefix(prefix)?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_count_at_their_level() {
        let count = |key: &str, shape: &[usize]| layer_flops(key, shape, 3, (64, 48), 77);
        assert_eq!(count("conv_in.weight", &[320, 4, 3, 3]), 2.0 * 320.0 * 36.0 * 64.0 * 48.0);
        assert_eq!(
            count("down_blocks.0.downsamplers.0.conv.weight", &[320, 320, 3, 3]),
            2.0 * 320.0 * 2880.0 * 32.0 * 24.0
        );
        assert_eq!(count("mid_block.resnets.0.conv1.weight", &[8, 8, 3, 3]), 2.0 * 8.0 * 72.0 * 8.0 * 6.0);
        assert_eq!(count("up_blocks.0.upsamplers.0.conv.weight", &[8, 8, 3, 3]), 2.0 * 8.0 * 72.0 * 16.0 * 12.0);
        assert_eq!(count("up_blocks.3.resnets.0.conv1.weight", &[8, 8, 3, 3]), 2.0 * 8.0 * 72.0 * 64.0 * 48.0);
        assert_eq!(count("time_embedding.linear_1.weight", &[1280, 320]), 2.0 * 1280.0 * 320.0);
        assert_eq!(count("conv_in.bias", &[320]), 0.0);
        let block = "down_blocks.1.attentions.0.transformer_blocks.0";
        let pixels = 32.0 * 24.0;
        assert_eq!(
            count(&format!("{block}.attn1.to_q.weight"), &[640, 640]),
            2.0 * 640.0 * 640.0 * pixels + 4.0 * 640.0 * pixels * pixels
        );
        assert_eq!(count(&format!("{block}.attn2.to_k.weight"), &[640, 768]), 2.0 * 640.0 * 768.0 * 77.0);
        assert_eq!(
            count(&format!("{block}.attn2.to_q.weight"), &[640, 640]),
            2.0 * 640.0 * 640.0 * pixels + 4.0 * 640.0 * 77.0 * pixels
        );
    }
}
