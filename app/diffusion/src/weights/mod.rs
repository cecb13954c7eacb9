//! Reading safetensors files and mapping their keys onto modules.
