//! Noise schedulers with the contract of diffusers.
