use kento_finishing::PixelRect;
use kento_finishing::mask::{Brush, Combine, History, Mask, MaskError, Shape, Stabiliser, Stroke};

use super::tools::{MaskTool, MaskTools};
use crate::widgets::image_view::{Trace, TraceStep};

/// Memory that the undo steps of one mask may take, in bytes.
const UNDO_BYTES: u64 = 256 << 20;
/// Pixels of a picture from which on a shape is masked on a thread: joined with a mask of 8192x8192 it takes several frames.
const LARGE: u64 = 16 << 20;
/// A polygon is closed by a click this near to its first corner, in points of the window.
const CLOSE_WITHIN: f32 = 8.0;

/// The masks of one image with what is being drawn.
pub struct Masking {
    masks: Vec<NamedMask>,
    current: usize,
    drawing: Option<Drawing>,
    /// The mask that was removed last, and its place: it can be brought back.
    removed: Option<(usize, NamedMask)>,
}

/// A mask with a name.
pub struct NamedMask {
    /// What it is called.
    pub name: String,
    /// What it was and is.
    pub history: History,
}

enum Drawing {
    Stroke { stroke: Box<Stroke>, stabiliser: Stabiliser, label: &'static str },
    Line { points: Vec<[f32; 2]>, tool: MaskTool, combine: Combine },
}

/// What a moment of the pointer did.
#[derive(Debug, Clone, PartialEq)]
pub enum Traced {
    /// Nothing that is seen on the mask.
    Nothing,
    /// The mask looks different; it is not finished yet.
    Drawing,
    /// The mask has changed: it is to be saved.
    Done,
    /// A selection by colour is wanted here.
    Select {
        /// Column and row.
        at: [u32; 2],
        /// How it joins what is masked.
        combine: Combine,
    },
    /// A shape is to be masked that takes longer than a frame.
    Shape {
        /// The shape.
        shape: Shape,
        /// How it joins what is masked.
        combine: Combine,
        /// What the step is called.
        label: &'static str,
    },
    /// What was drawn cannot be masked, for this reason.
    Refused(String),
}

impl Masking {
    /// One empty mask.
    ///
    /// # Errors
    /// When the image is too large for a mask.
    pub fn new(size: [u32; 2]) -> Result<Self, MaskError> {
        Ok(Self::of(vec![("Mask 1".to_owned(), Mask::new(size)?)]))
    }

    /// Masks that were kept; there is at least one.
    pub fn of(masks: Vec<(String, Mask)>) -> Self {
        let named = |(name, mask)| NamedMask { name, history: History::new(mask, UNDO_BYTES) };
        Self { masks: masks.into_iter().map(named).collect(), current: 0, drawing: None, removed: None }
    }

    /// All masks.
    pub fn masks(&self) -> &[NamedMask] {
        &self.masks
    }

    /// The place of the mask that is worked on.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Name of the mask that is worked on.
    pub fn name(&self) -> &str {
        &self.masks[self.current].name
    }

    /// Works on another mask.
    pub fn choose(&mut self, place: usize) {
        if place < self.masks.len() {
            self.drawing = None;
            self.current = place;
        }
    }

    /// Adds an empty mask and works on it.
    ///
    /// # Errors
    /// Never for the size of a mask that exists.
    pub fn add(&mut self) -> Result<(), MaskError> {
        let mask = Mask::new(self.mask().size())?;
        let name = (1..).map(|n| format!("Mask {n}")).find(|name| self.masks.iter().all(|mask| mask.name != *name));
        let name = name.unwrap_or_default();
        self.masks.push(NamedMask { name, history: History::new(mask, UNDO_BYTES) });
        self.choose(self.masks.len() - 1);
        Ok(())
    }

    /// Gives the mask that is worked on another name. Whether it has it: an empty one, or one that another mask has, is none.
    pub fn rename(&mut self, name: &str) -> bool {
        let name = name.trim();
        let is_free = !name.is_empty() && self.masks.iter().all(|mask| mask.name != name);
        if is_free {
            name.clone_into(&mut self.masks[self.current].name);
        }
        is_free
    }

    /// Removes the mask that is worked on, unless it is the only one. Its name. It can be brought back until the next one is removed.
    pub fn remove(&mut self) -> Option<String> {
        if self.masks.len() < 2 {
            return None;
        }
        self.drawing = None;
        let place = self.current;
        let removed = self.masks.remove(place);
        self.current = place.min(self.masks.len() - 1);
        let name = removed.name.clone();
        self.removed = Some((place, removed));
        Some(name)
    }

    /// Name of the mask that can be brought back.
    pub fn removed(&self) -> Option<&str> {
        self.removed.as_ref().map(|(_, mask)| mask.name.as_str())
    }

    /// Puts the mask that was removed last where it was, with its undo steps, and works on it. Its place; none where none was removed.
    /// Where another mask took its name meanwhile it has a number behind it.
    pub fn bring_back(&mut self) -> Option<usize> {
        let (place, mut mask) = self.removed.take()?;
        let is_free = |name: &str| self.masks.iter().all(|mask| mask.name != name);
        if !is_free(&mask.name) {
            let numbered = (2..).map(|n| format!("{} ({n})", mask.name)).find(|name| is_free(name));
            mask.name = numbered.unwrap_or_default();
        }
        let place = place.min(self.masks.len());
        self.masks.insert(place, mask);
        self.choose(place);
        Some(place)
    }

    /// The mask as it stands, without what is being drawn.
    pub fn mask(&self) -> &Mask {
        self.masks[self.current].history.mask()
    }

    /// The mask as it is seen, with a stroke that is being made.
    pub fn seen(&self) -> &Mask {
        match &self.drawing {
            Some(Drawing::Stroke { stroke, .. }) => stroke.mask(),
            _ => self.mask(),
        }
    }

    /// By how much the stroke that is being made changes the masked share, -1 to 1: pixels of at least `least` count. Only what it touched
    /// is looked at.
    pub fn share_drawn(&self, least: u8) -> f64 {
        if !self.is_drawing() {
            return 0.0;
        }
        let (before, now) = (self.mask(), self.seen());
        let counted = |mask: &Mask, rect: PixelRect| {
            let mut values = vec![0; rect.area() as usize];
            if let Err(error) = mask.read(rect, &mut values) {
                log::warn!("{error}");
            }
            values.iter().filter(|value| **value >= least).count() as f64
        };
        let more = now.changed_tiles(before).into_iter().map(|rect| counted(now, rect) - counted(before, rect));
        more.sum::<f64>() / PixelRect::of_size(now.size()).area() as f64
    }

    /// What is being drawn and masks nothing yet: a line in pixels of the image.
    pub fn sketch(&self, pointer_in_image: Option<[f32; 2]>) -> Vec<[f32; 2]> {
        let Some(Drawing::Line { points, tool, .. }) = &self.drawing else { return Vec::new() };
        match tool {
            MaskTool::Rectangle => match points[..] {
                [[a, b], .., [c, d]] => vec![[a, b], [c, b], [c, d], [a, d], [a, b]],
                _ => Vec::new(),
            },
            MaskTool::Ellipse => match points[..] {
                [[a, b], .., [c, d]] => ellipse([(a + c) / 2.0, (b + d) / 2.0], [(c - a) / 2.0, (d - b) / 2.0]),
                _ => Vec::new(),
            },
            MaskTool::Polygon => points.iter().copied().chain(pointer_in_image).collect(),
            _ => points.clone(),
        }
    }

    /// Whether a polygon has corners and waits for more.
    pub fn is_open_polygon(&self) -> bool {
        matches!(&self.drawing, Some(Drawing::Line { tool: MaskTool::Polygon, .. }))
    }

    /// Whether something is being drawn.
    pub fn is_drawing(&self) -> bool {
        self.drawing.is_some()
    }

    /// Replaces a mask by what an operation made of it.
    pub fn change(&mut self, place: usize, mask: Mask, label: &str) -> Traced {
        self.drawing = None;
        match self.masks.get_mut(place).map(|named| named.history.push(mask, label)) {
            Some(Err(error)) => Traced::Refused(error.to_string()),
            Some(Ok(())) | None => Traced::Done,
        }
    }

    /// One step back; what it was called.
    pub fn undo(&mut self) -> Option<String> {
        match self.drawing.take() {
            Some(_) => None,
            None => self.masks[self.current].history.undo().map(|(_, label)| label.to_owned()),
        }
    }

    /// One step forward again; what it is called.
    pub fn redo(&mut self) -> Option<String> {
        self.drawing = None;
        self.masks[self.current].history.redo().map(|(_, label)| label.to_owned())
    }

    /// Drops what is being drawn. Whether there was something.
    pub fn give_up(&mut self) -> bool {
        self.drawing.take().is_some()
    }

    /// Ends what is being drawn as it stands, because something else is done: it is kept and can be undone. An open polygon waits for its
    /// corners, whatever is done meanwhile.
    pub fn settle(&mut self) -> Traced {
        if self.is_open_polygon() { Traced::Nothing } else { self.finish() }
    }

    /// Follows the pointer. `scale` is how many points of the window a pixel of the image has.
    pub fn follow(&mut self, tools: &MaskTools, trace: Trace, scale: f32) -> Traced {
        match trace.step {
            TraceStep::Cancel => {
                self.drawing = None;
                Traced::Drawing
            }
            TraceStep::Begin => self.begin(tools, trace, scale),
            TraceStep::Move => self.go_on(trace),
            TraceStep::End => self.end(trace),
        }
    }

    fn begin(&mut self, tools: &MaskTools, trace: Trace, scale: f32) -> Traced {
        let at = trace.at_in_image;
        let combine = if trace.keys.alt { Combine::Subtract } else { tools.combine };
        match tools.tool {
            MaskTool::Brush | MaskTool::Eraser => {
                let erases = (tools.tool == MaskTool::Eraser) != trace.keys.alt;
                let (combine, label) = if erases { (Combine::Subtract, "eraser") } else { (Combine::Add, "brush") };
                let mut stabiliser = Stabiliser::new(tools.steadying);
                let Some((at, pressure)) = stabiliser.next(at, trace.pressure) else { return Traced::Nothing };
                let brush = Brush { ..tools.brush };
                let stroke = Box::new(Stroke::begin(self.mask().clone(), brush, combine, at, pressure));
                self.drawing = Some(Drawing::Stroke { stroke, stabiliser, label });
                Traced::Drawing
            }
            MaskTool::Colour => {
                let [width, height] = self.mask().size();
                let is_inside = (0.0..width as f32).contains(&at[0]) && (0.0..height as f32).contains(&at[1]);
                let at = at.map(|axis| axis as u32);
                if is_inside { Traced::Select { at, combine } } else { Traced::Nothing }
            }
            MaskTool::Polygon => match &mut self.drawing {
                Some(Drawing::Line { points, tool: MaskTool::Polygon, .. }) => {
                    let first = points[0];
                    let distance = (at[0] - first[0]).hypot(at[1] - first[1]) * scale;
                    if points.len() > 2 && distance < CLOSE_WITHIN {
                        return self.close();
                    }
                    points.push(at);
                    Traced::Nothing
                }
                _ => {
                    self.drawing = Some(Drawing::Line { points: vec![at], tool: MaskTool::Polygon, combine });
                    Traced::Nothing
                }
            },
            tool => {
                self.drawing = Some(Drawing::Line { points: vec![at, at], tool, combine });
                Traced::Nothing
            }
        }
    }

    fn go_on(&mut self, trace: Trace) -> Traced {
        match &mut self.drawing {
            Some(Drawing::Stroke { stroke, stabiliser, .. }) => {
                if let Some((at, pressure)) = stabiliser.next(trace.at_in_image, trace.pressure) {
                    stroke.extend(at, pressure);
                }
                Traced::Drawing
            }
            Some(Drawing::Line { points, tool: MaskTool::Lasso, .. }) => {
                points.push(trace.at_in_image);
                Traced::Nothing
            }
            Some(Drawing::Line { points, tool, .. }) if *tool != MaskTool::Polygon => {
                let is_even = trace.keys.shift && *tool != MaskTool::Gradient;
                points[1] = if is_even { evened(points[0], trace.at_in_image) } else { trace.at_in_image };
                Traced::Nothing
            }
            _ => Traced::Nothing,
        }
    }

    fn end(&mut self, trace: Trace) -> Traced {
        if self.is_open_polygon() {
            return Traced::Nothing;
        }
        self.go_on(trace);
        self.finish()
    }

    fn finish(&mut self) -> Traced {
        match self.drawing.take() {
            Some(Drawing::Stroke { mut stroke, stabiliser, label }) => {
                for (at, pressure) in stabiliser.finish() {
                    stroke.extend(at, pressure);
                }
                self.change(self.current, stroke.finish(), label)
            }
            Some(line) => {
                self.drawing = Some(line);
                self.close()
            }
            None => Traced::Nothing,
        }
    }

    /// Masks what the line that is being drawn encloses.
    pub fn close(&mut self) -> Traced {
        let Some(Drawing::Line { points, tool, combine }) = self.drawing.take() else { return Traced::Nothing };
        let (from, to) = match points[..] {
            [from, .., to] => (from, to),
            _ => return Traced::Nothing,
        };
        if from == to && tool != MaskTool::Lasso {
            return Traced::Nothing;
        }
        let (shape, label) = match tool {
            MaskTool::Rectangle => (Shape::Rectangle { from, to }, "rectangle"),
            MaskTool::Ellipse => (Shape::Ellipse { from, to }, "ellipse"),
            MaskTool::Gradient => (Shape::LinearGradient { from, to }, "gradient"),
            MaskTool::Polygon => (Shape::Polygon(points), "polygon"),
            _ => (Shape::Polygon(points), "lasso"),
        };
        if PixelRect::of_size(self.mask().size()).area() > LARGE {
            return Traced::Shape { shape, combine, label };
        }
        self.mask_shape(&shape, combine, label)
    }

    /// Masks a shape at once.
    pub fn mask_shape(&mut self, shape: &Shape, combine: Combine, label: &'static str) -> Traced {
        match self.mask().with_shape(shape, combine) {
            Ok(mask) => self.change(self.current, mask, label),
            Err(error) => Traced::Refused(error.to_string()),
        }
    }
}

/// Where the mask differs from what was drawn before, as rectangles that cover it.
pub fn differences(before: Option<&Mask>, now: &Mask) -> Vec<PixelRect> {
    match before.filter(|before| before.size() == now.size()) {
        Some(before) => now.changed_tiles(before),
        None => vec![PixelRect { x: 0, y: 0, width: now.size()[0], height: now.size()[1] }],
    }
}

/// The opposite corner that makes both sides equally long.
fn evened(from: [f32; 2], to: [f32; 2]) -> [f32; 2] {
    let side = (to[0] - from[0]).abs().max((to[1] - from[1]).abs());
    [from[0] + side.copysign(to[0] - from[0]), from[1] + side.copysign(to[1] - from[1])]
}

fn ellipse(centre: [f32; 2], half: [f32; 2]) -> Vec<[f32; 2]> {
    const CORNERS: usize = 64;
    let corner = |i: usize| {
        let angle = i as f32 / CORNERS as f32 * std::f32::consts::TAU;
        [centre[0] + half[0] * angle.cos(), centre[1] + half[1] * angle.sin()]
    };
    (0..=CORNERS).map(corner).collect()
}
