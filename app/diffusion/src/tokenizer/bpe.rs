//! Byte-pair encoding with `</w>`: vocabulary, merges, and the merge loop of the tokenizers library (`BPE::merge_word`,
//! `Word::merge_all`).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::split::char_of_byte;
use super::{BOS, EOS};

/// Marks the last symbol of a word.
const END_OF_WORD: &str = "</w>";

/// A vocabulary and its ordered merges.
#[derive(Debug, Clone)]
pub(super) struct Bpe {
    ids: HashMap<String, u32>,
    symbols: Vec<String>,
    /// (left, right) -> (rank, merged)
    merges: HashMap<(u32, u32), (u32, u32)>,
    /// Id of every byte inside a word and at its end, if the vocabulary has it.
    byte_ids: Vec<[Option<u32>; 2]>,
}

impl Bpe {
    /// Checks and indexes a vocabulary. The error says what does not fit.
    pub fn new<'m>(
        vocab: HashMap<String, u32>,
        merges: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<Self, String> {
        let size = vocab.values().max().map_or(0, |id| *id as usize + 1);
        if size > MAX_VOCAB {
            return Err(format!("the vocabulary has ids up to {size}, more than {MAX_VOCAB}"));
        }
        let mut symbols = vec![String::new(); size];
        for (symbol, id) in &vocab {
            let slot = &mut symbols[*id as usize];
            if !slot.is_empty() {
                return Err(format!("the vocabulary gives {slot:?} and {symbol:?} the same id {id}"));
            }
            slot.clone_from(symbol);
        }
        let mut ranked = HashMap::new();
        let mut joined = String::new();
        for (rank, (left, right)) in merges.into_iter().enumerate() {
            joined.clear();
            joined.push_str(left);
            joined.push_str(right);
            let id = |symbol: &str| {
                vocab
                    .get(symbol)
                    .copied()
                    .ok_or_else(|| format!("the merge {left:?} {right:?} needs {symbol:?}, which the vocabulary lacks"))
            };
            ranked.entry((id(left)?, id(right)?)).or_insert((rank as u32, id(&joined)?));
        }
        let byte_ids = (0..=255)
            .map(|byte| {
                let symbol = char_of_byte(byte).to_string();
                [vocab.get(&symbol).copied(), vocab.get(&(symbol + END_OF_WORD)).copied()]
            })
            .collect();
        Ok(Self { ids: vocab, symbols, merges: ranked, byte_ids })
    }

    /// OpenAI's vocabulary from its merges alone: the bytes in GPT-2's order, the same with `</w>`, one token per
    /// merge, the special tokens.
    pub fn openai(merges: &str) -> Result<Self, String> {
        let printable = (b'!'..=b'~').chain(0xA1..=0xAC).chain(0xAE..=0xFF);
        let others = (0..=32).chain(127..=160).chain([0xAD]);
        let bytes: Vec<String> = printable.chain(others).map(|byte| char_of_byte(byte).to_string()).collect();
        let pairs = merge_lines(merges)?;
        let symbols = (bytes.iter().cloned())
            .chain(bytes.iter().map(|symbol| format!("{symbol}{END_OF_WORD}")))
            .chain(pairs.iter().map(|(left, right)| format!("{left}{right}")))
            .chain([BOS.to_owned(), EOS.to_owned()]);
        Self::new(symbols.zip(0..).collect(), pairs)
    }

    /// Number of ids.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Id of a symbol.
    pub fn id(&self, symbol: &str) -> Option<u32> {
        self.ids.get(symbol).copied()
    }

    /// Spelling of an id; empty for ids that the vocabulary leaves out.
    pub fn symbol(&self, id: u32) -> &str {
        self.symbols.get(id as usize).map_or("", String::as_str)
    }

    /// Appends the ids of one word. Bytes that the vocabulary lacks become `unknown`; returns whether all bytes were
    /// known.
    pub fn encode_word(&self, word: &str, unknown: u32, ids: &mut Vec<u32>) -> bool {
        let bytes = word.as_bytes();
        let mut all_known = true;
        let mut symbols: Vec<Symbol> = (bytes.iter().enumerate())
            .map(|(at, byte)| {
                let at_end = at + 1 == bytes.len();
                let id = self.byte_ids[usize::from(*byte)][usize::from(at_end)].unwrap_or_else(|| {
                    all_known = false;
                    unknown
                });
                Symbol { id, previous: at.checked_sub(1), next: if at_end { None } else { Some(at + 1) }, live: true }
            })
            .collect();
        self.merge(&mut symbols);
        ids.extend(symbols.iter().filter(|symbol| symbol.live).map(|symbol| symbol.id));
        all_known
    }

    /// Applies merges, the lowest rank first and of one rank the leftmost, until none applies. O(n log n), so a word of
    /// a megabyte is no problem.
    fn merge(&self, symbols: &mut [Symbol]) {
        let pair = |symbols: &[Symbol], at: usize| -> Option<(u32, usize, u32)> {
            let next = symbols[at].next?;
            let (rank, merged) = *self.merges.get(&(symbols[at].id, symbols[next].id))?;
            Some((rank, at, merged))
        };
        let mut queue: BinaryHeap<Reverse<(u32, usize, u32)>> =
            (0..symbols.len()).filter_map(|at| pair(symbols, at)).map(Reverse).collect();
        while let Some(Reverse((rank, at, merged))) = queue.pop() {
            // A queued merge is stale when its left symbol is gone or now meets another neighbour.
            if !symbols[at].live || pair(symbols, at) != Some((rank, at, merged)) {
                continue;
            }
            let Some(right) = symbols[at].next else { continue };
            symbols[at].id = merged;
            symbols[at].next = symbols[right].next;
            symbols[right].live = false;
            if let Some(after) = symbols[right].next {
                symbols[after].previous = Some(at);
            }
            queue.extend(symbols[at].previous.and_then(|before| pair(symbols, before)).map(Reverse));
            queue.extend(pair(symbols, at).map(Reverse));
        }
    }
}

/// Most ids accepted: CLIP has 49,408, textual inversion adds a few thousand at most.
const MAX_VOCAB: usize = 1_000_000;

/// One symbol of a word in a linked list.
struct Symbol {
    id: u32,
    previous: Option<usize>,
    next: Option<usize>,
    live: bool,
}

/// The pairs of a `merges.txt`. The error names the line that is none.
pub(super) fn merge_lines(text: &str) -> Result<Vec<(&str, &str)>, String> {
    text.lines()
        .enumerate()
        .filter(|(number, line)| !(line.trim().is_empty() || *number == 0 && line.starts_with("#version")))
        .map(|(number, line)| match line.split_once(' ') {
            Some((left, right)) if !left.is_empty() && !right.is_empty() && !right.contains(' ') => Ok((left, right)),
            _ => Err(format!("line {} of the merges is not a pair", number + 1)),
        })
        .collect()
}
