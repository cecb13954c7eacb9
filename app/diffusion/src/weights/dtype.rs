//! The element types of a safetensors file and their way into f32 and f16.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Element type of a stored tensor, by the name that the safetensors format gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum TensorDtype {
    /// IEEE double precision.
    F64,
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an f32.
    BF16,
    /// 8 bits, 4 exponent, 3 mantissa, no infinities (torch `float8_e4m3fn`).
    #[serde(rename = "F8_E4M3")]
    F8E4M3,
    /// 8 bits, 5 exponent, 2 mantissa (torch `float8_e5m2`).
    #[serde(rename = "F8_E5M2")]
    F8E5M2,
    /// Signed 64-bit integer.
    I64,
    /// Signed 32-bit integer.
    I32,
    /// Signed 16-bit integer.
    I16,
    /// Signed 8-bit integer.
    I8,
    /// Unsigned 64-bit integer.
    U64,
    /// Unsigned 32-bit integer.
    U32,
    /// Unsigned 16-bit integer.
    U16,
    /// Unsigned 8-bit integer.
    U8,
    /// One byte, 0 or 1.
    #[serde(rename = "BOOL")]
    Bool,
}

/// Every dtype that is read, with the format's name for it and its size in bytes.
const DTYPES: [(TensorDtype, &str, usize); 15] = [
    (TensorDtype::F64, "F64", 8),
    (TensorDtype::F32, "F32", 4),
    (TensorDtype::F16, "F16", 2),
    (TensorDtype::BF16, "BF16", 2),
    (TensorDtype::F8E4M3, "F8_E4M3", 1),
    (TensorDtype::F8E5M2, "F8_E5M2", 1),
    (TensorDtype::I64, "I64", 8),
    (TensorDtype::I32, "I32", 4),
    (TensorDtype::I16, "I16", 2),
    (TensorDtype::I8, "I8", 1),
    (TensorDtype::U64, "U64", 8),
    (TensorDtype::U32, "U32", 4),
    (TensorDtype::U16, "U16", 2),
    (TensorDtype::U8, "U8", 1),
    (TensorDtype::Bool, "BOOL", 1),
];

impl TensorDtype {
    /// The dtype with this safetensors name, if it is one that Kento reads.
    pub fn from_name(name: &str) -> Option<Self> {
        DTYPES.iter().find(|(_, known, _)| *known == name).map(|(dtype, _, _)| *dtype)
    }

    fn row(self) -> &'static (TensorDtype, &'static str, usize) {
        DTYPES.iter().find(|(dtype, _, _)| *dtype == self).expect("the table holds every variant, see the test")
    }

    /// The safetensors name, for example `F8_E4M3`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Bytes per element.
    pub fn size(self) -> usize {
        self.row().2
    }

    /// Whether elements are floating point numbers.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F64 | Self::F32 | Self::F16 | Self::BF16 | Self::F8E4M3 | Self::F8E5M2)
    }

    /// Whether elements are 8-bit floats, which come with a scale of their own in some files.
    pub fn is_fp8(self) -> bool {
        matches!(self, Self::F8E4M3 | Self::F8E5M2)
    }
}

impl std::fmt::Display for TensorDtype {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Decodes little-endian `bytes` of any dtype into f32, multiplied by nothing: fp8 scales are the caller's.
///
/// `bytes` holds whole elements. Integers beyond 2^24 and doubles are rounded to the nearest f32.
pub fn decode_f32(dtype: TensorDtype, bytes: &[u8]) -> Vec<f32> {
    match dtype {
        TensorDtype::F64 => elements(bytes, |b: [u8; 8]| f64::from_le_bytes(b) as f32),
        TensorDtype::F32 => elements(bytes, f32::from_le_bytes),
        TensorDtype::F16 => {
            let halves: Vec<f16> = elements(bytes, f16::from_le_bytes);
            let mut floats = vec![0.0; halves.len()];
            halves.convert_to_f32_slice(&mut floats);
            floats
        }
        TensorDtype::BF16 => elements(bytes, |b: [u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)),
        TensorDtype::F8E4M3 => elements(bytes, |[b]: [u8; 1]| E4M3FN[usize::from(b)]),
        TensorDtype::F8E5M2 => elements(bytes, |[b]: [u8; 1]| E5M2[usize::from(b)]),
        TensorDtype::I64 => elements(bytes, |b: [u8; 8]| i64::from_le_bytes(b) as f32),
        TensorDtype::I32 => elements(bytes, |b: [u8; 4]| i32::from_le_bytes(b) as f32),
        TensorDtype::I16 => elements(bytes, |b: [u8; 2]| f32::from(i16::from_le_bytes(b))),
        TensorDtype::I8 => elements(bytes, |b: [u8; 1]| f32::from(i8::from_le_bytes(b))),
        TensorDtype::U64 => elements(bytes, |b: [u8; 8]| u64::from_le_bytes(b) as f32),
        TensorDtype::U32 => elements(bytes, |b: [u8; 4]| u32::from_le_bytes(b) as f32),
        TensorDtype::U16 => elements(bytes, |b: [u8; 2]| f32::from(u16::from_le_bytes(b))),
        TensorDtype::U8 => elements(bytes, |[b]: [u8; 1]| f32::from(b)),
        TensorDtype::Bool => elements(bytes, |[b]: [u8; 1]| if b == 0 { 0.0 } else { 1.0 }),
    }
}

/// Decodes little-endian `bytes` of any dtype into f16, rounding to nearest; values beyond ±65504 become infinite.
pub fn decode_f16(dtype: TensorDtype, bytes: &[u8]) -> Vec<f16> {
    if dtype == TensorDtype::F16 {
        return elements(bytes, f16::from_le_bytes);
    }
    // In blocks, so that a big bf16 or f32 tensor never stands in memory a second time as f32.
    let mut halves = vec![f16::ZERO; bytes.len() / dtype.size()];
    for (source, target) in bytes.chunks(BLOCK * dtype.size()).zip(halves.chunks_mut(BLOCK)) {
        target.convert_from_f32_slice(&decode_f32(dtype, source));
    }
    halves
}

/// Decodes an integer tensor (`position_ids`) exactly.
///
/// Returns `None` for floats and for unsigned 64-bit values beyond `i64`.
pub fn decode_i64(dtype: TensorDtype, bytes: &[u8]) -> Option<Vec<i64>> {
    Some(match dtype {
        TensorDtype::I64 => elements(bytes, i64::from_le_bytes),
        TensorDtype::I32 => elements(bytes, |b: [u8; 4]| i64::from(i32::from_le_bytes(b))),
        TensorDtype::I16 => elements(bytes, |b: [u8; 2]| i64::from(i16::from_le_bytes(b))),
        TensorDtype::I8 => elements(bytes, |b: [u8; 1]| i64::from(i8::from_le_bytes(b))),
        TensorDtype::U32 => elements(bytes, |b: [u8; 4]| i64::from(u32::from_le_bytes(b))),
        TensorDtype::U16 => elements(bytes, |b: [u8; 2]| i64::from(u16::from_le_bytes(b))),
        TensorDtype::U8 | TensorDtype::Bool => elements(bytes, |[b]: [u8; 1]| i64::from(b)),
        TensorDtype::U64 => {
            let wide: Vec<u64> = elements(bytes, u64::from_le_bytes);
            return wide.into_iter().map(|value| i64::try_from(value).ok()).collect();
        }
        _ => return None,
    })
}

/// Elements converted at a time when the target is narrower than f32: 64 KiB of f32.
const BLOCK: usize = 16 * 1024;

fn elements<const N: usize, T>(bytes: &[u8], convert: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| convert(*chunk)).collect()
}

/// Value of every `float8_e4m3fn` byte: bias 7, subnormals at exponent 0, NaN only at S.1111.111, no infinity.
static E4M3FN: [f32; 256] = {
    let mut table = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        let exponent = (byte >> 3) & 0xF;
        let mantissa = (byte & 7) as u32;
        let sign = ((byte >> 7) as u32) << 31;
        table[byte] = if exponent == 0xF && mantissa == 7 {
            f32::NAN
        } else if exponent == 0 {
            // mantissa x 2^-9
            let magnitude = mantissa as f32 / 512.0;
            f32::from_bits(magnitude.to_bits() | sign)
        } else {
            f32::from_bits(sign | ((exponent as u32 + 127 - 7) << 23) | (mantissa << 20))
        };
        byte += 1;
    }
    table
};

/// Value of every `float8_e5m2` byte: the upper byte of an IEEE half.
static E5M2: [f32; 256] = {
    let mut table = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = f16::from_bits((byte as u16) << 8).to_f32_const();
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_has_a_row_and_a_name_that_leads_back() {
        for (dtype, name, size) in DTYPES {
            assert_eq!(TensorDtype::from_name(name), Some(dtype));
            assert_eq!((dtype.name(), dtype.size()), (name, size));
        }
        assert_eq!(TensorDtype::from_name("F8_E8M0"), None);
    }

    #[test]
    fn all_256_values_of_both_fp8_formats_equal_torch() {
        // torch.arange(256, dtype=torch.uint8).view(torch.float8_*).float(), made by tests/parity/single_file/fp8.py
        let expected = include_bytes!("fp8_values.bin");
        let bytes: Vec<u8> = (0..=255).collect();
        let (e4m3, e5m2) = expected.split_at(1024);
        for (dtype, expected) in [(TensorDtype::F8E4M3, e4m3), (TensorDtype::F8E5M2, e5m2)] {
            let expected = decode_f32(TensorDtype::F32, expected);
            for (byte, (got, want)) in decode_f32(dtype, &bytes).into_iter().zip(expected).enumerate() {
                assert!(
                    got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(),
                    "{dtype} {byte:#04x}: {got} instead of {want}"
                );
            }
        }
    }

    #[test]
    fn halves_and_brain_floats_decode_to_known_values() {
        assert_eq!(decode_f32(TensorDtype::F16, &[0x00, 0x3C, 0x00, 0xC0]), [1.0, -2.0]);
        assert_eq!(decode_f32(TensorDtype::BF16, &[0x80, 0x3F, 0x49, 0x40]), [1.0, 3.140625]);
        let long: Vec<u8> = (0..40_000).flat_map(|i| (i as f32).to_le_bytes()).collect();
        let halves = decode_f16(TensorDtype::F32, &long);
        assert_eq!(halves.len(), 40_000);
        assert!(halves.iter().enumerate().all(|(i, value)| *value == f16::from_f32(i as f32)));
    }

    #[test]
    fn integers_decode_exactly() {
        assert_eq!(decode_i64(TensorDtype::I64, &(-7_i64).to_le_bytes()), Some(vec![-7]));
        assert_eq!(decode_i64(TensorDtype::U64, &u64::MAX.to_le_bytes()), None);
        assert_eq!(decode_i64(TensorDtype::F32, &1.0_f32.to_le_bytes()), None);
        assert_eq!(decode_f32(TensorDtype::Bool, &[0, 1]), [0.0, 1.0]);
    }
}
