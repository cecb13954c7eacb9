use kento_engine::protocol::DeviceRequest;
use kento_studio::card::CardRef;
use kento_studio::library::{Style, Template};
use kento_studio::workflow::{Command, LibraryAddition};

use super::{Desk, Libraries, Notice, Sight};
use crate::frame::{Drawer, PanelKind};
use crate::panels::acts::{How, Place};
use crate::panels::waiting::Target;
use crate::studio::Request;
use crate::widgets::toasts::ToastKind;

impl Desk {
    /// Computes on another device once the running job has ended.
    pub fn use_device(&self, device: DeviceRequest) -> Option<Notice> {
        self.thread.ask(Request::UseDevice(device)).err().map(|why| Notice::Toast(ToastKind::Failed, why))
    }

    /// Offers what other projects left: templates when a card is begun, negative prompts and styles in the libraries.
    pub fn offer(&mut self, templates: &[Template], negatives: &[LibraryAddition], styles: &[Style]) {
        self.libraries.templates = templates.to_vec();
        if self.libraries.kept_negatives != negatives || self.libraries.kept_styles != styles {
            self.libraries.kept_negatives = negatives.to_vec();
            self.libraries.kept_styles = styles.to_vec();
            let additions = self.state().library_additions().to_vec();
            self.renew_libraries(&additions);
        }
    }

    /// Puts the libraries together anew: what ships, what this project found, what other projects left.
    pub(super) fn renew_libraries(&mut self, additions: &[LibraryAddition]) {
        let Libraries { templates, kept_negatives, kept_styles, .. } = &mut self.libraries;
        let (templates, kept_negatives) = (std::mem::take(templates), std::mem::take(kept_negatives));
        let kept_styles = std::mem::take(kept_styles);
        // This project's own first: a name that two projects gave to different texts is this one's.
        let all: Vec<LibraryAddition> = additions.iter().chain(&kept_negatives).cloned().collect();
        match Libraries::with_additions(&all) {
            Ok(libraries) => {
                self.libraries = Libraries { templates, kept_negatives, ..libraries };
                self.libraries.add_styles(kept_styles);
            }
            Err(refusal) => {
                log::warn!("{refusal}");
                (self.libraries.templates, self.libraries.kept_negatives) = (templates, kept_negatives);
                self.libraries.kept_styles = kept_styles;
            }
        }
    }

    /// The style of a card, to be kept for every project.
    pub(super) fn style(&self, card: &CardRef) -> Option<Notice> {
        let known = self.state().card(card)?;
        let project = self.state().project().map_or("a project", |project| &project.name);
        let style = Style::of_card(&known.card, format!("As {card} of {project}."));
        Some(Notice::KeepStyle(Box::new(style)))
    }

    /// What is to be done with a template of this project, or why it cannot be.
    pub(super) fn template(&self, card: &CardRef, what: fn(Box<Template>) -> Notice) -> Notice {
        match self.state().template_for_others(card) {
            Ok(template) => what(Box::new(template)),
            Err(refusal) => Notice::Toast(ToastKind::Refused, refusal.to_string()),
        }
    }

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
