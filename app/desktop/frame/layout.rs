use std::collections::{BTreeMap, BTreeSet};

use kento_studio::SchemaV1;
use serde::{Deserialize, Serialize};

use crate::theme::{ActingRole, ThemeChoice, allowed_zoom};

/// One of the four panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PanelKind {
    /// Pictures in rows, and the moodboard.
    ConceptGrid,
    /// The recipe.
    LockPanel,
    /// One picture.
    Canvas,
    /// What is looked at before a picture is cleared.
    Checklist,
}

impl PanelKind {
    /// Every panel, from left to right.
    pub const ALL: [Self; 4] = [Self::ConceptGrid, Self::LockPanel, Self::Canvas, Self::Checklist];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::ConceptGrid => "Concept grid",
            Self::LockPanel => "Lock panel",
            Self::Canvas => "Canvas",
            Self::Checklist => "Checklist",
        }
    }
}

/// How panels stand. egui_tiles keeps the same while the window runs; this is what is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LayoutNode {
    /// One panel.
    Panel(PanelKind),
    /// Several in one place, one of them seen.
    Tabs {
        /// What stands there.
        children: Vec<LayoutNode>,
        /// Which is seen.
        active: usize,
    },
    /// Beside each other, with their shares of the width.
    Row(Vec<(f32, LayoutNode)>),
    /// Above each other, with their shares of the height.
    Column(Vec<(f32, LayoutNode)>),
}

/// How panels stand for one role, in a wide window and in a narrow one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleLayout {
    /// Four panels beside each other fit.
    pub wide: LayoutNode,
    /// They do not.
    pub narrow: LayoutNode,
    /// The panels that this role does not see until it asks for them.
    #[serde(default)]
    pub hidden: BTreeSet<PanelKind>,
}

/// Everything about the window that is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowLayout {
    /// Version of the file.
    pub schema: SchemaV1,
    /// Dark or light.
    pub theme: ThemeChoice,
    /// Zoom of the whole interface, 1 to 3.
    pub zoom: f32,
    /// Panels per role.
    pub roles: BTreeMap<ActingRole, RoleLayout>,
}

/// What is wrong with a saved layout.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayoutMistake {
    /// It cannot be read at all.
    #[error("the saved layout of the window cannot be read, so the usual one is used: {0}")]
    Unreadable(String),
    /// A panel is missing or there twice.
    #[error("the saved layout for the {role} shows {panel} {times} times instead of once, so the usual one is used")]
    Panel {
        /// For whom.
        role: &'static str,
        /// Which panel.
        panel: &'static str,
        /// How often it is there.
        times: usize,
    },
    /// Every panel is hidden.
    #[error("the saved layout for the {role} hides every panel, so the usual one is used")]
    Nothing {
        /// For whom.
        role: &'static str,
    },
    /// A share or a place makes no sense.
    #[error("the saved layout for the {role} has {what}, so the usual one is used")]
    Number {
        /// For whom.
        role: &'static str,
        /// What.
        what: &'static str,
    },
}

impl WindowLayout {
    /// Reads a saved layout.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it.
    pub fn from_ron(text: &str) -> Result<Self, LayoutMistake> {
        let layout: Self = ron::from_str(text).map_err(|error| LayoutMistake::Unreadable(error.to_string()))?;
        for (role, panels) in &layout.roles {
            panels.wide.check(role.label())?;
            panels.narrow.check(role.label())?;
            if panels.hidden.len() >= PanelKind::ALL.len() {
                return Err(LayoutMistake::Nothing { role: role.label() });
            }
        }
        Ok(Self { zoom: allowed_zoom(layout.zoom), ..layout })
    }

    /// As it is saved: without the roles whose panels stand as they usually do, so that they follow when the usual changes.
    ///
    /// # Errors
    /// What RON says when it cannot write it.
    pub fn to_ron(&self) -> Result<String, ron::Error> {
        let is_changed = |(role, panels): &(&ActingRole, &RoleLayout)| **panels != RoleLayout::usual(**role);
        let roles = self.roles.iter().filter(is_changed).map(|(role, panels)| (*role, panels.clone())).collect();
        let saved = Self { roles, ..self.clone() };
        ron::ser::to_string_pretty(&saved, ron::ser::PrettyConfig::default().depth_limit(5))
    }

    /// The panels of a role; the usual ones where nothing is remembered.
    pub fn of(&mut self, role: ActingRole) -> &mut RoleLayout {
        self.roles.entry(role).or_insert_with(|| RoleLayout::usual(role))
    }
}

impl Default for WindowLayout {
    fn default() -> Self {
        Self { schema: SchemaV1, theme: ThemeChoice::System, zoom: 1.0, roles: BTreeMap::new() }
    }
}

impl RoleLayout {
    /// What a role sees first: what it works with is widest, and what belongs to others is hidden until it is asked for.
    pub fn usual(role: ActingRole) -> Self {
        let [grid, lock, canvas, checklist] = PanelKind::ALL.map(LayoutNode::Panel);
        let tabs = |children: [LayoutNode; 2], active| LayoutNode::Tabs { children: children.into(), active };
        match role {
            // Brief, moodboard and Hero; what is ticked at the gate is the Reviewer's.
            ActingRole::Director => Self {
                wide: LayoutNode::Row(vec![
                    (4.4, grid.clone()),
                    (2.6, lock.clone()),
                    (3.4, canvas.clone()),
                    (2.0, checklist.clone()),
                ]),
                narrow: LayoutNode::Row(vec![(3.0, tabs([grid, lock], 0)), (2.0, tabs([canvas, checklist], 0))]),
                hidden: BTreeSet::from([PanelKind::Checklist]),
            },
            ActingRole::Operator => Self {
                wide: LayoutNode::Row(vec![
                    (3.1, grid.clone()),
                    (2.2, lock.clone()),
                    (2.9, canvas.clone()),
                    (1.9, checklist.clone()),
                ]),
                narrow: LayoutNode::Row(vec![(1.0, tabs([grid, lock], 1)), (1.4, tabs([canvas, checklist], 0))]),
                hidden: BTreeSet::new(),
            },
            // The grid is a strip of candidates below the picture; nothing of the recipe is the Reviewer's.
            ActingRole::Reviewer => Self {
                wide: LayoutNode::Row(vec![
                    (4.0, LayoutNode::Column(vec![(5.0, canvas.clone()), (1.0, grid.clone())])),
                    (1.9, checklist.clone()),
                    (1.5, lock.clone()),
                ]),
                narrow: LayoutNode::Row(vec![
                    (1.5, LayoutNode::Column(vec![(3.6, canvas), (1.0, grid)])),
                    (1.0, tabs([checklist, lock], 0)),
                ]),
                hidden: BTreeSet::from([PanelKind::LockPanel]),
            },
        }
    }
}

impl LayoutNode {
    /// Every panel in it, from left to right and top to bottom.
    pub fn panels(&self) -> Vec<PanelKind> {
        match self {
            Self::Panel(panel) => vec![*panel],
            Self::Tabs { children, .. } => children.iter().flat_map(Self::panels).collect(),
            Self::Row(children) | Self::Column(children) => {
                children.iter().flat_map(|(_, child)| child.panels()).collect()
            }
        }
    }

    fn check(&self, role: &'static str) -> Result<(), LayoutMistake> {
        let panels = self.panels();
        for panel in PanelKind::ALL {
            let times = panels.iter().filter(|found| **found == panel).count();
            if times != 1 {
                return Err(LayoutMistake::Panel { role, panel: panel.title(), times });
            }
        }
        self.check_numbers().map_err(|what| LayoutMistake::Number { role, what })
    }

    fn check_numbers(&self) -> Result<(), &'static str> {
        match self {
            Self::Panel(_) => Ok(()),
            Self::Tabs { children, active } if *active >= children.len() => Err("a tab that is not there"),
            Self::Tabs { children, .. } => children.iter().try_for_each(Self::check_numbers),
            Self::Row(children) | Self::Column(children) => children.iter().try_for_each(|(share, child)| {
                if *share > 0.0 && share.is_finite() {
                    child.check_numbers()
                } else {
                    Err("a share that is not above 0")
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_written_and_read_again() {
        let mut layout = WindowLayout { zoom: 1.5, theme: ThemeChoice::Light, ..WindowLayout::default() };
        for role in ActingRole::ALL {
            layout.of(role).hidden = BTreeSet::from([PanelKind::Canvas]);
        }
        let text = layout.to_ron().unwrap();
        assert_eq!(WindowLayout::from_ron(&text), Ok(layout.clone()));
        assert!(text.contains("schema"), "{text}");
        // Who changed nothing follows what is usual, and a file from before panels could be hidden shows them all.
        let director = layout.of(ActingRole::Director);
        *director = RoleLayout::usual(ActingRole::Director);
        let again = WindowLayout::from_ron(&layout.to_ron().unwrap()).unwrap();
        assert_eq!(again.roles.keys().copied().collect::<Vec<_>>(), [ActingRole::Operator, ActingRole::Reviewer]);
        let old = "(wide: Panel(Canvas), narrow: Panel(Canvas))";
        assert_eq!(ron::from_str::<RoleLayout>(old).unwrap().hidden, BTreeSet::new());
    }

    #[test]
    fn a_layout_that_makes_no_sense_is_refused_by_name() {
        let layout = |node: LayoutNode| {
            let usual = RoleLayout::usual(ActingRole::Director);
            let roles = BTreeMap::from([(ActingRole::Director, RoleLayout { wide: node, ..usual })]);
            WindowLayout::from_ron(&WindowLayout { roles, ..WindowLayout::default() }.to_ron().unwrap())
        };
        let all = || PanelKind::ALL.map(LayoutNode::Panel).to_vec();
        let three = LayoutNode::Tabs { children: all()[..3].to_vec(), active: 0 };
        let said = layout(three).unwrap_err().to_string();
        assert_eq!(
            said,
            "the saved layout for the Director shows Checklist 0 times instead of once, so the usual one is used"
        );
        assert!(layout(LayoutNode::Tabs { children: all(), active: 4 }).is_err());
        assert!(layout(LayoutNode::Row(all().into_iter().map(|node| (0.0, node)).collect())).is_err());
        assert!(layout(LayoutNode::Row(all().into_iter().map(|node| (1.0, node)).collect())).is_ok());
        assert!(matches!(WindowLayout::from_ron("(schema: 2)"), Err(LayoutMistake::Unreadable(_))));
    }

    #[test]
    fn every_role_has_every_panel_and_sees_its_own_first() {
        for role in ActingRole::ALL {
            let usual = RoleLayout::usual(role);
            for node in [usual.wide, usual.narrow] {
                assert_eq!(node.check("role"), Ok(()));
            }
        }
        let hidden = |role| RoleLayout::usual(role).hidden.into_iter().collect::<Vec<_>>();
        assert_eq!(hidden(ActingRole::Director), [PanelKind::Checklist]);
        assert_eq!(hidden(ActingRole::Operator), []);
        assert_eq!(hidden(ActingRole::Reviewer), [PanelKind::LockPanel]);
    }

    #[test]
    fn a_layout_that_hides_everything_is_refused() {
        let mut layout = WindowLayout::default();
        layout.of(ActingRole::Operator).hidden = PanelKind::ALL.into();
        let said = WindowLayout::from_ron(&layout.to_ron().unwrap()).unwrap_err();
        assert_eq!(said, LayoutMistake::Nothing { role: "Operator" });
    }
}
