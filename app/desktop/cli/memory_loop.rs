use kento_engine::protocol::GenerateJob;
use serde::Serialize;

use super::CliError;
use super::process;
use super::session::Session;

/// What the engine's memory did while many images were made with one model. In bytes of resident memory; null where the system
/// does not tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemoryLoop {
    /// Images made.
    pub images: u32,
    /// After the 20th image: by then buffers, caches and the threads' heaps are as large as one image makes them.
    pub after_20_bytes: Option<u64>,
    /// After the last image.
    pub after_last_bytes: Option<u64>,
    /// What was added in between; below 0 where some was given back.
    pub growth_bytes: Option<i64>,
}

impl MemoryLoop {
    /// Images before the first look.
    const WARM_UP: u32 = 20;

    /// Refuses a number of images that leaves nothing to compare.
    ///
    /// # Errors
    /// [`CliError::Usage`].
    pub fn check(images: u32) -> Result<(), CliError> {
        if images > Self::WARM_UP {
            return Ok(());
        }
        let least = Self::WARM_UP + 1;
        Err(CliError::Usage(format!(
            "--images must be at least {least}, because memory is compared with that after {}, and is {images}",
            Self::WARM_UP
        )))
    }

    /// Makes `images` images of `template`, whose job and seed count up.
    ///
    /// # Errors
    /// [`CliError`].
    pub fn run(session: &Session, template: &GenerateJob, images: u32) -> Result<Self, CliError> {
        let resident = || Some(process::memory(session.engine_process()?)?.resident);
        let mut after_20_bytes = None;
        for index in 1..=images {
            let mut job = template.clone();
            job.request.job.0 += u64::from(index);
            job.request.seed += u64::from(index);
            session.finish(job, |_| {})?;
            if index == Self::WARM_UP {
                after_20_bytes = resident();
            }
        }
        let after_last_bytes = resident();
        let growth = |(before, after): (u64, u64)| i64::try_from(i128::from(after) - i128::from(before)).ok();
        Ok(Self {
            images,
            after_20_bytes,
            after_last_bytes,
            growth_bytes: after_20_bytes.zip(after_last_bytes).and_then(growth),
        })
    }

    /// One line for people.
    pub fn describe(&self) -> String {
        match (self.after_20_bytes, self.after_last_bytes, self.growth_bytes) {
            (Some(before), Some(after), Some(growth)) => format!(
                "{:.1} MB after 20 images, {:.1} MB after {}: {:+.1} MB",
                before as f64 / 1e6,
                after as f64 / 1e6,
                self.images,
                growth as f64 / 1e6
            ),
            _ => "not told by this system".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_growth_is_told_with_its_sign() {
        let told = |after_20_bytes, after_last_bytes, growth_bytes| {
            MemoryLoop { images: 200, after_20_bytes, after_last_bytes, growth_bytes }.describe()
        };
        assert_eq!(
            told(Some(300_000_000), Some(301_500_000), Some(1_500_000)),
            "300.0 MB after 20 images, 301.5 MB after 200: +1.5 MB"
        );
        assert!(told(Some(300_000_000), Some(299_000_000), Some(-1_000_000)).ends_with(": -1.0 MB"));
        assert_eq!(told(None, None, None), "not told by this system");
    }

    #[test]
    fn too_few_images_are_wrong_usage() {
        assert_eq!(MemoryLoop::check(21), Ok(()));
        let CliError::Usage(why) = MemoryLoop::check(20).unwrap_err() else { panic!("no usage error") };
        assert_eq!(why, "--images must be at least 21, because memory is compared with that after 20, and is 20");
    }
}
