//! Where files that come with Kento are looked for, in this order: the folder that `KENTO_ASSETS` names, `assets/` beside the
//! executable (or `../share/kento` as Linux packages have it, `../Resources` as macOS has it), and the source tree that this
//! program was built from.

use std::path::{Path, PathBuf};

/// Every path that a file or folder that comes with Kento may have, the first to be looked at first.
pub fn places(name: &str) -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(assets) = std::env::var_os("KENTO_ASSETS") {
        places.push(PathBuf::from(assets).join(name));
    }
    if let Some(folder) = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned)) {
        for assets in ["assets", "../share/kento", "../Resources"] {
            places.push(folder.join(assets).join(name));
        }
    }
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name));
    places
}

/// The paths as a sentence names them.
pub fn listed(places: &[PathBuf]) -> String {
    places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ")
}
