use std::fs;
use std::path::{Path, PathBuf};

use kento_diffusion::checkpoint::{self, ModelInspection};

use super::args::ModelsArgs;
use super::{CliError, print, print_json};
use crate::model;

/// `kento models`: one model in full, or every model of a folder.
///
/// # Errors
/// [`CliError::Failed`] when the path is no model and holds none. Among several models, one that cannot be opened is a line
/// on stderr, and the exit code is 1 after all others were shown.
pub fn run(args: &ModelsArgs) -> Result<(), CliError> {
    let path = match &args.path {
        Some(path) => path.clone(),
        None => model::locate(model::STARTER).map_err(CliError::failed)?,
    };
    let inside = models_inside(&path);
    if inside.is_empty() {
        let inspection = checkpoint::inspect(&path).map_err(CliError::failed)?;
        return show(&inspection, args.json);
    }
    let mut refused = 0;
    for path in &inside {
        match checkpoint::inspect(path) {
            Ok(inspection) => show(&inspection, args.json)?,
            Err(error) => {
                refused += 1;
                eprintln!("kento: {error}");
            }
        }
    }
    if refused > 0 {
        return Err(CliError::Failed(format!("{refused} of {} models cannot be used, see above", inside.len())));
    }
    Ok(())
}

/// The models in a folder that is no model itself: diffusers folders and single files, by name.
fn models_inside(folder: &Path) -> Vec<PathBuf> {
    if folder.join("model_index.json").exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let is_model = |path: &PathBuf| {
        path.join("model_index.json").is_file()
            || path.is_file() && path.extension().is_some_and(|extension| extension == "safetensors")
    };
    let mut models: Vec<PathBuf> = entries.filter(is_model).collect();
    models.sort();
    models
}

fn show(inspection: &ModelInspection, json: bool) -> Result<(), CliError> {
    if json { print_json(inspection) } else { print(&describe(inspection)) }
}

fn describe(inspection: &ModelInspection) -> String {
    let ModelInspection { family_name, inpainting, prediction_type, licence, .. } = inspection;
    let mut lines = vec![inspection.path.display().to_string()];
    let inpainting = if *inpainting { ", inpainting" } else { "" };
    lines.push(format!("  family      {family_name}{inpainting}, {prediction_type} prediction"));
    lines.push(format!("  size        {}", bytes(inspection.bytes)));
    lines.push(format!("  licence     {}", licence.as_deref().unwrap_or("unknown")));
    for component in &inspection.components {
        let dtypes: Vec<&str> = component.dtypes.keys().map(String::as_str).collect();
        lines.push(format!(
            "  component   {:<15} {:>7.1} M parameters, {}",
            component.component.name(),
            component.parameters as f64 / 1e6,
            dtypes.join(" + ")
        ));
    }
    for file in &inspection.files {
        lines.push(format!("  file        {} ({})", file.path.display(), bytes(file.bytes)));
        lines.push(format!("    sha256    {}", file.hashes.sha256));
        lines.push(format!("    AutoV2    {}   AutoV3 {:.12}", file.hashes.auto_v2, file.hashes.auto_v3));
    }
    for problem in &inspection.problems {
        lines.push(format!("  problem     {problem}"));
    }
    if inspection.problems.is_empty() {
        lines.push("  problems    none".to_owned());
    }
    lines.join("\n")
}

fn bytes(bytes: u64) -> String {
    if bytes >= 1_000_000_000 {
        format!("{:.2} GB", bytes as f64 / 1e9)
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}
