//! Pictures and masks of 8 bits, and their way to and from tensors.

use burn::tensor::{DType, Device, Tensor, TensorData};
use rayon::prelude::*;

use crate::DiffusionError;

/// A picture: rows from the top, three bytes a pixel (sRGB).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgb8 {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub data: Vec<u8>,
}

/// A mask: rows from the top, one byte a pixel, 255 where the picture is painted anew and 0 where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask8 {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes.
    pub data: Vec<u8>,
}

impl Rgb8 {
    /// Pixels as the autoencoder takes them: `[1, 3, height, width]` in -1..=1, f32.
    ///
    /// # Errors
    ///
    /// When the buffer does not hold `width * height` pixels.
    pub fn to_tensor(&self, device: &Device) -> Result<Tensor<4>, DiffusionError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let plane = width * height;
        if self.data.len() != 3 * plane {
            return Err(DiffusionError::Buffer { width: self.width, height: self.height, bytes: self.data.len() });
        }
        let mut values = vec![0.0f32; 3 * plane];
        values.par_chunks_mut(plane.max(1)).enumerate().for_each(|(channel, out)| {
            for (value, pixel) in out.iter_mut().zip(self.data.chunks_exact(3)) {
                *value = f32::from(pixel[channel]) / 255.0 * 2.0 - 1.0;
            }
        });
        Ok(Tensor::from_data(TensorData::new(values, [1, 3, height, width]), (device, DType::F32)))
    }

    /// The picture that the autoencoder decoded.
    ///
    /// # Shapes
    ///
    /// - tensor: `[1, 3, height, width]`, about -1..=1
    ///
    /// # Errors
    ///
    /// When the device was lost before the values could be read, or one of them is no number.
    pub fn from_tensor(tensor: Tensor<4>) -> Result<Self, DiffusionError> {
        let [_, _, height, width] = tensor.dims();
        let values = read_f32(tensor)?;
        // An autoencoder that overflows would give a black picture, as if that were what was asked for.
        if values.par_iter().any(|value| value.is_nan()) {
            return Err(DiffusionError::NotANumber);
        }
        let plane = width * height;
        let mut data = vec![0u8; 3 * plane];
        data.par_chunks_mut((3 * width).max(1)).enumerate().for_each(|(row, line)| {
            for (column, pixel) in line.chunks_exact_mut(3).enumerate() {
                for (channel, byte) in pixel.iter_mut().enumerate() {
                    let value = values[channel * plane + row * width + column];
                    // As diffusers: to 0..=1, clamped, times 255, to the nearest even.
                    *byte = ((value / 2.0 + 0.5).clamp(0.0, 1.0) * 255.0).round_ties_even() as u8;
                }
            }
        });
        Ok(Self { width: width as u32, height: height as u32, data })
    }
}

impl Mask8 {
    /// 1 where the mask is at least half set, else 0, at the size of the picture: `[1, 1, height, width]`, f32.
    pub(super) fn to_tensor(&self, device: &Device) -> Tensor<4> {
        let values: Vec<f32> = self.data.iter().map(|value| if *value >= 128 { 1.0 } else { 0.0 }).collect();
        let shape = [1, 1, self.height as usize, self.width as usize];
        Tensor::from_data(TensorData::new(values, shape), (device, DType::F32))
    }

    /// The same at the size of the latent, by nearest neighbour as diffusers: `[1, 1, height / factor, width / factor]`.
    pub(super) fn to_latent_tensor(&self, factor: usize, device: &Device) -> Tensor<4> {
        let (width, height) = (self.width as usize, self.height as usize);
        let (columns, rows) = (width / factor, height / factor);
        let values: Vec<f32> = (0..rows * columns)
            .map(|i| {
                let (row, column) = (i / columns * factor, i % columns * factor);
                if self.data[row * width + column] >= 128 { 1.0 } else { 0.0 }
            })
            .collect();
        Tensor::from_data(TensorData::new(values, [1, 1, rows, columns]), (device, DType::F32))
    }
}

impl Mask8 {
    /// How far each place of the latent may change, 0 to 1: what lies around the middle of the place, as torchvision's bilinear
    /// `Resize` without antialias takes it.
    pub(super) fn to_latent_shares(&self, factor: usize) -> Vec<f32> {
        let (width, height) = (self.width as usize, self.height as usize);
        let (columns, rows) = (width / factor, height / factor);
        // Of an even number of pixels the two in the middle count alike; of one, itself.
        let middle = |place: usize| [place * factor + factor.saturating_sub(1) / 2, place * factor + factor / 2];
        let share = |place: usize| {
            let (down, across) = (middle(place / columns), middle(place % columns));
            let sum: f32 = down
                .iter()
                .flat_map(|row| across.iter().map(move |column| row * width + column))
                .map(|at| f32::from(self.data[at]) / 255.0)
                .sum();
            sum / 4.0
        };
        (0..rows * columns).map(share).collect()
    }
}

/// The values of a tensor in f32.
///
/// # Errors
///
/// When the device was lost or ran out of memory before.
pub(super) fn read_f32<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, DiffusionError> {
    let data = tensor
        .cast(DType::F32)
        .try_into_data()
        .map_err(|error| DiffusionError::Device { reason: error.to_string() })?;
    data.try_into_vec::<f32>().map_err(|error| DiffusionError::Device { reason: format!("{error:?}") })
}
