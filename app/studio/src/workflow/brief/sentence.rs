/// Why an intent is not one sentence. The first pause trigger: the sprint cannot start until it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntentProblem {
    /// Nothing was written.
    #[error("write the intent in one sentence")]
    Empty,
    /// A line break inside the intent.
    #[error("the intent has several lines: say it in one sentence")]
    SeveralLines,
    /// Text goes on after the end of a sentence.
    #[error("the intent has {0} sentences: say it in one")]
    SeveralSentences(usize),
    /// One or two words are a title, not an intent.
    #[error("the intent has {0} words: say who needs which picture for what")]
    TooShort(usize),
    /// Longer than anybody says in one breath.
    #[error("the intent has {0} words: say it in one sentence of at most 50")]
    TooLong(usize),
}

/// Fewest words of an intent.
pub const LEAST_WORDS: usize = 3;
/// Most words of an intent. Plain-language guides advise 20 to 25 words a sentence; twice that is no longer one
/// thought.
pub const MOST_WORDS: usize = 50;

/// Words whose full stop does not end a sentence, lower case and without it.
const ABBREVIATIONS: [&str; 21] = [
    "e.g", "i.e", "etc", "vs", "approx", "ca", "cf", "no", "nr", "dr", "mr", "mrs", "ms", "st", "prof", "inc", "ltd",
    "co", "z.b", "bzw", "fig",
];

/// Checks that a text is one sentence: one line, 3 to 50 words, and nothing behind a full stop, question or
/// exclamation mark.
///
/// # Errors
/// The first [`IntentProblem`].
pub fn check_one_sentence(text: &str) -> Result<(), IntentProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IntentProblem::Empty);
    }
    if text.chars().any(|c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')) {
        return Err(IntentProblem::SeveralLines);
    }
    let sentences = sentences(text);
    if sentences > 1 {
        return Err(IntentProblem::SeveralSentences(sentences));
    }
    // Chinese, Japanese and Thai put no spaces between words: there, characters stand in for words.
    let words = text.split_whitespace().count();
    let spaceless = text.chars().filter(|c| *c as u32 >= 0x0E00 && c.is_alphanumeric()).count();
    match words.max(spaceless.div_ceil(2)) {
        words if words < LEAST_WORDS => Err(IntentProblem::TooShort(words)),
        words if words > MOST_WORDS => Err(IntentProblem::TooLong(words)),
        _ => Ok(()),
    }
}

/// Sentences in a text that is not empty.
fn sentences(text: &str) -> usize {
    const MARKS: [char; 7] = ['.', '!', '?', '…', '。', '！', '？'];
    const CLOSING: [char; 8] = ['"', '\'', '”', '’', ')', '»', '“', '」'];
    let mut count = 1;
    let mut from = 0;
    while let Some(found) = text[from..].find(MARKS) {
        let at = from + found;
        let (before, marks) = text.split_at(at);
        let after = marks.trim_start_matches(MARKS).trim_start_matches(CLOSING);
        let mark = marks.chars().next().unwrap_or('.');
        let spaced = after.starts_with(char::is_whitespace) || matches!(mark, '。' | '！' | '？');
        let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
        let initial = word.chars().count() == 1 && ends_with_capital(word);
        let abbreviated = mark == '.' && (initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str()));
        if spaced && !abbreviated && after.chars().any(char::is_alphanumeric) {
            count += 1;
        }
        from = text.len() - after.len();
    }
    count
}

/// Whether a text ends with a capital letter, as in the initials of a name.
fn ends_with_capital(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_passes_with_numbers_abbreviations_and_initials() {
        for text in [
            "A calm harbour picture that makes weekend tourists want to book the 7.30 ferry.",
            "a calm harbour for the spring brochure",
            "Show our bottle, e.g. beside a lemon, for the St. Moritz shop of J. Keller!",
            "Is this the last poster of version 2.0?",
            "Eine ruhige Hafenszene, z.B. bei Sonnenaufgang, für die Broschüre.",
            "春の観光パンフレットのための静かな港の絵。",
        ] {
            assert_eq!(check_one_sentence(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn two_sentences_lists_titles_and_essays_are_refused() {
        assert_eq!(check_one_sentence("  "), Err(IntentProblem::Empty));
        assert_eq!(check_one_sentence("A red boat at sea. It is calm."), Err(IntentProblem::SeveralSentences(2)));
        assert_eq!(check_one_sentence("Really? Yes! Do it now."), Err(IntentProblem::SeveralSentences(3)));
        assert_eq!(check_one_sentence("静かな港の絵。青い空。"), Err(IntentProblem::SeveralSentences(2)));
        assert_eq!(check_one_sentence("a red boat\nby the sea"), Err(IntentProblem::SeveralLines));
        assert_eq!(check_one_sentence("Harbour picture"), Err(IntentProblem::TooShort(2)));
        assert_eq!(check_one_sentence(&"word ".repeat(51)), Err(IntentProblem::TooLong(51)));
    }
}
