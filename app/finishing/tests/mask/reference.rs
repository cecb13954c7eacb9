//! What the tests share: masks of odd sizes, and masks as plain bytes.

use kento_finishing::mask::Mask;
use proptest::prelude::*;

/// Numbers that look random and are the same in every run (xorshift64*).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end
    }
}

/// Sizes at and around the edges of tiles, 1x1 among them.
pub fn sizes() -> impl Strategy<Value = [u32; 2]> {
    let side = prop_oneof![Just(1_u32), Just(127), Just(128), Just(129), 2..40_u32, 100..300_u32];
    [side.clone(), side]
}

/// Values of a picture with something to find in it: blocks, noise, nothing, everything.
pub fn values(size: [u32; 2], kind: u64) -> Vec<u8> {
    let mut numbers = Numbers(kind | 1 << 40);
    let [width, height] = size.map(|side| side as usize);
    let mut bytes = vec![0; width * height];
    match kind % 5 {
        0 => {}
        1 => bytes.fill(255),
        2 => bytes.iter_mut().for_each(|v| *v = numbers.below(256) as u8),
        3 => bytes.iter_mut().for_each(|v| *v = if numbers.below(40) == 0 { 255 } else { 0 }),
        _ => {
            for _ in 0..6 {
                let value = [0, 255, 255, 127, 128, 90][numbers.below(6) as usize];
                let (x, y) = (numbers.below(width as u64) as usize, numbers.below(height as u64) as usize);
                let (w, h) = (1 + numbers.below(90) as usize, 1 + numbers.below(90) as usize);
                for row in bytes.chunks_exact_mut(width).skip(y).take(h) {
                    row[x..(x + w).min(width)].fill(value);
                }
            }
        }
    }
    bytes
}

pub fn mask(size: [u32; 2], kind: u64) -> Mask {
    Mask::from_bytes(size, &values(size, kind)).unwrap()
}
