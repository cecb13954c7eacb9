use crate::theme::ActingRole;
use crate::widgets::Allowed;

/// Everything that the frame shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameData {
    /// The project's name; none before one is open.
    pub project: Option<String>,
    /// Other projects, the last one first.
    pub recent: Vec<String>,
    /// Which of them is the open one.
    pub recent_open: Option<usize>,
    /// Whether projects can be opened and begun.
    pub projects: Allowed,
    /// Whether the last decision is on disk.
    pub saved: Saved,
    /// The seven stages; none before a project is open.
    pub stages: Vec<Stage>,
    /// Who acts.
    pub role: ActingRole,
    /// Whether the person who acts has a role at all; somebody new to the project takes a first one.
    pub has_role: bool,
    /// Whether one may become each role, in the order of [`ActingRole::ALL`].
    pub roles: [Allowed; 3],
    /// The name of the person who acts. May be empty.
    pub person: String,
    /// Device, dtype and model.
    pub device: Chip,
    /// Whether other models can be opened; a device can be chosen at any time.
    pub devices: Allowed,
    /// The devices to choose from, the automatic choice first.
    pub device_lines: Vec<DeviceLine>,
    /// The job that runs.
    pub job: Option<JobLine>,
    /// What is said while no job runs.
    pub idle: String,
    /// Jobs, the running one first.
    pub queue: Vec<QueueRow>,
    /// Why none of them runs, where the drive took no result.
    pub held: Option<String>,
    /// What waits for the person who acts, most urgent first.
    pub waiting: Vec<WaitingRow>,
    /// The numbers that are watched.
    pub numbers: Vec<Number>,
}

impl FrameData {
    /// What is said while no job runs.
    pub fn idle_line(&self) -> &str {
        if self.held.is_some() { "The queue waits: its pictures cannot be saved" } else { &self.idle }
    }
}

impl Default for FrameData {
    fn default() -> Self {
        Self {
            project: None,
            recent: Vec::new(),
            recent_open: None,
            projects: Allowed::Yes,
            saved: Saved::NoProject,
            stages: Vec::new(),
            role: ActingRole::Operator,
            has_role: true,
            roles: [const { Allowed::Yes }; 3],
            person: String::new(),
            device: Chip::default(),
            devices: Allowed::Yes,
            device_lines: Vec::new(),
            job: None,
            idle: String::new(),
            queue: Vec::new(),
            held: None,
            waiting: Vec::new(),
            numbers: Vec::new(),
        }
    }
}

/// Whether decisions are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// There is nothing to save into.
    NoProject,
    /// Everything is.
    Yes {
        /// The number of the last record.
        record: u64,
    },
    /// A record is being written.
    Writing,
    /// The project can be looked at only.
    ReadOnly {
        /// Why, in one sentence.
        reason: String,
    },
    /// The last record could not be written, for this reason.
    Failed(String),
}

impl Saved {
    /// In a few words; the rest is told to the pointer.
    pub fn text(&self) -> String {
        match self {
            Self::NoProject => String::new(),
            Self::Yes { record } => format!("saved · record {record}"),
            Self::Writing => "saving…".to_owned(),
            Self::ReadOnly { .. } => "read only".to_owned(),
            Self::Failed(_) => "not saved".to_owned(),
        }
    }
}

/// A short text with an explanation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chip {
    /// What stands in the bar.
    pub text: String,
    /// What the pointer and a screen reader get.
    pub explanation: String,
    /// Whether something is wrong.
    pub has_failed: bool,
}

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLine {
    /// Its name.
    pub name: String,
    /// What it is, or why it would be taken.
    pub note: String,
    /// Whether it is the chosen one.
    pub is_chosen: bool,
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageState {
    /// Its exit criteria are met.
    Done,
    /// It runs.
    Current,
    /// It is still to come.
    Open,
    /// Its entry condition is not met.
    Blocked,
    /// It was left out, for a reason that is on record.
    Skipped,
}

impl StageState {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Open => "to come",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
        }
    }
}

/// A stage of the workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: StageState,
    /// When it may begin.
    pub entry: Criterion,
    /// What is done in it.
    pub action: String,
    /// When it is done.
    pub exit: Vec<Criterion>,
    /// What is missing now, or why it was skipped, in sentences that say what to do.
    pub missing: Vec<String>,
    /// Whether it can be skipped, or taken up after all where it was; none where it never can.
    pub skipping: Option<Allowed>,
}

impl Stage {
    /// What a screen reader says.
    pub fn spoken(&self) -> String {
        format!("{}, {}", self.name, self.state.word())
    }
}

/// Something that is so or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// What.
    pub text: String,
    /// Whether it is so.
    pub is_met: bool,
}

/// The job that runs, in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct JobLine {
    /// What it is: `Volume test 3 of 8`.
    pub title: String,
    /// 0 to 1.
    pub fraction: f32,
    /// `step 12 of 20 · 0.9 s left · then 4 jobs, 22 s`
    pub detail: String,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QueueState {
    /// It runs.
    Running {
        /// 0 to 1.
        fraction: f32,
    },
    /// It waits for its turn.
    Waiting,
    /// It was interrupted and waits for somebody to queue it again.
    Interrupted,
    /// A pause holds it back; the row says which.
    Held,
}

/// A job of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// Its number.
    pub job: u64,
    /// What it makes.
    pub title: String,
    /// Seconds, the cause of a failure, and so on.
    pub detail: String,
    /// How far it is.
    pub state: QueueState,
    /// Whether who acts may cancel it.
    pub cancel: Allowed,
}

/// Something that goes on only when the person who acts has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// What is to be done; no two rows have the same.
    pub what: String,
    /// Who waits for it, or why.
    pub detail: String,
}

/// Where a number goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Too few values to say.
    Unknown,
    /// Up.
    Rises,
    /// Down.
    Falls,
    /// Neither.
    Steady,
}

/// How the values of a number are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// As they are.
    #[default]
    Plain,
    /// 0.25 as 25 %.
    Percent,
    /// Seconds, in the largest unit that fits.
    Seconds,
}

impl Unit {
    /// A value in this unit.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Plain => format!("{value:.0}"),
            Self::Percent => format!("{:.0} %", value * 100.0),
            Self::Seconds => crate::cli::duration(value),
        }
    }
}

/// A number that is watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// What it counts.
    pub name: String,
    /// It, with its unit.
    pub value: String,
    /// Where it goes.
    pub trend: Trend,
    /// Its course: (when or which, value).
    pub course: Vec<[f64; 2]>,
    /// It side by side: by week, by run, by recipe, in the order of [`NumbersBy::SPLIT`].
    pub bars: [Vec<NumberBar>; 3],
    /// What is expected of it.
    pub expected: Option<f64>,
    /// How its values are written beside the plot.
    pub unit: Unit,
    /// What it means, in one sentence.
    pub explanation: String,
}

/// A number of one week, run or recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberBar {
    /// Which: `16 Nov`, `Run 2`, `harbour-flat-r1`.
    pub label: String,
    /// How much.
    pub value: f64,
    /// The same with its unit.
    pub text: String,
}

/// How the numbers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumbersBy {
    /// After each decision, over the whole project.
    #[default]
    Course,
    /// As they stood at the end of each week.
    Week,
    /// Of each volume run.
    Run,
    /// Of each revision of a recipe.
    Recipe,
}

impl NumbersBy {
    /// Every way, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::Course, Self::Week, Self::Run, Self::Recipe];
    /// Those that put values beside each other.
    pub const SPLIT: [Self; 3] = [Self::Week, Self::Run, Self::Recipe];

    /// What stands on the switch.
    pub fn label(self) -> &'static str {
        match self {
            Self::Course => "Course",
            Self::Week => "By week",
            Self::Run => "By run",
            Self::Recipe => "By recipe",
        }
    }

    /// What it shows, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Course => "The numbers after each decision",
            Self::Week => "The numbers as they stood at the end of each week",
            Self::Run => "The numbers of each volume run; the Hero is that of its recipe",
            Self::Recipe => "The numbers of each revision of a recipe",
        }
    }
}

/// What the user did to the frame.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameEvent {
    /// Wants to act as another role.
    RoleAsked(ActingRole),
    /// Wants to open a recent project, by its place in the list.
    RecentProjectAsked(usize),
    /// Wants to choose a project folder.
    OpenProjectAsked,
    /// Wants a new project.
    NewProjectAsked,
    /// Wants a stage to be skipped, by its place on the rail, for a reason.
    SkipAsked(usize, String),
    /// Wants a skipped stage to be taken up after all.
    ResumeAsked(usize),
    /// Wants jobs that wait for somebody to be queued again.
    RequeueAsked(Vec<u64>),
    /// Wants to go to something that waits, by its place in the list.
    WaitingAsked(usize),
    /// Wants the queue to go on after a result could not be saved.
    TryAgainAsked,
    /// Wants the tour of the sample project.
    TourAsked,
    /// Wants another person to act.
    PersonAsked,
    /// Wants to open another model.
    DevicesAsked,
    /// Looks at the devices that there are.
    DeviceListAsked,
    /// Wants to compute on another device, by its place in the list.
    DeviceAsked(usize),
    /// Wants a job to stop.
    CancelAsked(u64),
    /// Wants a waiting job to stand one place earlier.
    EarlierAsked(u64),
    /// Wants a waiting job to stand one place later.
    LaterAsked(u64),
    /// Took a command of the application's own list from the palette, by its place.
    CommandTaken(usize),
    /// Moved, resized or chose a panel, or changed zoom or theme: the layout should be saved.
    LayoutChanged,
}
