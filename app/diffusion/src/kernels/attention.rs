//! Scaled dot-product attention that never holds the whole score matrix.

use burn::tensor::Tensor;
use burn::tensor::module::attention as burn_attention;
use burn::tensor::ops::AttentionModuleOptions;
use rayon::prelude::*;

use super::flex;
use super::gemm::{MatMut, MatRef, Threads, Write, matmul};
use super::simd;

/// Query rows of one CPU task, and key rows that it looks at together: the scores of a block fill 256 KB, inside the L2 cache.
const QUERY_BLOCK: usize = 128;
const KEY_BLOCK: usize = 512;

/// burn's flash kernels want a head dimension in whole matrix-core tiles; 40 (SD1.x) is not.
const HEAD_TILE: usize = 16;
/// ... and query rows in whole groups of tiles (8 planes of 16 rows).
const QUERY_TILE: usize = 128;
/// Above this head dimension no flash kernel exists (the VAE's single head of 512): scores are made for some rows at a time.
const FLASH_HEAD_MAX: usize = 256;
/// Scores above which padding and splitting pay; below it any kernel is fine.
const LARGE_SCORES: usize = 1 << 20;

/// Which keys a query may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttentionMask {
    /// All of them.
    Full,
    /// Only those at its own position and before (CLIP's text encoders).
    Causal,
}

/// softmax(Q K^T / sqrt(head_dim)) V for `heads` heads that lie side by side in the last axis.
///
/// # Shapes
///
/// - query: `[batch, queries, heads * head_dim]`
/// - key, value: `[batch, keys, heads * head_dim]`
/// - output: `[batch, queries, heads * head_dim]`
pub fn attention(query: Tensor<3>, key: Tensor<3>, value: Tensor<3>, heads: usize, mask: AttentionMask) -> Tensor<3> {
    if flex::applies(&query) {
        attention_on_cpu(query, key, value, heads, mask)
    } else {
        attention_on_device(query, key, value, heads, mask)
    }
}

fn attention_on_device(
    query: Tensor<3>,
    key: Tensor<3>,
    value: Tensor<3>,
    heads: usize,
    mask: AttentionMask,
) -> Tensor<3> {
    let [batch, queries, width] = query.dims();
    let head_dim = width / heads;
    let keys = key.dims()[1];
    let split = |x: Tensor<3>| {
        let [batch, tokens, width] = x.dims();
        x.reshape([batch, tokens, heads, width / heads]).swap_dims(1, 2)
    };
    let (mut query, mut key, mut value) = (split(query), split(key), split(value));
    let options = AttentionModuleOptions { is_causal: mask == AttentionMask::Causal, ..Default::default() };
    let large = queries * keys >= LARGE_SCORES;

    if large && head_dim > FLASH_HEAD_MAX {
        let rows = (LARGE_SCORES * 4 / keys).max(1);
        let pieces = (0..queries)
            .step_by(rows)
            .map(|start| {
                let piece = query.clone().narrow(2, start, rows.min(queries - start));
                burn_attention(piece, key.clone(), value.clone(), None, None, options)
            })
            .collect();
        return Tensor::cat(pieces, 2).swap_dims(1, 2).reshape([batch, queries, width]);
    }

    // Zeros in the head dimension change no product; the scale that burn derives from the padded size is corrected in Q.
    let padded_dim = head_dim.next_multiple_of(HEAD_TILE);
    if padded_dim != head_dim {
        query = query.mul_scalar((padded_dim as f64 / head_dim as f64).sqrt());
        let pad = |x: Tensor<4>| x.pad([(0, 0), (0, padded_dim - head_dim)], 0.0);
        (query, key, value) = (pad(query), pad(key), pad(value));
    }
    let padded_queries = if large { queries.next_multiple_of(QUERY_TILE) } else { queries };
    if padded_queries != queries && mask == AttentionMask::Full {
        query = query.pad([(0, padded_queries - queries), (0, 0)], 0.0);
    }
    burn_attention(query, key, value, None, None, options)
        .narrow(3, 0, head_dim)
        .narrow(2, 0, queries)
        .swap_dims(1, 2)
        .reshape([batch, queries, width])
}

fn attention_on_cpu(
    query: Tensor<3>,
    key: Tensor<3>,
    value: Tensor<3>,
    heads: usize,
    mask: AttentionMask,
) -> Tensor<3> {
    let [batch, queries, width] = query.dims();
    let keys = key.dims()[1];
    let head_dim = width / heads;
    let (query, key, value) = (flex::contiguous(query), flex::contiguous(key), flex::contiguous(value));
    let (query, key, value) = (flex::elements(&query), flex::elements(&key), flex::elements(&value));
    let blocks = queries.div_ceil(QUERY_BLOCK);

    let pieces: Vec<Vec<f32>> = (0..batch * heads * blocks)
        .into_par_iter()
        .map(|task| {
            let (picture, head, block) = (task / blocks / heads, task / blocks % heads, task % blocks);
            let first = block * QUERY_BLOCK;
            let rows = QUERY_BLOCK.min(queries - first);
            let keys_from = picture * keys * width + head * head_dim;
            Block {
                query: &query[(picture * queries + first) * width + head * head_dim..],
                key: &key[keys_from..],
                value: &value[keys_from..],
                first,
                rows,
                keys,
                head_dim,
                width,
                mask,
            }
            .attend()
        })
        .collect();

    let mut output = vec![0.0f32; batch * queries * width];
    for picture in 0..batch {
        let rows_of_picture = &mut output[picture * queries * width..(picture + 1) * queries * width];
        rows_of_picture.par_chunks_mut(QUERY_BLOCK * width).enumerate().for_each(|(block, out)| {
            for head in 0..heads {
                let piece = &pieces[(picture * heads + head) * blocks + block];
                for (row, values) in out.chunks_exact_mut(width).zip(piece.chunks_exact(head_dim)) {
                    row[head * head_dim..(head + 1) * head_dim].copy_from_slice(values);
                }
            }
        });
    }
    flex::from_vec(output, [batch, queries, width])
}

/// Some query rows of one head against all its keys.
struct Block<'a> {
    query: &'a [f32],
    key: &'a [f32],
    value: &'a [f32],
    first: usize,
    rows: usize,
    keys: usize,
    head_dim: usize,
    /// Distance between two tokens in memory.
    width: usize,
    mask: AttentionMask,
}

impl Block<'_> {
    /// Online softmax over blocks of keys (Milakov and Gimelshein 2018; Dao et al. 2022): `[rows, head_dim]`.
    fn attend(&self) -> Vec<f32> {
        let scale = 1.0 / (self.head_dim as f32).sqrt();
        let mut scores = vec![0.0f32; self.rows * KEY_BLOCK.min(self.keys)];
        let mut output = vec![0.0f32; self.rows * self.head_dim];
        let mut largest = vec![f32::NEG_INFINITY; self.rows];
        let mut total = vec![0.0f32; self.rows];
        for start in (0..self.keys).step_by(KEY_BLOCK) {
            let count = KEY_BLOCK.min(self.keys - start);
            // 1. scores of this block
            matmul(
                MatMut { data: &mut scores, rows: self.rows, cols: count, row_stride: count },
                MatRef {
                    data: self.query,
                    rows: self.rows,
                    cols: self.head_dim,
                    row_stride: self.width,
                    col_stride: 1,
                },
                MatRef {
                    data: &self.key[start * self.width..],
                    rows: self.head_dim,
                    cols: count,
                    row_stride: 1,
                    col_stride: self.width,
                },
                Write::Replace,
                Threads::One,
            );
            // 2. their exponentials against the running maximum; what was summed before is rescaled to it
            simd::vectorised(
                #[inline(always)]
                || {
                    for row in 0..self.rows {
                        let visible = match self.mask {
                            AttentionMask::Full => count,
                            AttentionMask::Causal => (self.first + row + 1).saturating_sub(start).min(count),
                        };
                        let line = &mut scores[row * count..(row + 1) * count];
                        line[visible..].fill(f32::NEG_INFINITY);
                        let max = simd::max(line).max(largest[row]);
                        let rescale = simd::exp((largest[row] - max) * scale);
                        let shift = max * scale;
                        for value in line.iter_mut() {
                            *value = simd::exp(value.mul_add(scale, -shift));
                        }
                        total[row] = total[row] * rescale + simd::sum_by(line, |v| v);
                        if start > 0 && max > largest[row] {
                            for value in &mut output[row * self.head_dim..(row + 1) * self.head_dim] {
                                *value *= rescale;
                            }
                        }
                        largest[row] = max;
                    }
                },
            );
            // 3. their weighted values
            matmul(
                MatMut { data: &mut output, rows: self.rows, cols: self.head_dim, row_stride: self.head_dim },
                MatRef { data: &scores, rows: self.rows, cols: count, row_stride: count, col_stride: 1 },
                MatRef {
                    data: &self.value[start * self.width..],
                    rows: count,
                    cols: self.head_dim,
                    row_stride: self.width,
                    col_stride: 1,
                },
                if start == 0 { Write::Replace } else { Write::Add },
                Threads::One,
            );
        }
        for (row, total) in output.chunks_exact_mut(self.head_dim).zip(&total) {
            let factor = 1.0 / total;
            row.iter_mut().for_each(|value| *value *= factor);
        }
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::flex::into_vec;

    fn wave(shape: [usize; 3], frequency: f32) -> Tensor<3> {
        let len = shape.iter().product();
        flex::from_vec((0..len).map(|i| (i as f32 * frequency).sin() * 2.0).collect(), shape)
    }

    /// Both paths against plain softmax(QK)V over several blocks, self and cross, full and causal, head dimensions 8, 40 and 512.
    #[test]
    fn both_paths_equal_the_definition() {
        for (queries, keys, heads, head_dim, mask) in [
            (5, 5, 2, 8, AttentionMask::Causal),
            (77, 77, 3, 8, AttentionMask::Causal),
            (300, 77, 2, 40, AttentionMask::Full),
            (1100, 1100, 1, 40, AttentionMask::Full),
            (1030, 1030, 1, 512, AttentionMask::Full),
        ] {
            let (batch, width) = (2, heads * head_dim);
            let q = wave([batch, queries, width], 0.137);
            let k = wave([batch, keys, width], 0.0731);
            let v = wave([batch, keys, width], 0.219);
            let split = |x: Tensor<3>, n: usize| x.reshape([batch, n, heads, head_dim]).swap_dims(1, 2);
            let mut scores = split(q.clone(), queries)
                .matmul(split(k.clone(), keys).transpose())
                .div_scalar((head_dim as f64).sqrt());
            if mask == AttentionMask::Causal {
                let hidden = Tensor::<2, burn::tensor::Bool>::tril_mask([queries, keys], 0, &scores.device());
                scores = scores.mask_fill(hidden.unsqueeze(), f32::NEG_INFINITY);
            }
            let want = burn::tensor::activation::softmax(scores, 3)
                .matmul(split(v.clone(), keys))
                .swap_dims(1, 2)
                .reshape([batch, queries, width]);
            let want = into_vec(want);
            let cpu = attention_on_cpu(q.clone(), k.clone(), v.clone(), heads, mask);
            let device = attention_on_device(q, k, v, heads, mask);
            for (name, got) in [("cpu", cpu), ("device", device)] {
                for (a, b) in into_vec(got).iter().zip(&want) {
                    assert!((a - b).abs() < 3e-5, "{name} {queries}x{keys} d{head_dim}: {a} against {b}");
                }
            }
        }
    }
}
