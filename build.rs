//! Stamps the git commit into the program, for recipe cards and `kento --version`; embeds the icon on Windows.
//!
//! Works without git and in an unpacked archive: the commit is `unknown` there, or what `KENTO_COMMIT` says.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=KENTO_COMMIT");
    println!("cargo::rustc-env=KENTO_COMMIT={}", commit().unwrap_or_else(|| "unknown".to_owned()));
    // Rebuild when the checked-out commit changes. In a worktree `.git` is a file that names the folder.
    for path in
        git(&["rev-parse", "--git-path", "HEAD"]).into_iter().chain(git(&["rev-parse", "--git-path", "logs/HEAD"]))
    {
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
    embed_icon();
}

#[cfg(windows)]
fn embed_icon() {
    println!("cargo::rerun-if-changed=assets/icon/kento.ico");
    if let Err(error) = winresource::WindowsResource::new().set_icon("assets/icon/kento.ico").compile() {
        // The program works without its icon; a machine without a resource compiler can still build it.
        println!("cargo::warning=the icon is not embedded: {error}");
    }
}

#[cfg(not(windows))]
fn embed_icon() {}

fn commit() -> Option<String> {
    if let Ok(commit) = std::env::var("KENTO_COMMIT") {
        return Some(commit);
    }
    // An archive may lie inside somebody else's repository: only a repository whose top is this folder counts.
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let here = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    if Path::new(&top).canonicalize().ok()? != Path::new(&here).canonicalize().ok()? {
        return None;
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
