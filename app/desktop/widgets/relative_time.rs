use eframe::egui::{Label, Response, RichText, Ui};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::theme;

/// How long ago, in words that stay true until the next minute: `just now`, `12 min ago`, `3 h ago`, `yesterday`, `5 days ago`, then
/// the date.
pub fn relative(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let secs = now.as_second() - at.as_second();
    let day = |time: Timestamp| time.to_zoned(zone.clone()).date();
    match secs {
        ..-60 => absolute(at, zone),
        -60..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => format!("{} min ago", secs / MINUTE),
        HOUR..DAY if secs < 6 * HOUR || day(at) == day(now) => format!("{} h ago", secs / HOUR),
        _ if day(at).tomorrow().is_ok_and(|next| next == day(now)) => "yesterday".to_owned(),
        _ if secs < 7 * DAY => format!("{} days ago", (secs + HOUR) / DAY),
        _ => day(at).to_string(),
    }
}

/// The date and the time of day, to the second, with the offset.
pub fn absolute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Draws the relative time; the pointer is told the absolute one.
pub fn relative_time_label(ui: &mut Ui, at: Timestamp, now: Timestamp, zone: &TimeZone) -> Response {
    let palette = theme::palette(ui.style());
    let text = RichText::new(relative(at, now, zone)).font(theme::note_font()).color(palette.secondary);
    ui.add(Label::new(text).selectable(false)).on_hover_text(absolute(at, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let zone = TimeZone::UTC;
        let now: Timestamp = "2026-11-21T14:02:00Z".parse().unwrap();
        for (at, told) in [
            ("2026-11-21T14:01:30Z", "just now"),
            ("2026-11-21T14:02:20Z", "just now"),
            ("2026-11-21T13:50:00Z", "12 min ago"),
            ("2026-11-21T09:50:00Z", "4 h ago"),
            ("2026-11-20T16:00:00Z", "yesterday"),
            ("2026-11-20T09:00:00Z", "yesterday"),
            ("2026-11-16T14:00:00Z", "5 days ago"),
            ("2026-10-01T00:00:00Z", "2026-10-01"),
            ("2026-11-21T15:02:00Z", "2026-11-21 15:02:00 +00:00"),
        ] {
            assert_eq!(relative(at.parse().unwrap(), now, &zone), told, "{at}");
        }
    }
}
