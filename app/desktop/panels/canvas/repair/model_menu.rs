use eframe::egui::Ui;

use super::data::RepairForm;
use crate::model::Model;
use crate::widgets::pick_list;

/// Which model repairs, where more than one is known: the one that made the image, or another, for example one that was trained for
/// inpainting.
pub(super) fn model_menu(ui: &mut Ui, form: &mut RepairForm, models: &[Model]) {
    if models.len() < 2 && form.model.is_none() {
        return;
    }
    const OWN: &str = "The image's own model";
    let shown = form.model.as_ref().map_or(OWN, |model| model.reference.name.as_str()).to_owned();
    let list = pick_list("model of the repair").selected_text(shown).width(168.0).truncate().show_ui(ui, |ui| {
        ui.selectable_value(&mut form.model, None, OWN);
        for model in models {
            let is_chosen =
                form.model.as_ref().is_some_and(|one| one.reference == model.reference && one.vae == model.vae);
            let label = format!("{} · {}", model.reference.name, model.family);
            if ui.selectable_label(is_chosen, label).clicked() {
                form.model = Some(model.clone());
            }
        }
    });
    list.response.accessible_name("Model that repairs");
}
