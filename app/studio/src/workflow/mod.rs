//! The governed workflow: who may do what at which stage, what is recorded, and what follows from the records.
//!
//! A window or a script holds a [`State`], asks [`decide`] what a [`Command`] gives, appends the [`Record`]s to the
//! log and only then folds them in. Nothing here reads a clock, a file or a device.

mod action;
mod brief;
mod command;
mod cull;
mod decide;
mod edit;
mod failure;
mod job;
mod metrics;
mod permissions;
mod record;
mod refusal;
mod release;
mod review;
mod role;
mod settings;
mod sprint;
mod stage;
mod state;
mod views;

pub use crate::{PersonName, PersonNameError};
pub use action::{Action, ClearanceStep, PauseCause};
pub use brief::{
    Answer, Brief, BriefField, ColourError, ColourSpace, CompositionGuides, CopyShare, CopySide, CopySpace,
    Deliverable, DeliverableGuides, FileFormat, IntentProblem, LEAST_WORDS, MOST_WORDS, PaletteColour, SafeMargin,
    SizeUnit, Stakes, check_one_sentence,
};
pub use command::{Command, CommandKind, ReleaseRequest};
pub use cull::{CullDecision, Culled, RejectReason};
pub use decide::{LEAST_CULLED_FOR_TEMPLATE, decide, may_judge, short_list_allowed, would};
pub use edit::{Edit, EditKind, EditedImage, HandOff};
pub use failure::Failure;
pub use job::{GeneratedImage, IterationSubject, Job, JobPurpose, JobStatus, QueuedJob};
pub use metrics::{CullCount, Metric, Point, Series, Trend};
pub use permissions::{Need, Permission, Row, TABLE, Who, allowed, table_row};
pub use record::Record;
pub use refusal::Refusal;
pub use release::{AssetName, slug};
pub use review::{
    ALT_TEXT_ITEM, ARTEFACT_GATE, Approval, Clearance, EvidenceFile, Finding, FreshEyes, FreshView, Judged, Judgement,
    Outcome, Pin, Review, ReviewList, TrackRecord, Verdict,
};
pub use role::{Actor, Role};
pub use settings::{
    EXPECTED_KEEP_RATE, MOODBOARD_CANDIDATES, MOST_CANDIDATES, MOST_MASKED_SHARE, MOST_TEXT_CHARS, ProjectSettings,
    RepairAdvice, SPRINT_STYLES, SPRINT_VARIATIONS, STRONG_VARIATION, SUBTLE_VARIATION, ShortListRule, repair_advice,
};
pub use sprint::{ConceptSprint, SprintCell, SprintPlan, SprintScope, SprintStyle};
pub use stage::Stage;
pub use state::{
    AddedEvidence, BriefState, Candidacy, CardHistory, CardState, CardStatus, Direction, DocumentStatus,
    HandOffProblem, Hero, Image, InputImage, IterationAsk, LibraryAddition, LogLine, Moodboard, Origin, Project,
    Released, Skip, State, Template, VolumeRun,
};
pub use views::{GateStanding, GridCell, GridRow, StageStatus, StageView, TileStatus};
