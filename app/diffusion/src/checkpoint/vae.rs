//! A VAE given in place of a model's own: a file or a folder.

use std::path::Path;
use std::sync::Arc;

use super::files::WeightFile;
use super::ldm::{self, BlockSizes};
use super::single_file::{count_blocks, translate_into};
use super::{CheckpointError, Component, ComponentWeights, Family, config, folder};
use crate::weights::{SafetensorsFile, StateDict};

/// Opens a VAE file (LDM or diffusers names), a VAE folder, or takes the VAE of a whole model.
pub(super) fn open(path: &Path, family: Family) -> Result<(ComponentWeights, Vec<WeightFile>), CheckpointError> {
    let metadata =
        std::fs::metadata(path).map_err(|source| CheckpointError::NotFound { source, path: path.to_owned() })?;
    if metadata.is_dir() {
        let pipeline = path.join("model_index.json").is_file();
        let folder = if pipeline { path.join(Component::Vae.name()) } else { path.to_owned() };
        return folder::open_component(Component::Vae, &folder);
    }
    let file = Arc::new(SafetensorsFile::open(path)?);
    let prefix = prefix(&file);
    let not_a_vae = || CheckpointError::NotAModel {
        what: "no VAE; give a VAE file or folder with --vae".to_owned(),
        path: path.to_owned(),
    };
    let mut state_dict = StateDict::new();
    if file.tensor("decoder.mid_block.resnets.0.conv1.weight").is_some() {
        // diffusers' names: the config is inferred, so the shapes of linear layers are normalised without one.
        folder::add_file(Component::Vae, &file, &serde_json::Value::Null, &mut state_dict)?;
    } else {
        let prefix = prefix.ok_or_else(not_a_vae)?;
        let sizes =
            BlockSizes { vae_blocks: count_blocks(&file, &format!("{prefix}decoder.up.")), ..BlockSizes::default() };
        let names: Vec<&str> =
            file.tensors().keys().map(String::as_str).filter(|name| name.starts_with(prefix)).collect();
        let mut unknown = Vec::new();
        for name in names {
            if !ldm::is_ignored(name) && !translate_into(&file, name, prefix, ldm::VAE, sizes, &mut state_dict)? {
                unknown.push(name.to_owned());
            }
        }
        if let Some(example) = unknown.first() {
            return Err(CheckpointError::UnknownTensors {
                count: unknown.len(),
                names: example.clone(),
                path: path.to_owned(),
            });
        }
    }
    let config = config::vae(&state_dict, family, path)?;
    let files = vec![WeightFile::new(file, [Component::Vae])];
    Ok((ComponentWeights { config, state_dict }, files))
}

/// The prefix under which a file holds an LDM VAE, if it does.
fn prefix(file: &SafetensorsFile) -> Option<&'static str> {
    ldm::VAE_PREFIXES
        .into_iter()
        .chain([""])
        .find(|prefix| file.tensor(&format!("{prefix}decoder.conv_in.weight")).is_some())
}
