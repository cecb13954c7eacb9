//! Kill -9 at random moments while masks are painted.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kento_finishing::mask::{Brush, Combine, ImageKey, Mask, MaskId, MaskStore, NamedMask, Shape, Stroke, Visibility};

use crate::reference::Numbers;

const KILLS: u64 = 100;
const FILE: &str = "KENTO_TEST_KILL_MASKS";
const DONE: &str = "KENTO_TEST_KILL_DONE";
const IMAGE: ImageKey = ImageKey { sha256: [3; 32], size: [803, 601] };

/// What a person does as the `n`th thing: the same in the process that is killed and in the one that checks.
fn act(masks: &mut Vec<NamedMask>, n: u64) -> Act {
    let mut numbers = Numbers(n * 7919 + 1);
    let chosen = numbers.below(masks.len().max(1) as u64) as usize;
    let mut place = |i: usize| numbers.below(u64::from(IMAGE.size[i])) as f32;
    if n < 3 {
        let mask = Mask::new(IMAGE.size).unwrap();
        let name = format!("Mask {n}");
        // Ids count from 0 in a new file.
        let id = masks.iter().map(|mask| mask.id).max();
        return Act::Add(name, mask, id);
    }
    let entry = &mut masks[chosen];
    match n % 19 {
        7 => {
            entry.name = format!("Mask after {n}");
            Act::Rename(entry.id, entry.name.clone())
        }
        11 => {
            entry.visibility = if n.is_multiple_of(2) { Visibility::Shown } else { Visibility::Hidden };
            Act::Show(entry.id, entry.visibility)
        }
        13 => {
            let id = entry.id;
            let moved = masks.remove(chosen);
            masks.insert(0, moved);
            Act::Lower(id)
        }
        17 => {
            entry.mask = entry.mask.inverted();
            Act::Paint(entry.id, entry.mask.clone())
        }
        3 => {
            let shape = Shape::Ellipse { from: [place(0), place(1)], to: [place(0), place(1)] };
            entry.mask = entry.mask.with_shape(&shape, Combine::Subtract).unwrap();
            Act::Paint(entry.id, entry.mask.clone())
        }
        _ => {
            let brush = Brush { radius: 20.0 + (n % 60) as f32, hardness: 0.6, opacity: 0.9 };
            let how = if n.is_multiple_of(3) { Combine::Subtract } else { Combine::Add };
            let mut stroke = Stroke::begin(entry.mask.clone(), brush, how, [place(0), place(1)], 1.0);
            stroke.extend([place(0), place(1)], 0.7);
            entry.mask = stroke.finish();
            Act::Paint(entry.id, entry.mask.clone())
        }
    }
}

enum Act {
    Add(String, Mask, Option<MaskId>),
    Paint(MaskId, Mask),
    Rename(MaskId, String),
    Show(MaskId, Visibility),
    Lower(MaskId),
}

/// Not a test: the process that is killed. It says on its standard output what is saved.
#[test]
#[ignore = "started by the test that kills it"]
fn the_process_that_is_killed() {
    let (Some(file), Ok(done)) = (std::env::var_os(FILE), std::env::var(DONE)) else { return };
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    let mut store = MaskStore::open(Path::new(&file), IMAGE).unwrap().store;
    say("\nready\n".to_owned());
    for n in done.parse::<u64>().unwrap().. {
        let mut masks = store.masks().to_vec();
        let saved = match act(&mut masks, n) {
            Act::Add(name, mask, _) => store.add(&name, mask).unwrap().1,
            Act::Paint(id, mask) => store.update(id, &mask).unwrap(),
            Act::Rename(id, name) => store.rename(id, &name).unwrap(),
            Act::Show(id, visibility) => store.set_visibility(id, visibility).unwrap(),
            Act::Lower(id) => store.move_to(id, 0).unwrap(),
        };
        assert!(saved.is_on_drive());
        say(format!("saved {}\n", n + 1));
    }
}

fn start(file: &Path, done: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::the_process_that_is_killed", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FILE, file)
        .env(DONE, done.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// By what people see; ids are given by the store.
fn is_same(masks: &[NamedMask], expected: &[NamedMask]) -> bool {
    masks.len() == expected.len()
        && masks.iter().zip(expected).all(|(a, b)| (&a.name, a.visibility, &a.mask) == (&b.name, b.visibility, &b.mask))
}

#[test]
fn every_stroke_that_was_acknowledged_is_there_after_a_kill() {
    // A kill loses nothing that the system has, so a drive in memory is as good, and there is more to interrupt.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let file = folder.path().join("image.masks");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    println!("seed {}", now.as_nanos() as u64);
    let mut numbers = Numbers(now.as_nanos() as u64 | 1);
    // How many acts are in the file, and what they led to.
    let (mut done, mut expected) = (0, Vec::new());
    let (mut torn, mut unacknowledged) = (0, 0);
    for kill in 0..KILLS {
        let mut child = start(&file, done);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Every eighth is killed while it starts and opens the file, the others at work.
        let mut acknowledged = done;
        if kill % 8 != 0 {
            let enough = done + 1 + numbers.below(4);
            while acknowledged < enough {
                let mut line = String::new();
                assert_ne!(out.read_line(&mut line).unwrap(), 0, "kill {kill}: the process ended early");
                acknowledged = saved(&line).unwrap_or(acknowledged);
            }
        }
        std::thread::sleep(Duration::from_micros(numbers.below(20_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let lines = out.split(b'\n').map_while(Result::ok).map(|line| String::from_utf8(line).unwrap());
        acknowledged = lines.filter_map(|line| saved(&line)).last().unwrap_or(acknowledged);
        let opened = MaskStore::open(&file, IMAGE).unwrap();
        torn += u32::from(opened.repair == kento_finishing::mask::Repair::TornEnd);
        let masks = opened.store.masks();
        while done < acknowledged {
            step(&mut expected, masks, done);
            done += 1;
        }
        if !is_same(masks, &expected) {
            // The act in progress may be there too, wholly.
            step(&mut expected, masks, done);
            done += 1;
            unacknowledged += 1;
            assert!(is_same(masks, &expected), "kill {kill}: neither {acknowledged} nor {done} acts are there");
        }
    }
    println!(
        "{KILLS} kills, {done} acts saved, 0 lost; {torn} torn ends mended, {unacknowledged} saved but not yet \
         acknowledged; {} bytes",
        std::fs::metadata(&file).unwrap().len()
    );
}

/// How many acts are saved, if a line of the killed process says so.
fn saved(line: &str) -> Option<u64> {
    line.strip_prefix("saved ")?.trim_end().parse().ok()
}

/// The `n`th act on what is expected; a new mask gets the id that the store gave it.
fn step(expected: &mut Vec<NamedMask>, stored: &[NamedMask], n: u64) {
    if let Act::Add(name, mask, newest) = act(expected, n) {
        let id = stored.iter().map(|mask| mask.id).filter(|id| newest.is_none_or(|newest| *id > newest)).min();
        let id = id.unwrap_or_else(|| panic!("{name} is not there"));
        expected.push(NamedMask { id, name, visibility: Visibility::Shown, mask });
    }
}
