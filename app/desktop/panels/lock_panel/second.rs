use crossbeam_channel::{Receiver, bounded};
use eframe::egui::Context;
use kento_studio::JobId;
use kento_studio::project::ImageStore;

use super::data::difference_name;
use crate::studio::SecondRender;
use crate::widgets::thumbnails::Thumbnails;

/// What a failed proof left in the cache, read by a named thread.
#[derive(Default)]
pub struct SecondLook {
    /// The proof that is here or on its way.
    job: Option<JobId>,
    coming: Option<Receiver<Option<SecondRender>>>,
    found: Option<SecondRender>,
}

impl SecondLook {
    /// What the proof of this job left; None while it is read, or where it is gone.
    pub fn of_job(
        &mut self,
        ctx: &Context,
        images: &ImageStore,
        thumbnails: &mut Thumbnails,
        job: JobId,
    ) -> Option<&SecondRender> {
        if self.job != Some(job) {
            *self = Self { job: Some(job), coming: read(ctx, images, job), found: None };
        }
        if let Some(found) = self.coming.as_ref().and_then(|coming| coming.try_recv().ok()) {
            if let Some(SecondRender { hero_pixels, again_pixels, .. }) = found {
                // An earlier proof may have given the same pixels, whose files were deleted since.
                thumbnails.forget(again_pixels);
                thumbnails.forget(difference_name(hero_pixels, again_pixels));
            }
            self.found = found;
            self.coming = None;
        }
        self.found.as_ref()
    }
}

fn read(ctx: &Context, images: &ImageStore, job: JobId) -> Option<Receiver<Option<SecondRender>>> {
    let (answer, coming) = bounded(1);
    let (ctx, images) = (ctx.clone(), images.clone());
    let work = move || {
        // The panel may have gone on to another card.
        if answer.send(SecondRender::of_job(&images, job)).is_ok() {
            ctx.request_repaint();
        }
    };
    std::thread::Builder::new().name("second-render".to_owned()).spawn(work).ok()?;
    Some(coming)
}
