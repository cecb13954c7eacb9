//! `starter`: writes training shards, contact sheets and the evaluation's measurements; trains and evaluates by the scripts of `train/`.

mod script;

use kento_starter::{measure, scene::Scene, shards};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use script::Script;

const USAGE: &str = "usage:
  starter render FOLDER [--count N] [--size N] [--seed N] [--phrasings N] [--held-out]   pictures, captions and attributes for training
  starter measure IMAGES.npy ATTRIBUTES.json   measured colour and position of pictures against their scenes, as JSON
  starter sheet FILE.png [--count N] [--size N] [--seed N] [--columns N] [--styles] [--held-out]   a contact sheet to look at
  starter evaluate MODEL WORK [--count N] [--steps N] [--guidance F] [--threads N] [--out FOLDER] [--generated FILE.npy]   adherence of a trained folder, by train/evaluate.py
  starter train WORK [--out FOLDER] [--start FOLDER] [--size N] [--seconds-unet N] [...]   trains or goes on, by train/train.py; --help lists all options
evaluate and train need Python with train/requirements.txt: python3, or what KENTO_PYTHON names.";

struct Arguments {
    positional: Vec<PathBuf>,
    options: std::collections::HashMap<String, u64>,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Option<Arguments> {
        let mut arguments = Arguments { positional: Vec::new(), options: Default::default() };
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(flag @ ("held-out" | "styles")) => {
                    arguments.options.insert(flag.to_owned(), 1);
                }
                Some(name @ ("count" | "size" | "seed" | "phrasings" | "columns")) => {
                    arguments.options.insert(name.to_owned(), words.next()?.parse().ok()?);
                }
                Some(_) => return None,
                None => arguments.positional.push(word.into()),
            }
        }
        Some(arguments)
    }

    fn number(&self, name: &str, default: u64) -> u64 {
        self.options.get(name).copied().unwrap_or(default)
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1).peekable();
    if let Some(script) = words.peek().and_then(|word| Script::of(word.to_str()?)) {
        return script.run(words.skip(1)).unwrap_or_else(|error| {
            eprintln!("starter: {error}");
            ExitCode::FAILURE
        });
    }
    let mut words = std::env::args().skip(1);
    let command = words.next();
    let (Some(command), Some(arguments)) = (command, Arguments::parse(words)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (Some(path), size) = (arguments.positional.first(), arguments.number("size", 128) as usize) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if !(16..=1024).contains(&size) {
        eprintln!("Choose a --size from 16 to 1024.");
        return ExitCode::from(2);
    }
    let held_out = arguments.number("held-out", 0) == 1;
    let seed = arguments.number("seed", 7);
    if command == "measure" {
        return measured(path, arguments.positional.get(1));
    }
    let result = match command.as_str() {
        "render" => shards::write(
            path,
            seed,
            arguments.number("count", 24_000) as usize,
            size,
            arguments.number("phrasings", 4).max(1) as usize,
            held_out,
        ),
        "sheet" => sheet(path, &arguments, size, seed, held_out),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the measurements of generated pictures.
fn measured(images: &Path, attributes: Option<&PathBuf>) -> ExitCode {
    let Some(attributes) = attributes else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match measure::measure_files(images, attributes) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Random scenes; with `--styles`, every subject once in each style.
fn sheet(path: &Path, arguments: &Arguments, size: usize, seed: u64, held_out: bool) -> Result<(), shards::ShardError> {
    let styles = kento_starter::style::Style::ALL;
    let mut scenes = shards::scenes(seed, arguments.number("count", 96) as usize, held_out);
    if arguments.number("styles", 0) == 1 {
        let pool = shards::scenes(seed, 40_000, held_out);
        let pick = |subject, style| pool.iter().find(|s: &&Scene| s.subject == subject && s.style == style).copied();
        scenes = kento_starter::subjects::Subject::ALL
            .into_iter()
            .flat_map(|subject| styles.map(|style| pick(subject, style)))
            .flatten()
            .collect();
    }
    shards::sheet(path, &scenes, arguments.number("columns", 14).clamp(1, 100) as usize, size)
}
