//! Noise drawn on the CPU from the seed.
