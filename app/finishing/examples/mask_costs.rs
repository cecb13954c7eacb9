//! Prints what masks cost on this machine: `cargo run -p kento-finishing --example mask_costs`.

use std::time::Instant;

use kento_finishing::PixelRect;
use kento_finishing::mask::{Brush, Combine, History, ImageKey, Mask, MaskStore, PictureView, Shape, Stroke, outline};

const SIZE: [u32; 2] = [8192, 8192];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    strokes()?;
    undo()?;
    outlines()?;
    operations()?;
    store()
}

/// Each segment of a stroke across the whole mask, over nothing and over half-masked pixels.
fn strokes() -> Result<(), Box<dyn std::error::Error>> {
    let grey = Mask::from_bytes(SIZE, &vec![100; 8192 * 8192])?;
    for (name, base) in [("an empty mask", Mask::new(SIZE)?), ("a grey mask", grey)] {
        for (hardness, opacity, pen) in [(1.0, 1.0, false), (0.5, 0.7, false), (0.0, 0.7, false), (0.0, 0.7, true)] {
            let brush = Brush { radius: 150.0, hardness, opacity };
            // The least of five runs: other work on the machine is not what is measured.
            let mut times = vec![f64::INFINITY; 600];
            let mut finish = f64::INFINITY;
            for _ in 0..5 {
                let mut stroke = Stroke::begin(base.clone(), brush, Combine::Add, [200.0, 2000.0], 1.0);
                for (i, least) in (1_u16..).zip(&mut times) {
                    let along = f32::from(i) * 12.5;
                    let at = [200.0 + along, 2000.0 + 1500.0 * (along / 700.0).sin()];
                    let begin = Instant::now();
                    stroke.extend(at, if pen { 0.75 + 0.25 * (along / 90.0).cos() } else { 1.0 });
                    *least = milliseconds(begin).min(*least);
                }
                let begin = Instant::now();
                let made = stroke.finish();
                finish = milliseconds(begin).min(finish);
                drop(made);
            }
            times.sort_by(f64::total_cmp);
            let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
            let late = times[times.len() * 99 / 100];
            println!(
                "stroke, radius 150, hardness {hardness}, opacity {opacity}, pen {pen}, over {name} of 8192x8192: a segment \
                 {median:.2} ms (median), {late:.2} ms (99 %), {most:.2} ms (most); finish {finish:.2} ms"
            );
        }
    }
    Ok(())
}

fn milliseconds(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

/// The `i`th of many strokes with a brush of 300 pixels, 1,000 pixels long.
fn stroke(base: &Mask, i: u16, hardness: f32) -> Mask {
    let brush = Brush { radius: 150.0, hardness, opacity: 0.9 };
    let from = [f32::from(i * 37 % 64) * 110.0 + 400.0, f32::from(i * 23 % 64) * 110.0 + 400.0];
    let mut stroke = Stroke::begin(base.clone(), brush, Combine::Add, from, 1.0);
    for step in 1..=80_u8 {
        let along = f32::from(step) * 12.5;
        stroke.extend([from[0] + along * 0.8, from[1] + along * 0.6], 1.0);
    }
    stroke.finish()
}

/// 200 steps that can be undone.
fn undo() -> Result<(), Box<dyn std::error::Error>> {
    for hardness in [1.0, 0.5] {
        let mut history = History::new(Mask::new(SIZE)?, u64::MAX);
        let mut push = 0.0_f64;
        for i in 0..200 {
            let made = stroke(history.mask(), i, hardness);
            let begin = Instant::now();
            history.push(made, "Brush")?;
            push = push.max(milliseconds(begin));
        }
        println!(
            "200 undo steps, each a stroke of a 300 px brush, 1,000 px long, hardness {hardness}: {:.1} MB (200 copies: {:.0} MB); \
             a step takes {push:.2} ms at most",
            history.bytes() as f64 / 1e6,
            200.0 * 8192.0 * 8192.0 / 1e6
        );
    }
    Ok(())
}

/// A mask with a stroke, a lasso with 2,000 points and a soft edge.
fn scene() -> Result<Mask, Box<dyn std::error::Error>> {
    let at = |i: u16| {
        let turn = f32::from(i) * std::f32::consts::TAU / 2000.0;
        let reach = 900.0 + 200.0 * (turn * 31.0).sin();
        [2600.0 + turn.cos() * reach, 2400.0 + turn.sin() * reach * 0.7]
    };
    let lasso = Shape::Polygon((0..2000).map(at).collect());
    let base = stroke(&Mask::new(SIZE)?, 20, 0.5);
    let begin = Instant::now();
    let mask = base.with_shape(&lasso, Combine::Add)?;
    println!("a lasso of 2,000 points and 2,000 px added to 8192x8192: {:.1} ms", milliseconds(begin));
    Ok(mask)
}

fn outlines() -> Result<(), Box<dyn std::error::Error>> {
    let mask = scene()?;
    let mut numbers = 1_u64;
    let noise: Vec<u8> = (0..2000 * 1400)
        .map(|_| {
            numbers = numbers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (numbers >> 56) as u8
        })
        .collect();
    let view = PixelRect::new(1600, 1700, 2000, 1400);
    let noise = Mask::new(SIZE)?.write(view, &noise)?;
    for (name, mask, rect, step) in [
        ("2000x1400 at 100 %", &mask, view, 1),
        ("8000x5600 at 25 %", &mask, PixelRect::new(0, 0, 8000, 5600), 4),
        ("2000x1400 of noise", &noise, view, 1),
    ] {
        let (mut least, mut points) = (f64::INFINITY, (0, 0));
        for _ in 0..5 {
            let begin = Instant::now();
            let lines = outline(mask, rect, step);
            least = milliseconds(begin).min(least);
            points = (lines.len(), lines.iter().map(Vec::len).sum::<usize>());
        }
        println!("outline of {name}: {least:.2} ms, {} lines of {} points", points.0, points.1);
    }
    Ok(())
}

fn operations() -> Result<(), Box<dyn std::error::Error>> {
    let mask = scene()?;
    let timed = |name: &str, make: &dyn Fn() -> Mask| {
        let begin = Instant::now();
        let made = make();
        println!("{name} of that mask in 8192x8192: {:.0} ms, {:.4} masked", milliseconds(begin), made.share());
    };
    timed("grow by 20", &|| mask.grown(20.0));
    timed("shrink by 20", &|| mask.shrunk(20.0));
    timed("feather by 30", &|| mask.feathered(30.0));
    timed("feather by 200", &|| mask.feathered(200.0));
    timed("fill holes", &|| mask.holes_filled());
    timed("invert", &|| mask.inverted());
    let flat = vec![200; 4096 * 4096 * 3];
    let picture = PictureView::rgb([4096, 4096], &flat)?;
    let begin = Instant::now();
    let flood = Mask::flood(&picture, [2000, 2000], 10)?;
    println!("flood of all of 4096x4096: {:.0} ms, {:.4} masked", milliseconds(begin), flood.share());
    let begin = Instant::now();
    let colour = Mask::of_colour(&picture, [200, 200, 200, 255], 10)?;
    println!("colour in all of 4096x4096: {:.0} ms, {:.4} masked", milliseconds(begin), colour.share());
    let begin = Instant::now();
    let bytes = mask.to_bytes();
    println!("to bytes: {:.0} ms", milliseconds(begin));
    let begin = Instant::now();
    let again = Mask::from_bytes(SIZE, &bytes)?;
    println!("from bytes: {:.0} ms, {:.4} masked", milliseconds(begin), again.share());
    Ok(())
}

/// What a stroke waits for until it is on the drive, in the folder for temporary files.
fn store() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join(format!("kento-mask-costs-{}.masks", std::process::id()));
    let mut store = MaskStore::open(&path, ImageKey { sha256: [1; 32], size: SIZE })?.store;
    let (id, _) = store.add("Hand", Mask::new(SIZE)?)?;
    let mut mask = Mask::new(SIZE)?;
    let mut times = Vec::new();
    for i in 0..40 {
        mask = stroke(&mask, i, 0.5);
        let begin = Instant::now();
        let saved = store.update(id, &mask)?;
        times.push(milliseconds(begin));
        assert!(saved.is_on_drive(), "the drive refuses");
    }
    drop(store);
    times.sort_by(f64::total_cmp);
    let bytes = std::fs::metadata(&path)?.len();
    let begin = Instant::now();
    let opened = MaskStore::open(&path, ImageKey { sha256: [1; 32], size: SIZE })?;
    let opening = milliseconds(begin);
    assert!(opened.store.masks()[0].mask == mask, "the masks differ");
    println!(
        "a stroke of 1,000 px is on the drive in {:.1} ms (median), {:.1} ms (most); 40 strokes take {:.2} MB, opened in {opening:.1} ms",
        times[20],
        times[39],
        bytes as f64 / 1e6
    );
    std::fs::remove_file(&path)?;
    Ok(())
}
