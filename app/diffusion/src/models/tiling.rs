//! Running a network over overlapping tiles and blending the seams away (diffusers' `tiled_decode` and `tiled_encode`).

use burn::tensor::{DType, Tensor, TensorData};

/// How large pictures are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiling {
    /// Side of a tile in pixels.
    pub tile_sample_min_size: usize,
    /// Share of a tile that overlaps the next.
    pub tile_overlap_factor: f64,
}

/// Tiles in the units of input and output.
#[derive(Clone, Copy, Debug)]
pub(super) struct TilePlan {
    /// Side of an input tile.
    size: usize,
    /// Distance between the starts of two input tiles.
    stride: usize,
    /// Width of the blended band in the output.
    blend: usize,
    /// What is kept of each output tile.
    keep: usize,
}

impl Tiling {
    pub(super) fn decoding(self, scale_factor: usize) -> TilePlan {
        let latent = self.tile_sample_min_size / scale_factor;
        self.plan(latent, self.tile_sample_min_size)
    }

    pub(super) fn encoding(self, scale_factor: usize) -> TilePlan {
        self.plan(self.tile_sample_min_size, self.tile_sample_min_size / scale_factor)
    }

    fn plan(self, size: usize, output: usize) -> TilePlan {
        let blend = (output as f64 * self.tile_overlap_factor) as usize;
        TilePlan {
            size,
            stride: ((size as f64 * (1.0 - self.tile_overlap_factor)) as usize).max(1),
            blend,
            keep: output - blend,
        }
    }
}

/// Applies `network` tile by tile. Rows and columns of tiles overlap; each tile fades in over its upper and left neighbour.
pub(super) fn tiled(x: Tensor<4>, plan: TilePlan, network: impl Fn(Tensor<4>) -> Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    // 1. every tile through the network
    let mut rows: Vec<Vec<Tensor<4>>> = Vec::new();
    for top in (0..height).step_by(plan.stride) {
        let row = (0..width)
            .step_by(plan.stride)
            .map(|left| {
                let tile = x.clone().narrow(2, top, plan.size.min(height - top));
                network(tile.narrow(3, left, plan.size.min(width - left)))
            })
            .collect();
        rows.push(row);
    }
    // 2. blend with the neighbours above and to the left, keep what no later tile overlaps
    let mut lines = Vec::with_capacity(rows.len());
    for i in 0..rows.len() {
        let mut line = Vec::with_capacity(rows[i].len());
        for j in 0..rows[i].len() {
            let mut tile = rows[i][j].clone();
            if i > 0 {
                tile = blend(&rows[i - 1][j], tile, plan.blend, 2);
            }
            if j > 0 {
                tile = blend(&rows[i][j - 1], tile, plan.blend, 3);
            }
            rows[i][j] = tile.clone();
            let [_, _, h, w] = tile.dims();
            line.push(tile.narrow(2, 0, plan.keep.min(h)).narrow(3, 0, plan.keep.min(w)));
        }
        lines.push(Tensor::cat(line, 3));
    }
    Tensor::cat(lines, 2)
}

/// Fades from the end of `before` into the beginning of `after` over `extent` along `axis`.
fn blend(before: &Tensor<4>, after: Tensor<4>, extent: usize, axis: usize) -> Tensor<4> {
    let (old, new) = (before.dims()[axis], after.dims()[axis]);
    let extent = extent.min(old).min(new);
    if extent == 0 {
        return after;
    }
    let mut shape = [1; 4];
    shape[axis] = extent;
    let weights: Vec<f32> = (0..extent).map(|i| i as f32 / extent as f32).collect();
    let weights =
        Tensor::<4>::from_data(TensorData::new(weights, shape), (&after.device(), DType::F32)).cast(after.dtype());
    let tail = before.clone().narrow(axis, old - extent, extent);
    let head = after.clone().narrow(axis, 0, extent);
    let mixed = tail * (weights.clone().neg().add_scalar(1.0)) + head * weights;
    if extent == new { mixed } else { Tensor::cat(vec![mixed, after.narrow(axis, extent, new - extent)], axis) }
}
