//! Shapes: what subjects and settings are made of, before a style decides how they are printed.

use crate::palette::Rgb;
use tiny_skia::{Path, PathBuilder, Rect, Stroke, Transform};

/// What a shape is for in the picture. Styles print each tone in their own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The subject's own colour.
    Main,
    /// A shaded part of the subject.
    Shade,
    /// A lit or pale part of the subject.
    Light,
    /// A small part with a colour of its own: a stem, a window, a beak.
    Detail,
    /// Part of the surroundings; 0 is far away.
    Setting(u8),
    /// Small light marks of the surroundings: stars, window lights, wave crests.
    Spark,
}

impl Tone {
    /// Whether the shape belongs to the subject.
    pub fn is_subject(self) -> bool {
        !matches!(self, Tone::Setting(_) | Tone::Spark)
    }
}

/// A filled outline, or a line of some width, in picture coordinates: both axes 0 to 1, y down.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The outline or the centre line.
    pub path: Path,
    /// Line width in picture coordinates; `None` for a filled shape.
    pub line: Option<f32>,
    /// The colour that the flat style prints.
    pub rgb: Rgb,
    /// What the shape is for.
    pub tone: Tone,
}

/// A plain picture: the ground colour and the shapes from back to front.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// The colour behind everything.
    pub ground: Rgb,
    /// The ink of the surroundings, for styles with few inks.
    pub partner: Rgb,
    /// The middle of the subject's square in picture coordinates.
    pub centre: (f32, f32),
    /// Half the side of the subject's square.
    pub half: f32,
    /// From back to front.
    pub shapes: Vec<Shape>,
}

/// Collects shapes in a subject's own coordinates, -1 to 1 on both axes with y down.
pub struct Pen {
    shapes: Vec<Shape>,
    place: Transform,
    scale: f32,
    main: Rgb,
}

impl Pen {
    /// A pen at the given centre and half size (picture coordinates), mirrored if asked, tilted by `degrees`.
    pub fn new(x: f32, y: f32, half: f32, mirror: bool, degrees: f32, main: Rgb) -> Self {
        let flip = if mirror { -1.0 } else { 1.0 };
        let place = Transform::from_row(half * flip, 0.0, 0.0, half, x, y).pre_rotate(degrees);
        Self { shapes: Vec::new(), place, scale: half, main }
    }

    /// A pen that draws in picture coordinates.
    pub fn picture(main: Rgb) -> Self {
        Self { shapes: Vec::new(), place: Transform::identity(), scale: 1.0, main }
    }

    /// The shapes drawn so far.
    pub fn finish(self) -> Vec<Shape> {
        self.shapes
    }

    /// The colour of a tone, given the main colour.
    pub fn colour(&self, tone: Tone) -> Rgb {
        match tone {
            Tone::Shade => {
                if self.main.luma() < 0.22 {
                    self.main.light(0.16)
                } else {
                    self.main.dark(0.26)
                }
            }
            Tone::Light => self.main.light(if self.main.luma() < 0.3 { 0.55 } else { 0.66 }),
            _ => self.main,
        }
    }

    /// Fills an outline.
    pub fn fill(&mut self, outline: Outline, tone: Tone) -> &mut Self {
        let rgb = self.colour(tone);
        self.fill_rgb(outline, tone, rgb)
    }

    /// Fills an outline in a colour of its own.
    pub fn fill_rgb(&mut self, outline: Outline, tone: Tone, rgb: Rgb) -> &mut Self {
        self.push(outline, None, tone, rgb)
    }

    /// Draws a line; the width is in the pen's own coordinates.
    pub fn line_rgb(&mut self, outline: Outline, width: f32, tone: Tone, rgb: Rgb) -> &mut Self {
        let width = width * self.scale;
        self.push(outline, Some(width), tone, rgb)
    }

    /// Draws a line in the tone's colour.
    pub fn line(&mut self, outline: Outline, width: f32, tone: Tone) -> &mut Self {
        let rgb = self.colour(tone);
        self.line_rgb(outline, width, tone, rgb)
    }

    fn push(&mut self, outline: Outline, line: Option<f32>, tone: Tone, rgb: Rgb) -> &mut Self {
        if let Some(path) = outline.0.finish().and_then(|path| path.transform(self.place)) {
            self.shapes.push(Shape { path, line, rgb, tone });
        }
        self
    }
}

/// The stroke that every style uses for lines: round ends, round corners.
pub fn round_stroke(width: f32) -> Stroke {
    Stroke { width, line_cap: tiny_skia::LineCap::Round, line_join: tiny_skia::LineJoin::Round, ..Stroke::default() }
}

/// An outline under construction.
#[derive(Default)]
pub struct Outline(PathBuilder);

/// A closed polygon.
pub fn polygon(points: &[(f32, f32)]) -> Outline {
    let mut builder = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
    }
    builder.close();
    Outline(builder)
}

/// An open line through the points.
pub fn polyline(points: &[(f32, f32)]) -> Outline {
    let mut builder = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
    }
    Outline(builder)
}

/// An axis-aligned box from its corners.
pub fn rectangle(x0: f32, y0: f32, x1: f32, y1: f32) -> Outline {
    polygon(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
}

/// A box with rounded corners.
pub fn rounded(x0: f32, y0: f32, x1: f32, y1: f32, radius: f32) -> Outline {
    let r = radius.min((x1 - x0) / 2.0).min((y1 - y0) / 2.0);
    let mut b = PathBuilder::new();
    b.move_to(x0 + r, y0);
    b.line_to(x1 - r, y0);
    b.quad_to(x1, y0, x1, y0 + r);
    b.line_to(x1, y1 - r);
    b.quad_to(x1, y1, x1 - r, y1);
    b.line_to(x0 + r, y1);
    b.quad_to(x0, y1, x0, y1 - r);
    b.line_to(x0, y0 + r);
    b.quad_to(x0, y0, x0 + r, y0);
    b.close();
    Outline(b)
}

/// An ellipse from its centre and radii.
pub fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Outline {
    let mut builder = PathBuilder::new();
    if let Some(oval) = Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry) {
        builder.push_oval(oval);
    }
    Outline(builder)
}

/// Several outlines as one shape.
pub fn union(outlines: Vec<Outline>) -> Outline {
    let mut builder = PathBuilder::new();
    for path in outlines.into_iter().filter_map(|outline| outline.0.finish()) {
        builder.push_path(&path);
    }
    Outline(builder)
}

/// A closed smooth curve through the points (Catmull-Rom).
pub fn blob(points: &[(f32, f32)]) -> Outline {
    curve(points, true)
}

/// An open smooth curve through the points.
pub fn sweep(points: &[(f32, f32)]) -> Outline {
    curve(points, false)
}

/// A curve made of cubic pieces: start, then (control, control, end) for each piece, closed.
pub fn cubic(start: (f32, f32), pieces: &[[(f32, f32); 3]]) -> Outline {
    let mut b = PathBuilder::new();
    b.move_to(start.0, start.1);
    for [p, q, r] in pieces {
        b.cubic_to(p.0, p.1, q.0, q.1, r.0, r.1);
    }
    b.close();
    Outline(b)
}

fn curve(points: &[(f32, f32)], closed: bool) -> Outline {
    let mut builder = PathBuilder::new();
    let n = points.len() as isize;
    let at = |i: isize| {
        let i = if closed { i.rem_euclid(n) } else { i.clamp(0, n - 1) };
        points[i as usize]
    };
    if n > 1 {
        builder.move_to(points[0].0, points[0].1);
        for i in 0..if closed { n } else { n - 1 } {
            let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2));
            builder.cubic_to(
                p1.0 + (p2.0 - p0.0) / 6.0,
                p1.1 + (p2.1 - p0.1) / 6.0,
                p2.0 - (p3.0 - p1.0) / 6.0,
                p2.1 - (p3.1 - p1.1) / 6.0,
                p2.0,
                p2.1,
            );
        }
        if closed {
            builder.close();
        }
    }
    Outline(builder)
}
