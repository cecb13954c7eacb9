//! Prints what masks cost on this machine: `cargo run -p kento-finishing --example mask_costs`.

use std::time::Instant;

use kento_finishing::mask::{Brush, Combine, Mask, Stroke};

const SIZE: [u32; 2] = [8192, 8192];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    strokes()?;
    Ok(())
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
