//! Ctrl-C, a closed pipe, and a program that is killed.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{folder, kento, names, tiny_model};

const PATIENCE: Duration = Duration::from_secs(30);

/// A run of many images of 64x64 into `out`, with one JSON line for each.
fn long_run(folder: &Path) -> Child {
    let mut command = kento(folder);
    command.current_dir(folder).args(["generate", "--prompt", "x", "--steps", "30", "--width", "64", "--height", "64"]);
    command.args(["--count", "1000", "--device", "cpu", "--json", "--out", "out", "--model"]).arg(tiny_model());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(signal: &str, process: u32) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

fn wait(child: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The engine that a program has started.
#[cfg(target_os = "linux")]
fn engine_of(process: u32) -> u32 {
    let output = Command::new("ps").args(["-o", "pid=", "--ppid", &process.to_string()]).output();
    let from_ps = output.ok().and_then(|output| String::from_utf8_lossy(&output.stdout).trim().parse().ok());
    from_ps.or_else(|| engine_from_proc(process)).expect("no engine runs")
}

#[cfg(target_os = "linux")]
fn engine_from_proc(parent: u32) -> Option<u32> {
    std::fs::read_dir("/proc").ok()?.filter_map(Result::ok).find_map(|entry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let found: u32 = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        (found == parent).then_some(process)
    })
}

#[cfg(target_os = "linux")]
fn assert_ends(process: u32) {
    let deadline = Instant::now() + PATIENCE;
    while std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(Instant::now() < deadline, "the engine {process} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn assert_only_whole_images(folder: &Path) {
    for name in names(folder) {
        assert!(name.starts_with("kento-") && name.ends_with(".png"), "left behind: {name}");
        image::open(folder.join(name)).unwrap();
    }
}

#[test]
fn ctrl_c_in_the_middle_stops_cleanly_and_leaves_whole_images_only() {
    // At another moment each time.
    for delay_ms in [0, 7, 23, 60] {
        let folder = folder();
        let mut child = long_run(folder.path());
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with('{'), "{line}");
        #[cfg(target_os = "linux")]
        let engine = engine_of(child.id());
        std::thread::sleep(Duration::from_millis(delay_ms));
        let began = Instant::now();
        send("-INT", child.id());
        assert_eq!(wait(&mut child), Some(130));
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(stderr, "kento: stopped\n");
        assert_only_whole_images(&folder.path().join("out"));
        #[cfg(target_os = "linux")]
        assert_ends(engine);
    }
}

#[test]
fn ctrl_c_before_the_first_image_leaves_no_file() {
    let folder = folder();
    for delay_ms in [30, 300, 800] {
        let mut command = kento(folder.path());
        command
            .current_dir(folder.path())
            .args(["generate", "--prompt", "x", "--steps", "500", "--width", "512", "--height", "512"]);
        command.args(["--device", "cpu", "--out", "a.png", "--model"]).arg(tiny_model());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay_ms));
        send("-INT", child.id());
        let code = wait(&mut child);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        // In the first milliseconds nobody has taken over the signal yet; then the system ends the program by itself.
        assert!(code == Some(130) || (delay_ms == 30 && code.is_none()), "{delay_ms}: {code:?} {stderr}");
        assert_eq!(names(folder.path()).iter().filter(|name| name.ends_with(".png")).count(), 0);
    }
}

/// The tiny model with a UNet of 32 GiB, all of it behind the real tensors and none of it on the drive: it opens at once and is
/// hashed for many seconds.
#[cfg(target_os = "linux")]
fn big_model(folder: &Path) -> std::path::PathBuf {
    use std::fs::{self, File};
    use std::io::Write as _;

    const TAIL: u64 = 32 << 30;
    let big = folder.join("big");
    for part in ["scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
        fs::create_dir_all(big.join(part)).unwrap();
        for entry in fs::read_dir(tiny_model().join(part)).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, big.join(part).join(from.file_name().unwrap())).unwrap();
        }
    }
    fs::copy(tiny_model().join("model_index.json"), big.join("model_index.json")).unwrap();
    let weights = big.join("unet/diffusion_pytorch_model.safetensors");
    let bytes = fs::read(&weights).unwrap();
    let (length, rest) = bytes.split_at(8);
    let (header, data) = rest.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
    let mut header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).unwrap();
    let end = data.len() as u64;
    let tail = serde_json::json!({ "dtype": "F16", "shape": [TAIL / 2], "data_offsets": [end, end + TAIL] });
    header.insert("tail".to_owned(), tail);
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = File::create(&weights).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    file.write_all(data).unwrap();
    file.set_len(8 + header.len() as u64 + end + TAIL).unwrap();
    big
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_while_a_model_is_hashed_stops_at_once() {
    let folder = folder();
    let model = big_model(folder.path());
    for subcommand in ["generate", "bench"] {
        let mut command = kento(folder.path());
        command.current_dir(folder.path()).args([subcommand, "--device", "cpu", "--model"]).arg(&model);
        if subcommand == "generate" {
            command.args(["--prompt", "x", "--out", "a.png"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The engine is started once Ctrl-C is listened to, and the hashing begins then.
        let deadline = Instant::now() + PATIENCE;
        let engine = loop {
            if let Some(engine) = engine_from_proc(child.id()) {
                break engine;
            }
            assert!(Instant::now() < deadline, "no engine starts");
            std::thread::sleep(Duration::from_millis(5));
        };
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "nothing was hashed");
        let began = Instant::now();
        send("-INT", child.id());
        assert_eq!(wait(&mut child), Some(130));
        assert!(began.elapsed() < Duration::from_secs(3), "{subcommand}: {:?}", began.elapsed());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(stderr, "kento: stopped\n");
        assert_eq!(names(folder.path()), ["big"]);
        assert_ends(engine);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_program_takes_its_engine_with_it() {
    let folder = folder();
    let mut child = long_run(folder.path());
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    let engine = engine_of(child.id());
    send("-KILL", child.id());
    wait(&mut child);
    assert_ends(engine);
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_engine_costs_one_image_and_the_run_goes_on() {
    let folder = folder();
    let mut child = long_run(folder.path());
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for round in 0..3 {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        lines.push(line);
        if round == 0 {
            send("-KILL", engine_of(child.id()));
        }
    }
    send("-INT", child.id());
    assert_eq!(wait(&mut child), Some(130));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("is missing: the engine stopped: killed by signal 9"), "{stderr}");
    assert!(lines.iter().all(|line| line.starts_with('{')), "{lines:?}");
    assert_only_whole_images(&folder.path().join("out"));
}
