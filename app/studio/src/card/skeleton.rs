use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The five slots of a prompt, always in this order. The exact prompt is [`PromptSkeleton::text`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptSkeleton {
    /// The main thing, plainly.
    pub subject: String,
    /// Setting, action, environment.
    pub context: String,
    /// Framing, angle, focal point, copy space.
    pub composition: String,
    /// Medium, lighting, mood.
    pub style: String,
    /// Resolution cues, aspect, quality terms.
    pub technical: String,
}

impl PromptSkeleton {
    /// What stands between two slots of the prompt.
    pub const SEPARATOR: &'static str = ", ";

    /// The exact prompt: the slots that are not empty, without the spaces around them, joined by `", "`. Weights such
    /// as `(sun:1.2)` are part of the text and stay as they were typed.
    pub fn text(&self) -> String {
        let slots: Vec<&str> = Slot::ALL.into_iter().map(|slot| self.slot(slot).trim()).collect();
        let filled: Vec<&str> = slots.into_iter().filter(|text| !text.is_empty()).collect();
        filled.join(Self::SEPARATOR)
    }

    /// Where each slot stands in the prompt, and its words, tokens and chunks. `tokens` counts the tokens of a text,
    /// without begin and end marks; this crate has no tokenizer.
    ///
    /// A chunk is counted as 75 tokens. A text encoder that moves a word to the next chunk rather than cut it may begin
    /// a chunk a few tokens earlier.
    pub fn measure(&self, tokens: impl Fn(&str) -> usize) -> [SlotMeasure; 5] {
        let text = self.text();
        let (mut end, mut tokens_before) = (0, 0);
        Slot::ALL.map(|slot| {
            let own = self.slot(slot).trim();
            let words = own.split_whitespace().count();
            if own.is_empty() {
                let chunk = tokens_before / TOKENS_PER_CHUNK;
                return SlotMeasure { slot, range: end..end, words, tokens: 0, chunks: chunk..chunk };
            }
            let begin = if end == 0 { 0 } else { end + Self::SEPARATOR.len() };
            end = begin + own.len();
            let tokens_now = tokens(&text[..end]).max(tokens_before);
            let first = tokens_before / TOKENS_PER_CHUNK;
            let chunks = first..tokens_now.div_ceil(TOKENS_PER_CHUNK).max(first);
            let measure = SlotMeasure { slot, range: begin..end, words, tokens: tokens_now - tokens_before, chunks };
            tokens_before = tokens_now;
            measure
        })
    }

    /// The text of one slot.
    pub fn slot(&self, slot: Slot) -> &str {
        match slot {
            Slot::Subject => &self.subject,
            Slot::Context => &self.context,
            Slot::Composition => &self.composition,
            Slot::Style => &self.style,
            Slot::Technical => &self.technical,
        }
    }

    /// The text of one slot, to be changed.
    pub fn slot_mut(&mut self, slot: Slot) -> &mut String {
        match slot {
            Slot::Subject => &mut self.subject,
            Slot::Context => &mut self.context,
            Slot::Composition => &mut self.composition,
            Slot::Style => &mut self.style,
            Slot::Technical => &mut self.technical,
        }
    }
}

/// One slot of the prompt skeleton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The main thing, plainly.
    Subject,
    /// Setting, action, environment.
    Context,
    /// Framing, angle, focal point, copy space.
    Composition,
    /// Medium, lighting, mood.
    Style,
    /// Resolution cues, aspect, quality terms.
    Technical,
}

impl Slot {
    /// Every slot, in the order of the prompt.
    pub const ALL: [Self; 5] = [Self::Subject, Self::Context, Self::Composition, Self::Style, Self::Technical];

    /// The word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Context => "Context",
            Self::Composition => "Composition",
            Self::Style => "Style",
            Self::Technical => "Technical",
        }
    }

    /// What belongs into the slot.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Subject => "the main thing, plainly",
            Self::Context => "setting, action, environment",
            Self::Composition => "framing, angle, focal point, copy space",
            Self::Style => "medium, lighting, mood",
            Self::Technical => "resolution cues, aspect, quality terms",
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// Tokens of the prompt that CLIP's text encoder reads at once: 77 less the begin and end marks.
pub const TOKENS_PER_CHUNK: usize = 75;

/// Where a slot stands in the exact prompt, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMeasure {
    /// Which slot.
    pub slot: Slot,
    /// Its bytes in [`PromptSkeleton::text`], without separators; empty for an empty slot.
    pub range: Range<usize>,
    /// Words between white space.
    pub words: usize,
    /// Tokens that the slot adds to the prompt, with the separator before it.
    pub tokens: usize,
    /// The chunks that these tokens fall into, counted from 0; empty for an empty slot.
    pub chunks: Range<usize>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn skeleton(texts: [&str; 5]) -> PromptSkeleton {
        let mut skeleton = PromptSkeleton::default();
        for (slot, text) in Slot::ALL.into_iter().zip(texts) {
            *skeleton.slot_mut(slot) = text.to_owned();
        }
        skeleton
    }

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    #[test]
    fn the_prompt_is_the_filled_slots_in_order() {
        let full = skeleton(["a red sun", "over blue mountains", "left third", "flat vector", "high detail"]);
        assert_eq!(full.text(), "a red sun, over blue mountains, left third, flat vector, high detail");
        assert_eq!(skeleton(["", " a room ", "", "neon", "  "]).text(), "a room, neon");
        assert_eq!(skeleton([""; 5]).text(), "");
    }

    #[test]
    fn weights_stay_as_they_were_typed() {
        let weighted = skeleton(["(a red sun:1.2)", "[hills]", "", r"\(neon\)", ""]);
        assert_eq!(weighted.text(), r"(a red sun:1.2), [hills], \(neon\)");
    }

    #[test]
    fn a_slot_is_found_in_the_prompt_with_its_words() {
        let text = skeleton(["a red sun", "", "left third", "", ""]);
        let measures = text.measure(words);
        assert_eq!(&text.text()[measures[2].range.clone()], "left third");
        assert_eq!(measures.each_ref().map(|measure| measure.words), [3, 0, 2, 0, 0]);
        assert!(measures[1].range.is_empty() && measures[1].chunks.is_empty());
    }

    #[test]
    fn chunks_are_counted_in_75_tokens() {
        let long = vec!["sun"; 74].join(" ");
        let chunks = |texts| skeleton(texts).measure(words).map(|measure| measure.chunks);
        assert_eq!(chunks([&long, "hills", "", "", ""])[..2], [0..1, 0..1]);
        assert_eq!(chunks([&long, "hills", "sea", "", ""])[..3], [0..1, 0..1, 1..2]);
        assert_eq!(chunks([&long, "green hills", "", "", ""])[1], 0..2);
        assert_eq!(chunks(["", "", &vec!["sun"; 151].join(" "), "", ""])[2], 0..3);
    }

    proptest! {
        #[test]
        fn ranges_cut_every_slot_out_of_the_prompt(texts in prop::array::uniform5("[ a,é(:]{0,12}")) {
            let skeleton = skeleton(texts.each_ref().map(String::as_str));
            let text = skeleton.text();
            let measures = skeleton.measure(words);
            for measure in &measures {
                prop_assert_eq!(&text[measure.range.clone()], skeleton.slot(measure.slot).trim());
            }
            prop_assert_eq!(measures.iter().map(|measure| measure.tokens).sum::<usize>(), words(&text));
        }
    }
}
