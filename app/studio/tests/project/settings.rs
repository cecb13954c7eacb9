//! Settings and the list of recent projects.

use std::path::Path;
use std::sync::Arc;

use kento_studio::project::{DiskFs, RecentProjects, SettingsFolder};

use crate::{assert_sentence, name, now};

#[test]
fn settings_that_were_never_saved_have_their_default() {
    let place = tempfile::tempdir().unwrap();
    let settings = SettingsFolder::new(Arc::new(DiskFs), &place.path().join("a/b/kento"));
    let recent: RecentProjects = settings.load(&name("recent")).unwrap();
    assert!(recent.list().is_empty());
    assert!(!place.path().join("a").exists(), "reading creates nothing");
    settings.save(&name("recent"), &recent).unwrap();
    assert_eq!(settings.load::<RecentProjects>(&name("recent")).unwrap(), recent);
}

#[test]
fn recent_projects_are_few_each_once_and_the_latest_first() {
    let mut recent = RecentProjects::default();
    for i in 0..30 {
        recent.remember(Path::new(&format!("/p{i}")), &format!("P{i}"), now());
    }
    recent.remember(Path::new("/p20"), "P20 renamed", now());
    recent.forget(Path::new("/p29"));
    let names: Vec<&str> = recent.list().iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names.len(), RecentProjects::MOST - 1);
    assert_eq!(names[..3], ["P20 renamed", "P28", "P27"]);
    assert_eq!(names.last(), Some(&"P10"));
}

#[test]
fn changed_settings_are_refused_and_kept() {
    let place = tempfile::tempdir().unwrap();
    let settings = SettingsFolder::new(Arc::new(DiskFs), place.path());
    let deep = "[".repeat(10_000);
    let huge = format!("(schema:1,projects:[]){}", " ".repeat(2 << 20));
    let many = format!(
        "(schema: 1, projects: [{}])",
        "(folder:Text(\"/p\"),name:\"P\",opened:\"2026-01-01T00:00:00Z\"),".repeat(50)
    );
    for (text, expected) in [
        ("", "Expected opening `(`"),
        ("(schema: 2, projects: [])", "written with schema 2"),
        ("(schema: 1, projects: [], luck: 1)", "luck"),
        (
            "(schema: 1, projects: [(folder: Text(\"/p\"), name: \"P\", opened: \"yesterday\")])",
            "failed to parse four digit integer as year",
        ),
        (&deep, "Expected opening `(`"),
        (&huge, "at most 1048576 are expected"),
        ("\u{0}", "Expected opening `(`"),
    ] {
        std::fs::write(place.path().join("recent.ron"), text).unwrap();
        let error = settings.load::<RecentProjects>(&name("recent")).unwrap_err().to_string();
        assert_sentence(&error);
        assert!(error.contains(expected), "{error}");
        assert_eq!(std::fs::read_to_string(place.path().join("recent.ron")).unwrap(), text);
    }
    std::fs::write(place.path().join("recent.ron"), many).unwrap();
    assert_eq!(settings.load::<RecentProjects>(&name("recent")).unwrap().list().len(), RecentProjects::MOST);
}
