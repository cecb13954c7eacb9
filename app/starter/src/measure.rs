//! Measured colour and position: what a picture shows, without any classifier.

use crate::palette::{Colour, Rgb};
use crate::scene::Scene;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How far the subject's middle may lie from where the caption puts it, as a fraction of the width.
pub const POSITION_TOLERANCE: f32 = 0.1;

/// Why pictures could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A file could not be read.
    #[error("Check that the file exists and can be read ({cause}): {path}")]
    Read {
        /// What the operating system said.
        cause: std::io::Error,
        /// Where.
        path: PathBuf,
    },
    /// A file is not what the trainer or `starter render` writes.
    #[error("Give the images.npy and attributes.json of one set ({reason}): {path}")]
    Format {
        /// What is wrong.
        reason: String,
        /// Where.
        path: PathBuf,
    },
}

/// The measurements of a set of pictures; every share is 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Pictures measured.
    pub pictures: usize,
    /// Share whose strongest colour inside the subject's place is the named one; chance is 1/12.
    pub colour: f32,
    /// Share whose named colour is centred within [`POSITION_TOLERANCE`] of the place the caption gives.
    pub position: f32,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{{\"pictures\": {}, \"colour\": {:.4}, \"position\": {:.4}}}",
            self.pictures, self.colour, self.position
        )
    }
}

/// The named colour nearest to a pixel.
pub fn nearest(pixel: Rgb) -> usize {
    let mut best = (f32::MAX, 0);
    for (i, colour) in Colour::ALL.iter().enumerate() {
        let distance = colour.rgb().distance(pixel);
        if distance < best.0 {
            best = (distance, i);
        }
    }
    best.1
}

/// The colour that fills the subject's place more than the rest of the picture. `picture` is RGB, `size` x `size`.
pub fn colour_at(picture: &[u8], size: usize, centre: (f32, f32), half: f32) -> Colour {
    let (mut inside, mut outside) = ([0.0f32; 12], [0.0f32; 12]);
    for (i, p) in picture.chunks_exact(3).enumerate() {
        let (x, y) = ((i % size) as f32 / size as f32, (i / size) as f32 / size as f32);
        let reach = (x - centre.0).abs().max((y - centre.1).abs()) / half;
        let bin = nearest(Rgb(p[0], p[1], p[2]));
        if reach < 0.75 {
            inside[bin] += 1.0;
        } else if reach > 1.2 {
            outside[bin] += 1.0;
        }
    }
    let (total_in, total_out) = (inside.iter().sum::<f32>().max(1.0), outside.iter().sum::<f32>().max(1.0));
    let score = |i: usize| inside[i] / total_in - outside[i] / total_out;
    let best = (0..12).fold(0, |best, i| if score(i) > score(best) { i } else { best });
    Colour::ALL[best]
}

/// The horizontal middle of what stands out in the named colour against its own row, 0 to 1; `None` when nothing does.
pub fn middle_of(picture: &[u8], size: usize, colour: Colour) -> Option<f32> {
    let target = Colour::ALL.iter().position(|&c| c == colour)?;
    let (mut weight, mut sum) = (0.0f32, 0.0f32);
    for row in picture.chunks_exact(size * 3) {
        let hits: Vec<bool> = row.chunks_exact(3).map(|p| nearest(Rgb(p[0], p[1], p[2])) == target).collect();
        let share = hits.iter().filter(|&&hit| hit).count() as f32 / size as f32;
        // A row full of the colour is ground or sky, not the subject.
        if share > 0.9 {
            continue;
        }
        for x in hits.iter().enumerate().filter_map(|(x, &hit)| hit.then_some(x)) {
            weight += 1.0 - share;
            sum += (x as f32 + 0.5) / size as f32 * (1.0 - share);
        }
    }
    (weight > 8.0).then(|| sum / weight)
}

/// Measures pictures against the scenes that their captions came from.
pub fn measure(pictures: &[&[u8]], size: usize, scenes: &[Scene]) -> Report {
    let (mut colour, mut position) = (0usize, 0usize);
    for (picture, scene) in pictures.iter().zip(scenes) {
        let drawing = scene.draw();
        colour += usize::from(colour_at(picture, size, drawing.centre, drawing.half) == scene.colour);
        let (x, _) = scene.composition.frame();
        position += usize::from(
            middle_of(picture, size, scene.colour).is_some_and(|found| (found - x).abs() <= POSITION_TOLERANCE),
        );
    }
    let count = pictures.len().min(scenes.len());
    let share = |n: usize| n as f32 / count.max(1) as f32;
    Report { pictures: count, colour: share(colour), position: share(position) }
}

/// Measures an `images.npy` against its `attributes.json`.
pub fn measure_files(images: &Path, attributes: &Path) -> Result<Report, MeasureError> {
    let read = |path: &Path| std::fs::read(path).map_err(|cause| MeasureError::Read { cause, path: path.to_owned() });
    let bad = |path: &Path, reason: String| MeasureError::Format { reason, path: path.to_owned() };
    let scenes: Vec<Scene> =
        serde_json::from_slice(&read(attributes)?).map_err(|cause| bad(attributes, cause.to_string()))?;
    let bytes = read(images)?;
    if bytes.len() < 10 || !bytes.starts_with(b"\x93NUMPY\x01") {
        return Err(bad(images, "not a NumPy array of version 1".to_owned()));
    }
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = String::from_utf8_lossy(bytes.get(10..10 + length).unwrap_or_default()).into_owned();
    let shape: Vec<usize> = header
        .split_once("'shape': (")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(shape, _)| shape.split(',').filter_map(|n| n.trim().parse().ok()).collect())
        .unwrap_or_default();
    let &[count, height, width, 3] = shape.as_slice() else {
        return Err(bad(images, "the shape is not (count, size, size, 3)".to_owned()));
    };
    let pixels = &bytes[10 + length..];
    let one = height.saturating_mul(width).saturating_mul(3);
    if !header.contains("|u1") || height != width || one == 0 || pixels.len() / one < count || pixels.len() % one != 0 {
        return Err(bad(images, "the array is not square uint8 pictures, or is cut short".to_owned()));
    }
    let pictures: Vec<&[u8]> = pixels.chunks_exact(one).take(count).collect();
    Ok(measure(&pictures, width, &scenes))
}
