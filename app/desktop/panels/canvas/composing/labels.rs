use kento_studio::workflow::DeliverableGuides;

/// What deliverables are called where one is chosen: their names, with the size where two have one name, and with a number where these
/// are the same too. No two are alike.
pub fn labels(deliverables: &[DeliverableGuides]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for one in deliverables {
        let [width, height] = one.size;
        let is_only = deliverables.iter().filter(|other| other.name == one.name).count() == 1;
        let label = if is_only { one.name.clone() } else { format!("{} {width}×{height}", one.name) };
        let is_taken = |label: &String| labels.contains(label);
        let numbered = (2..).map(|n| format!("{label} ({n})")).find(|label| !is_taken(label));
        let label = if is_taken(&label) { numbered.unwrap_or_default() } else { label };
        labels.push(label);
    }
    labels
}

#[cfg(test)]
mod tests {
    use kento_studio::workflow::SizeUnit;

    use super::*;

    #[test]
    fn no_two_deliverables_have_one_label() {
        let one = |name: &str, size| DeliverableGuides {
            name: name.to_owned(),
            size,
            unit: SizeUnit::Pixels,
            source: String::new(),
            margin: None,
            copy_spaces: Vec::new(),
        };
        let deliverables = [
            one("banner", [9, 3]),
            one("cover", [8, 8]),
            one("cover", [16, 9]),
            one("cover", [8, 8]),
            one("cover 16×9", [1, 1]),
        ];
        let expected = ["banner", "cover 8×8", "cover 16×9", "cover 8×8 (2)", "cover 16×9 (2)"];
        assert_eq!(labels(&deliverables), expected);
        assert!(labels(&[]).is_empty());
    }
}
