use std::collections::BTreeSet;

use crate::card::CardRef;

/// Everything that a file name of the naming convention is made of.
#[derive(Debug, Clone, Copy)]
pub struct AssetName<'a> {
    /// Name of the brief.
    pub brief: &'a str,
    /// The card, where a card made the image.
    pub card: Option<&'a CardRef>,
    /// The subject in words.
    pub subject: &'a str,
    /// The seed, where the engine made the image.
    pub seed: u64,
    /// Extension without the dot.
    pub extension: &'a str,
}

impl AssetName<'_> {
    /// `<brief>_<recipe>-r<revision>_<subject>_<seed>_<nn>.<ext>`, ASCII only, with the first number `nn` that no
    /// taken name has. Taken names are compared in lower case, because some file systems do. None when the subject
    /// has no letter or digit that ASCII can hold.
    pub fn free(&self, taken: &BTreeSet<String>) -> Option<String> {
        let subject = slug(self.subject);
        if subject.is_empty() {
            return None;
        }
        let recipe = self.card.map_or_else(|| "no-recipe".to_owned(), ToString::to_string);
        let Self { brief, seed, extension, .. } = self;
        (1..=u64::MAX)
            .map(|number| format!("{brief}_{recipe}_{subject}_{seed}_{number:02}.{extension}"))
            .find(|name| !taken.contains(&name.to_lowercase()))
    }
}

/// Lower-case ASCII letters, digits and single hyphens, at most 40 characters. Umlauts and ligatures are spelled
/// out; what ASCII cannot hold becomes a hyphen.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => slug.push_str("ae"),
            'ö' | 'ø' | 'œ' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => slug.push('a'),
            'ç' => slug.push('c'),
            'è' | 'é' | 'ê' | 'ë' => slug.push('e'),
            'ì' | 'í' | 'î' | 'ï' => slug.push('i'),
            'ł' => slug.push('l'),
            'ñ' => slug.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => slug.push('o'),
            'ù' | 'ú' | 'û' => slug.push('u'),
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(40);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ascii_safe_and_collision_free() {
        let card = "harbour-flat-r3".parse().unwrap();
        let name =
            AssetName { brief: "spring", card: Some(&card), subject: "Grünes  Boot!", seed: 965, extension: "png" };
        let first = name.free(&BTreeSet::new()).unwrap();
        assert_eq!(first, "spring_harbour-flat-r3_gruenes-boot_965_01.png");
        let taken = BTreeSet::from([first]);
        assert_eq!(name.free(&taken).unwrap(), "spring_harbour-flat-r3_gruenes-boot_965_02.png");
        let none = AssetName { card: None, subject: "CON", ..name };
        assert_eq!(none.free(&taken).unwrap(), "spring_no-recipe_con_965_01.png");
        assert_eq!(AssetName { subject: "港", ..name }.free(&taken), None);
        assert_eq!(slug(&"é".repeat(100)).len(), 40);
    }
}
