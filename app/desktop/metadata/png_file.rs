use std::io::{BufRead, Seek};

use kento_engine::protocol::Pixels;

use super::{ImageRecord, MIX_KEYWORD, MixRecord, PARAMETERS_KEYWORD, RECORD_KEYWORD};

/// Encodes RGB pixels as a PNG with the record in both forms. The same input gives the same bytes.
///
/// # Errors
/// [`PngError::Encode`] when the pixels do not fit their size.
pub fn encode(image: &Pixels, record: &ImageRecord) -> Result<Vec<u8>, PngError> {
    let json = serde_json::to_string(record).map_err(PngError::Record)?;
    encode_with(image, [(PARAMETERS_KEYWORD, record.parameters().to_string()), (RECORD_KEYWORD, json)])
}

/// The same for pixels that were put together of two images.
///
/// # Errors
/// As [`encode`].
pub fn encode_mix(image: &Pixels, record: &MixRecord) -> Result<Vec<u8>, PngError> {
    encode_with(image, [(MIX_KEYWORD, serde_json::to_string(record).map_err(PngError::Record)?)])
}

fn encode_with<const N: usize>(image: &Pixels, texts: [(&str, String); N]) -> Result<Vec<u8>, PngError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width, image.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    for (keyword, text) in texts {
        // As Pillow does: tEXt where Latin-1 suffices, iTXt otherwise.
        let added = if text.chars().all(|letter| u32::from(letter) < 256) {
            encoder.add_text_chunk(keyword.to_owned(), text)
        } else {
            encoder.add_itxt_chunk(keyword.to_owned(), text)
        };
        added.map_err(PngError::Encode)?;
    }
    let mut writer = encoder.write_header().map_err(PngError::Encode)?;
    writer.write_image_data(&image.data).map_err(PngError::Encode)?;
    writer.finish().map_err(PngError::Encode)?;
    Ok(bytes)
}

/// What a PNG says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PngMetadata {
    /// A1111's text, if there is one.
    pub parameters: Option<String>,
    /// Kento's record, if there is one.
    pub record: Option<ImageRecord>,
    /// Kento's record of what it was put together of, if there is one.
    pub mix: Option<MixRecord>,
}

/// Reads both forms from a PNG, from tEXt, zTXt and iTXt chunks before or behind the pixels.
///
/// # Errors
/// [`PngError::Decode`] when this is no whole PNG, [`PngError::Record`] when Kento's chunk is damaged or of another version.
pub fn read(file: impl BufRead + Seek) -> Result<PngMetadata, PngError> {
    let limits = png::Limits { bytes: MOST_TEXT_BYTES };
    let mut reader = png::Decoder::new_with_limits(file, limits).read_info().map_err(PngError::Decode)?;
    // Chunks behind the pixels are only seen when the pixels were passed.
    reader.finish().map_err(PngError::Decode)?;
    let info = reader.info();
    let mut metadata = PngMetadata::default();
    let mut texts: Vec<(&str, String)> = Vec::new();
    for chunk in &info.uncompressed_latin1_text {
        texts.push((&chunk.keyword, chunk.text.clone()));
    }
    for chunk in &info.compressed_latin1_text {
        texts.push((&chunk.keyword, chunk.get_text().map_err(PngError::Decode)?));
    }
    for chunk in &info.utf8_text {
        texts.push((&chunk.keyword, chunk.get_text().map_err(PngError::Decode)?));
    }
    for (keyword, text) in texts {
        match keyword {
            PARAMETERS_KEYWORD => metadata.parameters = Some(text),
            MIX_KEYWORD => metadata.mix = Some(serde_json::from_str(&text).map_err(PngError::Record)?),
            RECORD_KEYWORD => metadata.record = Some(serde_json::from_str(&text).map_err(PngError::Record)?),
            _ => {}
        }
    }
    Ok(metadata)
}

/// Why a PNG cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PngError {
    /// The pixels or texts cannot be encoded.
    #[error("the image cannot be encoded: {0}")]
    Encode(png::EncodingError),
    /// The file is no PNG or is damaged.
    #[error("the file is not a whole PNG: {0}")]
    Decode(png::DecodingError),
    /// Kento's chunk cannot be read or written.
    #[error("Kento's record in the image cannot be used: {0}")]
    Record(serde_json::Error),
}

/// Most memory for texts and rows while reading, in bytes.
const MOST_TEXT_BYTES: usize = 256 << 20;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use kento_studio::{
        DeviceFingerprint, Dtype, EngineFingerprint, GenerationRequest, ImageReference, JobId, ModelFile,
        ModelReference, NUMERICS_REVISION, NoiseSource, Recipe, SchedulerSetting, SchemaV1, Sha256, Task, ToolVersion,
    };

    use super::*;
    use crate::metadata::Parameters;

    fn record(prompt: &str) -> ImageRecord {
        let tool = ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION };
        let image = ImageReference { sha256: Sha256([0xab; 32]), width: 8, height: 8 };
        ImageRecord {
            schema: SchemaV1,
            request: GenerationRequest {
                schema: SchemaV1,
                job: JobId(1),
                recipe: Recipe {
                    schema: SchemaV1,
                    tool: tool.clone(),
                    model: ModelReference {
                        name: "v1-5, pruned".to_owned(),
                        files: vec![ModelFile {
                            path: "m.safetensors".to_owned(),
                            bytes: 1,
                            sha256: Sha256([0x6c; 32]),
                        }],
                        licence: None,
                    },
                    vae: None,
                    prompt: prompt.to_owned(),
                    negative_prompt: "blurry".to_owned(),
                    clip_skip: 2,
                    noise: NoiseSource::TorchCpu,
                    scheduler: SchedulerSetting { name: "dpmpp-2m".to_owned(), sigmas: Some("karras".to_owned()) },
                    steps: 20,
                    guidance_scale: 7.0,
                    guidance_rescale: 0.0,
                    width: 8,
                    height: 8,
                    dtype: Dtype::F32,
                    device: None,
                },
                task: Task::ImageToImage { image, strength: 0.45 },
                seed: u64::MAX,
                variation: None,
            },
            fingerprint: EngineFingerprint {
                tool,
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
            overrule: None,
        }
    }

    fn pixels() -> Pixels {
        Pixels { width: 8, height: 8, channels: 3, data: (0..192).collect() }
    }

    #[test]
    fn both_forms_round_trip_in_latin_1_and_beyond() {
        for prompt in ["a red kite", "Übergröße, ¼", "雪の山 🏔", "two\nlines", "", "Steps: 1, Seed: 2, Size: 3x3"]
        {
            let record = record(prompt);
            let bytes = encode(&pixels(), &record).unwrap();
            assert_eq!(bytes, encode(&pixels(), &record).unwrap());
            let metadata = read(Cursor::new(&bytes)).unwrap();
            assert_eq!(metadata.record.as_ref(), Some(&record));
            let parameters = Parameters::parse(&metadata.parameters.unwrap());
            assert_eq!((parameters.prompt.as_str(), parameters.negative_prompt.as_str()), (prompt, "blurry"));
            for (key, value) in [
                ("Steps", "20"),
                ("Sampler", "DPM++ 2M"),
                ("Schedule type", "Karras"),
                ("CFG scale", "7"),
                ("Seed", "18446744073709551615"),
                ("Size", "8x8"),
                ("Model hash", "6c6c6c6c6c"),
                ("Model", "v1-5, pruned"),
                ("Denoising strength", "0.45"),
                ("Clip skip", "2"),
                ("RNG", "CPU"),
                ("Version", "Kento 0.1.0"),
            ] {
                assert_eq!(parameters.get(key), Some(value), "{key}");
            }
            // Another program's decoder sees the same pixels.
            let image = image::load_from_memory(&bytes).unwrap();
            assert_eq!(image.into_rgb8().into_raw(), pixels().data);
        }
    }

    #[test]
    fn a_reason_is_kept_and_records_from_before_there_were_reasons_are_read() {
        let plain = record("p");
        let text = serde_json::to_string(&plain).unwrap();
        assert!(!text.contains("overrule"), "without a reason nothing is written that older versions do not know");
        assert_eq!(serde_json::from_str::<ImageRecord>(&text).unwrap(), plain);
        let overruled = ImageRecord { overrule: Some("only sky".to_owned()), ..plain };
        let read = read(Cursor::new(encode(&pixels(), &overruled).unwrap())).unwrap();
        assert_eq!(read.record, Some(overruled));
    }

    #[test]
    fn a_mix_says_what_it_was_put_together_of() {
        let tool = ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION };
        let [first, second, mask] = [1, 2, 3].map(|byte| Sha256([byte; 32]));
        let mix = MixRecord { schema: SchemaV1, first, second, mask, tool };
        let bytes = encode_mix(&pixels(), &mix).unwrap();
        assert_eq!(bytes, encode_mix(&pixels(), &mix).unwrap());
        let read = read(Cursor::new(&bytes)).unwrap();
        assert_eq!((read.mix, read.record, read.parameters), (Some(mix), None, None));
    }

    #[test]
    fn text_chunks_are_latin_1_where_that_suffices() {
        let has = |prompt: &str, kind: &[u8]| {
            encode(&pixels(), &record(prompt)).unwrap().windows(kind.len()).any(|window| window == kind)
        };
        assert!(has("Übergröße", b"tEXtparameters\0") && !has("Übergröße", b"iTXt"));
        assert!(has("雪", b"iTXtparameters\0") && !has("雪", b"tEXtparameters"));
    }

    #[test]
    fn damaged_files_and_records_are_refused() {
        let bytes = encode(&pixels(), &record("p")).unwrap();
        for len in [0, 10, 100, bytes.len() - 20] {
            assert!(matches!(read(Cursor::new(&bytes[..len])), Err(PngError::Decode(_))), "{len}");
        }
        let mut plain = Vec::new();
        let mut encoder = png::Encoder::new(&mut plain, 1, 1);
        encoder.add_text_chunk("kento".to_owned(), "{\"schema\":2}".to_owned()).unwrap();
        encoder.write_header().unwrap().write_image_data(&[7]).unwrap();
        assert!(matches!(read(Cursor::new(plain)), Err(PngError::Record(_))));
    }
}
