use std::time::Instant;

use kento_studio::limits;

use crate::model::USUAL_GUIDANCE;
use crate::window::session::{CANCEL_PATIENCE, Session};

/// What the user has filled in. It is the one thing that a panel may change, because only the user does so.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The prompt.
    pub prompt: String,
    /// The negative prompt.
    pub negative_prompt: String,
    /// The seed as typed.
    pub seed: String,
    /// Steps.
    pub steps: u32,
    /// Guidance scale; the model's own until it is changed.
    pub guidance_scale: Option<f64>,
    /// Width in pixels; the model's own until it is changed.
    pub width: Option<u32>,
    /// Height in pixels; the model's own until it is changed.
    pub height: Option<u32>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            prompt: "a red sun over blue mountains, flat vector illustration".to_owned(),
            negative_prompt: String::new(),
            seed: "1".to_owned(),
            steps: 20,
            guidance_scale: None,
            width: None,
            height: None,
        }
    }
}

/// What the panel shows beside the form.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptData {
    /// The main button.
    pub main_button: MainButton,
    /// The size that a form without one stands for, in pixels.
    pub native_side: u32,
    /// The guidance scale that a form without one stands for.
    pub model_guidance: f64,
    /// What is wrong with the form, in one sentence.
    pub mistake: Option<String>,
}

/// The main button: it always says what it does, or why it does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MainButton {
    /// Generates.
    Generate,
    /// Would generate, but for this reason.
    Disabled(String),
    /// Stops the running job.
    Cancel,
    /// Ends an engine that does not stop.
    ForceStop,
}

/// Side that is shown before a model is found, in pixels.
const USUAL_SIDE: u32 = 512;

/// What to show.
pub fn data(session: &Session, form: &Form) -> PromptData {
    let model = session.model();
    let native_side = model.map_or(USUAL_SIDE, |model| model.native_side);
    let model_guidance = model.map_or(USUAL_GUIDANCE, |model| model.guidance_scale);
    let mistake = mistake(form, native_side);
    let main_button = match (&session.job, session.can_generate(), &mistake) {
        (Some(job), _, _) if job.cancelled_at.is_some_and(|at| at + CANCEL_PATIENCE < Instant::now()) => {
            MainButton::ForceStop
        }
        (Some(_), _, _) => MainButton::Cancel,
        (None, Err(why), _) => MainButton::Disabled(why),
        (None, Ok(()), Some(mistake)) => MainButton::Disabled(mistake.clone()),
        (None, Ok(()), None) => MainButton::Generate,
    };
    PromptData { main_button, native_side, model_guidance, mistake }
}

fn mistake(form: &Form, native_side: u32) -> Option<String> {
    if form.seed.trim().parse::<u64>().is_err() {
        return Some(format!("The seed must be a whole number from 0 to {}", u64::MAX));
    }
    let checks = [
        limits::check_side("width", form.width.unwrap_or(native_side)),
        limits::check_side("height", form.height.unwrap_or(native_side)),
        limits::check_steps(form.steps),
        limits::check_guidance(form.guidance_scale.unwrap_or(USUAL_GUIDANCE)),
        limits::check_prompt("prompt", &form.prompt),
        limits::check_prompt("negative prompt", &form.negative_prompt),
    ];
    checks.into_iter().find_map(Result::err).map(|refusal| refusal.to_string())
}
