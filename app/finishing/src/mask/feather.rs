use super::Mask;
use super::gaussian::Gaussian;
use crate::PixelRect;

/// Larger radii count as this one, in pixels.
const WIDEST: f32 = 512.0;

impl Mask {
    /// The mask with soft edges: blurred with a Gaussian whose standard deviation is half of this radius in pixels, so that a hard
    /// edge fades from 98 to 2 % between a radius inside and a radius outside. Up to 512; a radius that is not above 0 changes
    /// nothing. Beyond the edge of the image the mask counts as going on, so nothing fades there.
    #[must_use]
    pub fn feathered(&self, radius: f32) -> Self {
        if radius.is_nan() || radius <= 0.0 {
            return self.clone();
        }
        let deviation = f64::from(radius.min(WIDEST)) / 2.0;
        let gaussian = Gaussian::new(deviation);
        // What lies further away would count for less than a thousandth of a grey step.
        let reach = (4.5 * deviation).ceil() as u32 + 1;
        self.by_neighbourhood(reach, |rect| blurred_part(self, rect, reach, &gaussian))
    }
}

fn blurred_part(mask: &Mask, rect: PixelRect, reach: u32, gaussian: &Gaussian) -> Vec<u8> {
    let window = rect.expand(reach, mask.size());
    let values = mask.values(window);
    let (left, width) = ((rect.x - window.x) as usize, rect.width as usize);
    let mut line = vec![0.0; window.width as usize];
    let mut across = Vec::with_capacity(width * window.height as usize);
    for row in values.chunks_exact(window.width as usize) {
        gaussian.blur_row(row, &mut line);
        across.extend(line[left..left + width].iter().map(|v| *v as f32));
    }
    let top = (rect.y - window.y) as usize;
    let blurred = gaussian.blur_columns(&across, width, top..top + rect.height as usize);
    blurred.into_iter().map(|v| (v + 0.5).clamp(0.0, 255.0) as u8).collect()
}
