//! Paths in messages: as text where they are text, and otherwise in the units of the system, because the name of a file need not be
//! Unicode and JSON has to be.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    /// Bytes on Unix, UTF-16 with lone surrogates on Windows.
    Units(Vec<u16>),
}

impl From<&Path> for Form {
    fn from(path: &Path) -> Self {
        path.to_str().map_or_else(|| Self::Units(units(path)), |text| Self::Text(text.to_owned()))
    }
}

impl Form {
    fn path(self) -> Option<PathBuf> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Units(units) => from_units(units).map(PathBuf::from),
        }
    }
}

#[cfg(unix)]
fn units(path: &Path) -> Vec<u16> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).iter().copied().map(u16::from).collect()
}

#[cfg(unix)]
fn from_units(units: Vec<u16>) -> Option<OsString> {
    let bytes: Option<Vec<u8>> = units.into_iter().map(|unit| u8::try_from(unit).ok()).collect();
    bytes.map(std::os::unix::ffi::OsStringExt::from_vec)
}

#[cfg(windows)]
fn units(path: &Path) -> Vec<u16> {
    std::os::windows::ffi::OsStrExt::encode_wide(path.as_os_str()).collect()
}

#[cfg(windows)]
fn from_units(units: Vec<u16>) -> Option<OsString> {
    Some(std::os::windows::ffi::OsStringExt::from_wide(&units))
}

pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    Form::from(path).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    read(Form::deserialize(deserializer)?)
}

fn read<E: serde::de::Error>(form: Form) -> Result<PathBuf, E> {
    form.path().ok_or_else(|| E::custom("the units of a path are none of this system"))
}

/// The same for a path that may be absent.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Form, PathBuf, Serialize, Serializer, read};

    pub(crate) fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(Form::from).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
        Option::<Form>::deserialize(deserializer)?.map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::LocalSource;

    #[test]
    fn text_stays_text() {
        let source = LocalSource { model: "/models/größe".into(), vae: None };
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(json, r#"{"model":"/models/größe","vae":null}"#);
        assert_eq!(serde_json::from_str::<LocalSource>(&json).unwrap(), source);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_unicode_arrives() {
        let odd = || {
            std::path::PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(vec![
                b'/', 0xff, b'm',
            ]))
        };
        let source = LocalSource { model: odd(), vae: Some(odd()) };
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(json, r#"{"model":[47,255,109],"vae":[47,255,109]}"#);
        assert_eq!(serde_json::from_str::<LocalSource>(&json).unwrap(), source);
        assert!(serde_json::from_str::<LocalSource>(r#"{"model":[47,256],"vae":null}"#).is_err());
    }
}
