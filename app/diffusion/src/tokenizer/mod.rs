//! CLIP byte-pair encoding and A1111 prompt weighting.
