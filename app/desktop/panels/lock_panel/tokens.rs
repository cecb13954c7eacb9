use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::Context;
use kento_diffusion::tokenizer::{ClipTokenizer, PromptPart, parse_prompt_attention};
use kento_studio::card::{PromptSkeleton, SlotMeasure, TOKENS_PER_CHUNK};

/// Longest prompt in bytes that is counted while it is typed; longer ones are told in words.
const MOST_COUNTED: usize = 20_000;

/// Counts the tokens of a prompt with the model's own tokenizer. Its files are read by a named thread.
#[derive(Default)]
pub struct TokenCounter {
    /// The model whose tokenizer is here or on its way.
    model: Option<PathBuf>,
    coming: Option<Receiver<Option<Arc<ClipTokenizer>>>>,
    tokenizer: Option<Arc<ClipTokenizer>>,
    /// The last prompt that was counted.
    counted: Option<(PromptSkeleton, [SlotMeasure; 5])>,
}

impl TokenCounter {
    /// The slots with their tokens; None while the tokenizer is read, or where there is none.
    pub fn measure(&mut self, ctx: &Context, model: &Path, skeleton: &PromptSkeleton) -> Option<[SlotMeasure; 5]> {
        if self.model.as_deref() != Some(model) {
            *self = Self { model: Some(model.to_owned()), coming: read(ctx, model), ..Self::default() };
        }
        if let Some(tokenizer) = self.coming.as_ref().and_then(|coming| coming.try_recv().ok()) {
            self.tokenizer = tokenizer;
            self.coming = None;
        }
        let tokenizer = self.tokenizer.as_ref()?;
        if let Some((known, measures)) = &self.counted
            && known == skeleton
        {
            return Some(measures.clone());
        }
        let measures = measures(tokenizer, skeleton)?;
        self.counted = Some((skeleton.clone(), measures.clone()));
        Some(measures)
    }
}

/// Tokens by slot, weights and brackets left out as A1111 does.
fn measures(tokenizer: &ClipTokenizer, skeleton: &PromptSkeleton) -> Option<[SlotMeasure; 5]> {
    let bytes: usize = kento_studio::card::Slot::ALL.iter().map(|slot| skeleton.slot(*slot).len()).sum();
    if bytes > MOST_COUNTED {
        return None;
    }
    Some(skeleton.measure(|text| {
        let parts = parse_prompt_attention(text, &mut Vec::new());
        let count = |part: &PromptPart| match part {
            PromptPart::Text(text, _) => tokenizer.tokenize(text).len(),
            PromptPart::Break => 0,
        };
        parts.iter().map(count).sum()
    }))
}

/// Reads the tokenizer of a diffusers folder; a single file has OpenAI's.
fn read(ctx: &Context, model: &Path) -> Option<Receiver<Option<Arc<ClipTokenizer>>>> {
    let (answer, coming) = bounded(1);
    let (ctx, model) = (ctx.clone(), model.to_owned());
    let work = move || {
        let folder = model.join("tokenizer");
        let tokenizer = match (folder.is_dir(), model.is_file()) {
            (true, _) => ClipTokenizer::from_dir(&folder).ok(),
            (false, true) => Some(ClipTokenizer::openai()),
            (false, false) => None,
        };
        // The panel may have gone on to another model.
        if answer.send(tokenizer.map(Arc::new)).is_ok() {
            ctx.request_repaint();
        }
    };
    std::thread::Builder::new().name("tokenizer".to_owned()).spawn(work).ok()?;
    Some(coming)
}

/// What stands at the right above a slot: tokens with their chunks, or words.
pub fn slot_words(skeleton: &PromptSkeleton, slot: kento_studio::card::Slot, measure: Option<&SlotMeasure>) -> String {
    let Some(measure) = measure else { return plural(skeleton.slot(slot).split_whitespace().count(), "word") };
    let tokens = plural(measure.tokens, "token");
    match (measure.chunks.start, measure.chunks.end) {
        (0, 0 | 1) => tokens,
        (first, last) if last <= first + 1 => format!("{tokens} · chunk {}", first + 1),
        (first, last) => format!("{tokens} · chunks {}–{last}", first + 1),
    }
}

/// The whole prompt: `23 of 75 tokens`, or `81 tokens in 2 chunks of 75`.
pub fn prompt_words(skeleton: &PromptSkeleton, measures: Option<&[SlotMeasure; 5]>) -> String {
    match measures {
        None => format!("prompt: {}", plural(skeleton.text().split_whitespace().count(), "word")),
        Some(measures) => {
            let tokens: usize = measures.iter().map(|measure| measure.tokens).sum();
            match tokens.div_ceil(TOKENS_PER_CHUNK) {
                0 | 1 => format!("prompt: {tokens} of {TOKENS_PER_CHUNK} tokens"),
                chunks => format!("prompt: {tokens} tokens in {chunks} chunks of {TOKENS_PER_CHUNK}"),
            }
        }
    }
}

/// The weighted parts of a text: `red boat ×1.2`. Empty where everything weighs the same.
pub fn weights(text: &str) -> String {
    let parts = parse_prompt_attention(text, &mut Vec::new());
    let weighted = parts.iter().filter_map(|part| match part {
        PromptPart::Text(text, weight) if (weight - 1.0).abs() > 1e-9 && !text.trim().is_empty() => {
            let rounded = (weight * 100.0).round() / 100.0;
            Some(format!("{} ×{rounded}", text.trim()))
        }
        _ => None,
    });
    weighted.collect::<Vec<_>>().join(" · ")
}

fn plural(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kento_studio::card::Slot;

    #[test]
    fn tokens_are_the_tokenizers_and_brackets_are_none() {
        let tokenizer = ClipTokenizer::openai();
        let mut skeleton = PromptSkeleton { subject: "(a red boat:1.2)".to_owned(), ..PromptSkeleton::default() };
        skeleton.style = "flat vector".to_owned();
        let counted = measures(&tokenizer, &skeleton).unwrap();
        let words = |slot: usize| slot_words(&skeleton, Slot::ALL[slot], Some(&counted[slot]));
        assert_eq!((words(0).as_str(), words(3).as_str()), ("3 tokens", "3 tokens"));
        assert_eq!(prompt_words(&skeleton, Some(&counted)), "prompt: 6 of 75 tokens");
        assert_eq!(prompt_words(&skeleton, None), "prompt: 5 words");
        assert_eq!(weights(&skeleton.subject), "a red boat ×1.2");
        assert_eq!(weights("a [grey] boat"), "grey ×0.91");
        skeleton.context = "sea ".repeat(80);
        let counted = measures(&tokenizer, &skeleton).unwrap();
        assert_eq!(slot_words(&skeleton, Slot::Context, Some(&counted[1])), "81 tokens · chunks 1–2");
        assert_eq!(slot_words(&skeleton, Slot::Style, Some(&counted[3])), "3 tokens · chunk 2");
        assert_eq!(prompt_words(&skeleton, Some(&counted)), "prompt: 87 tokens in 2 chunks of 75");
    }
}
