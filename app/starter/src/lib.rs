//! The world of the starter model: a grammar of small scenes, captions in the prompt skeleton, and a renderer that
//! prints each scene in seven styles. Training shards and the evaluation's held-out scenes both come from here.
//! It is a workshop: it never runs a model, never reads a recipe, and nothing that users run links it.

pub mod caption;
pub mod measure;
pub mod palette;
pub mod random;
pub mod scene;
pub mod setting;
pub mod shape;
pub mod shards;
pub mod style;
pub mod subjects;

use scene::Scene;

/// Renders a scene at `size` x `size` pixels: interleaved 8-bit RGB, row-major. Depends on the scene alone.
pub fn render(scene: &Scene, size: usize) -> Vec<u8> {
    let drawing = scene.draw();
    let mut random = random::Random::new(scene.seed ^ 0x5717);
    let main = scene.colour.rgb().jitter(&mut random, 6.0);
    scene.style.print(&drawing, main, &mut random, size)
}
