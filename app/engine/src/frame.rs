//! Frames on a pipe: `KEN1` · length of the JSON message (u32, little-endian) · length of the picture bytes (u32) · message ·
//! picture bytes. The lengths are checked before anything is allocated.

use std::io::{self, ErrorKind, Read, Write};

use crate::protocol::Message;

/// First bytes of every frame, so that anything else on the pipe is noticed at once.
pub const MAGIC: [u8; 4] = *b"KEN1";
/// Longest JSON message in bytes: a prompt of the greatest length in four-byte characters, all escaped, and room for the rest.
pub const MOST_MESSAGE_BYTES: usize = 4 << 20;
/// Most picture bytes of one frame: an init image and a mask at the greatest side (8192 x 8192 x 4 bytes).
pub const MOST_PICTURE_BYTES: usize = 256 << 20;

/// What can be wrong on the pipe. None of it can be repaired: after the first one the pipe is given up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The other side closed the pipe between two frames. The usual end.
    #[error("the other process closed the pipe")]
    Closed,
    /// The pipe ended in the middle of a frame.
    #[error("the pipe ended in the middle of a message")]
    Cut,
    /// Something else than a frame arrived.
    #[error("the pipe carries something that is not a message: it starts with the bytes {found:02x?}")]
    Garbage {
        /// First bytes that arrived.
        found: [u8; 4],
    },
    /// A length beyond what any message has.
    #[error("a message of {bytes} bytes is larger than the {most} bytes that are allowed")]
    TooLarge {
        /// Length in bytes.
        bytes: usize,
        /// Greatest length in bytes.
        most: usize,
    },
    /// The message is no JSON, or not one of the known messages.
    #[error("a message cannot be used: {0}")]
    Message(#[from] serde_json::Error),
    /// The picture bytes do not fit the sizes in the message.
    #[error("a picture's size and its bytes do not agree")]
    Picture,
    /// The operating system reports an error.
    #[error("the pipe failed: {0}")]
    Io(#[from] io::Error),
}

/// Writes one frame and flushes it.
///
/// # Errors
/// [`FrameError::TooLarge`], [`FrameError::Picture`] and [`FrameError::Message`] before anything is written, [`FrameError::Io`]
/// otherwise.
pub fn write<M: Message>(writer: &mut impl Write, message: &M) -> Result<(), FrameError> {
    let json = serde_json::to_vec(message)?;
    check_len(json.len(), MOST_MESSAGE_BYTES)?;
    let pictures = message.pictures();
    let mut picture_bytes = 0_usize;
    for picture in &pictures {
        if picture.expected_len() != Some(picture.data.len()) {
            return Err(FrameError::Picture);
        }
        picture_bytes = picture_bytes.saturating_add(picture.data.len());
    }
    check_len(picture_bytes, MOST_PICTURE_BYTES)?;

    let mut head = Vec::with_capacity(12 + json.len());
    head.extend_from_slice(&MAGIC);
    // Both lengths were checked against limits far below u32::MAX.
    head.extend_from_slice(&(json.len() as u32).to_le_bytes());
    head.extend_from_slice(&(picture_bytes as u32).to_le_bytes());
    head.extend_from_slice(&json);
    writer.write_all(&head)?;
    for picture in pictures {
        writer.write_all(&picture.data)?;
    }
    writer.flush()?;
    Ok(())
}

/// Reads one frame; blocks until it is whole.
///
/// # Errors
/// [`FrameError::Closed`] at a clean end, every other variant when the pipe cannot be used any longer.
pub fn read<M: Message>(reader: &mut impl Read) -> Result<M, FrameError> {
    let mut magic = [0; 4];
    match reader.read(&mut magic[..1]) {
        Ok(0) => return Err(FrameError::Closed),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::Interrupted => return read(reader),
        Err(error) => return Err(error.into()),
    }
    fill(reader, &mut magic[1..])?;
    if magic != MAGIC {
        return Err(FrameError::Garbage { found: magic });
    }
    let message_bytes = read_len(reader, MOST_MESSAGE_BYTES)?;
    let mut picture_bytes = read_len(reader, MOST_PICTURE_BYTES)?;

    let mut json = vec![0; message_bytes];
    fill(reader, &mut json)?;
    let mut message = M::from_json(&json)?;
    for picture in message.pictures_mut() {
        let len = picture.expected_len().filter(|len| *len <= picture_bytes).ok_or(FrameError::Picture)?;
        picture_bytes -= len;
        picture.data = vec![0; len];
        fill(reader, &mut picture.data)?;
    }
    if picture_bytes != 0 {
        return Err(FrameError::Picture);
    }
    Ok(message)
}

fn check_len(bytes: usize, most: usize) -> Result<(), FrameError> {
    if bytes > most { Err(FrameError::TooLarge { bytes, most }) } else { Ok(()) }
}

fn read_len(reader: &mut impl Read, most: usize) -> Result<usize, FrameError> {
    let mut bytes = [0; 4];
    fill(reader, &mut bytes)?;
    let len = u32::from_le_bytes(bytes) as usize;
    check_len(len, most)?;
    Ok(len)
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), FrameError> {
    reader.read_exact(buffer).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => FrameError::Cut,
        _ => FrameError::Io(error),
    })
}

#[cfg(test)]
mod tests {
    use kento_studio::JobId;

    use super::*;
    use crate::protocol::{EngineCommand, EngineEvent, JobTimings, Pixels};

    fn finished() -> EngineEvent {
        EngineEvent::Finished {
            job: JobId(9),
            image: Pixels { width: 2, height: 3, channels: 3, data: (0..18).collect() },
            timings: JobTimings { steps_secs: vec![0.25, 0.1], ..JobTimings::default() },
        }
    }

    fn framed(event: &EngineEvent) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, event).unwrap();
        bytes
    }

    #[test]
    fn frames_round_trip_with_their_pictures() {
        let mut bytes = framed(&finished());
        bytes.extend(framed(&EngineEvent::Cancelled { job: JobId(1) }));
        let mut reader = bytes.as_slice();
        assert_eq!(read::<EngineEvent>(&mut reader).unwrap(), finished());
        assert_eq!(read::<EngineEvent>(&mut reader).unwrap(), EngineEvent::Cancelled { job: JobId(1) });
        assert!(matches!(read::<EngineEvent>(&mut reader), Err(FrameError::Closed)));
    }

    #[test]
    fn every_cut_is_noticed() {
        let bytes = framed(&finished());
        for len in 1..bytes.len() {
            let error = read::<EngineEvent>(&mut &bytes[..len]).unwrap_err();
            assert!(matches!(error, FrameError::Cut), "{len}: {error}");
        }
    }

    #[test]
    fn garbage_and_absurd_lengths_are_refused_before_anything_is_allocated() {
        let error = read::<EngineEvent>(&mut b"warning: something printed to stdout\n".as_slice()).unwrap_err();
        assert!(matches!(error, FrameError::Garbage { found: [b'w', b'a', b'r', b'n'] }), "{error}");
        for lengths in [[u32::MAX, 0], [2, u32::MAX], [MOST_MESSAGE_BYTES as u32 + 1, 0]] {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(lengths.iter().flat_map(|len| len.to_le_bytes()));
            let error = read::<EngineEvent>(&mut bytes.as_slice()).unwrap_err();
            assert!(matches!(error, FrameError::TooLarge { .. }), "{error}");
        }
    }

    #[test]
    fn pictures_must_fit_their_sizes() {
        let mut event = finished();
        let EngineEvent::Finished { image, .. } = &mut event else { unreachable!("made above") };
        image.data.pop();
        assert!(matches!(write(&mut Vec::new(), &event), Err(FrameError::Picture)));
        // A picture that announces more than the frame holds, and one that announces less.
        for width in [b'3', b'1'] {
            let mut bytes = framed(&finished());
            let field = b"\"width\":2";
            let at = bytes.windows(field.len()).position(|window| window == field).unwrap();
            bytes[at + field.len() - 1] = width;
            let error = read::<EngineEvent>(&mut bytes.as_slice()).unwrap_err();
            assert!(matches!(error, FrameError::Picture), "{error}");
        }
    }

    /// A frame around this JSON text.
    fn frame_of(json: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((json.len() as u32).to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(json.as_bytes());
        bytes
    }

    #[test]
    fn the_greeting_of_another_version_is_read_whatever_else_it_says() {
        let event = r#"{"event":"hello","protocol":99,"version":"9.0.0","platform":"moon"}"#;
        let hello = read::<EngineEvent>(&mut frame_of(event).as_slice()).unwrap();
        assert_eq!(hello, EngineEvent::Hello { protocol: 99, version: "9.0.0".into() });
        let command = r#"{"command":"hello","protocol":99,"device":{"device":"auto","cores":[1,2]}}"#;
        let hello = read::<EngineCommand>(&mut frame_of(command).as_slice()).unwrap();
        assert!(matches!(hello, EngineCommand::Hello { protocol: 99, .. }), "{hello:?}");
        // One of our own has our form.
        let ours = event.replace("99", &crate::protocol::PROTOCOL_VERSION.to_string());
        assert!(matches!(read::<EngineEvent>(&mut frame_of(&ours).as_slice()), Err(FrameError::Message(_))));
    }

    #[test]
    fn unknown_messages_and_fields_are_refused() {
        for json in
            ["{\"command\":\"dance\"}", "{\"command\":\"cancel\",\"job\":1,\"now\":true}", "[]", "nonsense", "{}"]
        {
            let bytes = frame_of(json);
            let error = read::<EngineCommand>(&mut bytes.as_slice()).unwrap_err();
            assert!(matches!(error, FrameError::Message(_)), "{json}: {error}");
        }
    }
}
