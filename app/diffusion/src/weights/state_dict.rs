//! One component's tensors under diffusers' names, read one at a time.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{DType, TensorData};
use half::f16;

use super::dtype::{TensorDtype, decode_f16, decode_f32, decode_i64};
use super::header::TensorInfo;
use super::safetensors_file::SafetensorsFile;
use super::{MismatchList, WeightsError};

/// The tensors of one component (a UNet, a VAE, a text encoder) under the names that diffusers gives them.
///
/// Nothing is read before [`StateDict::read`], which converts one tensor from the file straight to the wanted
/// type: peak host memory is the converted tensor, not the file. Text encoders always carry the prefix `text_model.`,
/// whatever the file does.
#[derive(Debug, Clone, Default)]
pub struct StateDict {
    entries: BTreeMap<String, TensorSource>,
}

/// Where one tensor comes from and what is done to it on the way.
#[derive(Debug, Clone)]
pub struct TensorSource {
    file: Arc<SafetensorsFile>,
    name: String,
    /// Rows of the first dimension (a third of a fused `in_proj_weight`).
    rows: Option<Range<usize>>,
    /// Swap the two dimensions.
    transpose: bool,
    /// The shape to report in the end, with the same number of elements.
    shape: Option<Vec<usize>>,
    /// Name of the tensor with the scale of an fp8 tensor.
    scale: Option<String>,
}

impl TensorSource {
    /// The tensor `name` of `file` as it is, with its fp8 scale if the file holds one.
    ///
    /// Returns `None` if the file has no such tensor.
    pub fn new(file: &Arc<SafetensorsFile>, name: &str) -> Option<Self> {
        let info = file.tensor(name)?;
        let scale = if info.dtype.is_fp8() { scale_name(file, name) } else { None };
        Some(Self { file: file.clone(), name: name.to_owned(), rows: None, transpose: false, shape: None, scale })
    }

    /// Only these rows of the first dimension.
    pub fn rows(mut self, rows: Range<usize>) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The two dimensions swapped.
    pub fn transposed(mut self) -> Self {
        self.transpose = true;
        self
    }

    /// The same elements under another shape.
    pub fn reshaped(mut self, shape: Vec<usize>) -> Self {
        self.shape = Some(shape);
        self
    }

    /// Name of the tensor in its file.
    pub fn stored_name(&self) -> &str {
        &self.name
    }

    /// The file that holds it.
    pub fn file(&self) -> &Arc<SafetensorsFile> {
        &self.file
    }

    fn info(&self) -> &TensorInfo {
        self.file.tensor(&self.name).expect("a source is only made for a tensor that the file holds")
    }

    /// Shape after all transforms.
    pub fn shape(&self) -> Vec<usize> {
        if let Some(shape) = &self.shape {
            return shape.clone();
        }
        let mut shape = self.sliced_shape();
        if self.transpose {
            shape.reverse();
        }
        shape
    }

    fn sliced_shape(&self) -> Vec<usize> {
        let mut shape = self.info().shape.clone();
        if let (Some(rows), Some(first)) = (&self.rows, shape.first_mut()) {
            *first = rows.len();
        }
        shape
    }

    /// Bytes of the wanted rows, as stored.
    fn bytes(&self) -> Result<Cow<'_, [u8]>, WeightsError> {
        let info = self.info();
        let Some(rows) = &self.rows else { return self.file.tensor_bytes(info) };
        let row_bytes = info.shape.iter().skip(1).product::<usize>() * info.dtype.size();
        let part = rows.start * row_bytes..rows.end * row_bytes;
        if part.end > info.range.len() {
            return Err(self.impossible("has too few rows to be split"));
        }
        self.file.tensor_part(info, part)
    }

    fn read(&self, float: DType) -> Result<TensorData, WeightsError> {
        let info = self.info();
        let bytes = &*self.bytes()?;
        let shape = self.shape();
        let count = self.sliced_shape().iter().product::<usize>();
        if shape.iter().product::<usize>() != count {
            return Err(self.impossible("cannot be given the shape that the model needs"));
        }
        if !info.dtype.is_float() {
            let values =
                decode_i64(info.dtype, bytes).ok_or_else(|| self.impossible("holds integers beyond 64 bits"))?;
            return Ok(TensorData::new(self.arrange(values)?, shape));
        }
        Ok(match (float, self.scale()?) {
            (DType::F16, None) => TensorData::new(self.arrange(decode_f16(info.dtype, bytes))?, shape),
            (DType::F16, Some(scale)) => {
                let halves: Vec<f16> = self.scaled(bytes, &scale)?.into_iter().map(f16::from_f32).collect();
                TensorData::new(self.arrange(halves)?, shape)
            }
            (DType::F32, None) => TensorData::new(self.arrange(decode_f32(info.dtype, bytes))?, shape),
            (DType::F32, Some(scale)) => TensorData::new(self.arrange(self.scaled(bytes, &scale)?)?, shape),
            (other, _) => return Err(WeightsError::WantedDtype { dtype: format!("{other:?}") }),
        })
    }

    /// Applies the transpose.
    fn arrange<T: Copy>(&self, values: Vec<T>) -> Result<Vec<T>, WeightsError> {
        if !self.transpose {
            return Ok(values);
        }
        let &[rows, columns] = self.sliced_shape().as_slice() else {
            return Err(self.impossible("should have two dimensions"));
        };
        let mut turned = Vec::with_capacity(values.len());
        for column in 0..columns {
            turned.extend((0..rows).map(|row| values[row * columns + column]));
        }
        Ok(turned)
    }

    /// The fp8 scales: one for the tensor, or one per output row.
    fn scale(&self) -> Result<Option<Vec<f32>>, WeightsError> {
        let Some(info) = self.scale.as_ref().and_then(|name| self.file.tensor(name)) else { return Ok(None) };
        let mut scales = decode_f32(info.dtype, &self.file.tensor_bytes(info)?);
        if scales.len() > 1 {
            let rows = self.rows.clone().unwrap_or(0..scales.len());
            scales = scales.get(rows).ok_or_else(|| self.impossible("has a scale of another size"))?.to_vec();
            if self.sliced_shape().first() != Some(&scales.len()) {
                return Err(self.impossible("has a scale of another size"));
            }
        }
        if scales.is_empty() { Err(self.impossible("has an empty scale")) } else { Ok(Some(scales)) }
    }

    fn scaled(&self, bytes: &[u8], scales: &[f32]) -> Result<Vec<f32>, WeightsError> {
        let mut values = decode_f32(self.info().dtype, bytes);
        let row = (values.len() / scales.len()).max(1);
        for (values, scale) in values.chunks_mut(row).zip(scales) {
            values.iter_mut().for_each(|value| *value *= scale);
        }
        Ok(values)
    }

    fn impossible(&self, what: &'static str) -> WeightsError {
        WeightsError::Tensor {
            name: self.name.clone(),
            what,
            shape: self.info().shape.clone(),
            path: self.file.path().to_owned(),
        }
    }
}

/// Suffixes under which files keep the scale of an fp8 `weight`: ComfyUI's first form and its later one.
pub const SCALE_SUFFIXES: [(&str, &str); 2] = [(".weight", ".scale_weight"), (".weight", ".weight_scale")];

fn scale_name(file: &SafetensorsFile, name: &str) -> Option<String> {
    SCALE_SUFFIXES
        .iter()
        .filter_map(|(suffix, scale)| name.strip_suffix(suffix).map(|stem| format!("{stem}{scale}")))
        .find(|scale| file.tensor(scale).is_some())
}

impl StateDict {
    /// An empty dictionary.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tensor.
    ///
    /// # Errors
    /// [`WeightsError::Duplicate`] when the name is taken, for example by two shards or by two spellings of one tensor.
    pub fn insert(&mut self, key: String, source: TensorSource) -> Result<(), WeightsError> {
        if let Some(taken) = self.entries.get(&key) {
            let error = WeightsError::Duplicate {
                first: taken.name.clone(),
                second: source.name,
                path: source.file.path().to_owned(),
                key,
            };
            return Err(error);
        }
        self.entries.insert(key, source);
        Ok(())
    }

    /// All names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Number of tensors.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no tensor.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a tensor of this name exists.
    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether any name starts so.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.entries.range(prefix.to_owned()..).next().is_some_and(|(key, _)| key.starts_with(prefix))
    }

    /// Shape of a tensor after all transforms.
    pub fn shape(&self, key: &str) -> Option<Vec<usize>> {
        self.entries.get(key).map(TensorSource::shape)
    }

    /// Type of a tensor as stored.
    pub fn dtype(&self, key: &str) -> Option<TensorDtype> {
        self.entries.get(key).map(|source| source.info().dtype)
    }

    /// Where a tensor comes from.
    pub fn source(&self, key: &str) -> Option<&TensorSource> {
        self.entries.get(key)
    }

    /// Number of elements of all tensors.
    pub fn parameters(&self) -> u64 {
        self.entries.values().map(|source| source.shape().iter().product::<usize>() as u64).sum()
    }

    /// Reads one tensor. Floats arrive as `float` ([`DType::F32`] or [`DType::F16`]), whatever the file holds; integers
    /// as [`DType::I64`].
    ///
    /// # Errors
    /// [`WeightsError::Missing`] for an unknown name, [`WeightsError::Tensor`] when a transform does not fit the stored
    /// shape.
    pub fn read(&self, key: &str, float: DType) -> Result<TensorData, WeightsError> {
        self.entries.get(key).ok_or_else(|| WeightsError::Missing { key: key.to_owned() })?.read(float)
    }

    /// Compares names and shapes with what a model expects: loading is total, so nothing may be missing, left over or
    /// of another shape.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] with all three lists.
    pub fn verify<'a>(
        &self,
        component: &str,
        expected: impl IntoIterator<Item = (&'a str, Vec<usize>)>,
    ) -> Result<(), WeightsError> {
        let mut list = MismatchList::default();
        let mut seen = BTreeSet::new();
        for (key, want) in expected {
            seen.insert(key.to_owned());
            match self.shape(key) {
                None => list.missing.push(key.to_owned()),
                Some(have) if have != want => list.misshapen.push(format!("{key} is {have:?} instead of {want:?}")),
                Some(_) => {}
            }
        }
        list.unused = self.keys().filter(|key| !seen.contains(*key)).map(str::to_owned).collect();
        if list.is_empty() { Ok(()) } else { Err(WeightsError::Mismatch { component: component.to_owned(), list }) }
    }

    /// Sources by name, for transforms that rebuild the dictionary.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TensorSource)> {
        self.entries.iter().map(|(key, source)| (key.as_str(), source))
    }

    /// Replaces the source of a name that exists; other names are left alone.
    pub fn update(&mut self, key: &str, change: impl FnOnce(TensorSource) -> TensorSource) {
        if let Some(source) = self.entries.remove(key) {
            self.entries.insert(key.to_owned(), change(source));
        }
    }
}
