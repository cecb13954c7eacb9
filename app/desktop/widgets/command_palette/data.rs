use crate::widgets::Allowed;

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteEntry {
    /// What it is called, beginning with a verb.
    pub title: String,
    /// Where it belongs.
    pub group: String,
    /// The keys that do the same.
    pub keys: String,
    /// Other words that it is looked for by; they are not shown.
    pub also: String,
    /// Whether it can be done now.
    pub allowed: Allowed,
}

impl PaletteEntry {
    /// An entry that is allowed.
    pub fn new(group: &str, title: &str, keys: &str) -> Self {
        Self {
            title: title.to_owned(),
            group: group.to_owned(),
            keys: keys.to_owned(),
            also: String::new(),
            allowed: Allowed::Yes,
        }
    }

    /// Found by these words too.
    pub fn also(mut self, words: &str) -> Self {
        words.clone_into(&mut self.also);
        self
    }
}

/// What was typed and where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandPalette {
    /// Whether it is open.
    pub is_open: bool,
    /// What was typed.
    pub query: String,
    /// The line that Enter takes.
    pub cursor: usize,
}

impl CommandPalette {
    /// Opens it empty.
    pub fn open(&mut self) {
        *self = Self { is_open: true, ..Self::default() };
    }

    /// Moves the cursor by so many lines, around the ends.
    pub fn step(&mut self, by: isize, lines: usize) {
        if lines > 0 {
            self.cursor = (self.cursor as isize + by).rem_euclid(lines as isize) as usize;
        }
    }
}

/// Places of the entries that match, the best first; entries of equal worth stay in their order, and what is not allowed comes last.
pub fn matching(entries: &[PaletteEntry], query: &str) -> Vec<usize> {
    let mut found: Vec<(bool, i32, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(i, entry)| {
            let title = score(query, &entry.title);
            let with_group = score(query, &format!("{} {}", entry.group, entry.title)).map(|score| score - 4);
            let also = score(query, &entry.also).map(|score| score - 8);
            title.max(with_group).max(also).map(|score| (!entry.allowed.is_yes(), -score, i))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, i)| i).collect()
}

/// How well the letters of the query are found in a text, in their order: each stands beside the one before or begins a word, so that
/// parts of words and initials are found and no letters from here and there. More for neighbours, less for gaps; `None` when a letter
/// is missing. Case does not matter, spaces in the query do not either.
pub fn score(query: &str, text: &str) -> Option<i32> {
    const AT_WORD: i32 = 8;
    const NEIGHBOUR: i32 = 10;
    const GAP: i32 = -3;
    const FOUND: i32 = 1;
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let query: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let begins_word = |i: usize| i == 0 || !text[i - 1].is_alphanumeric();
    // best[i]: the most that the letters so far are worth when the last of them is found at place i of the text.
    let mut best: Vec<Option<i32>> = vec![None; text.len()];
    for (nth, letter) in query.iter().enumerate() {
        let mut next = vec![None; text.len()];
        let mut before: Option<i32> = (nth == 0).then_some(0);
        for i in 0..text.len() {
            if nth > 0 && i > 0 {
                before = before.max(best[i - 1].map(|worth| worth + GAP));
            }
            if text[i] == *letter {
                let neighbour = if nth > 0 && i > 0 { best[i - 1].map(|worth| worth + NEIGHBOUR) } else { None };
                let at_word = before.filter(|_| begins_word(i)).map(|so_far| so_far + AT_WORD);
                next[i] = at_word.max(neighbour).map(|so_far| so_far + FOUND);
            }
        }
        best = next;
    }
    if query.is_empty() { Some(0) } else { best.into_iter().flatten().max() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_in_order_and_beginnings_count_more() {
        assert_eq!(score("", "anything"), Some(0));
        assert_eq!(score("kl", "Lock"), None);
        assert!(score("pl", "Prove and lock").is_some() && score("pl", "Apply").is_none());
        assert_eq!(
            (score("undo", "Recipe Prove the recipe and go on"), score("export", "Gate Write the alt text")),
            (None, None)
        );
        assert!(score("lock", "Prove and lock") > score("lock", "Leave old canvas keys"));
        assert!(score("ÄND", "Änderung").is_some());
    }

    #[test]
    fn what_is_not_allowed_comes_last() {
        let mut entries = [("Go", "Lock panel"), ("Recipe", "Prove and lock"), ("Recipe", "Approve hero")]
            .map(|(group, title)| PaletteEntry::new(group, title, ""));
        assert_eq!(matching(&entries, "lock"), [0, 1]);
        entries[0].allowed = Allowed::No("x".to_owned());
        assert_eq!(matching(&entries, "lock"), [1, 0]);
        assert_eq!(matching(&entries, "recipe hero"), [2]);
        assert_eq!(matching(&entries, ""), [1, 2, 0]);
    }

    #[test]
    fn the_cursor_goes_around_the_ends() {
        let mut palette = CommandPalette::default();
        palette.step(-1, 3);
        assert_eq!(palette.cursor, 2);
        palette.step(1, 3);
        assert_eq!(palette.cursor, 0);
        palette.step(1, 0);
        assert_eq!(palette.cursor, 0);
    }
}
