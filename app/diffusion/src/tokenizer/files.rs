//! The tokenizer files of a diffusers folder.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::bpe::{Bpe, merge_lines};
use super::{AddedToken, CLIP_CONTEXT, ClipTokenizer, TokenizerError};

/// Largest tokenizer file that is read, in bytes; CLIP's tokenizer.json has 3.6 MB.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

pub(super) fn from_dir(folder: &Path) -> Result<ClipTokenizer, TokenizerError> {
    let tokenizer_json = folder.join("tokenizer.json");
    let mut tokenizer = if tokenizer_json.is_file() {
        from_tokenizer_json(&read(&tokenizer_json)?, &tokenizer_json)?
    } else {
        let (vocab, merges) = (folder.join("vocab.json"), folder.join("merges.txt"));
        if !vocab.is_file() || !merges.is_file() {
            return Err(TokenizerError::NotFound { path: folder.to_owned() });
        }
        let mut tokenizer = from_vocab_merges(&read(&vocab)?, &read(&merges)?, &vocab)?;
        let added = folder.join("added_tokens.json");
        if added.is_file() {
            let words: HashMap<String, u32> = json(&read(&added)?, &added)?;
            tokenizer.added.extend(words.into_iter().map(|(content, id)| AddedToken { content, id, normalized: true }));
        }
        tokenizer
    };
    // tokenizer_config.json has the last word, as in transformers.
    let mut config = serde_json::Map::new();
    for name in ["special_tokens_map.json", "tokenizer_config.json"] {
        let path = folder.join(name);
        if path.is_file() {
            config.extend(json::<serde_json::Map<String, Value>>(&read(&path)?, &path)?);
        }
    }
    apply_config(&mut tokenizer, &config, folder)?;
    Ok(tokenizer)
}

pub(super) fn from_vocab_merges(vocab_json: &str, merges: &str, path: &Path) -> Result<ClipTokenizer, TokenizerError> {
    let vocab: HashMap<String, u32> = json(vocab_json, path)?;
    let unsupported = |reason| TokenizerError::Unsupported { reason, path: path.to_owned() };
    let bpe = merge_lines(merges).and_then(|pairs| Bpe::new(vocab, pairs)).map_err(unsupported)?;
    ClipTokenizer::assemble(bpe)
        .ok_or_else(|| unsupported("the vocabulary lacks <|startoftext|> or <|endoftext|>".to_owned()))
}

/// The parts of a tokenizer.json that differ between CLIP tokenizers; normaliser and splitting are CLIP's.
#[derive(Deserialize)]
struct TokenizerJson {
    #[serde(default)]
    added_tokens: Vec<AddedTokenJson>,
    model: ModelJson,
}

#[derive(Deserialize)]
struct AddedTokenJson {
    id: u32,
    content: String,
    #[serde(default)]
    normalized: bool,
    #[serde(default)]
    single_word: bool,
}

#[derive(Deserialize)]
struct ModelJson {
    // Old files leave the type out.
    #[serde(rename = "type")]
    kind: Option<String>,
    end_of_word_suffix: Option<String>,
    vocab: HashMap<String, u32>,
    merges: Vec<MergeJson>,
}

/// "a b" until tokenizers 0.19, ["a", "b"] since.
#[derive(Deserialize)]
#[serde(untagged)]
enum MergeJson {
    Line(String),
    Pair(String, String),
}

fn from_tokenizer_json(text: &str, path: &Path) -> Result<ClipTokenizer, TokenizerError> {
    let unsupported = |reason: String| TokenizerError::Unsupported { reason, path: path.to_owned() };
    let file: TokenizerJson = json(text, path)?;
    if file.model.kind.as_deref().is_some_and(|kind| kind != "BPE")
        || file.model.end_of_word_suffix.as_deref() != Some("</w>")
    {
        return Err(unsupported("the tokenizer is not byte-pair encoding with </w>".to_owned()));
    }
    let merges = (file.model.merges.iter())
        .map(|merge| match merge {
            MergeJson::Pair(left, right) => Ok((left.as_str(), right.as_str())),
            MergeJson::Line(line) => {
                line.split_once(' ').ok_or_else(|| unsupported(format!("the merge {line:?} is not a pair")))
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    let bpe = Bpe::new(file.model.vocab, merges).map_err(unsupported)?;
    let mut tokenizer = ClipTokenizer::assemble(bpe)
        .ok_or_else(|| unsupported("the vocabulary lacks <|startoftext|> or <|endoftext|>".to_owned()))?;
    if let Some(token) = file.added_tokens.iter().find(|token| token.single_word) {
        return Err(unsupported(format!(
            "the added token {:?} is marked single_word, which is not supported",
            token.content
        )));
    }
    if !file.added_tokens.is_empty() {
        tokenizer.added = file
            .added_tokens
            .into_iter()
            .map(|token| AddedToken { content: token.content, id: token.id, normalized: token.normalized })
            .collect();
    }
    Ok(tokenizer)
}

/// Takes special tokens and the length over from a configuration file.
fn apply_config(
    tokenizer: &mut ClipTokenizer,
    config: &serde_json::Map<String, Value>,
    path: &Path,
) -> Result<(), TokenizerError> {
    // `added_tokens_decoder` of transformers 4.34 to 4.x: {"49406": {"content": …, "normalized": …}}.
    for (id, token) in config.get("added_tokens_decoder").and_then(Value::as_object).into_iter().flatten() {
        let (Ok(id), Some(content)) = (id.parse(), token.get("content").and_then(Value::as_str)) else { continue };
        let normalized = token.get("normalized").and_then(Value::as_bool).unwrap_or(false);
        tokenizer.added.retain(|known| known.content != content);
        tokenizer.added.push(AddedToken { content: content.to_owned(), id, normalized });
    }
    let mut special = |name: &str| -> Result<Option<u32>, TokenizerError> {
        let token = match config.get(name) {
            Some(Value::String(token)) => token,
            Some(Value::Object(object)) => match object.get("content").and_then(Value::as_str) {
                Some(token) => token,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let missing = || TokenizerError::Unsupported {
            reason: format!("the {name} {token:?} is not in the vocabulary"),
            path: path.to_owned(),
        };
        let id = tokenizer.token_id(token).ok_or_else(missing)?;
        // transformers finds every special token in the text as it stands, the padding token `!` of SD 2.x too.
        if !tokenizer.added.iter().any(|known| known.content == *token) {
            tokenizer.added.push(AddedToken { content: token.to_owned(), id, normalized: false });
        }
        Ok(Some(id))
    };
    let (bos, eos, pad) = (special("bos_token")?, special("eos_token")?, special("pad_token")?);
    tokenizer.bos = bos.unwrap_or(tokenizer.bos);
    tokenizer.eos = eos.unwrap_or(tokenizer.eos);
    tokenizer.pad = pad.unwrap_or(tokenizer.pad);
    // Files without a limit carry 10^30.
    if let Some(length) = config.get("model_max_length").and_then(Value::as_u64) {
        tokenizer.model_max_length =
            usize::try_from(length).ok().filter(|length| (3..=4096).contains(length)).unwrap_or(CLIP_CONTEXT);
    }
    Ok(())
}

fn json<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, TokenizerError> {
    serde_json::from_str(text).map_err(|error| TokenizerError::Unsupported {
        reason: format!("the JSON is not that of a tokenizer ({error})"),
        path: path.to_owned(),
    })
}

fn read(path: &Path) -> Result<String, TokenizerError> {
    let error = |source| TokenizerError::Read { source, path: path.to_owned() };
    let size = std::fs::metadata(path).map_err(error)?.len();
    if size > MAX_FILE_BYTES {
        return Err(TokenizerError::Unsupported {
            reason: format!("the file has {size} bytes"),
            path: path.to_owned(),
        });
    }
    std::fs::read_to_string(path).map_err(error)
}
