//! From a prompt to the sequences of 77 ids that the text encoder takes (A1111 `modules/sd_hijack_clip.py`,
//! `tokenize_line`).

use super::attention::{PromptPart, parse_prompt_attention};
use super::{ClipTokenizer, TokenizerError};

/// Most chunks that one prompt may have: 2,400 tokens, about 1,800 English words.
pub const MAX_CHUNKS: usize = 32;

/// Longest prompt in bytes that is looked at.
pub const MAX_PROMPT_BYTES: usize = 1024 * 1024;

/// How far back a chunk may be cut at a comma, in tokens (A1111's `comma_padding_backtrack`).
const COMMA_BACKTRACK: usize = 20;

/// A prompt as the text encoder takes it, one chunk after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptChunks {
    /// At least one.
    pub chunks: Vec<Chunk>,
    /// What was cut, could not be spelt or was read otherwise than written, one sentence each.
    pub notices: Vec<String>,
}

/// One sequence for the text encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// `model_max_length` ids: begin, text, end, padding.
    pub ids: Vec<u32>,
    /// As many weights, 1 where the prompt says nothing.
    pub weights: Vec<f32>,
}

impl Chunk {
    /// Whether any token has a weight other than 1.
    pub fn is_weighted(&self) -> bool {
        self.weights.iter().any(|weight| *weight != 1.0)
    }
}

impl PromptChunks {
    /// Whether any token has a weight other than 1.
    pub fn is_weighted(&self) -> bool {
        self.chunks.iter().any(Chunk::is_weighted)
    }

    /// Fills up with empty chunks, so that the prompt and the negative prompt have the same number.
    pub fn pad_to(&mut self, count: usize, tokenizer: &ClipTokenizer) {
        while self.chunks.len() < count {
            self.chunks.push(tokenizer.chunk(&[], &[]));
        }
    }
}

impl ClipTokenizer {
    /// Encodes plain text as diffusers does: one sequence of 77 ids, the rest cut off with a notice. Brackets are text.
    ///
    /// # Errors
    /// [`TokenizerError::PromptTooBig`] beyond [`MAX_PROMPT_BYTES`].
    pub fn encode(&self, text: &str) -> Result<PromptChunks, TokenizerError> {
        check_size(text)?;
        let (mut unknown, mut notices) = (Vec::new(), Vec::new());
        let mut ids = self.tokenize_noting_unknown(text, &mut unknown);
        note_unknown(&unknown, &mut notices);
        let room = self.text_length();
        if ids.len() > room {
            notices.push(format!(
                "The prompt has {} tokens and only {room} were used; left out: {:?}.",
                ids.len(),
                shortened(&self.decode(&ids[room..]))
            ));
            ids.truncate(room);
        }
        let weights = vec![1.0; ids.len()];
        Ok(PromptChunks { chunks: vec![self.chunk(&ids, &weights)], notices })
    }

    /// Encodes a prompt in A1111's syntax: weights, `BREAK`, and as many chunks of 75 tokens as it needs, cut at a
    /// comma where one is near.
    ///
    /// # Errors
    /// [`TokenizerError::PromptTooLong`] or [`TokenizerError::TooManyChunks`] beyond [`MAX_CHUNKS`] chunks, [`TokenizerError::PromptTooBig`] beyond
    /// [`MAX_PROMPT_BYTES`].
    pub fn encode_prompt(&self, text: &str) -> Result<PromptChunks, TokenizerError> {
        check_size(text)?;
        let (mut unknown, mut notices) = (Vec::new(), Vec::new());
        let parts = parse_prompt_attention(text, &mut notices);
        let comma = self.token_id(",</w>");
        let room = self.text_length();
        let mut done: Vec<Chunk> = Vec::new();
        let mut open = OpenChunk::default();
        let mut count = 0;
        for part in &parts {
            let PromptPart::Text(text, weight) = part else {
                done.push(open.close(self));
                continue;
            };
            let ids = self.tokenize_noting_unknown(text, &mut unknown);
            count += ids.len();
            for id in ids {
                if Some(id) == comma {
                    open.last_comma = Some(open.ids.len());
                } else if open.ids.len() == room
                    && let Some(comma) = open.last_comma
                    && room - comma <= COMMA_BACKTRACK
                {
                    // What follows the comma moves into the next chunk.
                    let rest = open.split_off(comma + 1);
                    done.push(open.close(self));
                    open = rest;
                }
                if open.ids.len() == room {
                    done.push(open.close(self));
                }
                open.ids.push(id);
                open.weights.push(*weight as f32);
            }
        }
        if !open.ids.is_empty() || done.is_empty() {
            done.push(open.close(self));
        }
        if done.len() > MAX_CHUNKS && count <= MAX_CHUNKS * room {
            return Err(TokenizerError::TooManyChunks { chunks: done.len() });
        }
        if done.len() > MAX_CHUNKS {
            return Err(TokenizerError::PromptTooLong { tokens: count, limit: MAX_CHUNKS * room, per_chunk: room });
        }
        note_unknown(&unknown, &mut notices);
        if count > room {
            notices.push(format!("The prompt has {count} tokens and was read in {} chunks of {room}.", done.len()));
        }
        Ok(PromptChunks { chunks: done, notices })
    }

    /// Tokens of text in one sequence: 75 for every CLIP.
    pub fn text_length(&self) -> usize {
        self.model_max_length() - 2
    }

    /// Begin token, text, end token, padding. `ids` holds at most [`Self::text_length`].
    pub(super) fn chunk(&self, ids: &[u32], weights: &[f32]) -> Chunk {
        let mut chunk = Chunk { ids: vec![self.bos_id()], weights: vec![1.0] };
        chunk.ids.extend(ids);
        chunk.weights.extend(weights);
        chunk.ids.push(self.eos_id());
        chunk.ids.resize(self.model_max_length(), self.pad_id());
        chunk.weights.resize(self.model_max_length(), 1.0);
        chunk
    }
}

/// A chunk that still takes tokens.
#[derive(Default)]
struct OpenChunk {
    ids: Vec<u32>,
    weights: Vec<f32>,
    /// Position of the last comma.
    last_comma: Option<usize>,
}

impl OpenChunk {
    /// Finishes the chunk and leaves an empty one behind.
    fn close(&mut self, tokenizer: &ClipTokenizer) -> Chunk {
        let full = std::mem::take(self);
        tokenizer.chunk(&full.ids, &full.weights)
    }

    fn split_off(&mut self, at: usize) -> Self {
        Self { ids: self.ids.split_off(at), weights: self.weights.split_off(at), last_comma: None }
    }
}

fn check_size(text: &str) -> Result<(), TokenizerError> {
    if text.len() > MAX_PROMPT_BYTES { Err(TokenizerError::PromptTooBig { bytes: text.len() }) } else { Ok(()) }
}

fn note_unknown(words: &[String], notices: &mut Vec<String>) {
    if !words.is_empty() {
        let quoted: Vec<String> = words.iter().take(10).map(|word| format!("{:?}", shortened(word))).collect();
        let more = if words.len() > 10 { format!(" and {} more", words.len() - 10) } else { String::new() };
        notices.push(format!("This model's vocabulary cannot spell {}{more}.", quoted.join(", ")));
    }
}

/// At most 200 characters, for messages.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
