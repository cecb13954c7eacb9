use super::session::Session;
use crate::panels::prompt::Form;

/// What panels ask for. Panels only send these; everything that happens upon them is in this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Generate what the form says.
    Generate,
    /// Stop the running job.
    Cancel,
    /// End the engine by force; a new one starts.
    ForceStop,
    /// Put a fresh seed into the form.
    NewSeed,
    /// Start the engine and look for the model again.
    TryAgain,
    /// Save the shown picture.
    Save,
}

pub(super) fn apply(command: Command, session: &mut Session, form: &mut Form) {
    match command {
        Command::Generate => session.generate(form),
        Command::Cancel => session.cancel(),
        Command::ForceStop => session.force_stop(),
        Command::NewSeed => form.seed = crate::seed::random().to_string(),
        Command::TryAgain => session.try_again(),
        Command::Save => session.save(),
    }
}
