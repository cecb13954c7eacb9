//! What the trainer reads: pictures as a `.npy` array, captions and attributes as JSON.

use crate::caption;
use crate::random::Random;
use crate::scene::Scene;
use rayon::prelude::*;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why shards or sheets could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The folder or file could not be written.
    #[error("Choose a folder that can be written ({cause}): {path}")]
    Write {
        /// What the operating system said.
        cause: std::io::Error,
        /// Where.
        path: PathBuf,
    },
    /// A picture could not be encoded.
    #[error("Choose a file name that ends in .png ({cause}): {path}")]
    Picture {
        /// What the encoder said.
        cause: image::ImageError,
        /// Where.
        path: PathBuf,
    },
}

/// The scenes of a set: the same seed gives the same scenes; a longer set starts with the shorter one.
pub fn scenes(seed: u64, count: usize, held_out: bool) -> Vec<Scene> {
    let mut random = Random::new(seed);
    (0..count).map(|_| Scene::sample(&mut random, held_out)).collect()
}

/// Writes `images.npy` (count, size, size, 3; uint8), `captions.json` (`phrasings` texts a picture; the first is the plain
/// one when `held_out`), `attributes.json`, `places.json` and `vocabulary.json` into `folder`.
pub fn write(
    folder: &Path,
    seed: u64,
    count: usize,
    size: usize,
    phrasings: usize,
    held_out: bool,
) -> Result<(), ShardError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |cause| ShardError::Write { cause, path }
    };
    std::fs::create_dir_all(folder).map_err(fail(folder))?;
    let scenes = scenes(seed, count, held_out);
    let images = folder.join("images.npy");
    let partial = folder.join("images.npy.part");
    let mut file = BufWriter::new(File::create(&partial).map_err(fail(&partial))?);
    file.write_all(&npy_header(count, size)).map_err(fail(&partial))?;
    for batch in scenes.chunks(512) {
        let pictures: Vec<Vec<u8>> = batch.par_iter().map(|scene| crate::render(scene, size)).collect();
        for picture in pictures {
            file.write_all(&picture).map_err(fail(&partial))?;
        }
    }
    file.flush().map_err(fail(&partial))?;
    let captions: Vec<Vec<String>> = scenes
        .iter()
        .map(|scene| {
            let mut random = Random::new(scene.seed ^ 0xca97);
            let plain = held_out.then(|| caption::plain(scene));
            plain
                .into_iter()
                .chain(std::iter::repeat_with(|| caption::phrase(scene, &mut random)))
                .take(phrasings)
                .collect()
        })
        .collect();
    json(&folder.join("captions.json"), &captions)?;
    json(&folder.join("attributes.json"), &scenes)?;
    json(&folder.join("places.json"), &places(&scenes))?;
    json(&folder.join("vocabulary.json"), &caption::vocabulary())?;
    std::fs::rename(&partial, &images).map_err(fail(&images))
}

/// Where a picture's subject lies, as fractions of the width; the trainer looks closer there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlaceOfSubject {
    /// Its middle (x, y).
    pub centre: (f32, f32),
    /// Half of its width and height.
    pub half: f32,
}

/// Where the subjects of the scenes lie, in their order.
pub fn places(scenes: &[Scene]) -> Vec<PlaceOfSubject> {
    scenes
        .par_iter()
        .map(|scene| {
            let drawing = scene.draw();
            PlaceOfSubject { centre: drawing.centre, half: drawing.half }
        })
        .collect()
}

fn json(path: &Path, value: &impl Serialize) -> Result<(), ShardError> {
    let fail = |cause| ShardError::Write { cause, path: path.to_owned() };
    let text = serde_json::to_vec(value).map_err(|cause| fail(cause.into()))?;
    std::fs::write(path, text).map_err(fail)
}

/// The header of NumPy's format, version 1, for a C-ordered uint8 array.
fn npy_header(count: usize, size: usize) -> Vec<u8> {
    let mut text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, {size}, {size}, 3), }}");
    while (10 + text.len() + 1) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend((text.len() as u16).to_le_bytes());
    header.extend(text.as_bytes());
    header
}

/// Writes a contact sheet of the scenes, `columns` wide, as a picture file.
pub fn sheet(path: &Path, scenes: &[Scene], columns: usize, size: usize) -> Result<(), ShardError> {
    let gap = 4;
    let rows = scenes.len().div_ceil(columns.max(1));
    let width = (columns * (size + gap) + gap) as u32;
    let height = (rows * (size + gap) + gap) as u32;
    let mut sheet = image::RgbImage::from_pixel(width, height, image::Rgb([18, 18, 22]));
    let pictures: Vec<Vec<u8>> = scenes.par_iter().map(|scene| crate::render(scene, size)).collect();
    for (i, picture) in pictures.into_iter().enumerate() {
        if let Some(tile) = image::RgbImage::from_raw(size as u32, size as u32, picture) {
            let (x, y) = (gap + i % columns * (size + gap), gap + i / columns * (size + gap));
            image::imageops::replace(&mut sheet, &tile, x as i64, y as i64);
        }
    }
    sheet.save(path).map_err(|cause| ShardError::Picture { cause, path: path.to_owned() })
}
