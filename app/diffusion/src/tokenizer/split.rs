//! From a text to the words that byte-pair encoding works on (transformers `tokenization_clip.py`: normaliser and
//! pre-tokeniser).

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::{BOS, EOS};

/// NFC, every run of white space to one space, lower case character by character (no final sigma rule, as in the
/// tokenizers library).
pub(super) fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut in_space = false;
    for c in text.nfc() {
        if c.is_whitespace() {
            if !in_space {
                normal.push(' ');
            }
            in_space = true;
        } else {
            in_space = false;
            normal.extend(c.to_lowercase());
        }
    }
    normal
}

const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

/// Calls `word` for every match of
/// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`, each split once more
/// by the byte-level pre-tokeniser, which only takes the two special tokens apart (`<|`, `endoftext`, `|>`).
pub(super) fn words(text: &str, mut word: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let special = [BOS, EOS].into_iter().find(|token| rest.starts_with(token));
        let length = if let Some(token) = special {
            word(&token[..2]);
            word(&token[2..token.len() - 2]);
            word(&token[token.len() - 2..]);
            rest = &rest[token.len()..];
            continue;
        } else if let Some(contraction) = CONTRACTIONS.into_iter().find(|contraction| rest.starts_with(contraction)) {
            contraction.len()
        } else {
            match class(first) {
                Class::Space => {
                    rest = &rest[first.len_utf8()..];
                    continue;
                }
                Class::Number => first.len_utf8(),
                class_of_run => rest.find(|c| class(c) != class_of_run).unwrap_or(rest.len()),
            }
        };
        word(&rest[..length]);
        rest = &rest[length..];
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Number,
    Other,
}

fn class(c: char) -> Class {
    if c.is_whitespace() {
        return Class::Space;
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Number,
        _ => Class::Other,
    }
}

/// GPT-2's printable stand-in for each byte: itself where it is printable Latin-1, otherwise U+0100 and up.
pub(super) fn char_of_byte(byte: u8) -> char {
    match byte {
        b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
        // The 68 other bytes get U+0100, U+0101, … in their order: 0..=32, 127..=160, 173.
        0..=32 => stand_in(u32::from(byte)),
        127..=160 => stand_in(u32::from(byte) - 127 + 33),
        0xAD => stand_in(67),
    }
}

fn stand_in(index: u32) -> char {
    char::from_u32(256 + index).expect("U+0100 to U+0143 are characters")
}

fn byte_of_char(c: char) -> Option<u8> {
    (0..=255).find(|byte| char_of_byte(*byte) == c)
}

/// Undoes the byte mapping of joined vocabulary symbols; `</w>` becomes a space.
pub(super) fn text_from_symbols(symbols: &str) -> String {
    let bytes: Vec<u8> = symbols
        .replace("</w>", " ")
        .chars()
        .flat_map(|c| match byte_of_char(c) {
            Some(byte) if c != ' ' => vec![byte],
            _ => c.to_string().into_bytes(),
        })
        .collect();
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_table_is_gpt2s() {
        assert_eq!(char_of_byte(b'!'), '!');
        assert_eq!(char_of_byte(0), 'Ā');
        assert_eq!(char_of_byte(b' '), 'Ġ');
        assert_eq!(char_of_byte(0x7F), 'ġ');
        assert_eq!(char_of_byte(0xAD), 'Ń');
        let all: std::collections::HashSet<char> = (0..=255).map(char_of_byte).collect();
        assert_eq!(all.len(), 256);
        assert!((0..=255).all(|byte| byte_of_char(char_of_byte(byte)) == Some(byte)));
    }

    fn split(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        words(&normalize(text), |word| found.push(word.to_owned()));
        found
    }

    #[test]
    fn words_are_cut_as_clip_does() {
        assert_eq!(split("I'm  a Dog's life, 42!!"), ["i", "'m", "a", "dog", "'s", "life", ",", "4", "2", "!!"]);
        assert_eq!(split("!'s <|EndOfText|>"), ["!'", "s", "<|", "endoftext", "|>"]);
        assert_eq!(split(" \t\n"), Vec::<String>::new());
        assert_eq!(split("e\u{301}"), ["é"]);
    }
}
