//! What a file really is, told from its first bytes and never from its name.
//!
//! Pickle runs code when it is loaded, and scanners for dangerous pickles have been bypassed again and again, so Kento
//! interprets no pickle opcode at all: a pickle is recognised, named and refused, whatever its extension says.

/// Kinds of file that are often given instead of safetensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignFormat {
    /// `torch.save` since 1.6: a ZIP archive with `data.pkl` in it.
    PickleZip,
    /// A bare pickle stream, or `torch.save` before 1.6.
    Pickle,
    /// The oldest `torch.save`: a tar archive of pickles.
    PickleTar,
    /// A ZIP archive without pickle.
    Zip,
    /// A llama.cpp / stable-diffusion.cpp file.
    Gguf,
    /// A NumPy array.
    Numpy,
    /// An HDF5 (Keras) file.
    Hdf5,
    /// A Git LFS pointer instead of the file itself.
    GitLfsPointer,
    /// A web page, as downloads behind a login leave behind.
    Html,
    /// A picture.
    Picture,
}

impl ForeignFormat {
    /// What the file is and what to do, as the rest of the sentence "… : path".
    pub fn advice(self) -> &'static str {
        match self {
            Self::PickleZip | Self::Pickle | Self::PickleTar => {
                "this is a PyTorch pickle, which can run code when it is opened, so Kento never reads it; \
                 convert it to safetensors first, for example in Python on a machine you can spare: \
                 safetensors.torch.save_file(torch.load(\"model.ckpt\", weights_only=True)[\"state_dict\"], \"model.safetensors\")"
            }
            Self::Zip => "this is a ZIP archive; unpack it and give the folder or the .safetensors file in it",
            Self::Gguf => "this is a GGUF file, which Kento does not read; use the .safetensors version of the model",
            Self::Numpy => "this is a NumPy file, not a model; give a .safetensors file or a diffusers folder",
            Self::Hdf5 => "this is an HDF5 file, which Kento does not read; use the .safetensors version of the model",
            Self::GitLfsPointer => {
                "this is a Git LFS pointer and not the weights; run `git lfs pull` in its repository or download the file itself"
            }
            Self::Html => {
                "this is a web page and not a model, as a download without login leaves behind; download the file again"
            }
            Self::Picture => "this is a picture, not a model; give a .safetensors file or a diffusers folder",
        }
    }
}

/// Recognises what a file is when it is not safetensors.
///
/// `None` means "could be safetensors": the header check decides. A valid safetensors file is never taken for something
/// else, because it has `{` (or white space before it) at byte 8, where none of these formats has it; a polyglot with
/// `data.pkl` behind a valid header is stopped by the check that tensors fill the file.
///
/// `head` and `tail` are the first and the last 64 KiB of the file; of a shorter file both are all of it.
pub fn sniff(head: &[u8], tail: &[u8]) -> Option<ForeignFormat> {
    let file = head;
    let looks_like_safetensors = file
        .get(8..)
        .is_some_and(|rest| rest.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{'))
        && file.first_chunk::<8>().is_some_and(|length| u64::from_le_bytes(*length) <= super::header::MAX_HEADER_BYTES);
    if looks_like_safetensors {
        return None;
    }
    if file.starts_with(b"PK\x03\x04")
        || file.starts_with(b"PK\x05\x06")
        || file.starts_with(b"PK\x01\x02")
        || file.starts_with(b"PK\x07\x08")
    {
        return Some(if zip_names_pickle(head, tail) { ForeignFormat::PickleZip } else { ForeignFormat::Zip });
    }
    if is_tar(file) {
        return Some(ForeignFormat::PickleTar);
    }
    if is_pickle(head, tail) {
        return Some(ForeignFormat::Pickle);
    }
    const SIGNATURES: [(&[u8], ForeignFormat); 9] = [
        (b"GGUF", ForeignFormat::Gguf),
        (b"\x93NUMPY", ForeignFormat::Numpy),
        (b"\x89HDF\r\n\x1a\n", ForeignFormat::Hdf5),
        (b"version https://git-lfs", ForeignFormat::GitLfsPointer),
        (b"<!DOCTYPE", ForeignFormat::Html),
        (b"<!doctype", ForeignFormat::Html),
        (b"<html", ForeignFormat::Html),
        (b"\x89PNG\r\n\x1a\n", ForeignFormat::Picture),
        (b"\xFF\xD8\xFF", ForeignFormat::Picture),
    ];
    SIGNATURES.iter().find(|(signature, _)| file.starts_with(signature)).map(|(_, format)| *format)
}

/// Whether the central directory or the first entries of a ZIP name a pickle. Only names are looked at; nothing is
/// unpacked.
fn zip_names_pickle(head: &[u8], tail: &[u8]) -> bool {
    // The central directory lies at the end; 64 KiB at either end hold the names of any torch.save archive that matter.
    [head, tail].into_iter().any(|part| contains(part, b".pkl") || contains(part, b".pickle"))
}

/// Protocol 2 to 5 start with the PROTO opcode and the version; protocols 0 and 1 have no magic, but torch's legacy
/// format starts with a long integer constant and ends with STOP.
fn is_pickle(head: &[u8], tail: &[u8]) -> bool {
    match head {
        [0x80, 2..=5, ..] => true,
        // Protocol 0/1: MARK, EMPTY_DICT, EMPTY_LIST or GLOBAL first and STOP last, where text does not end with a bare dot.
        [b'(', opcode, ..] => AFTER_MARK.contains(opcode) && tail.last() == Some(&b'.'),
        [b'}' | b']', b'q' | b'(' | b'.', ..] | [b'c', b'a'..=b'z' | b'_', ..] => tail.last() == Some(&b'.'),
        _ => false,
    }
}

/// Opcodes with which a pickled tuple, list or dictionary begins after its MARK.
const AFTER_MARK: &[u8] = b"dltFGIJKLMNSTUVXc}](";

/// POSIX tar (`ustar` at 257), or the pre-POSIX tar of the oldest `torch.save`, whose members are `storages`, `tensors`
/// and `pickle`.
fn is_tar(file: &[u8]) -> bool {
    if file.get(257..262) == Some(b"ustar") {
        return true;
    }
    let name_ends = |name: &[u8]| file.starts_with(name) && file.get(name.len()) == Some(&0);
    file.len() >= 512
        && (name_ends(b"storages") || name_ends(b"tensors") || name_ends(b"pickle") || name_ends(b"sys_info"))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::{ForeignFormat, sniff as sniff_ends};

    fn sniff(file: &[u8]) -> Option<ForeignFormat> {
        sniff_ends(file, file)
    }

    #[test]
    fn pickles_are_known_by_their_bytes() {
        for protocol in 2..=5 {
            assert_eq!(sniff(&[0x80, protocol, b'}', b'q', 0, b'.']), Some(ForeignFormat::Pickle));
        }
        // torch legacy: magic number 0x1950a86a20f9469cfc6c as LONG1.
        let legacy = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, b'.'];
        assert_eq!(sniff(&legacy), Some(ForeignFormat::Pickle));
        assert_eq!(sniff(b"(dp0\nS'a'\np1\nI1\ns."), Some(ForeignFormat::Pickle));
        assert_eq!(sniff(b"cos\nsystem\n(S'true'\ntR."), Some(ForeignFormat::Pickle));
        assert_eq!(sniff(b"}q\0."), Some(ForeignFormat::Pickle));
        assert_eq!(sniff(b"(F1.5\ntp0\n."), Some(ForeignFormat::Pickle));
        assert_eq!(sniff(b"PK\x03\x04\x00\x00archive/data.pkl..."), Some(ForeignFormat::PickleZip));
        assert_eq!(sniff(b"PK\x03\x04\x00\x00notes.txt"), Some(ForeignFormat::Zip));
        let mut tar = vec![0; 512];
        tar[..8].copy_from_slice(b"storages");
        assert_eq!(sniff(&tar), Some(ForeignFormat::PickleTar));
        let mut ustar = vec![0; 1024];
        ustar[257..262].copy_from_slice(b"ustar");
        assert_eq!(sniff(&ustar), Some(ForeignFormat::PickleTar));
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(sniff(b"GGUF\x03\0\0\0"), Some(ForeignFormat::Gguf));
        assert_eq!(
            sniff(b"version https://git-lfs.github.com/spec/v1\noid sha256:00"),
            Some(ForeignFormat::GitLfsPointer)
        );
        assert_eq!(sniff(b"<!DOCTYPE html><html>"), Some(ForeignFormat::Html));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n"), Some(ForeignFormat::Picture));
    }

    #[test]
    fn a_safetensors_header_whose_length_looks_like_a_pickle_is_not_taken_for_one() {
        // Length 0x0280 = 640: the first two bytes are 0x80 0x02.
        let mut file = 0x0280_u64.to_le_bytes().to_vec();
        file.extend(b"{\"a\":");
        assert_eq!(sniff(&file), None);
    }
}
