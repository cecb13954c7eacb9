//! What a proof leaves to be looked at where it gave other pixels: the second render, where it differs from the Hero, and
//! by how much. It lies in the project's cache: whoever deletes that loses the look and no decision.

use std::path::{Path, PathBuf};

use kento_engine::protocol::Pixels;
use kento_studio::project::{Cache, DocumentName, ImageStore};
use kento_studio::{EngineFingerprint, JobId, SchemaV1, Sha256};
use serde::{Deserialize, Serialize};

/// How many times a difference is amplified, so that it is seen.
pub const DIFFERENCE_GAIN: u8 = 8;
/// Where it lies in the cache.
const SHELF: &str = "proofs";
/// A larger file is none of these.
const MOST_BYTES: u64 = 1 << 20;

/// How a second render compared with the Hero, where their pixels differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondRender {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The Hero's pixels.
    pub hero_pixels: Sha256,
    /// The pixels of the second render.
    pub again_pixels: Sha256,
    /// What it was rendered on.
    pub again_fingerprint: EngineFingerprint,
    /// How alike the two look, where it was measured.
    pub ssimulacra2: Option<f64>,
}

/// The pictures that lie beside it; any may be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondPictures {
    /// The second render.
    pub again: PathBuf,
    /// Where it differs from the Hero, [`DIFFERENCE_GAIN`] times amplified.
    pub difference: PathBuf,
}

impl SecondRender {
    /// Keeps the comparison that a proof made, with its pictures.
    ///
    /// # Errors
    /// One sentence; the proof is judged all the same.
    pub fn keep(&self, cache: &Cache, job: JobId, hero: &Pixels, again: &Pixels) -> Result<(), String> {
        let put = |name: String, bytes: &[u8]| -> Result<(), String> {
            let name: DocumentName = name.parse().map_err(said)?;
            cache.put(&SHELF.parse().map_err(said)?, &name, bytes).map_err(said)
        };
        put(again_name(self.again_pixels), &encoded(again)?)?;
        if let Some(difference) = difference(hero, again) {
            put(difference_name(self.hero_pixels, self.again_pixels), &encoded(&difference)?)?;
        }
        put(job_name(job), &serde_json::to_vec(self).map_err(said)?)
    }

    /// Reads what the proof of this job left; None where it is gone. Not for the window's thread.
    pub fn of_job(images: &ImageStore, job: JobId) -> Option<Self> {
        let path = shelf(images)?.join(job_name(job));
        if std::fs::metadata(&path).ok()?.len() > MOST_BYTES {
            return None;
        }
        serde_json::from_slice(&std::fs::read(&path).ok()?).ok()
    }
}

/// Where the pictures of a comparison are.
pub fn second_pictures(images: &ImageStore, hero_pixels: Sha256, again_pixels: Sha256) -> Option<SecondPictures> {
    let shelf = shelf(images)?;
    let difference = shelf.join(difference_name(hero_pixels, again_pixels));
    Some(SecondPictures { again: shelf.join(again_name(again_pixels)), difference })
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn shelf(images: &ImageStore) -> Option<PathBuf> {
    // project/images/ab/cdef….png
    let image = images.path(Sha256([0; 32]));
    image.ancestors().nth(3).map(|project: &Path| project.join("cache").join(SHELF))
}

fn job_name(job: JobId) -> String {
    format!("job-{}", job.0)
}

fn again_name(again_pixels: Sha256) -> String {
    again_pixels.to_string()
}

fn difference_name(hero_pixels: Sha256, again_pixels: Sha256) -> String {
    let [again, hero] = [again_pixels, hero_pixels].map(|pixels| pixels.to_string());
    format!("{}-from-{}", &again[..32], &hero[..32])
}

/// The absolute difference by channel, amplified; None where the two have not one size.
fn difference(hero: &Pixels, again: &Pixels) -> Option<Pixels> {
    let form = |pixels: &Pixels| (pixels.width, pixels.height, pixels.channels, pixels.data.len());
    if form(hero) != form(again) {
        return None;
    }
    let amplified = |(one, other): (&u8, &u8)| one.abs_diff(*other).saturating_mul(DIFFERENCE_GAIN);
    let data = hero.data.iter().zip(&again.data).map(amplified).collect();
    Some(Pixels { data, ..*hero })
}

fn encoded(pixels: &Pixels) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(said)?;
    writer.write_image_data(&pixels.data).map_err(said)?;
    writer.finish().map_err(said)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use kento_studio::project::{DiskFs, Owner, Project};
    use kento_studio::workflow::Record;
    use kento_studio::{DeviceFingerprint, Dtype, NUMERICS_REVISION, ToolVersion};

    use super::*;
    use crate::studio::pixels_sha256;

    #[test]
    fn the_second_render_and_the_amplified_difference_lie_in_the_cache_and_may_be_gone() {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::this_process("Jo", Timestamp::now());
        let path = folder.path().join("p.kento");
        let project = Project::<Record>::create(Arc::new(DiskFs), &path, "P", Timestamp::now(), owner).unwrap();
        let hero = Pixels { width: 2, height: 1, channels: 3, data: vec![100, 50, 10, 0, 0, 255] };
        let again = Pixels { data: vec![103, 50, 0, 200, 0, 255], ..hero.clone() };
        let second = SecondRender {
            schema: SchemaV1,
            hero_pixels: pixels_sha256(&hero),
            again_pixels: pixels_sha256(&again),
            again_fingerprint: EngineFingerprint {
                tool: ToolVersion { version: "0.1.0".to_owned(), commit: "a".to_owned(), numerics: NUMERICS_REVISION },
                platform: "linux x86_64".to_owned(),
                device: DeviceFingerprint {
                    name: "CPU".to_owned(),
                    class: "CPU".to_owned(),
                    api: "flex".to_owned(),
                    driver: String::new(),
                    shader: String::new(),
                },
                dtype: Dtype::F32,
            },
            ssimulacra2: Some(71.5),
        };
        assert_eq!(SecondRender::of_job(project.images(), JobId(7)), None);
        second.keep(&project.cache().unwrap(), JobId(7), &hero, &again).unwrap();
        assert_eq!(SecondRender::of_job(project.images(), JobId(7)), Some(second.clone()));
        let files = second_pictures(project.images(), second.hero_pixels, second.again_pixels).unwrap();
        let pixels =
            |path: &Path| image::load_from_memory(&std::fs::read(path).unwrap()).unwrap().into_rgb8().into_raw();
        assert_eq!(pixels(&files.again), again.data);
        // 3 × 8, 10 × 8, and 200 × 8 is cut off at white.
        assert_eq!(pixels(&files.difference), [24, 0, 80, 255, 0, 0]);
        project.cache().unwrap().clear().unwrap();
        assert_eq!(SecondRender::of_job(project.images(), JobId(7)), None);
    }

    #[test]
    fn renders_of_two_sizes_have_no_difference_to_show() {
        let hero = Pixels { width: 2, height: 1, channels: 3, data: vec![0; 6] };
        assert_eq!(difference(&hero, &Pixels { width: 1, height: 2, ..hero.clone() }), None);
        assert_eq!(difference(&hero, &hero).map(|pixels| pixels.data), Some(vec![0; 6]));
    }
}
