//! The desktop program: the window, the command line, and what both need.
//!
//! Pixels are made in the engine process only; this crate asks for them and shows or writes them.

pub mod build_info;
pub mod caches;
pub mod cli;
pub mod desk;
pub mod frame;
pub mod input_image;
pub mod logging;
pub mod metadata;
pub mod mixing;
pub mod model;
pub mod panels;
#[cfg(test)]
#[path = "../../tests/panels/raster.rs"]
mod raster;
pub mod region;
pub mod sample;
pub mod seed;
pub mod shipped;
pub mod shipped_places;
pub mod studio;
pub mod theme;
pub mod whole_file;
pub mod widgets;
pub mod window;
