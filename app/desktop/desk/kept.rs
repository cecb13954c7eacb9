use std::rc::Rc;

use kento_studio::{JobId, Sha256};

use super::PanelInput;

/// What every view is made from: the last record and how far the running jobs are.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    seq: u64,
    running: Vec<(JobId, f32, Option<Sha256>)>,
}

impl Moment {
    /// The moment that is shown now.
    pub fn of(input: &PanelInput<'_>) -> Self {
        let preview = |name: &(Sha256, _, _)| name.0;
        let running = input.running.iter();
        let running = running.map(|(id, one)| (*id, one.fraction, one.preview.as_ref().map(preview)));
        Self { seq: input.state.seq(), running: running.collect() }
    }
}

/// What was made last, as long as nothing has changed that it was made from.
#[derive(Debug)]
pub struct Kept<K, T>(Option<(K, Rc<T>)>);

impl<K, T> Default for Kept<K, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq, T> Kept<K, T> {
    /// What was made from this, or makes it now; none where there is nothing to make.
    pub fn of(&mut self, key: K, make: impl FnOnce() -> Option<T>) -> Option<Rc<T>> {
        match &self.0 {
            Some((of, kept)) if *of == key => Some(Rc::clone(kept)),
            _ => {
                let made = Rc::new(make()?);
                self.0 = Some((key, Rc::clone(&made)));
                Some(made)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_again_only_after_a_change() {
        let mut kept = Kept::default();
        let mut made = 0;
        for key in [7, 7, 7, 8] {
            let value = kept.of(key, || {
                made += 1;
                Some(key * 2)
            });
            assert_eq!(value.as_deref(), Some(&(key * 2)));
        }
        assert_eq!((made, kept.of(9, || None)), (2, None));
    }
}
