use crossbeam_channel::{Receiver, TryRecvError, bounded};
use eframe::egui::Context;
use kento_studio::Sha256;
use kento_studio::project::{ImageError, ImageStore};
use kento_studio::workflow::{Command, ReleaseRequest};

/// A clearance or release that waits for the file to be read and hashed once more, on a thread of its own.
pub(super) struct Rereading {
    pub image: Sha256,
    answer: Receiver<Result<Command, Unfit>>,
}

/// Why a file is not what was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfit {
    /// In one sentence that says what to do, with the path last.
    pub why: String,
    /// What the file is now, where it can be read.
    pub found: Option<Sha256>,
}

impl Rereading {
    /// Reads the file of an image just now; `then` is decided if it is what its name says.
    ///
    /// # Errors
    /// One sentence when the system gives no thread.
    pub fn start(ctx: &Context, images: &ImageStore, image: Sha256, then: Command) -> Result<Self, String> {
        let (outbox, answer) = bounded(1);
        let (ctx, images) = (ctx.clone(), images.clone());
        let work = move || {
            let decided = judge(then, images.get(image).map(drop));
            if outbox.send(decided).is_ok() {
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("judged-hash".to_owned());
        thread.spawn(work).map_err(|error| format!("the system gives no thread to read the file: {error}"))?;
        Ok(Self { image, answer })
    }

    /// What to decide, once the file is read; or what is wrong with it.
    pub fn listen(&self) -> Option<Result<Command, Unfit>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err(Unfit { why: "the file was not read to its end: try again".to_owned(), found: None }))
            }
        }
    }
}

/// Nothing is decided on a file that is not what its name says: one changed pixel is another image.
fn judge(then: Command, read: Result<(), ImageError>) -> Result<Command, Unfit> {
    read.map(|()| then).map_err(|error| {
        let found = match &error {
            ImageError::Damaged { found, .. } => Some(*found),
            _ => None,
        };
        Unfit { why: error.to_string(), found }
    })
}

/// The command for a file that is as it was cleared.
pub(super) fn release(image: Sha256, subject: String, disclosure: Option<String>) -> Command {
    Command::ReleaseImages { images: vec![ReleaseRequest { image, file_sha256: image, subject, disclosure }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_is_what_was_judged_is_cleared_or_released() {
        let (image, found) = (Sha256([1; 32]), Sha256([2; 32]));
        for then in [release(image, "boat".to_owned(), None), Command::ClearImage { image }] {
            assert_eq!(judge(then.clone(), Ok(())), Ok(then.clone()));
            let damaged = ImageError::Damaged { sha256: image, found, path: "a.png".into() };
            let unfit = judge(then.clone(), Err(damaged)).unwrap_err();
            assert!(unfit.found == Some(found) && unfit.why.ends_with("take it from a backup: a.png"), "{unfit:?}");
            let missing = ImageError::Missing { sha256: image, path: "a.png".into() };
            let unfit = judge(then, Err(missing)).unwrap_err();
            assert!(unfit.found.is_none() && unfit.why.ends_with("restore it from a backup: a.png"), "{unfit:?}");
        }
    }
}
