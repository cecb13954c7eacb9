//! Distances to the mask.

/// How far each pixel of a picture `width` pixels wide is from the nearest pixel that `is_set`, between their centres, up to
/// `most`; beyond, infinity. Exact (Felzenszwalb and Huttenlocher 2012: columns first, then the lower envelope of parabolas
/// along each row).
pub(super) fn distances(is_set: &[bool], width: usize, most: u32) -> Vec<f32> {
    let height = is_set.len().checked_div(width).unwrap_or(0);
    let far = u64::from(most) + 1;
    // 1. squared distances within each column
    let mut squared = vec![far * far; is_set.len()];
    for x in 0..width {
        let mut since = far;
        for y in 0..height {
            since = if is_set[y * width + x] { 0 } else { (since + 1).min(far) };
            squared[y * width + x] = since * since;
        }
        since = far;
        for y in (0..height).rev() {
            since = if is_set[y * width + x] { 0 } else { (since + 1).min(far) };
            let here = &mut squared[y * width + x];
            *here = (*here).min(since * since);
        }
    }
    // 2. along the rows
    let limit = u64::from(most) * u64::from(most);
    let mut found = vec![f32::INFINITY; is_set.len()];
    let mut envelope = Envelope::default();
    for (row, out) in squared.chunks_exact(width.max(1)).zip(found.chunks_exact_mut(width.max(1))) {
        envelope.of(row, far * far);
        envelope.write(out, limit);
    }
    found
}

/// The lower envelope of the parabolas `(x - at)² + height` of one row.
#[derive(Default)]
struct Envelope {
    /// Where each parabola stands and how high.
    parabolas: Vec<(i64, i64)>,
    /// From which x on it is the lowest.
    begins: Vec<f64>,
}

impl Envelope {
    fn of(&mut self, row: &[u64], far: u64) {
        self.parabolas.clear();
        self.begins.clear();
        for (at, height) in row.iter().enumerate().filter(|(_, height)| **height < far) {
            let (at, height) = (at as i64, *height as i64);
            let mut begin = f64::NEG_INFINITY;
            while let (Some((last, low)), Some(last_begin)) = (self.parabolas.last(), self.begins.last()) {
                begin = ((height + at * at) - (low + last * last)) as f64 / (2 * (at - last)) as f64;
                if begin > *last_begin {
                    break;
                }
                self.parabolas.pop();
                self.begins.pop();
                begin = f64::NEG_INFINITY;
            }
            self.parabolas.push((at, height));
            self.begins.push(begin);
        }
    }

    fn write(&self, out: &mut [f32], limit: u64) {
        let mut one = 0;
        for (x, value) in out.iter_mut().enumerate() {
            while self.begins.get(one + 1).is_some_and(|begin| *begin <= x as f64) {
                one += 1;
            }
            let Some((at, height)) = self.parabolas.get(one) else { return };
            let squared = ((x as i64 - at).pow(2) + height) as u64;
            if squared <= limit {
                *value = (squared as f64).sqrt() as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn distances_are_those_of_the_nearest_pixel(
            width in 1..20_usize,
            height in 1..20_usize,
            set in prop::collection::vec(0..6_u8, 400),
            most in 0..12_u32,
        ) {
            let is_set: Vec<bool> = set[..width * height].iter().map(|one| *one == 0).collect();
            let found = distances(&is_set, width, most);
            for (at, found) in found.iter().enumerate() {
                let away = |other: usize| {
                    let (dx, dy) = ((at % width).abs_diff(other % width), (at / width).abs_diff(other / width));
                    dx * dx + dy * dy
                };
                let nearest = (0..width * height).filter(|other| is_set[*other]).map(away).min();
                let near = nearest.filter(|squared| *squared as u64 <= u64::from(most).pow(2));
                prop_assert_eq!(*found, near.map_or(f32::INFINITY, |squared| (squared as f64).sqrt() as f32));
            }
        }
    }

    #[test]
    fn nothing_is_near_to_nothing() {
        assert!(distances(&[], 0, 5).is_empty());
        assert_eq!(distances(&[false; 3], 3, 5), [f32::INFINITY; 3]);
    }
}
