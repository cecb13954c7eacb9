//! The values of a card as one line each, so that two different values read differently.

use sha2::Digest as _;

use super::{ControlNetReference, EmbeddingReference, ImagePrompt, LoraReference, PostStep, Upscaler, VariationAxis};
use crate::{
    DeviceFingerprint, ImageReference, Margins, ModelReference, Region, SeedVariation, Sha256, Task, ToolVersion,
};

/// Name, number of files and a hash over all of them: `starter (12 files, d0fa6c3b11)`.
pub(super) fn model(model: &ModelReference) -> String {
    let ModelReference { name, files, licence } = model;
    let mut all = sha2::Sha256::new();
    for file in files {
        all.update(format!("{} {} {}\n", file.sha256, file.bytes, file.path));
    }
    let hash = Sha256(all.finalize().into()).auto_v2();
    let plural = if files.len() == 1 { "" } else { "s" };
    let licence = licence.as_deref().map(|licence| format!(", {licence}")).unwrap_or_default();
    format!("{name} ({} file{plural}, {hash}{licence})", files.len())
}

pub(super) fn task(task: &Task) -> String {
    match task {
        Task::TextToImage => "text to image".to_owned(),
        Task::ImageToImage { image: from, strength } => {
            format!("image to image from {} at strength {strength}", image(from))
        }
        Task::Inpaint { image: from, mask, strength, region: at } => {
            let at = at.as_ref().map(region).unwrap_or_default();
            format!("inpaint {} where {} says, at strength {strength}{at}", image(from), image(mask))
        }
    }
}

fn region(region: &Region) -> String {
    let Region { crop, fill, blend, soft, extend } = region;
    let (fill, soft) = (String::from(*fill), String::from(*soft));
    let extend = extend.map(|Margins { left, top, right, bottom }| {
        format!(", extended by {left} left, {top} above, {right} right, {bottom} below")
    });
    format!(
        ", in the crop {}x{} from {}, {} over {fill}, blended over {blend} pixels, mask {soft}{}",
        crop.width,
        crop.height,
        crop.x,
        crop.y,
        extend.unwrap_or_default()
    )
}

pub(super) fn seed(seed: u64, variation: Option<&SeedVariation>) -> String {
    let turned = variation.map(|SeedVariation { seed, strength }| format!(", turned {strength} towards {seed}"));
    format!("{seed}{}", turned.unwrap_or_default())
}

fn image(image: &ImageReference) -> String {
    format!("{} ({}x{})", image.sha256, image.width, image.height)
}

pub(super) fn tool(tool: &ToolVersion) -> String {
    format!("{} (commit {}, numerics revision {})", tool.version, tool.commit, tool.numerics)
}

pub(super) fn device(device: &DeviceFingerprint) -> String {
    let DeviceFingerprint { name, class, api, driver, shader } = device;
    let parts = [name, class, api, driver, shader].map(String::as_str);
    parts.join(" | ")
}

pub(super) fn loras(loras: &[LoraReference]) -> String {
    list(loras, |lora| format!("{} ({}) at {}", lora.name, lora.sha256, lora.weight))
}

pub(super) fn embeddings(embeddings: &[EmbeddingReference]) -> String {
    list(embeddings, |embedding| format!("{} ({})", embedding.word, embedding.sha256))
}

pub(super) fn control_nets(control_nets: &[ControlNetReference]) -> String {
    list(control_nets, |net| {
        let ControlNetReference { name, sha256, image, weight, begin, end } = net;
        format!("{name} ({sha256}) with {image} at {weight} from {begin} to {end}")
    })
}

pub(super) fn references(references: &[ImagePrompt]) -> String {
    list(references, |reference| {
        let ImagePrompt { image, adapter, mode, weight } = reference;
        format!("{mode} of {image} with {adapter} at {weight}")
    })
}

pub(super) fn upscaler(upscaler: &Option<Upscaler>) -> String {
    let text = |upscaler: &Upscaler| format!("{} ({}) by {}", upscaler.name, upscaler.sha256, upscaler.scale);
    upscaler.as_ref().map(text).unwrap_or_default()
}

pub(super) fn post(post: &[PostStep]) -> String {
    list(post, |step| {
        let settings = list(&step.settings, |(key, value)| format!("{key} {value}"));
        if settings.is_empty() { step.name.clone() } else { format!("{} ({settings})", step.name) }
    })
}

pub(super) fn axes(axes: &[VariationAxis]) -> String {
    list(axes, |axis| format!("{} of \"{}\"", axis.kind, axis.values.join("\", \"")))
}

fn list<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}
