/// A round brush.
///
/// Every field is taken into its range when a stroke begins; what is not a number counts as the smallest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brush {
    /// Distance from the middle to where the brush ends, in pixels, 0.5 to 4096. Pressure scales it; a tip is never thinner than
    /// one pixel.
    pub radius: f32,
    /// The share of the radius, 0 to 1, within which the brush is full; from there it fades to nothing at the radius. A hard
    /// brush still fades over one pixel, so that edges are smooth.
    pub hardness: f32,
    /// How much the middle of the brush masks, 0 to 1. It does not build up within one stroke.
    pub opacity: f32,
}

impl Brush {
    /// The smallest radius of a tip in pixels: one pixel wide.
    pub const THINNEST: f32 = 0.5;
    /// The largest radius in pixels.
    pub const WIDEST: f32 = 4096.0;

    /// The same brush with every field in its range.
    #[must_use]
    pub fn in_range(self) -> Self {
        let within = |value: f32, least: f32, most: f32| if value.is_nan() { least } else { value.clamp(least, most) };
        Self {
            radius: within(self.radius, Self::THINNEST, Self::WIDEST),
            hardness: within(self.hardness, 0.0, 1.0),
            opacity: within(self.opacity, 0.0, 1.0),
        }
    }

    /// The radius of the tip under this pressure, 0 to 1. What is not a number counts as a mouse: full pressure.
    pub(crate) fn radius_under(self, pressure: f32) -> f64 {
        let pressure = if pressure.is_nan() { 1.0 } else { pressure.clamp(0.0, 1.0) };
        f64::from((self.radius * pressure).max(Self::THINNEST))
    }

    /// Up to which distance a tip of this radius is full, and from which it is nothing, in pixels. At least a pixel apart.
    pub(crate) fn fade(self, radius: f64) -> (f64, f64) {
        let full = (f64::from(self.hardness) * radius).min(radius - 0.5);
        (full, radius.max(full + 1.0))
    }
}

impl Default for Brush {
    fn default() -> Self {
        Self { radius: 32.0, hardness: 0.8, opacity: 1.0 }
    }
}
