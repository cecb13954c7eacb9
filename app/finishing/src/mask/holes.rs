use super::Mask;

impl Mask {
    /// The mask with its holes filled: a place from which no way leads to the edge of the image but over higher values is raised to
    /// the lowest value of its rim. A ring of 255 is filled with 255, its soft inner edge too; a hole that touches the edge of the
    /// image is none. Ways go up, down, left and right, so a line that touches itself only at corners is closed.
    #[must_use]
    pub fn holes_filled(&self) -> Self {
        let Some(bounds) = self.bounds() else { return self.clone() };
        // One pixel more, so that every way out can go around the mask.
        let rect = bounds.expand(1, self.size());
        let values = self.values(rect);
        self.with_written(rect, &flooded(&values, rect.width as usize))
    }
}

/// The level to which water stands everywhere when it comes in from the edge, up to each pixel's own height. Pixels are visited from
/// the lowest level up (source: Barnes, Lehman, Mulla, "Priority-Flood", 2014).
fn flooded(heights: &[u8], width: usize) -> Vec<u8> {
    let mut levels = heights.to_vec();
    let mut is_visited = vec![false; heights.len()];
    let mut waiting: Vec<Vec<u32>> = vec![Vec::new(); 256];
    let rows = heights.len() / width;
    for (i, height) in heights.iter().enumerate() {
        let (x, y) = (i % width, i / width);
        if x == 0 || y == 0 || x + 1 == width || y + 1 == rows {
            is_visited[i] = true;
            waiting[usize::from(*height)].push(i as u32);
        }
    }
    for level in 0..=255_u8 {
        while let Some(i) = waiting[usize::from(level)].pop() {
            let i = i as usize;
            let x = i % width;
            let neighbours = [
                (i >= width).then(|| i - width),
                (i + width < heights.len()).then_some(i + width),
                (x > 0).then(|| i - 1),
                (x + 1 < width).then_some(i + 1),
            ];
            for next in neighbours.into_iter().flatten() {
                if !is_visited[next] {
                    is_visited[next] = true;
                    levels[next] = heights[next].max(level);
                    waiting[usize::from(levels[next])].push(next as u32);
                }
            }
        }
    }
    levels
}
