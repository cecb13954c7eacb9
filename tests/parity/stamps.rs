//! Every fixture carries the hash of the scripts and the versions that made it, so that drift shows.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::support::{Fixture, folder};

fn outputs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            outputs(&path, found);
        } else if path.file_name().is_some_and(|name| name == "io.safetensors") {
            found.push(path);
        }
    }
}

#[test]
fn fixtures_were_made_by_the_scripts_beside_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let requirements = std::fs::read_to_string(folder("requirements.txt")).unwrap();
    let mut found = Vec::new();
    for case in ["models", "noise", "pipelines", "prompts", "schedulers"] {
        let before = found.len();
        outputs(&folder(case), &mut found);
        assert!(found.len() > before, "no stamped fixture in {case}");
    }
    for path in found {
        let fixture = Fixture::read(&path);
        let made_by: serde_json::Value = serde_json::from_str(fixture.metadata("made_by").expect("a stamp")).unwrap();
        let mut hash = Sha256::new();
        for script in made_by["scripts"].as_str().unwrap().split(' ') {
            hash.update(std::fs::read(root.join(script)).unwrap());
        }
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = path.strip_prefix(root).unwrap().display();
        assert_eq!(
            made_by["scripts_sha256"], hash,
            "a script changed after {shown} was made: run tests/parity/make_fixtures.py"
        );
        for library in ["torch", "diffusers", "transformers"] {
            let pinned = format!("{library}=={}\n", made_by[library].as_str().unwrap());
            assert!(
                requirements.contains(&pinned),
                "{shown} was made with {pinned}, which requirements.txt does not pin"
            );
        }
    }
}
