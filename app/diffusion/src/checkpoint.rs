//! Which checkpoint a path holds: family, components, configs, hashes, problems.
