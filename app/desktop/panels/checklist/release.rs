use crossbeam_channel::{Receiver, bounded};
use eframe::egui::Context;
use kento_studio::Sha256;
use kento_studio::project::{ImageError, ImageStore};
use kento_studio::workflow::{Command, ReleaseRequest};

/// A release that waits for the file to be read and hashed once more, on a thread of its own.
pub(super) struct Releasing {
    pub image: Sha256,
    answer: Receiver<Result<Command, String>>,
}

impl Releasing {
    /// Reads the file of an image just now.
    ///
    /// # Errors
    /// One sentence when the system gives no thread.
    pub fn start(
        ctx: &Context,
        images: &ImageStore,
        image: Sha256,
        subject: String,
        disclosure: Option<String>,
    ) -> Result<Self, String> {
        let (outbox, answer) = bounded(1);
        let (ctx, images) = (ctx.clone(), images.clone());
        let work = move || {
            let command = command(image, subject, disclosure, images.get(image).map(drop));
            if outbox.send(command).is_ok() {
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("release-hash".to_owned());
        thread.spawn(work).map_err(|error| format!("the system gives no thread to read the file: {error}"))?;
        Ok(Self { image, answer })
    }

    /// What to decide, once the file is read; or why it cannot be read.
    pub fn listen(&self) -> Option<Result<Command, String>> {
        self.answer.try_recv().ok()
    }
}

/// Release what is as it was cleared; report what is not, because one changed pixel voids a clearance.
fn command(
    image: Sha256,
    subject: String,
    disclosure: Option<String>,
    read: Result<(), ImageError>,
) -> Result<Command, String> {
    match read {
        Ok(()) => Ok(release(image, subject, disclosure)),
        Err(ImageError::Damaged { found, .. }) => Ok(Command::ReportChangedFile { image, found }),
        Err(error) => Err(error.to_string()),
    }
}

/// The command for a file that is as it was cleared.
pub(super) fn release(image: Sha256, subject: String, disclosure: Option<String>) -> Command {
    Command::ReleaseImages { images: vec![ReleaseRequest { image, file_sha256: image, subject, disclosure }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_is_what_was_cleared_is_released() {
        let (image, found) = (Sha256([1; 32]), Sha256([2; 32]));
        let given = |read| command(image, "boat".to_owned(), None, read);
        assert_eq!(given(Ok(())), Ok(release(image, "boat".to_owned(), None)));
        let damaged = ImageError::Damaged { sha256: image, found, path: "a.png".into() };
        assert_eq!(given(Err(damaged)), Ok(Command::ReportChangedFile { image, found }));
        let missing = ImageError::Missing { sha256: image, path: "a.png".into() };
        assert!(given(Err(missing)).unwrap_err().ends_with("restore it from a backup: a.png"));
    }
}
