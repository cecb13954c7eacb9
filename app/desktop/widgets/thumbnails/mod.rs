//! Small pictures for the contact sheet. Files are read, decoded and made smaller by named threads; textures stay within a budget.

mod budget;
mod decode;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use eframe::egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions};
use kento_studio::Sha256;

pub use budget::TextureBudget;
pub use decode::{SIZES, SmallPicture, size_for, small_picture};

/// Where the pixels of a picture are found. The project says so; the sheet only names pictures by their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureSource {
    /// In a file.
    File(PathBuf),
    /// In memory: a live preview, or a picture that was just made.
    Rgb {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Rows of RGB, 8 bits each.
        data: Arc<Vec<u8>>,
    },
}

/// What to call a small picture: which picture and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThumbnailKey {
    /// The picture.
    pub image: Sha256,
    /// Its longer side in pixels, one of [`SIZES`].
    pub side_px: u32,
}

/// What is known of a small picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Thumbnail {
    /// It is being made.
    Waiting,
    /// Here it is.
    Ready {
        /// On the graphics card.
        texture: TextureId,
        /// Width divided by height.
        aspect: f32,
    },
    /// It cannot be made, for this reason.
    Broken(String),
}

/// The cache. It belongs to the window's thread.
pub struct Thumbnails {
    requests: Sender<(ThumbnailKey, PictureSource)>,
    results: Receiver<(ThumbnailKey, Result<SmallPicture, String>)>,
    asked: HashSet<ThumbnailKey>,
    broken: HashMap<Sha256, String>,
    textures: HashMap<ThumbnailKey, (TextureHandle, f32)>,
    budget: TextureBudget<ThumbnailKey>,
}

/// Threads that decode. Two keep up with scrolling and leave the other cores to the engine.
const THREADS: usize = 2;
/// Requests that may wait. A tile that finds no place asks again with the next frame, so what is seen now comes first.
const WAITING: usize = 32;
/// Bytes that one frame may hand to the graphics card, so that a frame stays short while many pictures arrive.
const UPLOAD_BYTES_PER_FRAME: usize = 4 << 20;

impl Thumbnails {
    /// An empty cache that keeps textures of so many MiB.
    ///
    /// # Errors
    /// One sentence when the system gives no thread.
    pub fn new(ctx: &Context, budget_mib: usize) -> Result<Self, String> {
        let (requests, inbox) = bounded::<(ThumbnailKey, PictureSource)>(WAITING);
        let (outbox, results) = bounded(WAITING);
        for i in 0..THREADS {
            let (inbox, outbox, ctx) = (inbox.clone(), outbox.clone(), ctx.clone());
            let work = move || {
                for (key, source) in inbox {
                    if outbox.send((key, small_picture(&source, key.side_px))).is_err() {
                        return;
                    }
                    ctx.request_repaint();
                }
            };
            std::thread::Builder::new()
                .name(format!("thumbnails-{i}"))
                .spawn(work)
                .map_err(|error| format!("the system gives no thread for thumbnails: {error}"))?;
        }
        Ok(Self {
            requests,
            results,
            asked: HashSet::new(),
            broken: HashMap::new(),
            textures: HashMap::new(),
            budget: TextureBudget::new(budget_mib << 20),
        })
    }

    /// Takes in what the threads have made and lets go of what the budget has no place for. To be called once a frame.
    pub fn listen(&mut self, ctx: &Context) {
        self.budget.next_frame();
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Ok((key, result)) = self.results.try_recv() else { break };
            self.asked.remove(&key);
            match result {
                Ok(picture) => {
                    uploaded += picture.rgba.len();
                    self.keep(ctx, key, &picture);
                }
                Err(why) => {
                    self.broken.insert(key.image, why);
                }
            }
        }
        if uploaded >= UPLOAD_BYTES_PER_FRAME {
            ctx.request_repaint();
        }
    }

    /// The picture, in the size that fits best to `side_px` or in another one until that is made.
    pub fn get(&mut self, image: Sha256, side_px: f32, source: &PictureSource) -> Thumbnail {
        let key = ThumbnailKey { image, side_px: size_for(side_px) };
        if let Some(found) = self.ready(key) {
            return found;
        }
        if let Some(why) = self.broken.get(&image) {
            return Thumbnail::Broken(why.clone());
        }
        if !self.asked.contains(&key) {
            match self.requests.try_send((key, source.clone())) {
                Ok(()) => {
                    self.asked.insert(key);
                }
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Disconnected(_)) => {
                    return Thumbnail::Broken("the threads that make thumbnails have ended".to_owned());
                }
            }
        }
        let others = SIZES.into_iter().rev().filter(|side_px| *side_px != key.side_px);
        others
            .map(|side_px| ThumbnailKey { image, side_px })
            .find_map(|key| self.ready(key))
            .unwrap_or(Thumbnail::Waiting)
    }

    /// Forgets a picture, because its file was mended or its preview went on.
    pub fn forget(&mut self, image: Sha256) {
        self.broken.remove(&image);
        for side_px in SIZES {
            let key = ThumbnailKey { image, side_px };
            self.textures.remove(&key);
            self.budget.remove(&key);
        }
    }

    /// Bytes of the textures that are kept.
    pub fn bytes(&self) -> usize {
        self.budget.bytes()
    }

    /// Whether something is still being made.
    pub fn is_busy(&self) -> bool {
        !self.asked.is_empty()
    }

    fn ready(&mut self, key: ThumbnailKey) -> Option<Thumbnail> {
        let (texture, aspect) = self.textures.get(&key)?;
        self.budget.touch(&key);
        Some(Thumbnail::Ready { texture: texture.id(), aspect: *aspect })
    }

    fn keep(&mut self, ctx: &Context, key: ThumbnailKey, picture: &SmallPicture) {
        let size = [picture.width as usize, picture.height as usize];
        let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        let texture = ctx.load_texture("thumbnail", image, TextureOptions::LINEAR);
        let aspect = picture.width as f32 / picture.height.max(1) as f32;
        self.textures.insert(key, (texture, aspect));
        for gone in self.budget.insert(key, picture.rgba.len()) {
            self.textures.remove(&gone);
        }
    }
}
