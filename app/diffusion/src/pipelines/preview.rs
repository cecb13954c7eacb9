//! Cheap previews: a linear map from latent channels to RGB, fitted to the model's own autoencoder.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::{DType, Device, Tensor, TensorData};

use super::image::{Rgb8, read_f32};
use crate::DiffusionError;
use crate::models::{AutoencoderKL, LatentScale};

/// Side of the colour chart that the map is fitted to, in latent cells.
const CHART_CELLS: usize = 12;

/// RGB = latent channels x weights + offset, by least squares over a chart of colours.
///
/// Fitting takes one encode of a small picture and works for every autoencoder, where tables of constants only know some.
#[derive(Clone, Debug)]
pub(super) struct LatentToRgb {
    /// `[1, channels, 3, 1]`, in the scale of the denoised latents.
    weights: Tensor<4>,
    /// `[1, 3, 1]`.
    offset: Tensor<3>,
}

impl LatentToRgb {
    /// Encodes the chart and solves for the map.
    pub(super) fn fit(
        vae: &AutoencoderKL,
        cell: usize,
        scale: &LatentScale,
        device: &Device,
    ) -> Result<Self, DiffusionError> {
        let side = CHART_CELLS * cell;
        let colours: Vec<[f32; 3]> = (0..CHART_CELLS * CHART_CELLS).map(chart_colour).collect();
        let mut pixels = vec![0.0f32; 3 * side * side];
        for (i, value) in pixels.iter_mut().enumerate() {
            let (channel, row, column) = (i / (side * side), i / side % side, i % side);
            *value = colours[row / cell * CHART_CELLS + column / cell][channel];
        }
        let chart = Tensor::from_data(TensorData::new(pixels, [1, 3, side, side]), (device, DType::F32));
        let latent = scale.for_unet(vae.encode(chart).mode());
        let channels = latent.dims()[1];
        let latent = read_f32(latent)?;
        let cells = colours.len();
        let rows: Vec<Vec<f64>> = (0..cells)
            .map(|cell| (0..channels).map(|c| f64::from(latent[c * cells + cell])).chain([1.0]).collect())
            .collect();
        let solution = least_squares(&rows, &colours);
        let weights: Vec<f32> = solution[..channels].iter().flatten().map(|v| *v as f32).collect();
        let offset: Vec<f32> = solution[channels].iter().map(|v| *v as f32).collect();
        Ok(Self {
            weights: Tensor::from_data(TensorData::new(weights, [1, channels, 3, 1]), (device, DType::F32)),
            offset: Tensor::from_data(TensorData::new(offset, [1, 3, 1]), (device, DType::F32)),
        })
    }

    /// Queues the preview of `latents` (`[1, channels, height, width]`) on the device and begins to fetch it.
    pub(super) fn begin(&self, latents: Tensor<4>) -> PendingPreview {
        let [_, channels, height, width] = latents.dims();
        let mapped = latents.cast(DType::F32).reshape([1, channels, 1, height * width]) * self.weights.clone();
        let rgb = mapped.sum_dim(1).reshape([1, 3, height * width]) + self.offset.clone();
        let future = async move {
            let data = rgb.into_data_async().await.ok()?;
            let values = data.try_into_vec::<f32>().ok()?;
            let plane = height * width;
            let data = (0..3 * plane)
                .map(|i| (values[i % 3 * plane + i / 3].clamp(-1.0, 1.0) * 127.5 + 127.5) as u8)
                .collect();
            Some(Rgb8 { width: width as u32, height: height as u32, data })
        };
        let mut pending = PendingPreview { future: Box::pin(future), early: None };
        pending.poll_once();
        pending
    }
}

/// A preview on its way from the device.
pub(super) struct PendingPreview {
    future: Pin<Box<dyn Future<Output = Option<Rgb8>>>>,
    early: Option<Option<Rgb8>>,
}

impl PendingPreview {
    /// Starts the transfer without waiting for it.
    fn poll_once(&mut self) {
        if let Poll::Ready(preview) = self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.early = Some(preview);
        }
    }

    /// Waits for the transfer; `None` when the device was lost (the run itself will tell why).
    pub(super) fn finish(self) -> Option<Rgb8> {
        match self.early {
            Some(preview) => preview,
            None => pollster::block_on(self.future),
        }
    }
}

/// Colours spread over the RGB cube, in an order without large jumps being aligned to rows.
fn chart_colour(index: usize) -> [f32; 3] {
    const LEVELS: usize = 5;
    let n = index * 37 % (LEVELS * LEVELS * LEVELS);
    [n % LEVELS, n / LEVELS % LEVELS, n / LEVELS / LEVELS].map(|level| level as f32 / (LEVELS - 1) as f32 * 2.0 - 1.0)
}

/// Solves rows x solution = colours in the least-squares sense, with a little ridge so that it never fails.
fn least_squares(rows: &[Vec<f64>], colours: &[[f32; 3]]) -> Vec<[f64; 3]> {
    const RIDGE: f64 = 1e-6;
    let n = rows.first().map_or(0, Vec::len);
    let mut a = vec![vec![0.0f64; n + 3]; n];
    for (row, colour) in rows.iter().zip(colours) {
        for i in 0..n {
            for j in 0..n {
                a[i][j] += row[i] * row[j];
            }
            for (c, value) in colour.iter().enumerate() {
                a[i][n + c] += row[i] * f64::from(*value);
            }
        }
    }
    for (i, line) in a.iter_mut().enumerate() {
        line[i] += RIDGE * rows.len() as f64;
    }
    // Gauss-Jordan with pivoting; the matrix is symmetric positive definite.
    for column in 0..n {
        let pivot = (column..n).max_by(|x, y| a[*x][column].abs().total_cmp(&a[*y][column].abs())).unwrap_or(column);
        a.swap(column, pivot);
        let divisor = a[column][column];
        a[column].iter_mut().for_each(|v| *v /= divisor);
        let pivot_row = a[column].clone();
        for (i, line) in a.iter_mut().enumerate() {
            if i != column {
                let factor = line[column];
                line.iter_mut().zip(&pivot_row).for_each(|(v, p)| *v -= factor * p);
            }
        }
    }
    a.iter().map(|line| [line[n], line[n + 1], line[n + 2]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_squares_finds_a_linear_map_exactly() {
        let truth = [[0.5, -1.0, 2.0], [3.0, 0.25, -0.5], [0.1, 0.2, 0.3]];
        let rows: Vec<Vec<f64>> =
            (0..50).map(|i| vec![(f64::from(i) * 0.7).sin() * 3.0, (f64::from(i) * 1.3).cos() * 2.0, 1.0]).collect();
        let colours: Vec<[f32; 3]> = rows
            .iter()
            .map(|row| std::array::from_fn(|c| (0..3).map(|k| row[k] * truth[k][c]).sum::<f64>() as f32))
            .collect();
        for (got, want) in least_squares(&rows, &colours).iter().zip(truth) {
            for (g, w) in got.iter().zip(want) {
                assert!((g - w).abs() < 1e-4, "{g} against {w}");
            }
        }
    }
}
