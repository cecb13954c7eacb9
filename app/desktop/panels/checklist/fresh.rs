use kento_studio::Sha256;
use kento_studio::workflow::{Command, FreshView, Stakes};

use super::View;
use crate::widgets::Allowed;

/// A fresh-eyes pass, before, while and after it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct FreshData {
    /// The images that a pass would begin with now.
    pub images: Vec<Sha256>,
    /// Whether it can begin.
    pub begin: Allowed,
    /// How long until it can: `12 min`, `40 s`; none when the pause is over.
    pub wait: Option<String>,
    /// Whether a pass runs that this image belongs to.
    pub in_pass: bool,
    /// Whether the pass has shown this image both ways.
    pub is_over: bool,
    /// The next image of the pass, and how it was seen already: mirrored, at 100 %.
    pub next: Option<(Sha256, [bool; 2])>,
    /// Images of the pass that were seen, and all.
    pub seen: (usize, usize),
}

/// The pass over an image that its maker wants to clear; none where another person reviews, or must.
pub fn fresh_data(view: View<'_>, image: Sha256) -> Option<FreshData> {
    let state = view.state;
    let me = &view.actor.person;
    let known = state.image(&image).filter(|known| known.open_review().is_some() && known.makers.contains(me))?;
    if !state.is_solo() || state.stakes() == Stakes::Regulated {
        return None;
    }
    let wait_secs = |image: &Sha256| state.image(image).map_or(0, |known| state.seconds_to_fresh_eyes(known, view.now));
    let own: Vec<Sha256> =
        state.candidates().iter().filter(|one| one.makers.contains(me)).map(|one| one.sha256).collect();
    let ready: Vec<Sha256> = own.iter().copied().filter(|one| wait_secs(one) <= 0).collect();
    let images = if ready.is_empty() { own } else { ready };
    let begin = (view.would)(&Command::BeginFreshEyes { images: images.clone() });
    let pass = state.fresh_eyes().filter(|pass| pass.by == *me);
    let of_pass = pass.map(|_| state.fresh_looks()).unwrap_or_default();
    let is_seen = |one: &Sha256| pass.is_some_and(|pass| pass.is_seen(one));
    let views = |one: &Sha256| {
        let seen = pass.and_then(|pass| pass.seen.get(one)).map(Vec::as_slice).unwrap_or_default();
        [FreshView::Mirrored, FreshView::FullZoom].map(|view| seen.contains(&view))
    };
    let in_pass = of_pass.contains(&image);
    Some(FreshData {
        wait: (!in_pass).then(|| wait_secs(&known.sha256)).filter(|secs| *secs > 0).map(duration),
        images,
        begin,
        in_pass,
        is_over: in_pass && is_seen(&image),
        next: pass.and_then(|_| state.next_fresh_look()).map(|one| (one, views(&one))),
        seen: (of_pass.iter().filter(|one| is_seen(one)).count(), of_pass.len()),
    })
}

/// Whole minutes, counted up, and seconds in the last two.
fn duration(secs: i64) -> String {
    if secs > 120 { format!("{} min", (secs + 59) / 60) } else { format!("{secs} s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::checklist::sample::{Sample, mara, sha};

    fn fresh(sample: &Sample, image: Sha256) -> Option<FreshData> {
        sample.with_view(&sample.solo_reviewer(), |view| fresh_data(view, image))
    }

    #[test]
    fn the_pause_is_counted_down_and_then_the_pass_can_begin() {
        let mut sample = Sample::solo_at_gate(2);
        for (later, wait) in [(0, Some("20 min")), (17, Some("3 min")), (2, Some("60 s")), (1, None)] {
            sample.later(later);
            let fresh = fresh(&sample, sha(1)).unwrap();
            assert_eq!(fresh.wait.as_deref(), wait);
            assert_eq!(fresh.begin.is_yes(), wait.is_none(), "{:?}", fresh.begin);
        }
    }

    #[test]
    fn the_pass_leads_through_its_order() {
        let mut sample = Sample::solo_at_gate(2);
        let me = sample.solo_reviewer();
        sample.later(20);
        let images = fresh(&sample, sha(1)).unwrap().images;
        assert_eq!(images.len(), 2);
        sample.ok(&me, Command::BeginFreshEyes { images });
        let order = sample.state.fresh_eyes().unwrap().order.clone();
        assert_eq!(fresh(&sample, sha(1)).unwrap().next, Some((order[0], [false, false])));
        sample.ok(&me, Command::ReportSeen { image: order[0], view: FreshView::Mirrored });
        assert_eq!(fresh(&sample, sha(1)).unwrap().next, Some((order[0], [true, false])));
        sample.ok(&me, Command::ReportSeen { image: order[0], view: FreshView::FullZoom });
        let after = fresh(&sample, order[0]).unwrap();
        assert_eq!((after.next, after.seen, after.is_over), (Some((order[1], [false, false])), (1, 2), true));
        assert!(!fresh(&sample, order[1]).unwrap().is_over);
    }

    #[test]
    fn where_others_work_there_is_no_pass() {
        let mut sample = Sample::sprinted();
        sample.keep_and_submit(sha(1));
        assert_eq!(sample.with_view(&mara(), |view| fresh_data(view, sha(1))), None);
    }
}
