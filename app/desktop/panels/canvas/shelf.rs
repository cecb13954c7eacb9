use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use eframe::egui::Context;
use image::{ImageReader, Limits, RgbImage};
use kento_finishing::difference::Difference;
use kento_studio::Sha256;
use kento_studio::project::{ImageError, ImageStore};

use crate::widgets::image_view::{HeatMap, PictureTexture};

/// A picture as it is shown: which, and whether mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureKey {
    /// Which.
    pub image: Sha256,
    /// Whether left and right change places.
    pub mirrored: bool,
}

/// Where the pixels are.
pub enum Pixels {
    /// In the project; the file's hash is verified.
    Stored(ImageStore),
    /// In memory: a live preview.
    Rgb {
        /// Width and height in pixels.
        size: [u32; 2],
        /// Rows of RGB, 8 bits each.
        data: Arc<Vec<u8>>,
    },
}

/// A picture that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Why, in one sentence with the path last.
    pub why: String,
    /// What the file is now, where it is not what its name says.
    pub found: Option<Sha256>,
}

/// Two pictures whose difference is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeatKey {
    /// The picture.
    pub picture: PictureKey,
    /// What it is compared with.
    pub other: Sha256,
}

/// What the thread makes of a request.
enum Made {
    Picture(PictureKey, Result<PictureTexture, Broken>),
    Heat(HeatKey, Result<HeatMap, String>),
}

/// What is to be done on the thread, and the window that is told when it is done.
struct Request {
    work: Box<dyn FnOnce() -> Made + Send>,
    ctx: Context,
}

struct Reader {
    requests: Sender<Request>,
    answers: Receiver<Made>,
}

/// The last few large pictures on the graphics card. One named thread reads, verifies, decodes and uploads them, so that no frame waits.
#[derive(Default)]
pub struct PictureShelf {
    reader: Option<Reader>,
    asked: Vec<PictureKey>,
    /// Latest last.
    kept: Vec<(PictureKey, Result<PictureTexture, Broken>)>,
    asked_heat: Option<HeatKey>,
    /// The heat map that was measured last.
    heat: Option<(HeatKey, Result<HeatMap, String>)>,
}

/// Whether the thread has taken a request.
enum Sent {
    Asked,
    /// It has too many: ask again.
    Later,
}

/// A thread that uploads waits so long after each part: a frame uploads what came since the one before.
const PAUSE: Duration = Duration::from_millis(8);
/// Pictures that may wait; a third one asks again with the next frame, so that what is looked at now comes first.
const WAITING: usize = 2;
/// Pictures that are kept: the one that is looked at, what it is compared with, both mirrored, and the last two.
const KEPT: usize = 6;
/// A file with a longer side is no image of Kento's.
const MOST_SIDE: u32 = 16_384;
const MOST_BYTES: u64 = 1 << 30;

impl PictureShelf {
    /// Takes in what the thread has made. To be called once a frame.
    pub fn listen(&mut self) {
        let Some(reader) = &self.reader else { return };
        while let Ok(made) = reader.answers.try_recv() {
            match made {
                Made::Picture(key, picture) => {
                    self.asked.retain(|asked| *asked != key);
                    self.kept.retain(|(kept, _)| *kept != key);
                    self.kept.push((key, picture));
                }
                Made::Heat(key, heat) => {
                    self.asked_heat = self.asked_heat.filter(|asked| *asked != key);
                    self.heat = Some((key, heat));
                }
            }
        }
        let too_many = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..too_many);
    }

    /// Asks for a picture unless it is there or on its way.
    pub fn ask(&mut self, ctx: &Context, key: PictureKey, pixels: impl FnOnce() -> Pixels) {
        if self.asked.contains(&key) {
            return;
        }
        if let Some(at) = self.kept.iter().position(|(kept, _)| *kept == key) {
            let used = self.kept.remove(at);
            self.kept.push(used);
            return;
        }
        let (pixels, window) = (pixels(), ctx.clone());
        let work = move || Made::Picture(key, read(key, pixels).and_then(|rgb| upload(&window, &rgb)));
        match self.send(ctx, Box::new(work)) {
            Ok(Sent::Asked) => self.asked.push(key),
            Ok(Sent::Later) => {}
            Err(why) => self.kept.push((key, Err(Broken { why, found: None }))),
        }
    }

    /// Asks for a heat map unless it is there or on its way; `measure` is done on the thread.
    pub fn ask_heat(
        &mut self,
        ctx: &Context,
        key: HeatKey,
        measure: impl FnOnce() -> Result<Difference, String> + Send + 'static,
    ) {
        if self.asked_heat == Some(key) || self.heat.as_ref().is_some_and(|(kept, _)| *kept == key) {
            return;
        }
        let window = ctx.clone();
        let work = move || Made::Heat(key, measure().and_then(|found| HeatMap::of(&window, &found, PAUSE)));
        match self.send(ctx, Box::new(work)) {
            Ok(Sent::Asked) => self.asked_heat = Some(key),
            Ok(Sent::Later) => {}
            Err(why) => self.heat = Some((key, Err(why))),
        }
    }

    /// Takes a heat map off the shelf to draw it, or why there is none; [`Self::put_back_heat`] returns it. None while it is measured.
    pub fn take_heat(&mut self, key: HeatKey) -> Option<Result<HeatMap, String>> {
        self.heat.take_if(|(kept, _)| *kept == key).map(|(_, heat)| heat)
    }

    /// Puts a heat map back, unless a newer one has come.
    pub fn put_back_heat(&mut self, key: HeatKey, heat: Result<HeatMap, String>) {
        self.heat.get_or_insert((key, heat));
    }

    fn send(&mut self, ctx: &Context, work: Box<dyn FnOnce() -> Made + Send>) -> Result<Sent, String> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => start()?,
        };
        let reader = self.reader.insert(reader);
        match reader.requests.try_send(Request { work, ctx: ctx.clone() }) {
            Ok(()) => Ok(Sent::Asked),
            Err(TrySendError::Full(_)) => {
                ctx.request_repaint_after(Duration::from_millis(30));
                Ok(Sent::Later)
            }
            Err(TrySendError::Disconnected(_)) => {
                Err("the thread that reads pictures has ended: start Kento again".to_owned())
            }
        }
    }

    /// Takes a picture off the shelf to draw it; [`Self::put_back`] returns it. None while it is read, or when it cannot be.
    pub fn take(&mut self, key: PictureKey) -> Option<PictureTexture> {
        let at = self.kept.iter().position(|(kept, picture)| *kept == key && picture.is_ok())?;
        self.kept.remove(at).1.ok()
    }

    /// Puts a picture back.
    pub fn put_back(&mut self, key: PictureKey, picture: PictureTexture) {
        self.kept.push((key, Ok(picture)));
    }

    /// Why a picture cannot be shown.
    pub fn broken(&self, key: PictureKey) -> Option<&Broken> {
        self.kept.iter().find(|(kept, _)| *kept == key).and_then(|(_, picture)| picture.as_ref().err())
    }

    /// Forgets a picture, so that it is read again.
    pub fn forget(&mut self, image: Sha256) {
        self.kept.retain(|(key, _)| key.image != image);
    }
}

fn start() -> Result<Reader, String> {
    let (requests, inbox) = bounded::<Request>(WAITING);
    let (outbox, answers) = bounded(WAITING);
    let work = move || {
        for Request { work, ctx } in inbox {
            if outbox.send(work()).is_err() {
                return;
            }
            ctx.request_repaint();
        }
    };
    let thread = std::thread::Builder::new().name("canvas-pictures".to_owned());
    thread.spawn(work).map_err(|error| format!("the system gives no thread for pictures: {error}"))?;
    Ok(Reader { requests, answers })
}

fn upload(ctx: &Context, rgb: &RgbImage) -> Result<PictureTexture, Broken> {
    let pause = || std::thread::sleep(PAUSE);
    let picture = PictureTexture::in_parts(ctx, rgb.width(), rgb.height(), rgb.as_raw(), pause);
    picture.map_err(|why| Broken { why, found: None })
}

fn read(key: PictureKey, pixels: Pixels) -> Result<RgbImage, Broken> {
    let mut rgb = match pixels {
        Pixels::Stored(store) => {
            let bytes = store.get(key.image).map_err(|error| Broken {
                found: if let ImageError::Damaged { found, .. } = &error { Some(*found) } else { None },
                why: error.to_string(),
            })?;
            let path = store.path(key.image);
            decode(bytes).map_err(|why| Broken {
                why: format!("the picture cannot be decoded: {why}: {}", path.display()),
                found: None,
            })?
        }
        Pixels::Rgb { size: [width, height], data } => {
            let bytes = data.len();
            RgbImage::from_raw(width, height, data.as_ref().clone()).ok_or_else(|| Broken {
                why: format!("a preview of {width}x{height} has {bytes} bytes"),
                found: None,
            })?
        }
    };
    if key.mirrored {
        image::imageops::flip_horizontal_in_place(&mut rgb);
    }
    Ok(rgb)
}

fn decode(bytes: Vec<u8>) -> Result<RgbImage, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    Ok(reader.decode().map_err(|error| error.to_string())?.into_rgb8())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PictureKey = PictureKey { image: Sha256([7; 32]), mirrored: false };

    fn rgb(size: [u32; 2], data: Vec<u8>) -> Pixels {
        Pixels::Rgb { size, data: Arc::new(data) }
    }

    fn wait(shelf: &mut PictureShelf, key: PictureKey) -> Option<PictureTexture> {
        for _ in 0..400 {
            shelf.listen();
            if let Some(picture) = shelf.take(key) {
                return Some(picture);
            }
            if shelf.broken(key).is_some() {
                return None;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        None
    }

    #[test]
    fn a_picture_comes_from_the_thread_and_its_mirror_too() {
        let ctx = Context::default();
        let mut shelf = PictureShelf::default();
        let data = vec![10, 10, 10, 200, 200, 200];
        for (mirrored, left) in [(false, 10), (true, 200)] {
            let key = PictureKey { mirrored, ..KEY };
            shelf.ask(&ctx, key, || rgb([2, 1], data.clone()));
            let picture = wait(&mut shelf, key).unwrap();
            assert_eq!(picture.pixel([0.1, 0.5]).unwrap().1, [left; 3]);
            shelf.put_back(key, picture);
        }
        assert!(shelf.take(KEY).is_some() && shelf.take(KEY).is_none());
    }

    #[test]
    fn what_cannot_be_shown_says_why_and_is_read_again_when_asked() {
        let ctx = Context::default();
        let mut shelf = PictureShelf::default();
        shelf.ask(&ctx, KEY, || rgb([2, 2], vec![0; 5]));
        assert!(wait(&mut shelf, KEY).is_none());
        assert_eq!(shelf.broken(KEY).unwrap().why, "a preview of 2x2 has 5 bytes");
        shelf.forget(KEY.image);
        shelf.ask(&ctx, KEY, || rgb([1, 1], vec![0; 3]));
        assert!(wait(&mut shelf, KEY).is_some());
        assert!(decode(b"no picture".to_vec()).is_err());
    }

    #[test]
    fn only_the_last_few_are_kept() {
        let ctx = Context::default();
        let mut shelf = PictureShelf::default();
        for n in 0..10 {
            let key = PictureKey { image: Sha256([n; 32]), mirrored: false };
            shelf.ask(&ctx, key, || rgb([1, 1], vec![n; 3]));
            let picture = wait(&mut shelf, key).unwrap();
            shelf.put_back(key, picture);
        }
        shelf.listen();
        let kept: Vec<u8> = shelf.kept.iter().map(|(key, _)| key.image.0[0]).collect();
        assert_eq!(kept, [4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_heat_map_comes_from_the_thread_and_the_latest_one_stays() {
        let ctx = Context::default();
        let mut shelf = PictureShelf::default();
        let picture = |value: u8| PictureTexture::from_rgb(&ctx, 2, 1, &[value; 6]).unwrap();
        let key = |other: u8| HeatKey { picture: KEY, other: Sha256([other; 32]) };
        for (other, figures) in [(10, "no pixel differs"), (13, "at most 3 of 255 · 100.0 % of the pixels differ")] {
            shelf.ask_heat(&ctx, key(other), picture(10).difference_later(&picture(other)));
            let map = loop {
                shelf.listen();
                if let Some(map) = shelf.take_heat(key(other)) {
                    break map;
                }
                std::thread::sleep(Duration::from_millis(5));
            };
            assert_eq!(map.as_ref().map(HeatMap::figures), Ok(figures.to_owned()));
            shelf.put_back_heat(key(other), map);
        }
        assert!(shelf.take_heat(key(10)).is_none() && shelf.take_heat(key(13)).is_some());
    }
}
