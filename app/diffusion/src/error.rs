/// Everything that can go wrong between a request and its pixels, each with one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DiffusionError {
    /// The caller asked to stop between two steps.
    #[error("the job was cancelled")]
    Cancelled,
}
