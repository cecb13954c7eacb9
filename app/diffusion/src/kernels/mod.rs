//! The operations of the networks, each with the fastest correct path for the device at hand.
//!
//! On `flex` (the CPU) in f32 the kernels of this folder run: convolution as shifted matrix products or by minimal filtering,
//! without an im2col buffer, attention by blocks with an online softmax, fused normalisations and activations. Everywhere
//! else the operation is burn's own. Both paths compute the same function; `tests` beside each kernel compare them.

mod activation;
mod attention;
mod conv2d;
pub(crate) mod flex;
mod gemm;
mod linear;
mod norm;
mod resample;
mod simd;
mod winograd;

pub use activation::{Activation, geglu};
pub use attention::{AttentionMask, attention};
pub use conv2d::{Conv2dPadding, conv2d};
pub use linear::{linear, picture_to_tokens, tokens_to_picture};
pub use norm::{group_norm, layer_norm};
pub use resample::upsample_nearest;
