use std::ops::Range;

use super::data::Sheet;

/// How tiles stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Every row by itself, its name before it; a row that is too long goes on below.
    Rows,
    /// All tiles as one text, without names.
    Flow,
    /// All tiles beside each other, scrolled sideways.
    Strip,
}

/// Where an arrow key leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the tile before.
    Left,
    /// To the tile after.
    Right,
    /// To the line above.
    Up,
    /// To the line below.
    Down,
}

/// Where every tile of a sheet stands, for one width. Positions are points from the upper left corner of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    lines: Vec<Line>,
    side: f32,
    gap: f32,
    left: f32,
    height: f32,
    width: f32,
}

/// Tiles that stand at the same height.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    tiles: Range<usize>,
    top: f32,
    /// The row whose name stands before this line.
    labels: Option<usize>,
}

/// Space that names take at the left.
const LABEL_WIDTH: f32 = 84.0;
/// Space below a row, beyond that between tiles.
const ROW_GAP: f32 = 2.0;

impl Places {
    /// Finds the places. `columns` never is 0, however narrow the sheet is.
    pub fn new(sheet: &Sheet, arrangement: Arrangement, width: f32, side: f32, gap: f32) -> Self {
        let has_labels = arrangement == Arrangement::Rows && sheet.rows.iter().any(|row| !row.label.is_empty());
        let left = if has_labels { LABEL_WIDTH } else { 0.0 };
        let columns = (((width - left + gap) / (side + gap)).floor() as usize).max(1);
        let mut lines = Vec::new();
        let mut top = 0.0;
        let mut line = |tiles: Range<usize>, labels, after: f32| {
            lines.push(Line { tiles, top, labels });
            top += side + gap + after;
        };
        match arrangement {
            Arrangement::Strip => line(0..sheet.len(), None, 0.0),
            Arrangement::Flow => {
                for first in (0..sheet.len()).step_by(columns) {
                    line(first..(first + columns).min(sheet.len()), None, 0.0);
                }
            }
            Arrangement::Rows => {
                let mut first = 0;
                for (i, row) in sheet.rows.iter().enumerate() {
                    let end = first + row.tiles.len();
                    let mut at = first;
                    while at < end {
                        let next = (at + columns).min(end);
                        let after = if next == end { ROW_GAP } else { 0.0 };
                        line(at..next, (at == first).then_some(i), after);
                        at = next;
                    }
                    first = end;
                }
            }
        }
        let height = lines.last().map_or(0.0, |line| line.top + side);
        let longest = lines.iter().map(|line| line.tiles.len()).max().unwrap_or(0) as f32;
        let width = left + (longest * (side + gap) - gap).max(0.0);
        Self { lines, side, gap, left, height, width }
    }

    /// The side with which the longest row just fits into a width; within what still can be judged.
    pub fn side_for_rows(sheet: &Sheet, width: f32, gap: f32) -> f32 {
        const LEAST: f32 = 48.0;
        const MOST: f32 = 128.0;
        let longest = sheet.rows.iter().map(|row| row.tiles.len()).max().unwrap_or(0).max(1) as f32;
        ((width - LABEL_WIDTH + gap) / longest - gap).floor().clamp(LEAST, MOST)
    }

    /// The same, or what all rows are seen at once with, as long as that can still be judged well.
    pub fn side_for_sheet(sheet: &Sheet, [width, height]: [f32; 2], gap: f32) -> f32 {
        const LEAST: f32 = 64.0;
        let side = Self::side_for_rows(sheet, width, gap);
        let rows = sheet.rows.iter().filter(|row| !row.tiles.is_empty()).count().max(1) as f32;
        let all_seen = ((height + gap + ROW_GAP) / rows - gap - ROW_GAP).floor();
        if all_seen < LEAST { side } else { side.min(all_seen) }
    }

    /// The largest side with which so many tiles are all seen at once; not below `least`, with which the sheet is scrolled, and not
    /// above what a small picture can be enlarged to.
    pub fn side_for_flow(tiles: usize, [width, height]: [f32; 2], gap: f32, least: f32) -> f32 {
        const MOST: f32 = 256.0;
        let fits = |columns: usize| {
            let side = ((width + gap) / columns as f32 - gap).floor().min(MOST);
            let lines = tiles.div_ceil(columns) as f32;
            (side >= least && lines * (side + gap) - gap <= height).then_some(side)
        };
        let most_columns = (((width + gap) / (least + gap)).floor() as usize).max(1);
        (1..=most_columns).find_map(fits).unwrap_or(least)
    }

    /// Width and height of everything.
    pub fn size(&self) -> [f32; 2] {
        [self.width, self.height]
    }

    /// Left and top of a tile.
    pub fn of(&self, place: usize) -> Option<[f32; 2]> {
        let line = &self.lines[self.line_of(place)?];
        let column = place - line.tiles.start;
        Some([self.left + column as f32 * (self.side + self.gap), line.top])
    }

    /// Tiles that a window from `min` to `max` (left and top, right and bottom) shows at least a part of.
    pub fn seen(&self, min: [f32; 2], max: [f32; 2]) -> impl Iterator<Item = usize> {
        let first = self.lines.partition_point(|line| line.top + self.side <= min[1]);
        let end = self.lines.partition_point(|line| line.top < max[1]);
        let step = self.side + self.gap;
        let first_column = (((min[0] - self.left) / step).floor().max(0.0)) as usize;
        let end_column = (((max[0] - self.left) / step).ceil().max(0.0)) as usize;
        self.lines[first..end.max(first)].iter().flat_map(move |line| {
            let tiles = &line.tiles;
            (tiles.start + first_column).min(tiles.end)..(tiles.start.saturating_add(end_column)).min(tiles.end)
        })
    }

    /// Names that a window from `top` to `bottom` shows, with their top: (row, top).
    pub fn labels_seen(&self, top: f32, bottom: f32) -> impl Iterator<Item = (usize, f32)> {
        let seen = self.lines.iter().filter(move |line| line.top + self.side > top && line.top < bottom);
        seen.filter_map(|line| line.labels.map(|row| (row, line.top)))
    }

    /// Where an arrow key leads from a tile. At an end it stays.
    pub fn step(&self, place: usize, direction: Direction) -> usize {
        let last = self.lines.last().map_or(0, |line| line.tiles.end.saturating_sub(1));
        let Some(line) = self.line_of(place) else { return place.min(last) };
        let to_line = |other: usize| {
            let column = place - self.lines[line].tiles.start;
            let tiles = &self.lines[other].tiles;
            (tiles.start + column).min(tiles.end - 1)
        };
        match direction {
            Direction::Left => place.saturating_sub(1),
            Direction::Right => (place + 1).min(last),
            Direction::Up if line > 0 => to_line(line - 1),
            Direction::Down if line + 1 < self.lines.len() => to_line(line + 1),
            Direction::Up | Direction::Down => place,
        }
    }

    /// The tile below a point, or the nearest one in its line.
    pub fn nearest(&self, [x, y]: [f32; 2]) -> Option<usize> {
        let line = self.lines.iter().rev().find(|line| line.top <= y).or(self.lines.first())?;
        let column = ((x - self.left) / (self.side + self.gap)).floor().max(0.0) as usize;
        (!line.tiles.is_empty()).then(|| (line.tiles.start + column).min(line.tiles.end - 1))
    }

    fn line_of(&self, place: usize) -> Option<usize> {
        let line = self.lines.partition_point(|line| line.tiles.end <= place);
        self.lines.get(line).filter(|line| line.tiles.contains(&place)).map(|_| line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::data::{SheetRow, Tile};
    use super::*;

    fn sheet(lengths: &[usize]) -> Sheet {
        let row = |(i, len): (usize, &usize)| SheetRow {
            label: format!("row {i}"),
            tiles: (0..*len).map(|tile| Tile::queued(tile.to_string())).collect(),
        };
        Sheet { rows: lengths.iter().enumerate().map(row).collect(), ..Sheet::default() }
    }

    #[test]
    fn a_flow_fills_lines_and_only_what_is_seen_is_drawn() {
        let places = Places::new(&sheet(&[1000]), Arrangement::Flow, 100.0, 20.0, 5.0);
        assert_eq!(places.size(), [95.0, 250.0 * 25.0 - 5.0]);
        assert_eq!(places.of(5), Some([25.0, 25.0]));
        assert_eq!(places.of(1000), None);
        let seen: Vec<usize> = places.seen([0.0, 2500.0], [100.0, 2550.0]).collect();
        assert_eq!(seen, (400..408).collect::<Vec<_>>());
        assert_eq!(places.nearest([30.0, 2501.0]), Some(401));
    }

    #[test]
    fn rows_keep_their_names_and_go_on_below() {
        // 84 points of names, then three columns.
        let places = Places::new(&sheet(&[4, 0, 2]), Arrangement::Rows, 84.0 + 75.0, 20.0, 5.0);
        assert_eq!(places.of(3), Some([84.0, 25.0]));
        assert_eq!(places.of(4), Some([84.0, 52.0]));
        assert_eq!(places.labels_seen(0.0, 1000.0).collect::<Vec<_>>(), [(0, 0.0), (2, 52.0)]);
        for (from, direction, to) in [
            (2, Direction::Down, 3),
            (3, Direction::Down, 4),
            (5, Direction::Up, 3),
            (5, Direction::Right, 5),
            (0, Direction::Left, 0),
            (0, Direction::Up, 0),
            (3, Direction::Right, 4),
        ] {
            assert_eq!(places.step(from, direction), to, "{from} {direction:?}");
        }
    }

    #[test]
    fn a_strip_is_one_line_and_an_empty_sheet_has_none() {
        let places = Places::new(&sheet(&[3, 3]), Arrangement::Strip, 50.0, 20.0, 5.0);
        assert_eq!(places.size(), [145.0, 20.0]);
        assert_eq!(places.seen([30.0, 0.0], [60.0, 20.0]).collect::<Vec<_>>(), [1, 2]);
        let fitted = |width| Places::side_for_rows(&sheet(&[6, 2]), width, 6.0);
        assert_eq!([fitted(84.0 + 6.0 * 70.0), fitted(100.0), fitted(9000.0)], [65.0, 48.0, 128.0]);
        // Two rows are seen at once where 64 points are left for each.
        let seen = |height| Places::side_for_sheet(&sheet(&[6, 2]), [9000.0, height], 6.0);
        assert_eq!([seen(190.0), seen(100.0), seen(900.0)], [91.0, 128.0, 128.0]);
        // Twelve tiles fill a panel, a thousand are scrolled, three are not blown up.
        let filled = |tiles| Places::side_for_flow(tiles, [756.0, 500.0], 6.0, 84.0);
        assert_eq!([filled(12), filled(1000), filled(3)], [146.0, 84.0, 248.0]);
        let empty = Places::new(&sheet(&[]), Arrangement::Flow, 50.0, 20.0, 5.0);
        assert_eq!((empty.size(), empty.step(0, Direction::Down), empty.nearest([0.0, 0.0])), ([0.0, 0.0], 0, None));
    }
}
