//! A scan for NaN and infinite weights, which the file format does not forbid and which turn every picture black.

use super::WeightsError;
use super::dtype::{TensorDtype, decode_f32};
use super::safetensors_file::SafetensorsFile;

/// What a scan found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct NonFinite {
    /// Number of NaN and infinite elements.
    pub elements: u64,
    /// Names of the tensors that hold them, sorted.
    pub tensors: Vec<String>,
}

/// Bytes that are read at a time, a multiple of every element's size: an embedding table of gigabytes needs no more memory.
const PART: usize = 4 << 20;

/// Counts NaN and infinite elements of every float tensor. Reads the whole file once.
///
/// # Errors
/// [`WeightsError::Open`] when the file cannot be read any more.
pub fn scan_non_finite(file: &SafetensorsFile) -> Result<NonFinite, WeightsError> {
    let mut found = NonFinite::default();
    for (name, info) in file.tensors().iter().filter(|(_, info)| info.dtype.is_float()) {
        let mut count = 0;
        let len = info.range.len();
        for start in (0..len).step_by(PART) {
            count += count_non_finite(info.dtype, &file.tensor_part(info, start..len.min(start + PART))?);
        }
        if count > 0 {
            found.elements += count;
            found.tensors.push(name.clone());
        }
    }
    Ok(found)
}

fn count_non_finite(dtype: TensorDtype, bytes: &[u8]) -> u64 {
    // An IEEE number is NaN or infinite when all exponent bits are set.
    let count = match dtype {
        TensorDtype::F32 => {
            bytes.as_chunks::<4>().0.iter().filter(|b| u32::from_le_bytes(**b) & 0x7F80_0000 == 0x7F80_0000).count()
        }
        TensorDtype::F16 => {
            bytes.as_chunks::<2>().0.iter().filter(|b| u16::from_le_bytes(**b) & 0x7C00 == 0x7C00).count()
        }
        TensorDtype::BF16 => {
            bytes.as_chunks::<2>().0.iter().filter(|b| u16::from_le_bytes(**b) & 0x7F80 == 0x7F80).count()
        }
        TensorDtype::F8E4M3 => bytes.iter().filter(|b| **b & 0x7F == 0x7F).count(),
        TensorDtype::F8E5M2 => bytes.iter().filter(|b| **b & 0x7C == 0x7C).count(),
        TensorDtype::F64 => bytes.as_chunks::<8>().0.iter().filter(|b| !f64::from_le_bytes(**b).is_finite()).count(),
        other => decode_f32(other, bytes).iter().filter(|value| !value.is_finite()).count(),
    };
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_tests_agree_with_decoding_for_every_small_float() {
        let all16: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        let all8: Vec<u8> = (0..=u8::MAX).collect();
        for (dtype, bytes) in [
            (TensorDtype::F16, &all16),
            (TensorDtype::BF16, &all16),
            (TensorDtype::F8E4M3, &all8),
            (TensorDtype::F8E5M2, &all8),
        ] {
            let decoded = decode_f32(dtype, bytes).iter().filter(|value| !value.is_finite()).count() as u64;
            assert_eq!(count_non_finite(dtype, bytes), decoded, "{dtype}");
        }
        let floats: Vec<u8> =
            [1.0, f32::NAN, f32::NEG_INFINITY, f32::MAX, 0.0].into_iter().flat_map(f32::to_le_bytes).collect();
        assert_eq!(count_non_finite(TensorDtype::F32, &floats), 2);
    }

    #[test]
    fn a_tensor_of_several_parts_is_read_to_its_end() {
        let elements = PART / 4 * 2 + 3;
        let mut values = vec![1.0_f32; elements];
        // At either side of where the parts meet, and at the very end.
        for index in [0, PART / 4 - 1, PART / 4, elements - 1] {
            values[index] = f32::NAN;
        }
        let header = format!(r#"{{"a":{{"dtype":"F32","shape":[{elements}],"data_offsets":[0,{}]}}}}"#, elements * 4);
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.safetensors");
        std::fs::write(&path, bytes).unwrap();
        let found = scan_non_finite(&SafetensorsFile::open(&path).unwrap()).unwrap();
        assert_eq!((found.elements, found.tensors), (4, vec!["a".to_owned()]));
    }
}
