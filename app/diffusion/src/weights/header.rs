//! The gate in front of every safetensors file: what is refused before one byte of a tensor is believed.
//!
//! The safetensors crate accepts duplicate names (the last one wins), names with NUL or path parts, repeated metadata
//! keys and 200,000 empty tensors; a product that loads files from strangers must decide those cases itself. Each fault
//! has one sentence.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::dtype::TensorDtype;

/// Largest header that is read, in bytes. SDXL single files have about 0.3 MB.
pub const MAX_HEADER_BYTES: u64 = 16 * 1024 * 1024;
/// Most tensors that one file may hold. SDXL with EMA weights has about 6,000.
pub const MAX_TENSORS: usize = 20_000;
/// Longest tensor name in bytes.
pub const MAX_NAME_BYTES: usize = 512;
/// Most dimensions of one tensor.
pub const MAX_RANK: usize = 8;

/// Where one tensor lies in a file and how to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Element type as stored.
    pub dtype: TensorDtype,
    /// Dimensions, outermost first; empty for a scalar.
    pub shape: Vec<usize>,
    /// Byte range in the data section (after the header).
    pub range: Range<usize>,
}

/// A header that passed every check.
#[derive(Debug)]
pub struct Header {
    /// Tensors by name.
    pub tensors: BTreeMap<String, TensorInfo>,
    /// The `__metadata__` strings.
    pub metadata: BTreeMap<String, String>,
}

/// Why a header is refused. The sentence is shown to the user with the path behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// Zero bytes long.
    #[error("the file is empty; download or copy it again")]
    Empty,
    /// Fewer than the eight bytes of the length field.
    #[error("the file is {0} bytes long, too short for a safetensors header; download or copy it again")]
    TooShort(u64),
    /// The length field alone is absurd.
    #[error(
        "the header claims {0} bytes, more than the 16 MiB that Kento reads; this is not a safetensors file or it is damaged"
    )]
    HeaderTooLong(u64),
    /// The file ends inside the header.
    #[error("the file ends {0} bytes before its header does; download or copy it again")]
    HeaderTruncated(u64),
    /// Not JSON, or JSON of another form.
    #[error("the header is not the JSON that safetensors prescribes ({0}); the file is damaged or of another kind")]
    NotSafetensorsJson(String),
    /// A key that appears twice.
    #[error("the header names {0:?} twice; a reader cannot know which one is meant, so the file is refused")]
    DuplicateKey(String),
    /// No tensors at all.
    #[error("the file holds no tensors")]
    NoTensors,
    /// More tensors than allowed.
    #[error("the header lists more than {MAX_TENSORS} tensors; no Stable Diffusion model has so many")]
    TooManyTensors,
    /// A name beyond the limit.
    #[error("a tensor name is {0} bytes long; at most {MAX_NAME_BYTES} are accepted")]
    NameTooLong(usize),
    /// A name with control characters or path parts.
    #[error("the tensor name {0:?} is empty or holds control characters or path separators; the file is refused")]
    BadName(String),
    /// Rank above the limit.
    #[error("the tensor {name} has {rank} dimensions; at most {MAX_RANK} are accepted")]
    RankTooHigh {
        /// Tensor name.
        name: String,
        /// Dimensions claimed.
        rank: usize,
    },
    /// A dtype that is not in [`TensorDtype`].
    #[error("the tensor {name} has the data type {dtype:?}, which Kento does not read; convert the file to F16 first")]
    UnknownDtype {
        /// Tensor name.
        name: String,
        /// The dtype as written.
        dtype: String,
    },
    /// The product of the dimensions does not fit.
    #[error("the tensor {0} claims more elements than a computer can address; the file is damaged or malicious")]
    ShapeOverflow(String),
    /// End before start.
    #[error("the tensor {0} ends before it starts; the file is damaged or malicious")]
    ReversedRange(String),
    /// Shape and byte range disagree.
    #[error(
        "the tensor {name} has a shape of {expected} bytes but a range of {actual}; the file is damaged or malicious"
    )]
    SizeMismatch {
        /// Tensor name.
        name: String,
        /// Bytes by shape and dtype.
        expected: usize,
        /// Bytes by offsets.
        actual: usize,
    },
    /// Two tensors share bytes.
    #[error("the tensors {0} and {1} overlap; the file is damaged or malicious")]
    Overlap(String, String),
    /// Unused bytes between tensors.
    #[error("{bytes} unused bytes lie before the tensor {name}; the file is damaged or hides something")]
    Hole {
        /// The tensor behind the hole.
        name: String,
        /// Size of the hole.
        bytes: usize,
    },
    /// The file ends before the last tensor does.
    #[error("the file ends {0} bytes too early; download or copy it again")]
    Truncated(u64),
    /// Bytes behind the last tensor.
    #[error("{0} bytes follow the last tensor; the file is damaged or hides something")]
    TrailingBytes(u64),
}

/// The length of the JSON behind the length field. `head` holds at least the first eight bytes of a file of `file_length`.
///
/// # Errors
/// [`HeaderFault`] when the file is too short or the length is absurd.
pub fn length(head: &[u8], file_length: u64) -> Result<u64, HeaderFault> {
    if file_length == 0 {
        return Err(HeaderFault::Empty);
    }
    let length = head.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
    let length = length.ok_or(HeaderFault::TooShort(file_length))?;
    if length > MAX_HEADER_BYTES {
        return Err(HeaderFault::HeaderTooLong(length));
    }
    let behind = file_length.saturating_sub(8);
    if length > behind { Err(HeaderFault::HeaderTruncated(length - behind)) } else { Ok(length) }
}

/// Reads and checks the JSON of a header, behind which `data_length` bytes of tensors follow.
///
/// # Errors
/// The first [`HeaderFault`] found. No tensor byte is touched, so a refusal is fast.
pub fn parse(json: &[u8], data_length: u64) -> Result<Header, HeaderFault> {
    // 1. JSON with our own visitor, which sees every key.
    let mut fault = None;
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let parsed = HeaderSeed { fault: &mut fault }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    let (entries, metadata) = match (parsed, fault) {
        (_, Some(fault)) => return Err(fault),
        (Err(error), None) => return Err(HeaderFault::NotSafetensorsJson(error.to_string())),
        (Ok(value), None) => value,
    };
    if entries.is_empty() {
        return Err(HeaderFault::NoTensors);
    }

    // 2. Each tensor on its own, then all ranges against each other.
    let tensors = entries
        .into_iter()
        .map(|(name, entry)| entry.check(&name).map(|info| (name, info)))
        .collect::<Result<BTreeMap<_, _>, _>>()?;
    check_layout(&tensors, data_length)?;
    Ok(Header { tensors, metadata })
}

/// One tensor as the JSON states it.
struct RawTensor {
    dtype: String,
    shape: Dims,
    offsets: (u64, u64),
}

impl RawTensor {
    fn check(self, name: &str) -> Result<TensorInfo, HeaderFault> {
        let dtype = TensorDtype::from_name(&self.dtype)
            .ok_or_else(|| HeaderFault::UnknownDtype { name: name.to_owned(), dtype: self.dtype.clone() })?;
        if self.shape.rank > MAX_RANK {
            return Err(HeaderFault::RankTooHigh { name: name.to_owned(), rank: self.shape.rank });
        }
        let overflow = || HeaderFault::ShapeOverflow(name.to_owned());
        let mut shape = Vec::with_capacity(self.shape.rank);
        // Multiplied without regard to zeros, so that [2^64-1, 0] is refused too.
        let mut nonzero_product = 1_usize;
        for dim in self.shape.first {
            let dim = usize::try_from(dim).map_err(|_| overflow())?;
            nonzero_product = nonzero_product.checked_mul(dim.max(1)).ok_or_else(overflow)?;
            shape.push(dim);
        }
        // isize::MAX is the largest slice that Rust can hold.
        nonzero_product
            .checked_mul(dtype.size())
            .filter(|bytes| isize::try_from(*bytes).is_ok())
            .ok_or_else(overflow)?;
        let expected = shape.iter().product::<usize>() * dtype.size();
        let (start, end) = self.offsets;
        if end < start {
            return Err(HeaderFault::ReversedRange(name.to_owned()));
        }
        let start = usize::try_from(start).map_err(|_| overflow())?;
        let end = usize::try_from(end).map_err(|_| overflow())?;
        if end - start != expected {
            return Err(HeaderFault::SizeMismatch { name: name.to_owned(), expected, actual: end - start });
        }
        Ok(TensorInfo { dtype, shape, range: start..end })
    }
}

/// The dimensions of one tensor, of which only as many are kept as can be valid: a header of eight million dimensions
/// costs no memory.
struct Dims {
    first: Vec<u64>,
    rank: usize,
}

impl<'de> serde::Deserialize<'de> for Dims {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(DimsVisitor)
    }
}

struct DimsVisitor;

impl<'de> Visitor<'de> for DimsVisitor {
    type Value = Dims;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of dimensions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Dims, A::Error> {
        let mut dims = Dims { first: Vec::new(), rank: 0 };
        while let Some(dim) = seq.next_element::<u64>()? {
            if dims.rank < MAX_RANK {
                dims.first.push(dim);
            }
            dims.rank += 1;
        }
        Ok(dims)
    }
}

/// The ranges must fill the data section from 0 to its end without hole or overlap.
fn check_layout(tensors: &BTreeMap<String, TensorInfo>, data_length: u64) -> Result<(), HeaderFault> {
    let mut ordered: Vec<(&String, &Range<usize>)> = tensors.iter().map(|(name, info)| (name, &info.range)).collect();
    ordered.sort_by_key(|(_, range)| (range.start, range.end));
    let mut end = 0;
    let mut previous = "";
    for (name, range) in ordered {
        if range.start < end {
            return Err(HeaderFault::Overlap(previous.to_owned(), name.clone()));
        }
        if range.start > end {
            return Err(HeaderFault::Hole { name: name.clone(), bytes: range.start - end });
        }
        end = range.end;
        previous = name;
    }
    let end = end as u64;
    match end.cmp(&data_length) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(HeaderFault::Truncated(end - data_length)),
        std::cmp::Ordering::Less => Err(HeaderFault::TrailingBytes(data_length - end)),
    }
}

fn check_name(name: &str) -> Result<(), HeaderFault> {
    if name.len() > MAX_NAME_BYTES {
        return Err(HeaderFault::NameTooLong(name.len()));
    }
    if name.is_empty() || name.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        return Err(HeaderFault::BadName(name.to_owned()));
    }
    Ok(())
}

/// Reads the top-level object. A fault with its own sentence goes into `fault`, since serde errors carry only text.
struct HeaderSeed<'a> {
    fault: &'a mut Option<HeaderFault>,
}

type Parsed = (BTreeMap<String, RawTensor>, BTreeMap<String, String>);

impl<'de> DeserializeSeed<'de> for HeaderSeed<'_> {
    type Value = Parsed;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Parsed, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HeaderSeed<'_> {
    type Value = Parsed;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let fault = self.fault;
        let mut stop = |found: HeaderFault| {
            let error = A::Error::custom(&found);
            *fault = Some(found);
            error
        };
        let mut tensors = BTreeMap::new();
        let mut metadata = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                if metadata.is_some() {
                    return Err(stop(HeaderFault::DuplicateKey(name)));
                }
                let mut twice = None;
                let read = map.next_value_seed(MetadataSeed { twice: &mut twice });
                if let Some(key) = twice {
                    return Err(stop(HeaderFault::DuplicateKey(key)));
                }
                metadata = Some(read?);
                continue;
            }
            check_name(&name).map_err(&mut stop)?;
            if tensors.len() == MAX_TENSORS {
                return Err(stop(HeaderFault::TooManyTensors));
            }
            match tensors.entry(name) {
                Entry::Occupied(taken) => return Err(stop(HeaderFault::DuplicateKey(taken.key().clone()))),
                Entry::Vacant(free) => {
                    let mut twice = None;
                    let read = map.next_value_seed(EntrySeed { twice: &mut twice });
                    if let Some(field) = twice {
                        return Err(stop(HeaderFault::DuplicateKey(format!("{}.{field}", free.key()))));
                    }
                    free.insert(read?);
                }
            }
        }
        Ok((tensors, metadata.unwrap_or_default()))
    }
}

struct MetadataSeed<'a> {
    twice: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for MetadataSeed<'_> {
    type Value = BTreeMap<String, String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MetadataSeed<'_> {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut metadata = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value::<String>()?;
            if metadata.insert(key.clone(), value).is_some() {
                *self.twice = Some(format!("__metadata__.{key}"));
                return Err(A::Error::custom("repeated metadata key"));
            }
        }
        Ok(metadata)
    }
}

struct EntrySeed<'a> {
    twice: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = RawTensor;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<RawTensor, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_> {
    type Value = RawTensor;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a tensor with dtype, shape and data_offsets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawTensor, A::Error> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        while let Some(field) = map.next_key::<String>()? {
            let repeated = match field.as_str() {
                "dtype" => dtype.replace(map.next_value::<String>()?).is_some(),
                "shape" => shape.replace(map.next_value::<Dims>()?).is_some(),
                "data_offsets" => offsets.replace(map.next_value::<(u64, u64)>()?).is_some(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    return Err(A::Error::custom(format!("unknown field {field:?}")));
                }
            };
            if repeated {
                *self.twice = Some(field);
                return Err(A::Error::custom("repeated field"));
            }
        }
        Ok(RawTensor {
            dtype: dtype.ok_or_else(|| A::Error::missing_field("dtype"))?,
            shape: shape.ok_or_else(|| A::Error::missing_field("shape"))?,
            offsets: offsets.ok_or_else(|| A::Error::missing_field("data_offsets"))?,
        })
    }
}
