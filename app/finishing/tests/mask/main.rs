//! Masks against references that look at every pixel one by one.

mod morphology;
mod reference;
mod selections;
mod shapes;
mod strokes;
mod tiles;
