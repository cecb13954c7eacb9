use super::session::Session;
use crate::panels::prompt::Form;
use crate::widgets::Allowed;

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
    /// Begin a project.
    NewProject,
    /// Open the project that was open last.
    Continue,
    /// Open a project.
    OpenProject,
    /// Take the tour of the sample project.
    TakeTour,
    /// Do not offer the tour again.
    PassTour,
}

impl Command {
    /// What the command palette offers: the command, its group, its title.
    pub(super) const PALETTE: [(Self, &str, &str); 7] = [
        (Self::Generate, "Picture", "Generate"),
        (Self::Cancel, "Picture", "Cancel the running job"),
        (Self::NewSeed, "Picture", "New seed"),
        (Self::Save, "Picture", "Save the picture"),
        (Self::NewProject, "Project", "New project"),
        (Self::OpenProject, "Project", "Open a project"),
        (Self::TakeTour, "Help", "Take the tour"),
    ];

    /// Whether it can be done now.
    pub(super) fn allowed(&self, session: &Session) -> Allowed {
        let no = |why: &str| Allowed::No(why.to_owned());
        match self {
            Self::Generate => session.can_generate().into(),
            Self::Cancel | Self::ForceStop if session.job.is_none() => no("no job runs"),
            Self::Save if session.finished.is_none() => no("there is no finished picture"),
            _ => Allowed::Yes,
        }
    }
}

pub(super) fn apply(command: Command, session: &mut Session, form: &mut Form) {
    match command {
        Command::Generate => session.generate(form),
        Command::Cancel => session.cancel(),
        Command::ForceStop => session.force_stop(),
        Command::NewSeed => form.seed = crate::seed::random().to_string(),
        Command::TryAgain => session.try_again(),
        Command::Save => session.save(),
        // The window's own; the session knows no project.
        Command::NewProject | Command::Continue | Command::OpenProject | Command::TakeTour | Command::PassTour => {}
    }
}
