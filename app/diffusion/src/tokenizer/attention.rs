//! A1111's prompt weighting (`modules/prompt_parser.py`, `parse_prompt_attention`).
//!
//! `(word)` weighs 1.1, `(word:1.3)` weighs 1.3, `[word]` weighs 1/1.1, nesting multiplies, `\(` `\)` `\[` `\]` `\\`
//! are plain characters, `BREAK` starts the next chunk. Brackets that are never closed count to the end of the prompt;
//! closing brackets without an opening one are text.

/// A piece of a prompt.
#[derive(Debug, Clone, PartialEq)]
pub enum PromptPart {
    /// Text with the weight of its tokens.
    Text(String, f64),
    /// The next piece starts a new chunk. (A1111 loses a `BREAK` inside brackets; here it breaks there too.)
    Break,
}

/// Weight of one pair of round brackets without a number.
const ROUND: f64 = 1.1;
/// Weight of one pair of square brackets.
const SQUARE: f64 = 1.0 / 1.1;
/// Weights beyond this are taken for a typing error: nothing but noise comes out long before.
const MAX_WEIGHT: f64 = 100.0;

/// Takes a prompt apart. What could not be read as meant is added to `notices`.
pub fn parse_prompt_attention(prompt: &str, notices: &mut Vec<String>) -> Vec<PromptPart> {
    let mut parts: Vec<PromptPart> = Vec::new();
    let mut round: Vec<usize> = Vec::new();
    let mut square: Vec<usize> = Vec::new();
    let mut rest = prompt;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\\' => match rest[1..].chars().next() {
                Some(escaped @ ('(' | ')' | '[' | ']' | '\\')) => {
                    parts.push(PromptPart::Text(escaped.to_string(), 1.0));
                    2
                }
                _ => {
                    notice(notices, "A single backslash in the prompt was left out; write \\\\ for one.");
                    1
                }
            },
            '(' => {
                round.push(parts.len());
                1
            }
            '[' => {
                square.push(parts.len());
                1
            }
            ')' if let Some(start) = round.pop() => {
                multiply(&mut parts[start..], ROUND);
                1
            }
            ']' if let Some(start) = square.pop() => {
                multiply(&mut parts[start..], SQUARE);
                1
            }
            ':' if let Some((number, length)) = weight_at(rest) => {
                match round.pop() {
                    Some(start) => multiply(&mut parts[start..], weight(number, notices)),
                    None => push_text(&mut parts, &rest[..length]),
                }
                length
            }
            ':' | ')' | ']' => {
                push_text(&mut parts, &rest[..1]);
                1
            }
            _ => {
                let length = rest.find(['\\', '(', ')', '[', ']', ':']).unwrap_or(rest.len());
                push_text(&mut parts, &rest[..length]);
                length
            }
        };
        rest = &rest[taken..];
    }
    for start in round {
        multiply(&mut parts[start..], ROUND);
    }
    for start in square {
        multiply(&mut parts[start..], SQUARE);
    }
    merge(parts)
}

fn multiply(parts: &mut [PromptPart], factor: f64) {
    for part in parts {
        if let PromptPart::Text(_, weight) = part {
            *weight *= factor;
        }
    }
}

/// Matches `:\s*([+-]?[.\d]+)\s*\)` at the start of `text`: the number and the length of the whole match in bytes.
fn weight_at(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix(':')?.trim_start();
    let digits = inner.strip_prefix(['+', '-']).unwrap_or(inner);
    let behind = digits.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if behind.len() == digits.len() {
        return None;
    }
    let closed = behind.trim_start().strip_prefix(')')?;
    Some((&inner[..inner.len() - behind.len()], text.len() - closed.len()))
}

fn weight(number: &str, notices: &mut Vec<String>) -> f64 {
    match number.parse::<f64>() {
        Ok(weight) if weight.abs() <= MAX_WEIGHT => weight,
        Ok(_) => {
            notice(notices, &format!("The prompt weight {number} is beyond {MAX_WEIGHT} and was taken as 1."));
            1.0
        }
        Err(_) => {
            notice(notices, &format!("The prompt weight {number} is not a number and was taken as 1."));
            1.0
        }
    }
}

fn notice(notices: &mut Vec<String>, text: &str) {
    if !notices.iter().any(|known| known == text) {
        notices.push(text.to_owned());
    }
}

/// Adds text, split at every `\s*\bBREAK\b\s*`.
fn push_text(parts: &mut Vec<PromptPart>, text: &str) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut piece_start = 0;
    let mut search_from = 0;
    while let Some(found) = text[search_from..].find("BREAK") {
        let at = search_from + found;
        let end = at + "BREAK".len();
        search_from = end;
        if text[..at].ends_with(is_word) || text[end..].starts_with(is_word) {
            continue;
        }
        parts.push(PromptPart::Text(text[piece_start..at].trim_end().to_owned(), 1.0));
        parts.push(PromptPart::Break);
        piece_start = end + (text[end..].len() - text[end..].trim_start().len());
        search_from = piece_start;
    }
    parts.push(PromptPart::Text(text[piece_start..].to_owned(), 1.0));
}

/// Joins neighbours of one weight, because words may continue over a bracket, and drops empty text.
fn merge(parts: Vec<PromptPart>) -> Vec<PromptPart> {
    let mut merged: Vec<PromptPart> = Vec::new();
    for part in parts {
        match (merged.last_mut(), part) {
            (Some(PromptPart::Text(text, weight)), PromptPart::Text(more, same)) if *weight == same => {
                text.push_str(&more)
            }
            (_, part) => merged.push(part),
        }
    }
    merged.retain(|part| !matches!(part, PromptPart::Text(text, _) if text.is_empty()));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(prompt: &str) -> Vec<(String, f64)> {
        let mut notices = Vec::new();
        let parts = parse_prompt_attention(prompt, &mut notices);
        assert_eq!(notices, Vec::<String>::new());
        let text = |part| match part {
            PromptPart::Text(text, weight) => (text, weight),
            PromptPart::Break => ("BREAK".to_owned(), -1.0),
        };
        parts.into_iter().map(text).collect()
    }

    fn check(prompt: &str, expected: &[(&str, f64)]) {
        let expected: Vec<(String, f64)> =
            expected.iter().map(|(text, weight)| ((*text).to_owned(), *weight)).collect();
        assert_eq!(parse(prompt), expected, "{prompt}");
    }

    #[test]
    fn the_examples_in_a1111s_docstring() {
        check("normal text", &[("normal text", 1.0)]);
        check("an (important) word", &[("an ", 1.0), ("important", 1.1), (" word", 1.0)]);
        check("(unbalanced", &[("unbalanced", 1.1)]);
        check(r"\(literal\]", &[("(literal]", 1.0)]);
        check("(unnecessary)(parens)", &[("unnecessaryparens", 1.1)]);
        check(
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            &[
                ("a ", 1.0),
                ("house", 1.573_000_000_000_000_4),
                (" ", 1.1),
                ("on", 1.0),
                (" a ", 1.1),
                ("hill", 0.55),
                (", sun, ", 1.1),
                ("sky", 1.464_100_000_000_000_6),
                (".", 1.1),
            ],
        );
    }

    #[test]
    fn breaks_escapes_and_stray_brackets() {
        check("a BREAK b", &[("a", 1.0), ("BREAK", -1.0), ("b", 1.0)]);
        check("a\nBREAK\nBREAK b", &[("a", 1.0), ("BREAK", -1.0), ("BREAK", -1.0), ("b", 1.0)]);
        check("BREAKFAST DAYBREAK _BREAK", &[("BREAKFAST DAYBREAK _BREAK", 1.0)]);
        check("(a BREAK b)", &[("a", 1.1), ("BREAK", -1.0), ("b", 1.1)]);
        check("a) b] c: d :1.2)", &[("a) b] c: d :1.2)", 1.0)]);
        check(r"\\(x\)", &[(r"\", 1.0), ("x)", 1.1)]);
        check("(x: +0.5 )", &[("x", 0.5)]);
        check("(x:-1)", &[("x", -1.0)]);
        check("(x:.5)(y:1.)", &[("x", 0.5), ("y", 1.0)]);
        check("[x:0.5]", &[("x:0.5", 1.0 / 1.1)]);
        check("", &[]);
        check("()", &[]);
        check("(((", &[]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (prompt, sentence) in [("(x:1.2.3)", "not a number"), ("(x:9999)", "beyond 100"), ("a\\b", "backslash")] {
            let mut notices = Vec::new();
            let parts = parse_prompt_attention(prompt, &mut notices);
            assert!(
                parts.iter().all(|part| matches!(part, PromptPart::Text(_, weight) if *weight == 1.0)),
                "{prompt}: {parts:?}"
            );
            assert!(notices.len() == 1 && notices[0].contains(sentence), "{prompt}: {notices:?}");
        }
    }
}
