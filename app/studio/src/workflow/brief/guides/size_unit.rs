/// What the two numbers of a proportion are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeUnit {
    /// Pixels of the finished file.
    Pixels,
    /// A ratio: only the proportion counts.
    Ratio,
}
