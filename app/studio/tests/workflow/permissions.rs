use std::collections::BTreeSet;

use kento_studio::workflow::*;

use crate::studio::*;

#[test]
fn every_command_has_exactly_one_row_in_the_table() {
    let kinds: Vec<CommandKind> = TABLE.iter().map(|row| row.kind).collect();
    let unique: BTreeSet<CommandKind> = kinds.iter().copied().collect();
    assert_eq!(unique, CommandKind::ALL.iter().copied().collect());
    assert_eq!(kinds.len(), unique.len());
    for kind in CommandKind::ALL {
        assert_eq!(table_row(*kind).kind, *kind);
    }
}

#[test]
fn the_table_keeps_the_roles_apart() {
    let may = |kind| match table_row(kind).who {
        Who::Roles(roles) => roles.to_vec(),
        Who::Anybody | Who::App => Vec::new(),
    };
    use CommandKind::*;
    for kind in [ApproveDirection, ApproveHero, RankMoodboard, WriteBrief, CompleteBrief, GrantIterations] {
        assert_eq!(may(kind), [Role::Director], "{kind:?}");
    }
    for kind in [StartConceptSprint, RenderHero, StartVolumeRun, StartRepair, VaryImage, Keep, Reject, LockRecipe] {
        assert_eq!(may(kind), [Role::Operator], "{kind:?}");
    }
    for kind in [JudgeItem, ClearImage, SendBack, VetoImage] {
        assert_eq!(may(kind), [Role::Reviewer], "{kind:?}");
    }
    assert!(!may(ReleaseImages).contains(&Role::Operator));
}

#[test]
fn a_disabled_button_says_why_in_the_words_of_the_rule() {
    let studio = Studio::heroed();
    let reason = |kind, by: &Actor| match allowed(&studio.state, kind, by, studio.now) {
        Permission::Yes => String::new(),
        Permission::No { reason } => reason,
    };
    assert_eq!(reason(CommandKind::LockRecipe, &mara()), "");
    assert_eq!(
        reason(CommandKind::ApproveHero, &mara()),
        "approving the Hero needs a Director; an Operator neither approves a direction nor releases: \
         switch role or ask one"
    );
    assert_eq!(
        reason(CommandKind::StartVolumeRun, &mara()),
        "the recipe harbour-flat-r1 is not locked: prove it and lock it before a volume run"
    );
    assert_eq!(reason(CommandKind::JudgeItem, &ravi()), "no image is at the gate: submit a keeper for review");
    assert_eq!(
        reason(CommandKind::StartConceptSprint, &mara()),
        "a direction is approved already: withdraw it before another concept sprint"
    );
    assert_eq!(reason(CommandKind::SubmitForReview, &mara()), "there is no keeper yet: cull the images first");
}

#[test]
fn nothing_is_done_before_the_project_begins() {
    let studio = Studio::empty();
    for kind in CommandKind::ALL {
        let permission = allowed(&studio.state, *kind, &jo(), studio.now);
        match kind {
            CommandKind::StartProject => assert!(permission.is_yes()),
            _ => assert_eq!(permission.reason(), Some("there is no project yet: start it"), "{kind:?}"),
        }
    }
    let started = Studio::started();
    assert_eq!(started.refused(&jo(), start_command()), "the project has begun already: go on with it");
}

#[test]
fn every_refusal_of_the_table_says_what_to_do() {
    let stages = [Studio::started(), Studio::briefed(), Studio::sprinted(), Studio::locked(), Studio::cleared().0];
    let mut seen = BTreeSet::new();
    for studio in &stages {
        for kind in CommandKind::ALL {
            for by in [jo(), mara(), ravi()] {
                if let Permission::No { reason } = allowed(&studio.state, *kind, &by, studio.now) {
                    assert!(reason.contains(": ") && !reason.ends_with('.') && !reason.contains('\n'), "{reason}");
                    seen.insert(reason);
                }
            }
        }
    }
    assert!(seen.len() > 40, "only {} different refusals", seen.len());
}
