//! The masks of one image on the drive: named, in order, saved as they are made.
//!
//! A file is a header with the image's hash and size, and frames that are only ever appended. Each frame is one change, whole or not
//! there: its bytes are checked by a CRC, and it is on the drive (fsync) before the change counts as saved. A torn last frame is cut
//! off on opening. When more than half of the file has been overtaken by later frames, it is written anew beside itself and renamed.

mod disk;
mod drive;
mod frame;
mod image_key;
mod journal;
mod mask_id;
mod mask_store;
mod named_mask;
mod record;
mod replay;
mod saved;
mod store_error;
#[cfg(test)]
mod tests;

pub use image_key::ImageKey;
pub use mask_id::MaskId;
pub use mask_store::{MaskStore, OpenedMasks, Repair};
pub use named_mask::{NamedMask, Visibility};
pub use saved::Saved;
pub use store_error::StoreError;
