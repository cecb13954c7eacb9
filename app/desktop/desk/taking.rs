use kento_studio::workflow::Command;

use super::{Desk, Notice, Sight};
use crate::frame::{Drawer, PanelKind};
use crate::panels::acts::{How, Place};
use crate::panels::waiting::Target;

impl Desk {
    /// Goes to something that waits for who acts, by its place in the list.
    pub fn go_to_waiting(&mut self, place: usize) -> Option<Notice> {
        let target = self.waiting().get(place)?.target.clone();
        Some(Notice::Reveal(match target {
            Target::Image(image, panel) => {
                self.selection.image = Some(image);
                panel
            }
            Target::Card(card, hero) => {
                self.selection.card = Some(card);
                self.selection.image = hero.or(self.selection.image);
                self.parts().1.bring_up(Sight::Recipe);
                PanelKind::LockPanel
            }
            Target::Moodboard => {
                self.parts().1.bring_up(Sight::Moodboard);
                PanelKind::ConceptGrid
            }
        }))
    }

    /// Does an act that was taken from the command palette, or brings its controls into sight.
    pub fn take_act(&mut self, how: How) -> Option<Notice> {
        let place = match how {
            How::Decide(command) => {
                // The file is read once more first, as with the button beside the checklist, which says what becomes of it.
                if let Command::ClearImage { image } = *command {
                    self.panels.checklist.reread(&self.context, &self.images, image, *command);
                    return Some(Notice::Reveal(PanelKind::Checklist));
                }
                return self.decide(*command);
            }
            How::Show(place) => place,
        };
        let sight = match place {
            Place::Brief => Some(Sight::Brief),
            Place::Recipe => Some(Sight::Recipe),
            Place::Sprint => Some(Sight::Moodboard),
            _ => None,
        };
        let mut contents = self.parts().1;
        sight.into_iter().for_each(|sight| contents.bring_up(sight));
        Some(match place {
            Place::Panel(panel) => Notice::Reveal(panel),
            Place::Brief | Place::Recipe => Notice::Reveal(PanelKind::LockPanel),
            Place::Sprint => Notice::Reveal(PanelKind::ConceptGrid),
            Place::Cull => {
                contents.toggle_cull();
                return None;
            }
            Place::Project => Notice::Open(Drawer::Project),
            Place::Queue => Notice::Open(Drawer::Queue),
            Place::Stage(place) => Notice::OpenStage(place),
            Place::NewInput => Notice::ChooseInput,
            Place::NewEvidence => Notice::ChooseEvidence,
        })
    }
}
