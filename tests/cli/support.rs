//! Running the executable, and what every run must keep to.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The tiny SD1-like model that the parity tests compare with diffusers.
pub fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/pipelines/fixtures/sd1")
}

/// The executable, with a cache of its own so that no run depends on another.
pub fn kento(cache: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kento"));
    command.env("KENTO_CACHE", cache).env_remove("KENTO_LOG").env_remove("KENTO_ASSETS");
    command
}

/// A folder for one test.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// `kento generate` with the tiny model at 64x64 in 2 steps on the CPU; later arguments win.
pub fn generate(folder: &Path, args: &[&str]) -> Output {
    let mut all: Vec<(&str, &str)> = vec![("--prompt", "a red sun"), ("--steps", "2"), ("--device", "cpu")];
    let model = tiny_model();
    all.push(("--model", model.to_str().unwrap()));
    if !args.contains(&"--init-image") {
        all.extend([("--width", "64"), ("--height", "64")]);
    }
    let mut command = kento(folder);
    command.current_dir(folder).arg("generate");
    for (name, value) in all {
        if !args.contains(&name) {
            command.args([name, value]);
        }
    }
    command.args(args).output().unwrap()
}

/// The one sentence on stderr of a run that failed with this code. Nothing else may have been printed, and nobody panicked.
#[track_caller]
pub fn sentence(output: &Output, code: i32) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "stdout: {stdout}\nstderr: {stderr}");
    assert_eq!(stdout, "", "something was printed");
    assert!(!stderr.contains("panic"), "{stderr}");
    let mut lines = stderr.lines();
    let line = lines.next().unwrap_or_default();
    assert_eq!(lines.next(), None, "more than one line: {stderr}");
    line.strip_prefix("kento: ").unwrap_or_else(|| panic!("not a sentence of kento: {stderr}")).to_owned()
}

/// The JSON objects on stdout of a run that succeeded.
#[track_caller]
pub fn json(output: &Output) -> Vec<Value> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Names in a folder, without the cache's.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !["hashes.json", "kernels"].contains(&name.as_str()));
    names.sort();
    names
}
