//! The pointer as a drawing tool: every place that it passed, not only where it was when the frame was drawn.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Response, TouchPhase, Ui};

use super::data::{ImageView, Keys, Trace, TraceStep, ViewTool};

/// Takes what the pointer did in this frame while the drawing tool is held, in pixels of the picture. Where the tool, the window, the
/// pointer or the keyboard goes away, what is being drawn ends where it was last: nobody wanted it gone. Only Escape gives it up.
pub(super) fn take(ui: &Ui, view: &mut ImageView, response: &Response, pane: Rect, size: [f32; 2]) -> Vec<Trace> {
    if view.tool != ViewTool::Draw {
        return view.drawn_last.take().map(Trace::ended).into_iter().collect();
    }
    let camera = view.camera;
    let in_image = |at: Pos2| {
        let place = camera.image_from_ui((at - pane.center()).into(), size, pane.size().into());
        [place[0] * size[0], place[1] * size[1]]
    };
    let hand = ui.input(|input| input.key_down(Key::Space));
    let mut pressure = view.pressure;
    let mut traces = Vec::new();
    let (events, modifiers) = ui.input(|input| (input.events.clone(), input.modifiers));
    let keys = Keys { shift: modifiers.shift, alt: modifiers.alt };
    for event in events {
        let (step, pos) = match event {
            Event::Touch { force, phase, .. } => {
                pressure = if phase == TouchPhase::End { None } else { force };
                continue;
            }
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. }
                if response.contains_pointer() && pane.contains(pos) && !hand && !view.is_drawing() && !view.yields =>
            {
                response.request_focus();
                (TraceStep::Begin, pos)
            }
            Event::PointerMoved(pos) if view.is_drawing() => (TraceStep::Move, pos),
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, .. } if view.is_drawing() => {
                (TraceStep::End, pos)
            }
            Event::WindowFocused(false) => {
                traces.extend(view.drawn_last.take().map(Trace::ended));
                continue;
            }
            _ => continue,
        };
        let trace = Trace { step, at_in_image: in_image(pos), pressure: pressure.unwrap_or(1.0), keys };
        view.drawn_last = Some(trace).filter(|_| step != TraceStep::End);
        traces.push(trace);
    }
    if view.is_drawing() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        view.drawn_last = None;
        traces.push(Trace::cancelled());
    }
    // It was let go while the view was not drawn; or something else has the keyboard now, as the command palette has.
    let is_elsewhere = ui.memory(|memory| memory.focused().is_some_and(|focused| focused != response.id));
    if is_elsewhere || !ui.input(|input| input.pointer.primary_down()) {
        traces.extend(view.drawn_last.take().map(Trace::ended));
    }
    view.pressure = pressure;
    traces
}

/// By how many degrees a drag turns the picture around the middle of the pane: with Shift and Space.
pub(super) fn turned(ui: &Ui, view: &ImageView, response: &Response, pane: Rect) -> Option<f32> {
    let has_keys = ui.input(|input| input.key_down(Key::Space) && input.modifiers.shift);
    if !has_keys || view.is_drawing() || view.yields || !response.dragged_by(PointerButton::Primary) {
        return None;
    }
    let to = response.interact_pointer_pos()? - pane.center();
    let from = to - response.drag_delta();
    let degrees = (to.angle() - from.angle()).to_degrees();
    // The shorter way around.
    Some((degrees + 180.0).rem_euclid(360.0) - 180.0)
}

/// Whether a drag moves the picture and not the tool.
pub(super) fn is_hand(ui: &Ui, view: &ImageView, response: &Response) -> bool {
    match view.tool {
        _ if view.yields => false,
        ViewTool::Draw => {
            response.dragged_by(PointerButton::Middle)
                || response.dragged_by(PointerButton::Primary)
                    && ui.input(|input| input.key_down(Key::Space))
                    && !view.is_drawing()
        }
        _ => response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle),
    }
}
