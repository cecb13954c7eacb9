use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A path on disk in a text file: as text where it is text, otherwise as the hexadecimal digits of its bytes (on Unix)
/// or of its UTF-16 units (on Windows), so that every path comes back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum StoredPath {
    /// The path.
    Text(String),
    /// Its bytes or units, of a path that is no text.
    Raw(String),
}

impl From<&Path> for StoredPath {
    fn from(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Raw(raw::digits(path)),
        }
    }
}

impl StoredPath {
    /// The path; `None` if its digits are none, or are from another system.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Raw(digits) => Some(raw::text(digits)?.into()),
        }
    }
}

/// Groups of `width` hexadecimal digits.
fn groups(digits: &str, width: usize) -> Option<Vec<u32>> {
    let groups = digits.as_bytes().chunks(width);
    groups.map(|group| u32::from_str_radix(std::str::from_utf8(group).ok()?, 16).ok()).collect()
}

#[cfg(unix)]
mod raw {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

    use super::*;

    pub(super) fn digits(path: &Path) -> String {
        path.as_os_str().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn text(digits: &str) -> Option<OsString> {
        let bytes = groups(digits, 2)?.into_iter().map(|byte| u8::try_from(byte).ok());
        Some(OsString::from_vec(bytes.collect::<Option<Vec<u8>>>()?))
    }
}

#[cfg(windows)]
mod raw {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};

    use super::*;

    pub(super) fn digits(path: &Path) -> String {
        path.as_os_str().encode_wide().map(|unit| format!("{unit:04x}")).collect()
    }

    pub(super) fn text(digits: &str) -> Option<OsString> {
        let units = groups(digits, 4)?.into_iter().map(|unit| u16::try_from(unit).ok());
        Some(OsString::from_wide(&units.collect::<Option<Vec<u16>>>()?))
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn every_path_comes_back_and_wrong_digits_do_not() {
        for bytes in [&b"/home/k/tea.kento"[..], b"/a \xff\xfe/\xc3\x28", b"", "/\u{1f375} ".as_bytes()] {
            let path = PathBuf::from(OsString::from_vec(bytes.to_vec()));
            let stored = StoredPath::from(path.as_path());
            let text = ron::to_string(&stored).unwrap();
            assert_eq!(ron::from_str::<StoredPath>(&text).unwrap().path(), Some(path));
        }
        for wrong in ["zz", "é", "+"] {
            assert_eq!(StoredPath::Raw(wrong.to_owned()).path(), None, "{wrong}");
        }
    }
}
