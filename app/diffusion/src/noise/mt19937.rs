/// The Mersenne Twister of Matsumoto and Nishimura (1998), seeded as PyTorch seeds it (`ATen/core/MT19937RNGEngine.h`).
#[derive(Debug, Clone)]
pub(super) struct Mt19937 {
    state: [u32; WORDS],
    next: usize,
}

const WORDS: usize = 624;
const MIDDLE: usize = 397;

impl Mt19937 {
    pub(super) fn new(seed: u32) -> Self {
        let mut state = [seed; WORDS];
        for index in 1..WORDS {
            let previous = state[index - 1];
            state[index] = 1_812_433_253_u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(index as u32);
        }
        Self { state, next: WORDS }
    }

    /// The next 32 random bits.
    pub(super) fn random(&mut self) -> u32 {
        if self.next == WORDS {
            self.twist();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// The next 64 random bits: the first draw is the high half.
    pub(super) fn random64(&mut self) -> u64 {
        let high = self.random();
        let low = self.random();
        (u64::from(high) << 32) | u64::from(low)
    }

    fn twist(&mut self) {
        for index in 0..WORDS {
            let mixed = (self.state[index] & 0x8000_0000) | (self.state[(index + 1) % WORDS] & 0x7fff_ffff);
            let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[index] = self.state[(index + MIDDLE) % WORDS] ^ (mixed >> 1) ^ odd;
        }
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_thousandth_number_of_seed_5489_is_the_one_in_the_cpp_standard() {
        let mut engine = Mt19937::new(5489);
        for _ in 0..9_999 {
            engine.random();
        }
        assert_eq!(engine.random(), 4_123_659_995);
    }
}
