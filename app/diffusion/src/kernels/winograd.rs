//! 3x3 convolution of stride 1 on the CPU by minimal filtering, F(2x2, 3x3): 16 products for 2x2 outputs instead of 36.
//!
//! Source: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4.1. The picture is cut into
//! overlapping 4x4 tiles, one for each 2x2 outputs. `V = B'dB` of every tile and `U = GgG'` of every kernel are multiplied
//! position by position (16 matrix products over the channels), and `A'mA` is the output. All factors are 0, 1 and 1/2, so
//! the rounding error stays that of the plain sum.

use rayon::prelude::*;

use super::conv2d::{Shape, Weight};
use super::gemm::{MatMut, MatRef, Threads, Write, matmul};
use super::simd::vectorised;

/// Places of a 4x4 tile.
const PLACES: usize = 16;
/// Fewer tiles than this do not pay for transforming the weights.
const LEAST_TILES: usize = 96;
/// Fewer channels than this, in or out, do not pay for transforming the tiles.
const LEAST_CHANNELS: usize = 32;
/// Transformed tiles that are kept at once, in floats (16 MiB): they are read once for each group of output channels.
const TILE_FLOATS: usize = 4 << 20;
/// Most output channels of one task: bounds its transformed weights and products.
const MOST_CHANNELS_PER_TASK: usize = 384;

/// Whether this method computes `shape` faster than the plain products.
pub(super) fn applies(shape: &Shape) -> bool {
    let tiles = shape.batch * shape.out_height.div_ceil(2) * shape.out_width.div_ceil(2);
    shape.kernel == 3
        && shape.stride == 1
        && shape.pad == (1, 2)
        && shape.channels_in.min(shape.channels_out) >= LEAST_CHANNELS
        && tiles >= LEAST_TILES
}

/// The convolution; see the module. `shape` satisfies [`applies`] up to the thresholds of size.
pub(super) fn convolve(shape: &Shape, source: &[f32], weight: &Weight, bias: Option<&[f32]>) -> Vec<f32> {
    let grid = Grid::new(shape);
    let split = split_columns(shape, &grid, source);
    let plane = shape.out_height * shape.out_width;
    let mut output = vec![0.0f32; shape.batch * shape.channels_out * plane];

    let tasks = rayon::current_num_threads();
    let tasks = tasks * shape.channels_out.div_ceil(tasks * MOST_CHANNELS_PER_TASK);
    let channels_per_task = shape.channels_out.div_ceil(tasks);
    let tiles_at_once = TILE_FLOATS / (PLACES * shape.channels_in);
    let rows_at_once = (tiles_at_once / grid.across).clamp(1, grid.rows);

    let mut transformed = vec![0.0f32; shape.channels_in * PLACES * rows_at_once * grid.across];
    let mut first = 0;
    while first < grid.rows {
        let rows = first..(first + rows_at_once).min(grid.rows);
        first = rows.end;
        let tiles = rows.len() * grid.across;
        let transformed = &mut transformed[..shape.channels_in * PLACES * tiles];
        transformed.par_chunks_mut(PLACES * tiles).enumerate().for_each(|(channel, out)| {
            vectorised(|| transform_tiles(&grid, &split, shape.channels_in, channel, rows.clone(), out));
        });

        // Every task owns the planes of its channels, of all pictures.
        let mut planes: Vec<Vec<Plane>> = Vec::new();
        planes.resize_with(shape.channels_out.div_ceil(channels_per_task), Vec::new);
        for (index, values) in output.chunks_exact_mut(plane).enumerate() {
            let (picture, channel) = (index / shape.channels_out, index % shape.channels_out);
            planes[channel / channels_per_task].push(Plane { picture, channel: channel % channels_per_task, values });
        }
        planes.into_par_iter().enumerate().for_each(|(task, planes)| {
            let from = task * channels_per_task;
            let channels = from..(from + channels_per_task).min(shape.channels_out);
            let kernels = transform_weights(shape, weight, channels.clone());
            let products = multiply(shape.channels_in, &kernels, transformed, channels.len(), tiles);
            for mut plane in planes {
                let offset = bias.map_or(0.0, |bias| bias[from + plane.channel]);
                let products = Products { values: &products, channels: channels.len(), tiles };
                vectorised(|| write_rows(shape, &grid, rows.clone(), &products, offset, &mut plane));
            }
        });
    }
    output
}

/// How tiles lie over the batch: `across` tiles in a row, `down` rows in a picture, `rows` rows in all pictures together.
struct Grid {
    across: usize,
    down: usize,
    rows: usize,
}

impl Grid {
    fn new(shape: &Shape) -> Self {
        let down = shape.out_height.div_ceil(2);
        Self { across: shape.out_width.div_ceil(2), down, rows: shape.batch * down }
    }

    /// Padded rows of a picture.
    fn padded_height(&self) -> usize {
        2 * self.down + 2
    }

    /// Elements of one half (even or odd columns) of a padded row.
    fn half(&self) -> usize {
        self.across + 1
    }
}

/// One channel of one picture of the output.
struct Plane<'a> {
    picture: usize,
    /// Counted from the first channel of the task.
    channel: usize,
    values: &'a mut [f32],
}

/// The products of one task: `[place][channel][tile]`.
struct Products<'a> {
    values: &'a [f32],
    channels: usize,
    tiles: usize,
}

impl Products<'_> {
    fn row(&self, place: usize, channel: usize, tiles: std::ops::Range<usize>) -> &[f32] {
        let start = (place * self.channels + channel) * self.tiles;
        &self.values[start + tiles.start..start + tiles.end]
    }
}

/// The zero-padded input, every row as its even columns followed by its odd ones: neighbouring tiles become neighbouring
/// floats.
fn split_columns(shape: &Shape, grid: &Grid, source: &[f32]) -> Vec<f32> {
    let half = grid.half();
    let padded_plane = grid.padded_height() * 2 * half;
    let mut split = vec![0.0f32; shape.batch * shape.channels_in * padded_plane];
    split.par_chunks_mut(padded_plane).zip(source.par_chunks(shape.height * shape.width)).for_each(|(out, src)| {
        // One padding row above; padded column 2k is column 2k - 1.
        for (line, row) in src.chunks_exact(shape.width).zip(out[2 * half..].chunks_exact_mut(2 * half)) {
            let (even, odd) = row.split_at_mut(half);
            for (to, pair) in odd.iter_mut().zip(line.chunks(2)) {
                *to = pair[0];
            }
            for (to, pair) in even[1..].iter_mut().zip(line.chunks_exact(2)) {
                *to = pair[1];
            }
        }
    });
    split
}

/// `B'dB` of all tiles of one channel in some rows of the grid; `out` is `[place][tile]`.
#[inline(always)]
fn transform_tiles(
    grid: &Grid,
    split: &[f32],
    channels_in: usize,
    channel: usize,
    rows: std::ops::Range<usize>,
    out: &mut [f32],
) {
    let (across, row_len) = (grid.across, 2 * grid.half());
    let tiles = rows.len() * across;
    let mut vertical = vec![0.0f32; 4 * row_len];
    for (index, row) in rows.enumerate() {
        let (picture, down) = (row / grid.down, row % grid.down);
        let start = ((picture * channels_in + channel) * grid.padded_height() + 2 * down) * row_len;
        let d = |r: usize| &split[start + r * row_len..start + (r + 1) * row_len];
        for (r, line) in vertical.chunks_exact_mut(row_len).enumerate() {
            transform_once(r, [d(0), d(1), d(2), d(3)], line);
        }
        for (r, line) in vertical.chunks_exact(row_len).enumerate() {
            let (even, odd) = line.split_at(row_len / 2);
            let d = [&even[..across], &odd[..across], &even[1..], &odd[1..]];
            for c in 0..4 {
                let place = (r * 4 + c) * tiles + index * across;
                transform_once(c, d, &mut out[place..place + across]);
            }
        }
    }
}

/// Row `r` of `B'` times four vectors.
#[inline(always)]
fn transform_once(r: usize, d: [&[f32]; 4], out: &mut [f32]) {
    match r {
        0 => combine(out, d[0], d[2], |a, b| a - b),
        1 => combine(out, d[1], d[2], |a, b| a + b),
        2 => combine(out, d[2], d[1], |a, b| a - b),
        _ => combine(out, d[1], d[3], |a, b| a - b),
    }
}

#[inline(always)]
fn combine(out: &mut [f32], a: &[f32], b: &[f32], function: impl Fn(f32, f32) -> f32) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = function(*a, *b);
    }
}

/// `GgG'` of the kernels that lead to `channels`: `[place][channel out][channel in]`.
fn transform_weights(shape: &Shape, weight: &Weight, channels: std::ops::Range<usize>) -> Vec<f32> {
    let (channels_in, matrix) = (shape.channels_in, channels.len() * shape.channels_in);
    let mut out = vec![0.0f32; PLACES * matrix];
    let mut gathered = vec![0.0f32; 9 * channels_in];
    let mut vertical = vec![0.0f32; 12 * channels_in];
    for (row, channel) in channels.enumerate() {
        for (position, line) in gathered.chunks_exact_mut(channels_in).enumerate() {
            weight.copy_row(channel, position / 3, position % 3, line);
        }
        vectorised(|| {
            // `vertical[r][kx]` is row r of G times column kx of the kernel.
            for kx in 0..3 {
                let g = |ky: usize| &gathered[(ky * 3 + kx) * channels_in..][..channels_in];
                for r in 0..4 {
                    kernel_once(r, [g(0), g(1), g(2)], &mut vertical[(r * 3 + kx) * channels_in..][..channels_in]);
                }
            }
            for r in 0..4 {
                let g = |kx: usize| &vertical[(r * 3 + kx) * channels_in..][..channels_in];
                for c in 0..4 {
                    let place = (r * 4 + c) * matrix + row * channels_in;
                    kernel_once(c, [g(0), g(1), g(2)], &mut out[place..place + channels_in]);
                }
            }
        });
    }
    out
}

/// Row `r` of `G` times three vectors.
#[inline(always)]
fn kernel_once(r: usize, g: [&[f32]; 3], out: &mut [f32]) {
    let sign = match r {
        0 => return out.copy_from_slice(g[0]),
        1 => 0.5,
        2 => -0.5,
        _ => return out.copy_from_slice(g[2]),
    };
    for (((out, a), b), c) in out.iter_mut().zip(g[0]).zip(g[1]).zip(g[2]) {
        *out = (*a + *c) * 0.5 + *b * sign;
    }
}

/// The 16 products over the input channels: `[place][channel out][tile]`.
fn multiply(channels_in: usize, kernels: &[f32], transformed: &[f32], channels: usize, tiles: usize) -> Vec<f32> {
    let mut products = vec![0.0f32; PLACES * channels * tiles];
    for (place, product) in products.chunks_exact_mut(channels * tiles).enumerate() {
        matmul(
            MatMut { data: product, rows: channels, cols: tiles, row_stride: tiles },
            MatRef {
                data: &kernels[place * channels * channels_in..],
                rows: channels,
                cols: channels_in,
                row_stride: channels_in,
                col_stride: 1,
            },
            MatRef {
                data: &transformed[place * tiles..],
                rows: channels_in,
                cols: tiles,
                row_stride: PLACES * tiles,
                col_stride: 1,
            },
            Write::Replace,
            Threads::One,
        );
    }
    products
}

/// `A'mA` of the tiles of one plane that lie in `rows`, with the bias added.
#[inline(always)]
fn write_rows(
    shape: &Shape,
    grid: &Grid,
    rows: std::ops::Range<usize>,
    products: &Products,
    offset: f32,
    plane: &mut Plane,
) {
    let across = grid.across;
    let own = plane.picture * grid.down..(plane.picture + 1) * grid.down;
    let mut sums = vec![0.0f32; 4 * across];
    for row in rows.start.max(own.start)..rows.end.min(own.end) {
        let tiles = (row - rows.start) * across..(row - rows.start + 1) * across;
        for half in 0..2 {
            let y = (row - own.start) * 2 + half;
            if y == shape.out_height {
                break;
            }
            for (c, sums) in sums.chunks_exact_mut(across).enumerate() {
                let m = |r: usize| products.row(r * 4 + c, plane.channel, tiles.clone());
                if half == 0 { sum_first(m(0), m(1), m(2), sums) } else { sum_second(m(1), m(2), m(3), sums) }
            }
            let m = |c: usize| &sums[c * across..(c + 1) * across];
            let line = &mut plane.values[y * shape.out_width..(y + 1) * shape.out_width];
            let (pairs, last) = line.split_at_mut(shape.out_width / 2 * 2);
            for ((((pair, a), b), c), d) in pairs.chunks_exact_mut(2).zip(m(0)).zip(m(1)).zip(m(2)).zip(m(3)) {
                pair[0] = *a + *b + *c + offset;
                pair[1] = *b - *c - *d + offset;
            }
            if let ([last], Some(tile)) = (last, across.checked_sub(1)) {
                *last = m(0)[tile] + m(1)[tile] + m(2)[tile] + offset;
            }
        }
    }
}

#[inline(always)]
fn sum_first(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
    for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
        *out = *a + *b + *c;
    }
}

#[inline(always)]
fn sum_second(a: &[f32], b: &[f32], c: &[f32], out: &mut [f32]) {
    for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
        *out = *a - *b - *c;
    }
}

#[cfg(test)]
mod tests {
    use super::super::conv2d::Conv2dPadding;
    use super::*;

    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    /// Against the plain sum in f64, on even and odd sizes, several blocks of rows, a permuted weight and more than one picture.
    #[test]
    fn equals_the_plain_sum() {
        for (batch, channels_in, channels_out, height, width) in
            [(2, 5, 7, 6, 9), (1, 3, 40, 1, 1), (3, 33, 34, 7, 4), (1, 2500, 3, 23, 31), (2, 4, 4, 16, 2)]
        {
            let shape = Shape::new(
                [batch, channels_in, height, width],
                [channels_out, channels_in, 3, 3],
                1,
                Conv2dPadding::Same(1),
            );
            let source = noise(batch * channels_in * height * width, 1);
            let data = noise(channels_out * channels_in * 9, 2);
            let bias = noise(channels_out, 3);
            for strides in [
                [channels_in * 9, 9, 3, 1],
                [channels_in, 1, 3 * channels_out * channels_in, channels_out * channels_in],
            ] {
                let weight = Weight { data: &data, strides };
                let got = convolve(&shape, &source, &weight, Some(&bias));
                // Sums of n terms of size 1 are about sqrt(n), and f32 adds them with an error of about sqrt(n) ulps.
                let scale = (9.0 * channels_in as f64).sqrt();
                let tolerance = f64::from(f32::EPSILON) * (channels_in as f64).sqrt().max(4.0);
                for (index, got) in got.iter().enumerate() {
                    let (x, y) = (index % width, index / width % height);
                    let (out, picture) = (index / width / height % channels_out, index / width / height / channels_out);
                    let mut want = f64::from(bias[out]);
                    for (channel, ky, kx) in (0..channels_in * 9).map(|i| (i / 9, i / 3 % 3, i % 3)) {
                        let (Some(y), Some(x)) = ((y + ky).checked_sub(1), (x + kx).checked_sub(1)) else { continue };
                        if y < height && x < width {
                            let w = out * strides[0] + channel * strides[1] + ky * strides[2] + kx * strides[3];
                            let s = ((picture * channels_in + channel) * height + y) * width + x;
                            want += f64::from(data[w]) * f64::from(source[s]);
                        }
                    }
                    let error = (f64::from(*got) - want).abs() / scale;
                    assert!(error < tolerance, "{height}x{width}, {channels_in} channels: {got} against {want}");
                }
            }
        }
    }
}
