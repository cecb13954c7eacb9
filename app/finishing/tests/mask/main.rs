//! Masks against references that look at every pixel one by one.

mod files;
mod kill;
mod morphology;
mod reference;
mod selections;
mod shapes;
mod strokes;
mod tiles;
