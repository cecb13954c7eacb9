//! Compute devices: enumeration, choice, capabilities.
