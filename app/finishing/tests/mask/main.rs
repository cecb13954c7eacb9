//! Masks against references that look at every pixel one by one.

mod reference;
mod shapes;
mod strokes;
mod tiles;
