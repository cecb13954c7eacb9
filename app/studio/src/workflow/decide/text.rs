use crate::workflow::{MOST_TEXT_CHARS, Refusal};

/// A free text that may be empty: not too long, no control characters but line breaks and tabs.
pub(super) fn check(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::ControlCharacter(field));
    }
    // Bytes bound characters from above, so the count is only needed for long texts.
    match text.len() {
        bytes if bytes <= MOST_TEXT_CHARS => Ok(()),
        _ => match text.chars().count() {
            chars if chars > MOST_TEXT_CHARS => Err(Refusal::TextTooLong(field, chars, MOST_TEXT_CHARS)),
            _ => Ok(()),
        },
    }
}

/// A free text that must say something; without the spaces around it.
pub(super) fn needed(field: &'static str, text: &str) -> Result<String, Refusal> {
    check(field, text)?;
    match text.trim() {
        "" => Err(Refusal::TextMissing(field)),
        text => Ok(text.to_owned()),
    }
}

/// A reason; without the spaces around it. `what` begins the sentence that asks for it.
pub(super) fn reason(what: &'static str, text: &str) -> Result<String, Refusal> {
    check("reason", text)?;
    match text.trim() {
        "" => Err(Refusal::ReasonMissing(what)),
        text => Ok(text.to_owned()),
    }
}

/// A number in a range; not a number is refused too, because no record could hold it.
pub(super) fn number(field: &'static str, value: f64, least: f64, most: f64) -> Result<(), Refusal> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(Refusal::Number(field, least, most, value)) }
}
