use std::collections::VecDeque;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// Something was done and is on disk.
    Done,
    /// Something was refused, with what to do about it.
    Refused,
    /// Something failed.
    Failed,
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// What it is about.
    pub kind: ToastKind,
    /// One sentence.
    pub text: String,
    /// When it came, in seconds of the window's own clock.
    pub came_secs: f64,
    /// How often it came in a row.
    pub times: u32,
    closed: bool,
}

/// All messages of this run, the last ones in front.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Toasts {
    kept: VecDeque<Toast>,
}

impl Toasts {
    /// How long a message is seen.
    pub const SEEN_SECS: f64 = 6.0;
    /// How many are kept.
    pub const KEPT: usize = 200;
    /// How many are seen at once.
    pub const AT_ONCE: usize = 4;

    /// Adds a message. The same message again only counts up.
    pub fn push(&mut self, kind: ToastKind, text: impl Into<String>, now_secs: f64) {
        let text = crate::widgets::sentence(&text.into());
        if let Some(last) = self.kept.front_mut()
            && last.kind == kind
            && last.text == text
        {
            last.times += 1;
            last.came_secs = now_secs;
            last.closed = false;
            return;
        }
        self.kept.push_front(Toast { kind, text, came_secs: now_secs, times: 1, closed: false });
        self.kept.truncate(Self::KEPT);
    }

    /// What is seen now, the latest first.
    pub fn seen(&self, now_secs: f64) -> impl Iterator<Item = &Toast> {
        let is_seen = move |toast: &&Toast| !toast.closed && now_secs - toast.came_secs < Self::SEEN_SECS;
        self.kept.iter().filter(is_seen).take(Self::AT_ONCE)
    }

    /// Everything that is kept, the latest first.
    pub fn kept(&self) -> impl ExactSizeIterator<Item = &Toast> {
        self.kept.iter()
    }

    /// Seconds until the next message goes, while one is seen.
    pub fn next_change_secs(&self, now_secs: f64) -> Option<f64> {
        self.seen(now_secs).map(|toast| toast.came_secs + Self::SEEN_SECS - now_secs).reduce(f64::min)
    }

    /// Takes the message with this text out of sight; it stays in the list.
    pub fn close(&mut self, text: &str) {
        for toast in self.kept.iter_mut().filter(|toast| toast.text == text) {
            toast.closed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(toasts: &Toasts, now_secs: f64) -> Vec<&str> {
        toasts.seen(now_secs).map(|toast| toast.text.as_str()).collect()
    }

    #[test]
    fn a_message_is_seen_for_six_seconds_and_kept() {
        let mut toasts = Toasts::default();
        toasts.push(ToastKind::Done, "saved", 10.0);
        toasts.push(ToastKind::Refused, "needs the Director", 12.0);
        assert_eq!(seen(&toasts, 12.0), ["Needs the Director", "Saved"]);
        assert_eq!(toasts.next_change_secs(12.0), Some(4.0));
        assert_eq!(seen(&toasts, 16.5), ["Needs the Director"]);
        toasts.close("Needs the Director");
        assert_eq!((seen(&toasts, 16.5), toasts.kept().len()), (vec![], 2));
    }

    #[test]
    fn the_same_message_again_counts_up_and_the_list_ends() {
        let mut toasts = Toasts::default();
        for i in 0..3 {
            toasts.push(ToastKind::Refused, "needs the Director", f64::from(i));
        }
        assert_eq!((toasts.kept().len(), toasts.kept().next().map(|toast| toast.times)), (1, Some(3)));
        for i in 0..300 {
            toasts.push(ToastKind::Done, i.to_string(), 3.0);
        }
        assert_eq!((toasts.kept().len(), toasts.seen(3.0).count()), (Toasts::KEPT, Toasts::AT_ONCE));
    }
}
