use kento_engine::protocol::DeviceRequest;
use kento_studio::card::CardRef;
use kento_studio::library::Template;

use super::{Desk, Notice, Sight};
use crate::frame::{Drawer, PanelKind};
use crate::panels::acts::{How, Place};
use crate::studio::Request;
use crate::widgets::toasts::ToastKind;

impl Desk {
    /// Computes on another device once the running job has ended.
    pub fn use_device(&self, device: DeviceRequest) -> Option<Notice> {
        self.thread.ask(Request::UseDevice(device)).err().map(|why| Notice::Toast(ToastKind::Failed, why))
    }

    /// Offers these templates when a card is begun.
    pub fn offer_templates(&mut self, templates: &[Template]) {
        self.libraries.templates = templates.to_vec();
    }

    /// What is to be done with a template of this project, or why it cannot be.
    pub(super) fn template(&self, card: &CardRef, what: fn(Box<Template>) -> Notice) -> Notice {
        match self.state().template_for_others(card) {
            Ok(template) => what(Box::new(template)),
            Err(refusal) => Notice::Toast(ToastKind::Refused, refusal.to_string()),
        }
    }

    /// Does an act that was taken from the command palette, or brings its controls into sight.
    pub fn take_act(&mut self, how: How) -> Option<Notice> {
        let place = match how {
            How::Decide(command) => return self.decide(*command),
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
