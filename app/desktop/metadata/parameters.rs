use std::fmt;

/// A1111's `parameters` text in its parts (source: A1111 `modules/infotext_utils.py`, read and re-implemented).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The prompt, several lines allowed.
    pub prompt: String,
    /// The negative prompt; its line is left out when it is empty.
    pub negative_prompt: String,
    /// The last line's keys and values, unquoted.
    pub pairs: Vec<(String, String)>,
}

impl Parameters {
    /// The value of a key. Where a key stands twice, the last one wins, as it does in A1111.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Reads the text as A1111 does: the last line holds the pairs only if it has at least three of them; lines before it
    /// belong to the prompt until one begins with `Negative prompt:`. Every line is trimmed.
    pub fn parse(text: &str) -> Self {
        // stable-diffusion.cpp appends unquoted JSON in which a prompt could pose as pairs.
        let text = text.trim().split(", SDCPP: {").next().unwrap_or_default();
        let (mut before, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let mut pairs = parse_pairs(last);
        if pairs.len() < LEAST_PAIRS {
            (before, pairs) = (text, Vec::new());
        }
        let mut parts = [Vec::new(), Vec::new()];
        let mut part = 0;
        for line in before.lines() {
            let mut line = line.trim();
            if let Some(rest) = line.strip_prefix(NEGATIVE) {
                part = 1;
                line = rest.trim();
            }
            parts[part].push(line);
        }
        let [prompt, negative_prompt] = parts.map(|lines| lines.join("\n"));
        Self { prompt, negative_prompt, pairs }
    }
}

impl fmt::Display for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.prompt)?;
        if !self.negative_prompt.is_empty() {
            writeln!(formatter, "{NEGATIVE} {}", self.negative_prompt)?;
        }
        for (index, (key, value)) in self.pairs.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{key}: {}", quote(value))?;
        }
        Ok(())
    }
}

const NEGATIVE: &str = "Negative prompt:";
/// Fewer pairs than this may stand in a prompt by accident.
const LEAST_PAIRS: usize = 3;

/// A value with a comma, a colon or a line break is written as a JSON string. So is one that looks quoted already, or that
/// has spaces at its ends, which A1111 forgets and then reads back wrongly.
fn quote(value: &str) -> String {
    let ambiguous =
        value.contains([',', '\n', ':']) || value.starts_with(['"', '{']) || value.trim() != value || value.is_empty();
    if ambiguous { serde_json::Value::from(value).to_string() } else { value.to_owned() }
}

fn unquote(value: &str) -> String {
    if value.len() >= 2 && value.starts_with('"') && value.ends_with('"') {
        // What is not JSON after all stays as it is.
        return serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
    }
    value.trim().to_owned()
}

/// All pairs in one line: `key: value` up to a comma or the end, where a value may be quoted, or be JSON in braces.
fn parse_pairs(line: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        match parse_pair(rest) {
            Some((key, value, after)) => {
                pairs.push((key.to_owned(), unquote(value)));
                rest = after;
            }
            // As a regular expression does: try again one character further.
            None => rest = rest.chars().next().map_or("", |first| &rest[first.len_utf8()..]),
        }
    }
    pairs
}

/// A pair at the start of the text: key, raw value, and what follows its comma.
fn parse_pair(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let key_len =
        text.find(|letter: char| !is_word(letter) && !matches!(letter, ' ' | '-' | '/')).unwrap_or(text.len());
    let (key, after) = text.split_at(key_len);
    if !key.starts_with(is_word) || key.chars().count() < 2 {
        return None;
    }
    let value = after.strip_prefix(':')?.trim_start();
    let len = quoted_len(value)
        .or_else(|| braced_len(value))
        .filter(|len| matches!(value[*len..].chars().next(), None | Some(',')));
    let len = len.unwrap_or_else(|| value.find(',').unwrap_or(value.len()));
    let (value, after) = value.split_at(len);
    Some((key, value, after.strip_prefix(',').unwrap_or(after)))
}

/// Length of the quoted run at the start, quotes included.
fn quoted_len(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    if letters.next()?.1 != '"' {
        return None;
    }
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// Length of the JSON object at the start.
fn braced_len(text: &str) -> Option<usize> {
    if !text.starts_with('{') {
        return None;
    }
    let mut depth = 0_usize;
    let mut index = 0;
    while index < text.len() {
        let here = &text[index..];
        let first = here.chars().next()?;
        match first {
            '"' => {
                index += quoted_len(here)?;
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        index += first.len_utf8();
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(prompt: &str, negative_prompt: &str, pairs: &[(&str, &str)]) -> Parameters {
        Parameters {
            prompt: prompt.to_owned(),
            negative_prompt: negative_prompt.to_owned(),
            pairs: pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        }
    }

    const PAIRS: [(&str, &str); 4] =
        [("Steps", "20"), ("Sampler", "DPM++ 2M"), ("Seed", "965400086"), ("Size", "512x768")];

    #[test]
    fn the_text_has_the_form_that_other_tools_read() {
        let text = parameters("a red kite, (detailed:1.2)", "blurry", &PAIRS).to_string();
        assert_eq!(
            text,
            "a red kite, (detailed:1.2)\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Seed: 965400086, Size: 512x768"
        );
        assert!(!parameters("p", "", &PAIRS).to_string().contains("Negative"));
    }

    #[test]
    fn writing_and_reading_round_trip() {
        let cases = [
            parameters("", "", &PAIRS),
            parameters("two\nlines", "not\nthis", &PAIRS),
            parameters("", "only a negative", &PAIRS),
            parameters("Steps: 1, Seed: 2, Size: 3x3", "", &PAIRS),
            parameters("雪, ü \"quoted\" \\ back", "ß", &PAIRS),
        ];
        for case in cases {
            assert_eq!(Parameters::parse(&case.to_string()), case);
        }
        let tricky = [
            "a, b",
            "a: b",
            "say \"hi\"",
            "\"quoted\"",
            "line\nbreak",
            " spaced ",
            "",
            "{\"a\": 1, \"b\": 2}",
            "雪",
            "back\\slash",
            "C:\\x",
        ];
        for value in tricky {
            let mut case = parameters("p", "n", &PAIRS);
            case.pairs.insert(2, ("Model".to_owned(), value.to_owned()));
            assert_eq!(Parameters::parse(&case.to_string()), case, "{value}");
        }
    }

    #[test]
    fn texts_of_other_tools_are_read_as_a1111_reads_them() {
        let read = Parameters::parse("a cat\nno parameters: here, only: two");
        assert_eq!((read.prompt.as_str(), read.pairs.len()), ("a cat\nno parameters: here, only: two", 0));
        let read = Parameters::parse(
            "p\nNegative prompt: \nSteps: 8, Hashes: {\"vae\": \"1, 2\", \"model\": \"3\"}, Seed: 5, Seed: 6",
        );
        assert_eq!(read.get("Hashes"), Some("{\"vae\": \"1, 2\", \"model\": \"3\"}"));
        assert_eq!(read.get("Seed"), Some("6"));
        let read =
            Parameters::parse("p\nSteps: 8, Seed: 1, CFG scale: 7.000000, SDCPP: {\"prompt\": \"x, Seed: 7, y\"}");
        assert_eq!(read.get("Seed"), Some("1"));
        // A key of one character is none, as in A1111's expression.
        assert_eq!(Parameters::parse("p\nx: 1, Steps: 2, Seed: 3, Size: 8x8").get("x"), None);
        assert_eq!(Parameters::parse("").prompt, "");
    }
}
