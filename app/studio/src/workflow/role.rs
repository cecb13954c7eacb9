use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PersonName;

/// One of the three hats of the workflow. A person wears one at a time, and changing it is a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Owns the brief, ranks the moodboard, approves the direction and the Hero; never generates and never clears.
    Director,
    /// Owns prompts, seeds, settings, the recipe card, the cull and repairs; never approves a direction and never
    /// releases.
    Operator,
    /// Owns the review gate and has a veto; never the person who made the image, unless the project is solo.
    Reviewer,
}

impl Role {
    /// All roles, in the order of the role switch.
    pub const ALL: [Self; 3] = [Self::Director, Self::Operator, Self::Reviewer];

    /// The role as a sentence names its bearer.
    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Director => "a Director",
            Self::Operator => "an Operator",
            Self::Reviewer => "a Reviewer",
        }
    }

    /// What the role may not do, in the words of the rule.
    pub fn may_not(self) -> &'static str {
        match self {
            Self::Director => "a Director neither generates nor clears the review gate",
            Self::Operator => "an Operator neither approves a direction nor releases",
            Self::Reviewer => "a Reviewer only judges what others made",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Director => "Director",
            Self::Operator => "Operator",
            Self::Reviewer => "Reviewer",
        })
    }
}

/// Who acts, and under which hat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor {
    /// The person.
    pub person: PersonName,
    /// The role that the person acts in.
    pub role: Role,
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} as {}", self.person, self.role)
    }
}
