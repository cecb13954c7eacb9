use std::collections::HashMap;
use std::hash::Hash;

/// Which textures to keep: the ones used last, as many bytes as the budget has. What the present frame shows is never given up.
#[derive(Debug)]
pub struct TextureBudget<K> {
    most_bytes: usize,
    bytes: usize,
    frame: u64,
    kept: HashMap<K, Kept>,
}

#[derive(Debug)]
struct Kept {
    bytes: usize,
    used_in_frame: u64,
}

impl<K: Copy + Eq + Hash> TextureBudget<K> {
    /// An empty budget.
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, bytes: 0, frame: 1, kept: HashMap::new() }
    }

    /// Begins a frame.
    pub fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Says that a texture is seen in this frame.
    pub fn touch(&mut self, key: &K) {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.used_in_frame = self.frame;
        }
    }

    /// Adds a texture. What has to go for it, the longest unused first.
    pub fn insert(&mut self, key: K, bytes: usize) -> Vec<K> {
        self.remove(&key);
        self.kept.insert(key, Kept { bytes, used_in_frame: self.frame });
        self.bytes += bytes;
        if self.bytes <= self.most_bytes {
            return Vec::new();
        }
        // What was seen in the last frame will be asked for again in this one.
        let last_seen = self.frame - 1;
        let mut unseen: Vec<(u64, K)> = self
            .kept
            .iter()
            .filter(|(_, kept)| kept.used_in_frame < last_seen)
            .map(|(key, kept)| (kept.used_in_frame, *key))
            .collect();
        unseen.sort_by_key(|(used_in_frame, _)| *used_in_frame);
        let mut gone = Vec::new();
        for (_, key) in unseen {
            if self.bytes <= self.most_bytes {
                break;
            }
            self.remove(&key);
            gone.push(key);
        }
        gone
    }

    /// Takes a texture out.
    pub fn remove(&mut self, key: &K) {
        if let Some(kept) = self.kept.remove(key) {
            self.bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_goes_first_and_what_is_seen_stays() {
        let mut budget = TextureBudget::new(100);
        for key in 0..4 {
            budget.next_frame();
            assert!(budget.insert(key, 25).is_empty());
        }
        budget.next_frame();
        budget.touch(&0);
        budget.next_frame();
        // 1 and 2 were last used before 0, 3 and the new one.
        assert_eq!(budget.insert(4, 50), [1, 2]);
        assert_eq!(budget.bytes(), 100);
        for key in [0, 3, 4] {
            budget.touch(&key);
        }
        // Everything is seen now: the budget is overdrawn rather than a picture taken away.
        assert_eq!(budget.insert(5, 60), Vec::<i32>::new());
        assert_eq!(budget.bytes(), 160);
    }
}
