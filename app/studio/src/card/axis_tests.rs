use super::*;
use crate::JobId;
use crate::card_examples::{axis, card, lock};

fn with(axes: Vec<VariationAxis>) -> RecipeCard {
    RecipeCard { axes, ..card() }
}

#[track_caller]
fn refused(axes: Vec<VariationAxis>) -> String {
    let card = with(axes);
    let refusal = rows(&card).unwrap_err();
    assert_eq!(card.check().unwrap_err().to_string(), refusal.to_string(), "the card is refused for the same reason");
    refusal.to_string()
}

#[test]
fn a_card_without_axes_has_one_row_itself() {
    let rows = rows(&card()).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0].changes[..], &rows[0].request), (&[][..], &card().request(JobId(0))));
}

#[test]
fn rows_are_the_product_of_the_axes_with_their_changes() {
    let card = with(vec![
        axis(AxisKind::Subject, &["a (red sun:1.2)", "a moon"]),
        axis(AxisKind::SeedOffset, &["0", "5", "9"]),
        axis(AxisKind::Guidance, &["3.5", "5"]),
    ]);
    let rows = lock(card.clone()).rows().unwrap();
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[0].request, card.request(JobId(0)));
    assert_eq!(rows[0].changes, []);
    let last = &rows[11];
    assert_eq!(last.request.recipe.prompt, "a moon, over blue mountains, risograph print");
    assert_eq!((last.request.seed, last.request.recipe.guidance_scale, last.request.job), (16, 5.0, JobId(11)));
    let changes: Vec<String> = last.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["Subject: a (red sun:1.2) became a moon", "Seed: 7 became 16", "Guidance: 3.5 became 5"]);
    assert_eq!(rows[1].request.recipe.guidance_scale, 5.0, "the last axis varies fastest");
    assert_eq!(last.skeleton.text(), last.request.recipe.prompt);
}

#[test]
fn an_axis_may_empty_a_slot() {
    let rows = rows(&with(vec![axis(AxisKind::Style, &["", "neon"])])).unwrap();
    assert_eq!(rows[0].request.recipe.prompt, "a (red sun:1.2), over blue mountains");
    assert_eq!(rows[0].changes[0].to_string(), "Style: risograph print is gone");
}

#[test]
fn no_row_changes_what_its_axes_do_not_declare() {
    let locked = lock(with(vec![
        axis(AxisKind::Subject, &["a moon", "a moon, over", ""]),
        axis(AxisKind::Context, &["over blue mountains", "over", "a moon"]),
        axis(AxisKind::Technical, &["", "high detail", "over"]),
        VariationAxis::seeds(4),
        axis(AxisKind::Guidance, &["2", "4.25"]),
    ]));
    for row in locked.rows().unwrap() {
        assert_eq!(undeclared(&locked, &row.request), [], "{row:?}");
        assert_eq!(locked.check_row(&row.request), Ok(()));
    }
}

#[test]
fn an_undeclared_change_is_refused_by_name() {
    let locked = lock(with(vec![axis(AxisKind::Subject, &["a moon"]), VariationAxis::seeds(3)]));
    let mut request = locked.rows().unwrap()[2].request.clone();
    request.recipe.steps = 30;
    assert_eq!(
        locked.check_row(&request).unwrap_err().to_string(),
        "the row changes what no axis of red-sun-r1 declares (Steps: 20 became 30): declare it in a new revision of the card, or leave it as it is"
    );
    let field = |change: fn(&mut crate::GenerationRequest)| {
        let mut request = locked.request(JobId(1));
        change(&mut request);
        undeclared(&locked, &request).iter().map(|difference| difference.field).collect::<Vec<_>>()
    };
    assert_eq!(field(|request| request.seed += 3), [CardField::Seed]);
    assert_eq!(field(|request| request.seed += 2), []);
    let turned = field(|request| request.variation = Some(crate::SeedVariation { seed: 1, strength: 0.1 }));
    assert_eq!(turned, [CardField::Seed], "axes declare whole seeds");
    assert_eq!(field(|request| request.seed -= 1), [CardField::Seed]);
    assert_eq!(field(|request| request.recipe.guidance_scale = 4.0), [CardField::Guidance]);
    assert_eq!(field(|request| request.recipe.prompt.push_str(", sharp")), [CardField::Prompt]);
    assert_eq!(field(|request| request.recipe.prompt = "a moon, over blue mountains, risograph print".to_owned()), []);
    assert_eq!(field(|request| request.recipe.device = Some(crate::card_examples::fingerprint().device)), []);
}

#[test]
fn axes_that_say_nothing_or_the_same_twice_are_refused() {
    assert_eq!(
        refused(vec![axis(AxisKind::Subject, &[])]),
        "the axis Subject has no values: add one or remove the axis"
    );
    assert_eq!(
        refused(vec![VariationAxis::seeds(1), VariationAxis::seeds(2)]),
        "there are two axes Seed offset: put their values into one"
    );
    assert_eq!(
        refused(vec![axis(AxisKind::Subject, &["a moon", " a moon"])]),
        "the axis Subject has the value \" a moon\" twice: remove one of them"
    );
    assert!(refused(vec![axis(AxisKind::Guidance, &["2", "2.0"])]).contains("\"2.0\" twice"));
    assert!(refused(vec![axis(AxisKind::Guidance, &["0", "-0"])]).contains("\"-0\" twice"));
}

#[test]
fn seed_offsets_and_guidance_are_numbers_in_range() {
    for value in ["", "-1", "+1", "01", "1.0", " 1", "18446744073709551616", "one"] {
        assert_eq!(
            refused(vec![axis(AxisKind::SeedOffset, &[value])]),
            format!(
                "a seed offset is a whole number from 0 written without sign, and \"{value}\" is not one: write for example 1"
            )
        );
    }
    assert_eq!(
        refused(vec![axis(AxisKind::SeedOffset, &["18446744073709551615"])]),
        "seed 7 leaves no room for the offset 18446744073709551615: use a smaller seed or offset"
    );
    assert!(rows(&with(vec![axis(AxisKind::SeedOffset, &["18446744073709551608"])])).is_ok());
    assert_eq!(
        refused(vec![axis(AxisKind::Guidance, &["high"])]),
        "a guidance scale is a number, and \"high\" is not one: write for example 3.5"
    );
    for value in ["-1", "100.5", "NaN", "inf"] {
        assert!(
            refused(vec![axis(AxisKind::Guidance, &[value])]).starts_with("guidance must be a number from 0 to 100")
        );
    }
    assert!(refused(vec![axis(AxisKind::Subject, &["a\0b"])]).contains("NUL"));
}

#[test]
fn a_run_has_at_most_10000_rows() {
    let hundred: Vec<String> = (0..100).map(|n| format!("{n} suns")).collect();
    let subjects = VariationAxis { kind: AxisKind::Subject, values: hundred };
    let full = with(vec![subjects.clone(), VariationAxis::seeds(100)]);
    assert_eq!(rows(&full).unwrap().len(), 10_000);
    assert_eq!(
        refused(vec![subjects, VariationAxis::seeds(101)]),
        "the axes make more than 10000 rows: remove values or an axis"
    );
}
