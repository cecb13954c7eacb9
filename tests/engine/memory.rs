//! What the real engine keeps: made many images with one model, it has no more memory than after a few.

use kento_engine::client::{EngineClient, EngineLaunch};
use kento_engine::protocol::{DeviceRequest, EngineEvent, PreviewRate};

use crate::Test;
use crate::support::{end_of, job};

pub const TESTS: &[Test] = &[("two_hundred_images_leave_memory_flat", two_hundred_images_leave_memory_flat)];

const IMAGES: u64 = 200;
/// Images until every buffer, every cache and every thread's heap has the size that one image gives it.
const WARM_UP: usize = 50;
/// Images of which the lowest figure and the middle one count: what is freed goes back to the system some milliseconds later, so single
/// figures lie above what is in use, by another amount each time (91 to 130 MB in one run). A leak raises both alike, what the
/// allocator keeps for a while raises one of them.
const WINDOW: usize = 50;
/// Side of an image. A copy of one that is never freed has 48 KiB, its tensor 192 KiB, and the activations around it more.
const SIDE: u32 = 128;
/// What may be added between the two windows, 100 images apart. The allocator keeps what is freed for a while, for each thread on
/// its own and in pages of 64 KiB to 4 MiB, and threads share the work differently each time: a page of the largest kind more for
/// each of two threads is no leak. A tensor of the image's size that stayed each time would be 19 MB.
const ALLOWED: u64 = 8 << 20;

fn two_hundred_images_leave_memory_flat() {
    let launch = EngineLaunch {
        program: env!("CARGO_BIN_EXE_kento").into(),
        args: vec!["engine".into()],
        device: DeviceRequest { device: "cpu".to_owned(), dtype: "f32".to_owned() },
    };
    let client = EngineClient::start(launch).unwrap();
    let mut resident = Vec::new();
    for id in 1..=IMAGES {
        let mut job = job(id, "a red sun", 1);
        job.source.model = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/pipelines/fixtures/sd1").into();
        job.preview = PreviewRate::Off;
        let recipe = &mut job.request.recipe;
        (recipe.width, recipe.height) = (SIDE, SIDE);
        recipe.scheduler.name = "ddim".to_owned();
        client.submit(job).unwrap();
        match end_of(&client, id) {
            EngineEvent::Finished { image, .. } => assert_eq!(image.data.len(), (SIDE * SIDE * 3) as usize),
            other => panic!("image {id} was not made: {other:?}"),
        }
        let Some(bytes) = resident_bytes(client.process_id().unwrap()) else {
            println!("    skipped: this system does not tell a process's memory");
            return;
        };
        resident.push(bytes);
    }
    let figures = |from: usize| {
        let mut window = resident[from..from + WINDOW].to_vec();
        window.sort_unstable();
        [window[0], window[WINDOW / 2]]
    };
    let (before, after) = (figures(WARM_UP), figures(resident.len() - WINDOW));
    let first = resident[0];
    println!(
        "    resident: {first} bytes after 1 image; lowest and middle {before:?} after {WARM_UP}, {after:?} after {IMAGES}"
    );
    let added = [0, 1].map(|figure| after[figure].saturating_sub(before[figure])).into_iter().min().unwrap();
    assert!(added <= ALLOWED, "{added} bytes were added: {resident:?}");
}

/// What a process has in memory now.
#[cfg(target_os = "linux")]
fn resident_bytes(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix("kB")?;
    Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(not(target_os = "linux"))]
fn resident_bytes(_process: u32) -> Option<u64> {
    None
}
