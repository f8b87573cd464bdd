//! Draws with a pen, a finger or the mouse on the chart of the lesson.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{HtmlElement, PointerEvent};

use super::drawing::Drawing;
use super::lesson::{Beat, Lesson};
use crate::page::chart::{Layout, Point};
use crate::page::dom::Listener;
use crate::page::figure::{Handle, View};
use crate::page::plots;

/// Listens on the canvas of a large chart.
pub fn listen(
    canvas: &HtmlElement,
    lesson: &Rc<RefCell<Lesson>>,
    handle: &Handle,
) -> Vec<Listener> {
    let last: Rc<Cell<Option<[f64; 2]>>> = Rc::default();
    let draw = {
        let (canvas, lesson, handle) = (canvas.clone(), Rc::clone(lesson), handle.clone());
        move |event: &PointerEvent, from: [f64; 2]| {
            let to = Layout::LARGE.locate(&canvas, event);
            let known = handle.look(known).unwrap_or(0.0);
            if let Ok(mut lesson) = lesson.try_borrow_mut() {
                lesson.drawing.stroke(from, to, known);
                lesson.revision += 1;
            }
            show(&lesson, &handle);
            to
        }
    };
    let is_on = {
        let lesson = Rc::clone(lesson);
        move || lesson.try_borrow().is_ok_and(|lesson| lesson.beat() == Beat::Predict)
    };
    let (begin, begun, at) = (draw.clone(), Rc::clone(&last), canvas.clone());
    let on_down = Listener::new(canvas, "pointerdown", move |event: PointerEvent| {
        if is_on() {
            at.set_pointer_capture(event.pointer_id()).ok();
            let place = Layout::LARGE.locate(&at, &event);
            begun.set(Some(begin(&event, place)));
        }
    });
    let moved = Rc::clone(&last);
    let on_move = Listener::new(canvas, "pointermove", move |event: PointerEvent| {
        if let Some(place) = moved.get() {
            moved.set(Some(draw(&event, place)));
        }
    });
    let ends = ["pointerup", "pointercancel"].map(|name| {
        let last = Rc::clone(&last);
        Listener::new(canvas, name, move |_: PointerEvent| last.set(None))
    });
    [on_down, on_move].into_iter().chain(ends).collect()
}

/// Where the known part of the axis ends: where the networks memorised, or have come to.
pub fn known(view: &View<'_>) -> f64 {
    let [memorised, _] = plots::event_steps(&view.shared.phases);
    let step = memorised.map_or(1.0, f64::from);
    view.shared.time.position(step).unwrap_or(0.0)
}

/// Draws the curve of a choice: never, soon or much later than memorising.
pub fn choose(choice: usize, drawing: &mut Drawing, view: &View<'_>) {
    let from = known(view);
    // “Soon” is up to ten times the step of memorising.
    let step = view.shared.time.at(from);
    let soon = view.shared.time.position(10.0 * step).unwrap_or(from).min(1.0);
    let rises = match choice {
        0 => None,
        1 => Some((from + soon) / 2.0),
        _ => Some((soon + 1.0) / 2.0),
    };
    drawing.choose(from, rises);
}

/// Puts what is drawn under the curves, where the class has drawn it.
pub fn show(lesson: &Rc<RefCell<Lesson>>, handle: &Handle) {
    let Ok(lesson) = lesson.try_borrow() else { return };
    let has_drawing = lesson.number() == 0;
    let points = handle.look(|view| {
        let places = lesson.drawing.points().filter(|_| has_drawing);
        let point = |(across, height)| {
            let x = view.shared.time.at(across);
            Point { x, low: height, median: height, high: height }
        };
        places.map(point).collect::<Vec<_>>()
    });
    drop(lesson);
    if let Some(points) = points {
        handle.change_view(|options| options.drawn = points);
    }
}
