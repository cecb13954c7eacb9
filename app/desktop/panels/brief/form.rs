use kento_studio::SchemaV1;
use kento_studio::workflow::{Answer, Brief, BriefField, ColourSpace, Deliverable, FileFormat, PaletteColour, Stakes};

/// One answer as it is typed. What is written stays when the field is marked as not needed, and comes back with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed<T> {
    /// What is written.
    pub value: T,
    /// Completes the sentence "not needed, because …".
    pub because: String,
    /// Whether the field is marked as not needed.
    pub is_left_out: bool,
}

impl<T: Default> Typed<T> {
    fn of<A>(answer: &Answer<A>, typed: impl FnOnce(&A) -> T) -> Self {
        match answer {
            Answer::Open => Self::default(),
            Answer::Filled(value) => Self { value: typed(value), ..Self::default() },
            Answer::NotNeeded { because } => Self { because: because.clone(), is_left_out: true, ..Self::default() },
        }
    }

    /// The answer, open where `read` finds nothing in what is written.
    fn answer<A>(&self, read: impl FnOnce(&T) -> Option<A>) -> Answer<A> {
        if self.is_left_out {
            return Answer::NotNeeded { because: self.because.trim().to_owned() };
        }
        read(&self.value).map_or(Answer::Open, Answer::Filled)
    }
}

/// The brief while it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BriefForm {
    /// Short ASCII name.
    pub name: String,
    /// The intent in one sentence.
    pub intent: String,
    /// What the pictures are for.
    pub purpose: Typed<String>,
    /// Where they appear.
    pub appears: Typed<String>,
    /// How they should feel.
    pub mood: Typed<String>,
    /// What must be in them.
    pub must_haves: Typed<String>,
    /// What must not be.
    pub constraints: Typed<String>,
    /// The colours to keep to.
    pub palette: Typed<Vec<PaletteColour>>,
    /// Sizes, formats, counts and colour spaces.
    pub deliverables: Typed<Vec<Deliverable>>,
    /// What must look the same across the pictures.
    pub consistency: Typed<String>,
    /// Rights.
    pub licensing: Typed<String>,
    /// How much hangs on the pictures.
    pub stakes: Option<Stakes>,
    /// Most generations of one image; 0 while it is open.
    pub iteration_budget: Typed<u32>,
}

impl BriefForm {
    /// A brief, to be typed on.
    pub fn of(brief: &Brief) -> Self {
        let text = |answer: &Answer<String>| Typed::of(answer, String::clone);
        Self {
            name: brief.name.clone(),
            intent: brief.intent.clone(),
            purpose: text(&brief.purpose),
            appears: text(&brief.appears),
            mood: text(&brief.mood),
            must_haves: text(&brief.must_haves),
            constraints: text(&brief.constraints),
            palette: Typed::of(&brief.palette, Vec::clone),
            deliverables: Typed::of(&brief.deliverables, Vec::clone),
            consistency: text(&brief.consistency),
            licensing: text(&brief.licensing),
            stakes: brief.stakes,
            iteration_budget: Typed::of(&brief.iteration_budget, |budget| *budget),
        }
    }

    /// What was typed, as a brief. Spaces around texts are left out.
    pub fn brief(&self) -> Brief {
        let text =
            |typed: &Typed<String>| typed.answer(|text| Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
        Brief {
            schema: SchemaV1,
            name: self.name.trim().to_owned(),
            intent: self.intent.trim().to_owned(),
            purpose: text(&self.purpose),
            appears: text(&self.appears),
            mood: text(&self.mood),
            must_haves: text(&self.must_haves),
            constraints: text(&self.constraints),
            palette: self.palette.answer(|list| some_of(list)),
            deliverables: self.deliverables.answer(|list| some_of(list)),
            consistency: text(&self.consistency),
            licensing: text(&self.licensing),
            stakes: self.stakes,
            iteration_budget: self.iteration_budget.answer(|budget| Some(*budget).filter(|budget| *budget > 0)),
        }
    }

    /// Whether a field is left out, where it can be.
    pub fn left_out_mut(&mut self, field: BriefField) -> Option<&mut bool> {
        match field {
            BriefField::Palette => Some(&mut self.palette.is_left_out),
            BriefField::Deliverables => Some(&mut self.deliverables.is_left_out),
            BriefField::IterationBudget => Some(&mut self.iteration_budget.is_left_out),
            BriefField::Intent | BriefField::Stakes => None,
            field => self.text_mut(field).map(|text| &mut text.is_left_out),
        }
    }

    /// The text of a field that is one.
    pub fn text_mut(&mut self, field: BriefField) -> Option<&mut Typed<String>> {
        match field {
            BriefField::Purpose => Some(&mut self.purpose),
            BriefField::Appears => Some(&mut self.appears),
            BriefField::Mood => Some(&mut self.mood),
            BriefField::MustHaves => Some(&mut self.must_haves),
            BriefField::Constraints => Some(&mut self.constraints),
            BriefField::Consistency => Some(&mut self.consistency),
            BriefField::Licensing => Some(&mut self.licensing),
            BriefField::Intent
            | BriefField::Palette
            | BriefField::Deliverables
            | BriefField::Stakes
            | BriefField::IterationBudget => None,
        }
    }
}

fn some_of<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// A deliverable to begin with.
pub fn first_deliverable() -> Deliverable {
    Deliverable {
        name: String::new(),
        width: 1024,
        height: 1024,
        format: FileFormat::Png,
        count: 1,
        colour_space: ColourSpace::Srgb,
    }
}

/// What a field is called above it.
pub fn title(field: BriefField) -> &'static str {
    match field {
        BriefField::Intent => "Intent in one sentence",
        BriefField::Purpose => "Purpose",
        BriefField::Appears => "Where it appears",
        BriefField::Mood => "Mood",
        BriefField::MustHaves => "Must-haves",
        BriefField::Constraints => "Hard constraints",
        BriefField::Palette => "Palette",
        BriefField::Deliverables => "Deliverables",
        BriefField::Consistency => "Consistency",
        BriefField::Licensing => "Licensing context",
        BriefField::Stakes => "Stakes",
        BriefField::IterationBudget => "Iteration budget per image",
    }
}

/// What to write into a field.
pub fn hint(field: BriefField) -> &'static str {
    match field {
        BriefField::Intent => "A calm harbour that makes weekend tourists want to take the ferry.",
        BriefField::Purpose => "what the pictures are for",
        BriefField::Appears => "cover, web banner, poster",
        BriefField::Mood => "how they should feel",
        BriefField::MustHaves => "what must be in them",
        BriefField::Constraints => "no real people, square, space for a headline",
        BriefField::Palette => "the colours to keep to; the gate measures against them",
        BriefField::Deliverables => "sizes, formats, counts",
        BriefField::Consistency => "what must look the same across the pictures",
        BriefField::Licensing => "under which rights the pictures are used",
        BriefField::Stakes => "how much hangs on the pictures",
        BriefField::IterationBudget => "most generations of one image before the Director is asked",
    }
}
