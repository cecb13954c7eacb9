use std::collections::BTreeMap;

use kento_studio::Sha256;
use kento_studio::workflow::{Candidacy, Image, State};

use super::super::data::{standing, step};

/// Whether candidates that nobody wanted are among the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Discarded {
    /// They are left out, unless something was made from them or one is looked at.
    #[default]
    Hidden,
    /// They are there.
    Shown,
}

/// One image of the graph. Children stand to the right of what they were made from; the first goes on in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageNode {
    /// The image.
    pub image: Sha256,
    /// The place of its parent in the list, which is before its own.
    pub parent: Option<usize>,
    /// From the left, 0 for the first image.
    pub column: usize,
    /// From the top, 0 for the first image.
    pub row: usize,
    /// What made it, in a word or two.
    pub made_by: String,
    /// What was decided about it.
    pub standing: String,
    /// The images that it was put together of, where it was.
    pub mixed_of: Option<[Sha256; 2]>,
    /// Whether nobody wanted it.
    pub is_discarded: bool,
}

/// The family of an image, parents before children.
pub fn lineage_nodes(state: &State, image: &Sha256, discarded: Discarded) -> Vec<LineageNode> {
    let family = state.family(image);
    let mixed: Vec<Sha256> =
        family.iter().filter_map(|one| state.mixed_of(&one.sha256)).flat_map(|(two, _)| two).collect();
    let is_parent =
        |one: &Image| mixed.contains(&one.sha256) || family.iter().any(|child| child.parent == Some(one.sha256));
    let is_shown = |one: &&&Image| {
        let is_unwanted = one.candidacy == Some(Candidacy::Discarded);
        !is_unwanted || discarded == Discarded::Shown || one.sha256 == *image || is_parent(one)
    };
    let shown: Vec<&Image> = family.iter().filter(is_shown).copied().collect();
    let mut children = BTreeMap::<Sha256, Vec<&Image>>::new();
    for one in &shown {
        if let Some(parent) = one.parent {
            children.entry(parent).or_default().push(one);
        }
    }
    let mut nodes = Vec::with_capacity(shown.len());
    let mut rows = 0;
    // Depth first, without recursion: a lineage may be long.
    let mut open: Vec<(&Image, Option<usize>, usize, Option<usize>)> = Vec::new();
    open.extend(shown.iter().find(|one| one.sha256 == one.root).map(|root| (*root, None, 0, Some(0))));
    while let Some((one, parent, column, row)) = open.pop() {
        let row = row.unwrap_or(rows);
        rows = rows.max(row + 1);
        let place = nodes.len();
        nodes.push(LineageNode {
            image: one.sha256,
            parent,
            column,
            row,
            made_by: step(state, &one.sha256),
            standing: standing(state, one),
            mixed_of: state.mixed_of(&one.sha256).map(|(two, _)| two),
            is_discarded: one.candidacy == Some(Candidacy::Discarded),
        });
        let next = children.remove(&one.sha256).unwrap_or_default();
        for (i, child) in next.into_iter().enumerate().rev() {
            open.push((child, Some(place), column + 1, (i == 0).then_some(row)));
        }
    }
    nodes
}
