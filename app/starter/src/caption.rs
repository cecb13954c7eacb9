//! Captions: the prompt skeleton (Subject, Context, Composition, Style, Technical) in many phrasings.

use crate::palette::Colour;
use crate::random::Random;
use crate::scene::{Composition, Scene};
use crate::setting::Place;
use crate::style::Style;
use crate::subjects::Subject;

/// The parts of one caption, in the order of the prompt skeleton; an empty part is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// "a red sun".
    pub subject: String,
    /// "over blue mountains".
    pub context: String,
    /// "left third".
    pub composition: String,
    /// "flat vector illustration".
    pub style: String,
    /// "high detail".
    pub technical: String,
}

/// The plain caption that evaluations prompt with: every part, the first word of each list.
pub fn plain(scene: &Scene) -> String {
    let noun = if scene.subject == Subject::Skyline { "city skyline" } else { scene.subject.words()[0] };
    let colour = scene.colour.words()[0];
    let context = context_words(scene, 0, scene.place_colour.map_or("", |c| c.words()[0]));
    format!(
        "{} {colour} {noun} {context}, {}, {}",
        article(colour),
        composition_words(scene.composition)[0],
        style_words(scene.style)[0]
    )
}

/// One random caption of the scene: sometimes partial, never wrong.
pub fn phrase(scene: &Scene, random: &mut Random) -> String {
    let parts = parts(scene, random);
    join(&parts, random)
}

fn parts(scene: &Scene, random: &mut Random) -> Caption {
    let colour = word(scene.colour.words(), random);
    let noun = word(scene.subject.words(), random);
    let adjective = if random.chance(0.08) {
        *random.pick(&["simple ", "beautiful ", "single ", "minimal ", "lovely "])
    } else {
        ""
    };
    let subject = match random.below(12) {
        0 => format!("the {adjective}{colour} {noun}"),
        1 => format!("{adjective}{colour} {noun}"),
        2 => format!(
            "{} {noun} in {colour}",
            if adjective.is_empty() { article(noun).to_owned() } else { format!("a {}", adjective.trim_end()) }
        ),
        _ => format!("{} {adjective}{colour} {noun}", article(if adjective.is_empty() { colour } else { adjective })),
    };
    let place_colour = scene.place_colour.map_or("", |c| word(c.words(), random));
    let full = random.chance(0.7);
    let n = random.below(6);
    let drop_context = !full && random.chance(0.15);
    let drop_composition =
        if scene.composition == Composition::Centred { random.chance(0.45) } else { !full && random.chance(0.35) };
    let drop_style = if scene.style == Style::FlatVector { random.chance(0.25) } else { !full && random.chance(0.06) };
    let pick = |words: &'static [&'static str], random: &mut Random| {
        if random.chance(0.45) { words[0] } else { *random.pick(words) }
    };
    Caption {
        subject,
        context: if drop_context { String::new() } else { context_words(scene, n, place_colour) },
        composition: if drop_composition {
            String::new()
        } else {
            pick(composition_words(scene.composition), random).to_owned()
        },
        style: if drop_style { String::new() } else { pick(style_words(scene.style), random).to_owned() },
        technical: if random.chance(0.12) { (*random.pick(&TECHNICAL)).to_owned() } else { String::new() },
    }
}

fn join(parts: &Caption, random: &mut Random) -> String {
    let Caption { subject, context, composition, style, technical } = parts;
    let space = |a: &str, b: &str| if b.is_empty() { a.to_owned() } else { format!("{a} {b}") };
    let comma = |items: &[&str]| items.iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>().join(", ");
    let scene = space(subject, context);
    match random.below(10) {
        0 if !style.is_empty() => comma(&[&format!("{style} of {scene}"), composition, technical]),
        1 => comma(&[&scene, style, composition, technical]),
        2 => comma(&[subject, context, composition, style, technical]),
        3 if !composition.is_empty() => comma(&[composition, &scene, style, technical]),
        _ => comma(&[&scene, composition, style, technical]),
    }
}

const TECHNICAL: [&str; 6] =
    ["high detail", "clean shapes", "print quality", "simple shapes", "high resolution", "limited palette"];

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn word(words: &'static [&'static str], random: &mut Random) -> &'static str {
    if random.chance(0.65) { words[0] } else { words[random.below(words.len())] }
}

fn context_words(scene: &Scene, n: usize, colour: &str) -> String {
    let plain = |options: &[&str]| options[n % options.len()].to_owned();
    match scene.place {
        Place::Plain => match n % 4 {
            0 | 1 => format!("on {} {colour} background", article(colour)),
            2 => format!("against a plain {colour} background"),
            _ => format!("in front of {} {colour} background", article(colour)),
        },
        Place::Hills if colour.is_empty() => {
            plain(&["over rolling hills", "over hills", "in the hills", "among soft hills"])
        }
        Place::Hills => match n % 3 {
            0 | 1 => format!("over {colour} hills"),
            _ => format!("among {colour} hills"),
        },
        Place::Mountains if colour.is_empty() => {
            plain(&["over mountains", "in front of mountains", "in the mountains"])
        }
        Place::Mountains => match n % 3 {
            0 | 1 => format!("over {colour} mountains"),
            _ => format!("in front of {colour} mountains"),
        },
        Place::Sea => plain(&["by the sea", "over the sea", "at sea", "by the ocean", "on the water"]),
        Place::Desert => plain(&["in the desert", "over desert dunes", "in a sandy desert"]),
        Place::Night => plain(&["at night under stars", "at night", "under a starry sky", "in the night sky"]),
        Place::City => plain(&["in front of a city", "over the city", "in the city"]),
        Place::Snow => plain(&["in the snow", "in a snowy landscape", "in winter snow"]),
        Place::Forest => plain(&["in a forest", "in the forest", "among pine trees"]),
        Place::Room => plain(&["in a room", "on a table", "on a wooden table", "indoors"]),
    }
}

fn composition_words(composition: Composition) -> &'static [&'static str] {
    match composition {
        Composition::Centred => &["centred", "centered", "centred composition", "in the middle"],
        Composition::LeftThird => &["left third", "on the left third", "on the left"],
        Composition::RightThird => &["right third", "on the right third", "on the right"],
        Composition::CloseUp => &["close-up", "close up", "macro close-up", "filling the frame"],
        Composition::Wide => &["wide shot", "wide view", "small in a wide scene"],
        Composition::CopySpaceLeft => &["copy space left", "copy space on the left", "negative space left"],
        Composition::CopySpaceRight => &["copy space right", "copy space on the right", "negative space right"],
        Composition::CopySpaceTop => &["copy space top", "copy space at the top", "negative space above"],
    }
}

fn style_words(style: Style) -> &'static [&'static str] {
    match style {
        Style::FlatVector => &[
            "flat vector illustration",
            "flat vector",
            "vector illustration",
            "minimal flat illustration",
            "flat design",
        ],
        Style::Risograph => &["risograph print", "risograph halftone", "riso print", "halftone risograph illustration"],
        Style::Watercolour => &["watercolour wash", "watercolour", "watercolor painting", "watercolour painting"],
        Style::Woodcut => &["woodcut ink print", "woodcut", "woodcut print", "linocut print"],
        Style::Blueprint => &["blueprint", "blueprint drawing", "technical blueprint"],
        Style::PaperCut => &["paper cut-out", "paper cutout", "layered paper", "paper cut illustration"],
        Style::Neon => &["neon sign", "neon", "glowing neon", "neon light illustration"],
    }
}

/// Every caption word that any scene can produce, and common prompt words besides; for the tokenizer.
pub fn vocabulary() -> Vec<String> {
    let mut random = Random::new(1);
    let mut words = std::collections::BTreeSet::new();
    for _ in 0..6000 {
        let scene = Scene::sample(&mut random, false);
        for piece in phrase(&scene, &mut random).split([' ', ',']).filter(|w| !w.is_empty()) {
            words.insert(piece.to_owned());
        }
    }
    let common = "the of with and in on at by over under above below behind beside near from to an a is are very small big large tiny little huge tall short one two three \
        many dark light bright pale soft warm cold cool deep vivid pastel gold silver grey gray cyan magenta lime beige illustration poster icon logo sticker print \
        painting drawing sketch photo art design graphic style modern vintage retro abstract geometric cute happy calm quiet sunny rainy foggy misty morning evening \
        sunset sunrise dawn dusk sky water river lake beach island field garden street road bridge window door table wall person man woman child dog horse car train \
        ship plane book clock face hand no not text words blurry noisy low quality ugly watermark signature best high detail detailed sharp clean minimal simple";
    words.extend(common.split_whitespace().map(str::to_owned));
    words.extend(Colour::ALL.iter().flat_map(|c| c.words()).flat_map(|w| w.split(' ')).map(str::to_owned));
    words.into_iter().collect()
}
