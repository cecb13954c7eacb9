use super::super::{Answer, Brief, BriefField};
use super::text::{self, Frame, Read};
use super::{CopySpace, SafeMargin, SizeUnit};

/// Everything that a brief says about composition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CompositionGuides {
    /// The deliverables; where the brief has none, the proportions that its texts name.
    pub deliverables: Vec<DeliverableGuides>,
    /// What the texts say about composition and cannot be drawn, each in one sentence that says how to write it.
    pub unread: Vec<String>,
}

/// What one deliverable asks of a picture's composition.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliverableGuides {
    /// What it is called.
    pub name: String,
    /// Width and height.
    pub size: [u32; 2],
    /// Whether these are pixels of the finished file, or a ratio where a text names no more.
    pub unit: SizeUnit,
    /// Where the brief says so: `deliverable, 1920×1080`, or the field.
    pub source: String,
    /// The margin that stays free of what matters.
    pub margin: Option<SafeMargin>,
    /// The parts that are kept for words.
    pub copy_spaces: Vec<CopySpace>,
}

impl CompositionGuides {
    /// Reads a brief. What a deliverable's own name says about margins and copy space goes before what the other texts say, which
    /// counts for every deliverable.
    pub fn of(brief: &Brief) -> Self {
        let texts = [
            (BriefField::MustHaves, &brief.must_haves),
            (BriefField::Constraints, &brief.constraints),
            (BriefField::Appears, &brief.appears),
            (BriefField::Purpose, &brief.purpose),
        ];
        let mut of_brief = Read::default();
        let mut frames = Vec::new();
        for (field, answer) in texts {
            let Answer::Filled(written) = answer else { continue };
            let read = text::read(written);
            frames.extend(read.frames.iter().map(|frame| (field, *frame)));
            of_brief.margin = of_brief.margin.or(read.margin);
            of_brief.copy_spaces.extend(read.copy_spaces);
            of_brief.unread.extend(read.unread);
        }
        let mut unread = Vec::new();
        let mut deliverables: Vec<DeliverableGuides> = Vec::new();
        for one in brief.deliverables.filled().into_iter().flatten().filter(|one| one.width > 0 && one.height > 0) {
            let own = text::read(&one.name);
            unread.extend(own.unread);
            deliverables.push(DeliverableGuides {
                name: one.name.trim().to_owned(),
                size: [one.width, one.height],
                unit: SizeUnit::Pixels,
                source: format!("deliverable, {}×{}", one.width, one.height),
                margin: own.margin.or(of_brief.margin),
                copy_spaces: if own.copy_spaces.is_empty() { of_brief.copy_spaces.clone() } else { own.copy_spaces },
            });
        }
        if deliverables.is_empty() {
            for (field, Frame { size, unit }) in frames {
                let [width, height] = size;
                let name = match (unit, width == height) {
                    (SizeUnit::Pixels, _) => format!("{width}×{height}"),
                    (SizeUnit::Ratio, true) => "square".to_owned(),
                    (SizeUnit::Ratio, false) => format!("{width}:{height}"),
                };
                if deliverables.iter().all(|known| known.name != name) {
                    let (margin, copy_spaces) = (of_brief.margin, of_brief.copy_spaces.clone());
                    let source = field.to_string();
                    deliverables.push(DeliverableGuides { name, size, unit, source, margin, copy_spaces });
                }
            }
        }
        unread.extend(of_brief.unread);
        Self { deliverables, unread }
    }
}

impl DeliverableGuides {
    /// Left, top, right and bottom, in pixels, of the largest part in the middle of an image that has the proportion.
    pub fn frame(&self, image: [u32; 2]) -> [f32; 4] {
        let [width, height] = image.map(|side| side as f32);
        let [wide, high] = self.size.map(|side| side.max(1) as f32);
        let scale = (width / wide).min(height / high);
        let [x, y] = [(width - wide * scale) / 2.0, (height - high * scale) / 2.0];
        [x, y, width - x, height - y]
    }

    /// How many pixels of the deliverable come from one of the image; none where the brief names a ratio alone.
    pub fn enlarged(&self, image: [u32; 2]) -> Option<f32> {
        let [left, _, right, _] = self.frame(image);
        (self.unit == SizeUnit::Pixels).then(|| self.size[0] as f32 / (right - left).max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CopyShare, CopySide};
    use super::*;
    use crate::workflow::{ColourSpace, Deliverable, FileFormat};

    fn filled(text: &str) -> Answer<String> {
        Answer::Filled(text.to_owned())
    }

    fn deliverable(name: &str, width: u32, height: u32) -> Deliverable {
        let (format, colour_space) = (FileFormat::Png, ColourSpace::Srgb);
        Deliverable { name: name.to_owned(), width, height, format, count: 1, colour_space }
    }

    #[test]
    fn a_deliverable_has_its_proportion_and_what_the_texts_say_about_margins_and_words() {
        let names = ["banner, copy space right 40 %", "story with safe area 64 px"];
        let list = vec![deliverable(names[0], 1920, 1080), deliverable(names[1], 1080, 1920)];
        let brief = Brief {
            deliverables: Answer::Filled(list),
            must_haves: filled("One clear subject and room for a headline in the upper third"),
            constraints: filled("No people. Safe area 90 %, 3:2"),
            ..Brief::open("harbour-days")
        };
        let guides = CompositionGuides::of(&brief);
        assert_eq!(guides.unread, Vec::<String>::new());
        let [banner, story] = guides.deliverables.as_slice() else { panic!("{guides:?}") };
        assert_eq!((banner.name.as_str(), banner.source.as_str()), (names[0], "deliverable, 1920×1080"));
        assert_eq!(banner.copy_spaces, [CopySpace { side: CopySide::Right, share: CopyShare::Said(0.4) }]);
        assert_eq!(banner.margin.unwrap().label(), "safe area, 5 % at each side");
        assert_eq!(story.margin, Some(SafeMargin::Pixels(64)));
        assert_eq!(story.copy_spaces, [CopySpace { side: CopySide::Top, share: CopyShare::Said(1.0 / 3.0) }]);
        // In the middle of a square image, in its pixels.
        assert_eq!(banner.frame([512, 512]), [0.0, 112.0, 512.0, 400.0]);
        assert_eq!(banner.enlarged([512, 512]), Some(3.75));
        assert_eq!(banner.copy_spaces[0].within([0.0, 112.0, 512.0, 400.0]), [512.0 * 0.6, 112.0, 512.0, 400.0]);
        let [left, top, right, bottom] = story.margin.unwrap().within(story.frame([270, 480]), story.size);
        assert_eq!([left, top, right, bottom].map(f32::round), [16.0, 16.0, 254.0, 464.0]);
    }

    #[test]
    fn without_deliverables_the_texts_name_proportions_and_what_cannot_be_read_is_told() {
        let brief = Brief {
            deliverables: Answer::NotNeeded { because: "sizes follow".to_owned() },
            must_haves: filled("One clear subject and room for a headline"),
            constraints: filled("No people, no lettering, square"),
            appears: filled("The 7:30 news, a post of 1080x1350, banners in 16:9 and 16:9"),
            purpose: filled("A cover in landscape format with a safe area"),
            ..Brief::open("harbour-days")
        };
        let guides = CompositionGuides::of(&brief);
        let told: Vec<String> =
            guides.deliverables.iter().map(|one| format!("{} ({}) {:?}", one.name, one.source, one.size)).collect();
        assert_eq!(
            told,
            [
                "square (hard constraints) [1, 1]",
                "1080×1350 (where it appears) [1080, 1350]",
                "16:9 (where it appears) [16, 9]"
            ]
        );
        assert_eq!(
            guides.unread,
            [
                "\"room for a headline\" names no side of the picture: write for example \"copy space left third\"",
                "\"A cover in landscape format\" names no proportion: write for example \"3:2\"",
                "\"a safe area\" names no width for its safe area: write for example \"safe area 5 %\""
            ]
        );
        assert_eq!(guides.deliverables[2].enlarged([512, 512]), None);
    }

    #[test]
    fn only_what_is_a_proportion_is_read_as_one() {
        let sizes = |text: &str| text::read(text).frames.iter().map(|frame| frame.size).collect::<Vec<_>>();
        assert_eq!(sizes("4 : 5 and 1920 × 1080 px"), [[4, 5], [1920, 1080]]);
        assert_eq!(sizes("a scale of 1:100, at 10:45, version 2:1:3, 2x4 images of 3x"), [[2, 4]]);
        assert_eq!(sizes("squares, 99999x99999, 0:9"), Vec::<[u32; 2]>::new());
        let space = |text: &str| text::read(text).copy_spaces.first().map(CopySpace::label);
        assert_eq!(space("copy space on the left").as_deref(), Some("copy space left, a third assumed"));
        assert_eq!(space("Room for the logo in the bottom quarter").as_deref(), Some("copy space bottom, 25 %"));
        assert_eq!(space("bright light from the left"), None);
        // What stands beside a safe area or copy space in one clause is read too.
        let read = text::read("16:9 with safe area 5 % and copy space left and right third");
        assert_eq!(read.frames.iter().map(|frame| frame.size).collect::<Vec<_>>(), [[16, 9]]);
        assert_eq!(read.margin.unwrap().label(), "safe area, 5 % at each side");
        assert_eq!((read.copy_spaces.len(), read.unread), (1, Vec::new()));
        assert_eq!(sizes("1080x1350 with room for a headline at the top"), [[1080, 1350]]);
        assert_eq!(text::read("safe zone 2.5 percent").margin.unwrap().label(), "safe area, 2.5 % at each side");
    }
}
