use kento_studio::workflow::Role;

use super::{RunData, SprintData, review};
use crate::desk::PanelInput;

/// One of the three things that the panel can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The concept sprint with the moodboard, or its plan.
    Sprint,
    /// The volume runs with their cull.
    Run,
    /// The candidates at the review gate.
    Review,
}

impl View {
    /// Every view, from left to right.
    pub const ALL: [Self; 3] = [Self::Sprint, Self::Run, Self::Review];

    /// What stands on its segment.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sprint => "Sprint",
            Self::Run => "Volume",
            Self::Review => "Gate",
        }
    }

    /// What it is, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Sprint => "The concept sprint and the moodboard",
            Self::Run => "The volume runs and their cull",
            Self::Review => "The candidates at the review gate",
        }
    }

    /// The view that the project is at, for who looks.
    pub fn sensible(input: &PanelInput<'_>) -> Self {
        if input.actor.role == Role::Reviewer {
            Self::Review
        } else if input.state.runs().is_empty() {
            Self::Sprint
        } else {
            Self::Run
        }
    }
}

/// Which view is shown: the one that was chosen by hand, until the project goes on or another hat is put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewChoice {
    /// What was chosen, and what was sensible at that time.
    by_hand: Option<(View, View)>,
}

impl ViewChoice {
    /// The view to show.
    pub fn view(&self, sensible: View) -> View {
        self.by_hand.filter(|(_, then)| *then == sensible).map_or(sensible, |(chosen, _)| chosen)
    }

    /// Chooses a view by hand.
    pub fn choose(&mut self, view: View, sensible: View) {
        self.by_hand = Some((view, sensible));
    }
}

/// The note beside the title of the panel.
pub fn context(input: &PanelInput<'_>, view: View, sprint: Option<u32>, run: Option<u32>) -> String {
    match view {
        View::Sprint => SprintData::summary(input, sprint).unwrap_or_default(),
        View::Run => RunData::summary(input, run).unwrap_or_default(),
        View::Review => {
            let images = input.state.images().values();
            review::summary(images.filter(|image| image.open_review().is_some()).count())
        }
    }
}
