/// Whether something can be done now, and if not, why, in the words of the rule that forbids it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Allowed {
    /// It can.
    #[default]
    Yes,
    /// It cannot, for this reason: "needs the Director", "the recipe is not locked".
    No(String),
}

impl Allowed {
    /// Whether it can be done.
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// Why not.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Yes => None,
            Self::No(reason) => Some(reason),
        }
    }

    /// The same, but no where something else is in the way.
    #[must_use]
    pub fn but(self, is_in_the_way: bool, reason: &str) -> Self {
        if self.is_yes() && is_in_the_way { Self::No(reason.to_owned()) } else { self }
    }

    /// What a screen reader calls a control of this name.
    pub fn spoken(&self, name: &str) -> String {
        match self {
            Self::Yes => name.to_owned(),
            Self::No(reason) => format!("{name}, not possible: {reason}"),
        }
    }
}

impl From<Result<(), String>> for Allowed {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::Yes,
            Err(reason) => Self::No(reason),
        }
    }
}
