//! Reads what people write about composition, in English.

use super::{CopyShare, CopySide, CopySpace, SafeMargin, SizeUnit};

/// What a text says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Read {
    /// Widths to heights: a size in pixels, or a ratio.
    pub frames: Vec<Frame>,
    /// The first margin.
    pub margin: Option<SafeMargin>,
    /// Every part that is kept for words.
    pub copy_spaces: Vec<CopySpace>,
    /// What is about composition and cannot be read, each in one sentence that says how to write it.
    pub unread: Vec<String>,
}

/// A proportion that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub size: [u32; 2],
    /// Whether the numbers are pixels.
    pub unit: SizeUnit,
}

/// A size has at least so many pixels a side; smaller numbers are a ratio.
const LEAST_SIDE: u32 = 64;
/// A larger one is no picture.
const MOST_SIDE: u32 = 50_000;
/// The largest number of a ratio, and the widest proportion.
const MOST_OF_RATIO: u32 = 32;
const WIDEST: u32 = 4;

const SAFE: [&str; 6] = ["safe area", "safe margin", "safe zone", "safe-area", "title safe", "title-safe"];
const COPY: [&str; 8] =
    ["copy space", "copy-space", "copyspace", "negative space", "room for", "space for", "place for", "room at"];
const SIDES: [(&str, CopySide); 9] = [
    ("left", CopySide::Left),
    ("right", CopySide::Right),
    ("top", CopySide::Top),
    ("upper", CopySide::Top),
    ("above", CopySide::Top),
    ("bottom", CopySide::Bottom),
    ("lower", CopySide::Bottom),
    ("below", CopySide::Bottom),
    ("foot", CopySide::Bottom),
];
const SHARES: [(&str, f32); 8] = [
    ("two thirds", 2.0 / 3.0),
    ("two-thirds", 2.0 / 3.0),
    ("half", 0.5),
    ("third", 1.0 / 3.0),
    ("quarter", 0.25),
    ("fourth", 0.25),
    ("fifth", 0.2),
    ("sixth", 1.0 / 6.0),
];
/// Words for a shape without its proportion.
const VAGUE: [&str; 4] = ["landscape format", "portrait format", "wide format", "tall format"];

/// Reads a text clause by clause.
pub(super) fn read(text: &str) -> Read {
    let mut found = Read::default();
    for clause in clauses(text).flat_map(parts) {
        let lower = clause.to_lowercase();
        if SAFE.iter().any(|word| lower.contains(word)) {
            match margin(&lower) {
                Some(margin) => found.margin = found.margin.or(Some(margin)),
                None => found.unread.push(format!(
                    "\"{clause}\" names no width for its safe area: write for example \"safe area 5 %\""
                )),
            }
            continue;
        }
        if COPY.iter().any(|word| lower.contains(word)) {
            match copy_space(&lower) {
                Some(space) => found.copy_spaces.push(space),
                None => found.unread.push(format!(
                    "\"{clause}\" names no side of the picture: write for example \"copy space left third\""
                )),
            }
            continue;
        }
        found.frames.extend(frames(&lower));
        if VAGUE.iter().any(|word| lower.contains(word)) && frames(&lower).is_empty() {
            found.unread.push(format!("\"{clause}\" names no proportion: write for example \"3:2\""));
        }
    }
    found
}

/// The parts of a clause: "and" and "with" end one where what follows names a safe area or copy space of its own.
fn parts(clause: &str) -> Vec<&str> {
    let names_its_own = |rest: &str| {
        let rest = rest.to_lowercase();
        SAFE.iter().chain(&COPY).any(|word| rest.contains(word))
    };
    let (mut parts, mut from) = (Vec::new(), 0);
    let joints = [" and ", " with "].into_iter().flat_map(|joint| clause.match_indices(joint));
    let mut joints: Vec<(usize, usize)> = joints.map(|(at, joint)| (at, joint.len())).collect();
    joints.sort_unstable();
    for (at, length) in joints {
        if at >= from && names_its_own(&clause[at + length..]) {
            parts.push(&clause[from..at]);
            from = at + length;
        }
    }
    parts.push(&clause[from..]);
    parts
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    // A full stop or comma within a number ends nothing.
    let mut ends: Vec<usize> = Vec::new();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    for (i, (at, letter)) in letters.iter().enumerate() {
        let next = letters.get(i + 1).map(|(_, next)| *next);
        let is_end = match letter {
            ';' | '\n' | '(' | ')' => true,
            '.' | ',' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if is_end {
            ends.push(*at);
        }
    }
    ends.push(text.len());
    let mut from = 0;
    ends.into_iter().filter_map(move |end| {
        let clause = text[from..end].trim_matches(|c: char| c.is_whitespace() || ",.;()".contains(c));
        from = end;
        (!clause.is_empty()).then_some(clause)
    })
}

/// Numbers of a text, each with what follows it.
fn numbers(text: &str) -> Vec<(f32, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[at..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if let Ok(number) = digits.trim_end_matches('.').parse() {
            found.push((number, after.trim_start()));
        }
        rest = after;
    }
    found
}

fn margin(clause: &str) -> Option<SafeMargin> {
    numbers(clause).into_iter().find_map(|(number, after)| {
        if after.starts_with('%') || after.starts_with("percent") || after.starts_with("per cent") {
            // "safe area 90 %" is the part that is safe, "safe area 5 %" the margin around it.
            let share = if number >= 50.0 { (100.0 - number) / 200.0 } else { number / 100.0 };
            (share > 0.0 && share < 0.5).then_some(SafeMargin::Share(share))
        } else if after.starts_with("px") || after.starts_with("pixel") {
            (number >= 1.0).then_some(SafeMargin::Pixels(number as u32))
        } else {
            None
        }
    })
}

fn copy_space(clause: &str) -> Option<CopySpace> {
    let words: Vec<&str> = clause.split(|c: char| !c.is_alphanumeric()).collect();
    let side = SIDES.iter().find(|(word, _)| words.contains(word))?.1;
    let percent = numbers(clause)
        .into_iter()
        .find(|(number, after)| after.starts_with('%') && *number > 0.0 && *number < 100.0)
        .map(|(number, _)| number / 100.0);
    let named = SHARES.iter().find(|(word, _)| clause.contains(word)).map(|(_, share)| *share);
    let share = percent.or(named).map_or(CopyShare::THIRD, CopyShare::Said);
    Some(CopySpace { side, share })
}

/// Ratios such as 16:9, sizes such as 1080x1350, and "square".
fn frames(clause: &str) -> Vec<Frame> {
    let mut found = Vec::new();
    let mut rest = clause;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let begins_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == ':');
        rest = &rest[at..];
        let (first, after) = whole(rest);
        let between = after.trim_start();
        let sign = between.chars().next();
        rest = after;
        let Some(sign) = sign.filter(|sign| [':', 'x', '×'].contains(sign)) else { continue };
        let after = between[sign.len_utf8()..].trim_start();
        let (second, after) = whole(after);
        let (Some(first), Some(second)) = (first, second) else { continue };
        rest = after;
        if begins_word && !after.starts_with(|c: char| c.is_alphanumeric() && !after.starts_with("px") || c == ':') {
            found.extend(frame([first, second], sign));
        }
    }
    let is_word = |word: &str| clause.split(|c: char| !c.is_alphanumeric()).any(|one| one == word);
    if found.is_empty() && is_word("square") {
        found.push(Frame { size: [1, 1], unit: SizeUnit::Ratio });
    }
    found
}

/// A whole number at the beginning of a text, and what follows its digits.
fn whole(text: &str) -> (Option<u32>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().ok(), &text[end..])
}

fn frame(size: [u32; 2], sign: char) -> Option<Frame> {
    let [width, height] = size;
    if sign != ':' && size.iter().all(|side| (LEAST_SIDE..=MOST_SIDE).contains(side)) {
        return Some(Frame { size, unit: SizeUnit::Pixels });
    }
    // 7:30 is a time, and 1:100 a scale.
    let is_time = sign == ':' && [15, 30].contains(&height) && width < 24;
    let is_ratio = size.iter().all(|side| (1..=MOST_OF_RATIO).contains(side))
        && width <= height * WIDEST
        && height <= width * WIDEST;
    (is_ratio && !is_time).then_some(Frame { size, unit: SizeUnit::Ratio })
}
