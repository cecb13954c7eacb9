//! CLIP byte-pair encoding and A1111 prompt weighting.
//!
//! Behaves like `CLIPTokenizer` of transformers 5 (NFC, white space collapsed, lower case, CLIP's splitting, byte-level
//! BPE with `</w>`), proven on a corpus of nasty strings in `tests/parity/tokenizer`. [`ClipTokenizer::encode`] gives
//! what diffusers gives: 77 ids, cut with a notice. [`ClipTokenizer::encode_prompt`] reads A1111's syntax and prompts
//! of any length up to [`MAX_CHUNKS`] chunks.

mod attention;
mod bpe;
mod files;
mod prompt;
mod split;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use attention::{PromptPart, parse_prompt_attention};
pub use prompt::{Chunk, MAX_CHUNKS, MAX_PROMPT_BYTES, PromptChunks};

use bpe::Bpe;

/// The CLIP tokenizer of one text encoder.
#[derive(Debug, Clone)]
pub struct ClipTokenizer {
    /// Shared by clones.
    bpe: Arc<Bpe>,
    /// Tokens that are matched as a whole before (`false`) or after (`true`) normalisation.
    added: Vec<AddedToken>,
    bos: u32,
    eos: u32,
    pad: u32,
    model_max_length: usize,
}

/// A token that is found in the text as it stands (`<|endoftext|>`, textual inversion words).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddedToken {
    pub content: String,
    pub id: u32,
    pub normalized: bool,
}

/// Why a tokenizer cannot be loaded or a prompt not be read.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerError {
    /// No tokenizer files.
    #[error("the folder has neither tokenizer.json nor vocab.json with merges.txt; copy the tokenizer folder of the model again: {path}", path = path.display())]
    NotFound {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("the file cannot be read ({source}): {path}", path = path.display())]
    Read {
        /// What the system said.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The content is not a CLIP tokenizer.
    #[error("{reason}; Kento reads CLIP tokenizers only: {path}", path = path.display())]
    Unsupported {
        /// What is not as it should be.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The prompt is beyond what is read.
    #[error(
        "the prompt has {tokens} tokens and Kento reads at most {limit} ({MAX_CHUNKS} chunks of {per_chunk}); shorten it"
    )]
    PromptTooLong {
        /// Tokens found.
        tokens: usize,
        /// Tokens that can be read.
        limit: usize,
        /// Tokens in one chunk.
        per_chunk: usize,
    },
    /// `BREAK` (and a comma near the end) closes chunks that are not full, so a short prompt can have too many.
    #[error("the prompt has {chunks} chunks and Kento reads at most {MAX_CHUNKS}; use BREAK less often or shorten it")]
    TooManyChunks {
        /// Chunks found.
        chunks: usize,
    },
    /// The prompt is so long that it is not even split into tokens.
    #[error("the prompt is {bytes} bytes long and Kento reads at most {MAX_PROMPT_BYTES}; shorten it")]
    PromptTooBig {
        /// Bytes given.
        bytes: usize,
    },
}

/// Length of CLIP's context, with begin and end token.
pub const CLIP_CONTEXT: usize = 77;

const BOS: &str = "<|startoftext|>";
const EOS: &str = "<|endoftext|>";

impl ClipTokenizer {
    /// Reads a tokenizer folder: `tokenizer.json` (all that transformers 5 writes) or `vocab.json` and `merges.txt`,
    /// with the special tokens of `tokenizer_config.json` and `special_tokens_map.json` where present.
    ///
    /// # Errors
    /// [`TokenizerError`] when files are missing, unreadable, or not those of a CLIP tokenizer.
    pub fn from_dir(folder: &Path) -> Result<Self, TokenizerError> {
        files::from_dir(folder)
    }

    /// Builds a tokenizer from the texts of `vocab.json` and `merges.txt`. The padding token is the end token, as in SD
    /// 1.x.
    ///
    /// # Errors
    /// [`TokenizerError::Unsupported`] when they do not fit each other.
    pub fn from_vocab_merges(vocab_json: &str, merges: &str) -> Result<Self, TokenizerError> {
        files::from_vocab_merges(vocab_json, merges, Path::new("vocab.json"))
    }

    /// OpenAI's CLIP vocabulary (49,408 tokens), compiled in from `assets/tokenizer`. The padding token is the end
    /// token, as in SD 1.x.
    pub fn openai() -> Self {
        let bpe = Bpe::openai(include_str!("../../../../assets/tokenizer/merges.txt"))
            .expect("the embedded vocabulary is complete, see the test");
        Self::assemble(bpe).expect("the embedded vocabulary has both special tokens, see the test")
    }

    /// The same tokenizer with another padding token: `!` (id 0) in SD 2.x and in the second tokenizer of SDXL.
    ///
    /// transformers finds special tokens in the text as it stands, so there `cat!` ends with id 0 and not with 256, and
    /// so it does here. Leaves the tokenizer as it is if the token is not in the vocabulary.
    pub fn with_pad_token(mut self, token: &str) -> Self {
        if let Some(id) = self.token_id(token) {
            self.pad = id;
            if !self.added.iter().any(|known| known.content == token) {
                self.added.push(AddedToken { content: token.to_owned(), id, normalized: false });
            }
        }
        self
    }

    /// Puts a vocabulary without configuration together. `None` when a special token is missing.
    fn assemble(bpe: Bpe) -> Option<Self> {
        let (bos, eos) = (bpe.id(BOS)?, bpe.id(EOS)?);
        let added = [(BOS, bos), (EOS, eos)].map(|(content, id)| AddedToken {
            content: content.to_owned(),
            id,
            normalized: false,
        });
        Some(Self { bpe: Arc::new(bpe), added: added.into(), bos, eos, pad: eos, model_max_length: CLIP_CONTEXT })
    }

    /// The token that starts every sequence.
    pub fn bos_id(&self) -> u32 {
        self.bos
    }

    /// The token that ends every sequence; the pooled output is taken where it first stands.
    pub fn eos_id(&self) -> u32 {
        self.eos
    }

    /// The token that fills a sequence up behind the end token.
    pub fn pad_id(&self) -> u32 {
        self.pad
    }

    /// Tokens in one sequence with begin and end, 77 for every CLIP.
    pub fn model_max_length(&self) -> usize {
        self.model_max_length
    }

    /// One more than the largest id.
    pub fn vocab_size(&self) -> usize {
        self.added.iter().map(|token| token.id as usize + 1).max().unwrap_or(0).max(self.bpe.len())
    }

    /// Id of a token by its exact spelling in the vocabulary (`,</w>`), or of an added token.
    pub fn token_id(&self, token: &str) -> Option<u32> {
        self.added.iter().find(|added| added.content == token).map(|added| added.id).or_else(|| self.bpe.id(token))
    }

    /// The ids of a text without begin, end, padding or limit: transformers' `tokenizer(text,
    /// add_special_tokens=False)`.
    pub fn tokenize(&self, text: &str) -> Vec<u32> {
        self.tokenize_noting_unknown(text, &mut Vec::new())
    }

    /// As [`Self::tokenize`]; words with characters that the vocabulary cannot spell are added to `unknown`.
    fn tokenize_noting_unknown(&self, text: &str, unknown: &mut Vec<String>) -> Vec<u32> {
        let mut ids = Vec::new();
        for raw in self.cut_added(text, false) {
            let text = match raw {
                Cut::Token(id) => {
                    ids.push(id);
                    continue;
                }
                Cut::Text(text) => split::normalize(text),
            };
            for normal in self.cut_added(&text, true) {
                match normal {
                    Cut::Token(id) => ids.push(id),
                    Cut::Text(text) => split::words(text, |word| {
                        if !self.bpe.encode_word(word, self.eos, &mut ids) && !unknown.iter().any(|known| known == word)
                        {
                            unknown.push(word.to_owned());
                        }
                    }),
                }
            }
        }
        ids
    }

    /// Cuts the text at added tokens: the leftmost first, of several there the longest.
    fn cut_added<'t>(&self, text: &'t str, normalized: bool) -> Vec<Cut<'t>> {
        let tokens: Vec<&AddedToken> =
            self.added.iter().filter(|token| token.normalized == normalized && !token.content.is_empty()).collect();
        // Where each token comes next. It is looked for again only once the text was cut beyond that place, so that all searches of
        // one token together read the text once.
        let find = |token: &AddedToken, from: usize| text[from..].find(token.content.as_str()).map(|at| from + at);
        let mut next: Vec<Option<usize>> = tokens.iter().map(|token| find(token, 0)).collect();
        let mut cuts = Vec::new();
        let mut done = 0;
        while let Some((at, token)) = next
            .iter()
            .zip(&tokens)
            .filter_map(|(at, token)| at.map(|at| (at, *token)))
            .min_by_key(|(at, token)| (*at, std::cmp::Reverse(token.content.len())))
        {
            if done < at {
                cuts.push(Cut::Text(&text[done..at]));
            }
            cuts.push(Cut::Token(token.id));
            done = at + token.content.len();
            for (at, token) in next.iter_mut().zip(&tokens) {
                if at.is_some_and(|at| at < done) {
                    *at = find(token, done);
                }
            }
        }
        cuts.push(Cut::Text(&text[done..]));
        cuts
    }

    /// Turns ids back into text, for messages: white space and case are those of the normalised text.
    pub fn decode(&self, ids: &[u32]) -> String {
        let mut text = String::new();
        for id in ids {
            match self.added.iter().find(|token| token.id == *id) {
                Some(token) => text.push_str(&token.content),
                None => text.push_str(self.bpe.symbol(*id)),
            }
        }
        split::text_from_symbols(&text)
    }
}

/// A stretch of text between added tokens, or one of them.
enum Cut<'t> {
    Text(&'t str),
    Token(u32),
}

#[cfg(test)]
mod tests;
