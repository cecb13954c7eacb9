//! House rules that a program can check. Each rule lists everything that breaks it, with file and line.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that needs more lines has more than one subject.
const LINES_PER_FILE: usize = 500;

/// Crates that open network connections. The same list is in `deny.toml`, where it covers the other platforms too.
/// `http` (types without a socket, below cubecl's cache) and `zbus` (the desktop's accessibility bus) are not among them.
const NETWORK_CRATES: &str = "actix-web async-h1 attohttpc aws-lc-rs axum curl git2 gix h2 hf-hub hickory-resolver hyper isahc minreq \
    native-tls openssl openssl-sys quinn reqwest rustls self_update socket2 ssh2 surf tiny_http tonic tungstenite ureq warp webbrowser websocket";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, in order, without caches.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&path) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "__pycache__"].contains(&name.as_str()) {
                    open.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

struct Source {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
    /// In `tests/`, or a module that another file includes under `#[cfg(test)]`.
    only_for_tests: bool,
}

impl Source {
    /// Lines with their numbers, without line comments, up to the tests at the end of the file.
    fn product_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests_begin = self
            .text
            .match_indices("#[cfg(test)]\nmod ")
            .find(|(at, _)| self.text[*at..].lines().nth(1).is_some_and(|line| line.ends_with('{')))
            .map_or(self.text.len(), |(at, _)| at);
        code(if self.only_for_tests { "" } else { &self.text[..tests_begin] })
    }

    /// The same, tests included.
    fn all_code(&self) -> impl Iterator<Item = (usize, &str)> {
        code(&self.text)
    }
}

fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, without_comment(line))).filter(|(_, line)| !line.trim().is_empty())
}

fn without_comment(line: &str) -> &str {
    match line.find("//") {
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = folders.iter().flat_map(|folder| files_below(folder)).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(!paths.is_empty(), "the search for sources is broken: nothing in {folders:?}");
    paths.push(root().join("build.rs"));
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let path_in_tree = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            let only_for_tests = path_in_tree.starts_with("tests/") || path_in_tree.contains("/tests/");
            Source { path: path_in_tree, text: std::fs::read_to_string(path).unwrap(), only_for_tests }
        })
        .collect();
    let test_modules: Vec<String> = sources.iter().flat_map(test_modules_of).collect();
    for source in &mut sources {
        source.only_for_tests |= test_modules.contains(&source.path);
    }
    sources
}

/// Paths of the files that a source includes with `#[cfg(test)] mod name;`.
fn test_modules_of(source: &Source) -> Vec<String> {
    let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
    let folder = match file.strip_suffix(".rs").unwrap_or(file) {
        "mod" | "lib" | "main" => folder.to_owned(),
        name => format!("{folder}/{name}"),
    };
    let lines: Vec<&str> = source.text.lines().collect();
    let included = lines.windows(2).filter(|pair| pair[0].trim() == "#[cfg(test)]");
    included
        .filter_map(|pair| pair[1].trim().strip_prefix("mod ")?.strip_suffix(';'))
        .map(|name| format!("{folder}/{name}.rs"))
        .collect()
}

/// Where product code contains one of these pieces.
fn offences<'a>(sources: impl IntoIterator<Item = &'a Source>, pieces: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (line, text) in source.product_code() {
            found.extend(
                pieces
                    .iter()
                    .filter(|piece| text.contains(**piece))
                    .map(|piece| format!("{}:{line}: {piece}", source.path)),
            );
        }
    }
    found
}

#[track_caller]
fn none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}\n{}", offences.join("\n"));
}

/// What cargo prints, without touching the network.
fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output =
        Command::new(cargo).args(arguments).args(["--offline", "--locked"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Names of everything that is linked into a package on this platform with its default features.
fn linked_into(package: &str) -> Vec<String> {
    let tree = cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none"]);
    let mut names: Vec<String> = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn files_are_short() {
    let long = sources(&["app", "tests"])
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LINES_PER_FILE)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    none("a file has at most 500 lines", long);
}

#[test]
fn nothing_panics_on_purpose_outside_tests() {
    none(
        "errors are returned, or are invariants with expect(reason)",
        offences(&sources(&["app"]), &[".unwrap()", ".unwrap_err()", "panic!("]),
    );
}

#[test]
fn nothing_is_left_open() {
    // Put together here, or this file would break its own rule.
    let pieces = [["FIX", "ME"], ["XX", "X "], ["dbg", "!("], ["todo", "!("], ["unimplemented", "!("]]
        .map(|parts| parts.concat());
    let found = sources(&["app", "tests"])
        .iter()
        .flat_map(|source| {
            let lines = source.text.lines().enumerate();
            lines
                .filter(|(_, line)| pieces.iter().any(|piece| line.contains(piece)))
                .map(|(i, line)| format!("{}:{}: {}", source.path, i + 1, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    none("no markers of unfinished work", found);
}

#[test]
fn names_say_what_a_thing_does() {
    let mut found = Vec::new();
    for source in sources(&["app", "tests"]) {
        for (line, text) in source.all_code() {
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            while let Some(word) = words.next() {
                if ["struct", "enum", "trait", "mod", "type"].contains(&word) {
                    let name = words.next().unwrap_or_default().to_lowercase();
                    if ["manager", "helper", "helpers", "util", "utils", "service"]
                        .iter()
                        .any(|end| name.ends_with(end))
                    {
                        found.push(format!("{}:{line}: {name}", source.path));
                    }
                }
            }
        }
    }
    none("no Manager, Helper, Util, Service", found);
}

#[test]
fn every_crate_says_what_it_must_never_know() {
    let mut silent = Vec::new();
    for manifest in files_below("app").into_iter().filter(|path| path.ends_with("Cargo.toml")) {
        let library = manifest.with_file_name("src").join("lib.rs");
        let docs: String =
            std::fs::read_to_string(&library).unwrap().lines().take_while(|line| line.starts_with("//!")).collect();
        if !docs.contains("never") {
            silent.push(library.display().to_string());
        }
    }
    none("the first paragraphs of a crate say what it must never know", silent);
}

#[test]
fn every_unsafe_block_gives_its_reason() {
    let mut found = Vec::new();
    for source in sources(&["app"]) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (line, text) in source.all_code() {
            let opens = text.contains("unsafe {") || text.contains("unsafe impl") || text.contains("unsafe fn");
            let reason = lines[line.saturating_sub(6)..line]
                .iter()
                .any(|above| above.contains("SAFETY:") || above.contains("# Safety"));
            if opens && !reason {
                found.push(format!("{}:{line}", source.path));
            }
        }
    }
    none("unsafe code stands below a SAFETY: comment", found);
}

#[test]
fn devices_are_chosen_never_defaulted() {
    let mut found = Vec::new();
    for source in sources(&["app", "tests"]).iter().filter(|source| source.path != "tests/tidy.rs") {
        let lines = source.all_code().filter(|(_, text)| text.contains("Device::default()"));
        found.extend(lines.map(|(line, _)| format!("{}:{line}", source.path)));
    }
    none("Device::default() obeys an environment variable and panics; use kento_diffusion::device::open", found);
}

#[test]
fn noise_is_the_same_on_every_system() {
    let all = sources(&["app"]);
    let noise: Vec<&Source> = all.iter().filter(|source| source.path.starts_with("app/diffusion/src/noise")).collect();
    assert!(!noise.is_empty(), "the noise has moved: mend this rule");
    let platform = [
        ".ln()",
        ".ln_1p()",
        ".log",
        ".sin()",
        ".cos()",
        ".sin_cos()",
        ".exp()",
        ".powf(",
        ".tan()",
        "f32::ln",
        "f64::ln",
        "f32::sin",
        "f64::sin",
    ];
    none("std's functions differ between platforms in the last bit: use libm", offences(noise, &platform));
}

#[test]
fn nothing_opens_a_connection() {
    let sockets = offences(&sources(&["app"]), &["std::net", "TcpStream", "UdpSocket", "UnixStream"]);
    none("Kento has no sockets", sockets);
    let banned: Vec<&str> = NETWORK_CRATES.split_whitespace().collect();
    let tree = cargo(&["tree", "--workspace", "--edges", "normal,build", "--prefix", "none"]);
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"burn") && names.contains(&"eframe"), "cargo tree was not understood");
    let linked = names.into_iter().filter(|name| banned.contains(name)).map(str::to_owned).collect();
    none("no crate that opens connections", linked);
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let unlisted =
        banned.iter().filter(|name| !deny.contains(&format!("\"{name}\""))).map(ToString::to_string).collect();
    none("deny.toml bans the same crates", unlisted);
}

/// Package, what must not be linked into it: the directions of ARCHITECTURE.md.
const DIRECTIONS: [(&str, &[&str]); 5] = [
    (
        "kento-studio",
        &[
            "burn",
            "burn-tensor",
            "cubecl",
            "wgpu",
            "egui",
            "eframe",
            "kento-diffusion",
            "kento-engine",
            "kento-starter",
            "kento",
        ],
    ),
    (
        "kento-finishing",
        &[
            "burn",
            "burn-tensor",
            "cubecl",
            "wgpu",
            "egui",
            "eframe",
            "kento-diffusion",
            "kento-engine",
            "kento-starter",
            "kento",
        ],
    ),
    (
        "kento-diffusion",
        &["egui", "eframe", "kento-studio", "kento-finishing", "kento-engine", "kento-starter", "kento"],
    ),
    ("kento-engine", &["egui", "eframe", "kento-finishing", "kento-starter", "kento"]),
    ("kento", &["kento-starter"]),
];

#[test]
fn dependencies_point_one_way() {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let mut found = Vec::new();
    for (package, forbidden) in DIRECTIONS {
        if !metadata.contains(&format!("\"name\":\"{package}\"")) {
            assert_eq!(package, "kento-finishing", "{package} is gone: mend this rule");
            continue;
        }
        let linked = linked_into(package);
        let wrong = forbidden.iter().filter(|name| **name != package && linked.iter().any(|have| have == *name));
        found.extend(wrong.map(|name| format!("{package} links {name}")));
    }
    none("a crate links what it must not know", found);
}

#[test]
fn colours_come_from_the_theme() {
    let all = sources(&["app/desktop"]);
    let drawing = all.iter().filter(|source| !source.path.ends_with("theme.rs") && !source.path.contains("/theme/"));
    none("every colour is in theme.rs", offences(drawing, &["Color32::", "Rgba::from_", "hex_color!"]));
}

#[test]
fn licences_are_there() {
    let mut absent: Vec<String> = ["LICENSE-MIT", "LICENSE-APACHE"]
        .iter()
        .filter(|name| !root().join(name).is_file())
        .map(ToString::to_string)
        .collect();
    // What others made and we ship says under which terms.
    for folder in ["assets/tokenizer", "assets/fonts"] {
        let files = files_below(folder);
        let has_licence = files.iter().any(|path| {
            let name = path.file_name().unwrap().to_string_lossy().to_uppercase();
            name.contains("LICEN") || name.contains("OFL")
        });
        if !files.is_empty() && !has_licence {
            absent.push(format!("{folder}/LICENSE"));
        }
    }
    none("licence files", absent);
}

#[test]
fn every_fixture_lies_beside_its_script() {
    let mut orphans = Vec::new();
    let mut fixtures = 0;
    for path in files_below("tests/parity") {
        let relative = path.strip_prefix(root().join("tests/parity")).unwrap();
        let is_data = path.extension().is_some_and(|extension| {
            ["safetensors", "npz", "npy", "bin", "json"].iter().any(|known| extension == *known)
        });
        let Some(case) = relative.components().next().filter(|_| is_data && relative.components().count() > 1) else {
            continue;
        };
        fixtures += 1;
        let scripts = std::fs::read_dir(root().join("tests/parity").join(case)).unwrap();
        if !scripts
            .into_iter()
            .any(|entry| entry.unwrap().path().extension().is_some_and(|extension| extension == "py"))
        {
            orphans.push(relative.display().to_string());
        }
    }
    assert!(fixtures > 50, "the search for fixtures is broken: {fixtures} found");
    none("a fixture's folder holds the script that made it", orphans);
}
