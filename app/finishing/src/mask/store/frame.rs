use super::ImageKey;

/// Begins a file.
const MAGIC: &[u8; 8] = b"KENTOMSK";
/// The format that this program writes and reads.
pub(super) const VERSION: u32 = 1;
/// Magic, version, width, height, SHA-256, CRC-32.
pub(super) const HEADER: usize = 8 + 4 + 8 + 32 + 4;
/// Begins a frame.
const MARK: &[u8; 4] = b"KMF1";
/// Mark, length of the content, CRC-32 of length and content.
const FRAME_HEADER: usize = 12;

/// What the beginning of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Nothing is in it, or its creation was interrupted.
    Absent,
    /// Not what this program writes, or damaged.
    Foreign,
    /// A later format.
    Newer(u32),
    /// The image that it belongs to.
    Of(ImageKey),
}

/// The first bytes of a file for an image.
pub(super) fn header(image: ImageKey) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for number in [VERSION, image.size[0], image.size[1]] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(image.sha256);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

pub(super) fn read_header(bytes: &[u8]) -> Header {
    let known = bytes.len().min(MAGIC.len());
    if bytes[..known] != MAGIC[..known] {
        return Header::Foreign;
    }
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Header::Absent };
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let is_whole = number(HEADER - 4) == crc32fast::hash(&header[..HEADER - 4]);
    match number(8) {
        _ if !is_whole => Header::Foreign,
        VERSION => {
            let mut sha256 = [0; 32];
            sha256.copy_from_slice(&header[20..52]);
            Header::Of(ImageKey { sha256, size: [number(12), number(16)] })
        }
        version => Header::Newer(version),
    }
}

/// A frame with this content, of less than 4 GiB.
pub(super) fn frame(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_le_bytes();
    let mut bytes = Vec::with_capacity(FRAME_HEADER + content.len());
    bytes.extend(MARK);
    bytes.extend(length);
    bytes.extend(checksum(length, content).to_le_bytes());
    bytes.extend(content);
    bytes
}

fn checksum(length: [u8; 4], content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(content);
    hasher.finalize()
}

/// The content of the whole and undamaged frame that begins here, and the bytes behind it.
fn first_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<FRAME_HEADER>()?;
    let length = [header[4], header[5], header[6], header[7]];
    let expected = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
    let (content, behind) = rest.split_at_checked(u32::from_le_bytes(length) as usize)?;
    (header.starts_with(MARK) && checksum(length, content) == expected).then_some((content, behind))
}

/// What stands behind the header of a file.
#[derive(Debug, Default)]
pub(super) struct Frames<'a> {
    /// The contents of all frames that are whole.
    pub contents: Vec<&'a [u8]>,
    /// Bytes at the end that belong to no whole frame: a write that was interrupted.
    pub torn: usize,
    /// Bytes between frames that belong to none: damage.
    pub damaged: usize,
}

pub(super) fn read_frames(bytes: &[u8]) -> Frames<'_> {
    let mut frames = Frames::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        if let Some((content, behind)) = first_frame(rest) {
            frames.contents.push(content);
            rest = behind;
            continue;
        }
        let next = (1..rest.len()).find(|at| rest[*at..].starts_with(MARK) && first_frame(&rest[*at..]).is_some());
        match next {
            Some(at) => {
                frames.damaged += at;
                rest = &rest[at..];
            }
            None => {
                frames.torn = rest.len();
                break;
            }
        }
    }
    frames
}
