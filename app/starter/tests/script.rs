//! `starter evaluate` and `starter train` with a Python that only says what it was asked.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

const STARTER: &str = env!("CARGO_BIN_EXE_starter");

/// Asked for packages (`-c`) it prints LACKS; given a script it prints its arguments, one a line, and ends with CODE.
const STAND_IN: &str = r#"#!/bin/sh
if [ "$1" = "-c" ]; then echo "$LACKS"; exit "${BROKEN:-0}"; fi
printf '%s\n' "$@"
exit "${CODE:-0}"
"#;

/// Written before any test starts a program: a file that is open for writing in another thread's child cannot be started.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stand-in-python");
    std::fs::write(&path, STAND_IN).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
});

fn starter(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(STARTER);
    command.args(arguments).env("KENTO_PYTHON", PYTHON.as_path()).env_remove("KENTO_TRAIN");
    for name in ["LACKS", "BROKEN", "CODE"] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied()).output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// The one sentence on stderr of a run that was not begun.
#[track_caller]
fn sentence(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), lines(output).len()), (Some(1), 0), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr
}

#[test]
fn arguments_are_handed_on_behind_the_path_of_this_program() {
    for (subcommand, file) in [("evaluate", "evaluate.py"), ("train", "train.py")] {
        let output = starter(&[subcommand, "a model", "work", "--count", "3"], &[]);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("train").join(file);
        let said = lines(&output);
        assert_eq!((said[0].as_str(), said[1].as_str()), (script.to_str().unwrap(), "--starter"));
        let (own, started) = (Path::new(&said[2]), Path::new(STARTER));
        assert_eq!(own.canonicalize().unwrap(), started.canonicalize().unwrap());
        assert_eq!(said[3..], ["a model", "work", "--count", "3"]);
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn the_exit_code_is_that_of_the_script() {
    assert_eq!(starter(&["evaluate"], &[("CODE", "7")]).status.code(), Some(7));
}

#[test]
fn missing_packages_are_named_with_what_installs_them() {
    let said = sentence(&starter(&["evaluate", "m", "w"], &[("LACKS", "torch, diffusers")]));
    assert!(said.contains("has no torch, diffusers: run ") && said.contains(" -m pip install -r "), "{said}");
    assert!(said.contains("train/requirements.txt, or name a Python that has them in KENTO_PYTHON"), "{said}");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("train/requirements.txt").is_file());
}

#[test]
fn a_python_that_is_not_there_or_does_not_work_is_told() {
    let said = sentence(&starter(&["train", "w"], &[("KENTO_PYTHON", "/nowhere/python")]));
    assert!(
        said.contains("/nowhere/python cannot be started") && said.contains("or name one in KENTO_PYTHON"),
        "{said}"
    );
    let said = sentence(&starter(&["train", "w"], &[("BROKEN", "3")]));
    assert!(said.contains("fails (exit status: 3): name a Python 3.11 or newer in KENTO_PYTHON"), "{said}");
}

#[test]
fn scripts_that_are_gone_are_told() {
    let said = sentence(&starter(&["evaluate", "m", "w"], &[("KENTO_TRAIN", "/nowhere")]));
    assert!(said.contains("build starter again in a checkout of Kento"), "{said}");
    assert!(said.ends_with("in KENTO_TRAIN: /nowhere/evaluate.py\n"), "{said}");
}
