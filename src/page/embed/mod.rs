//! A figure in a frame of another page: which figure of the article it is, the colours and the
//! controls that the address or the host asks for, and the messages between the two pages.

mod messages;
mod requests;

pub use messages::{Host, tell};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::address::{Address, Notice, Options, Theme, View, embedded_query};
use super::dom::{document, set_attribute, set_text};
use super::figure::asks_make_sense;
use crate::experiment::{Data, Experiment, shorten};

/// The speed of a figure that the address says nothing of.
const USUAL: &str = "speed=20s";

/// Applies what an address says of the whole document.
pub fn dress(options: &Options) {
    let Some(root) = document().document_element() else { return };
    set_theme(options.theme);
    let set = |name, value: String| {
        if value.is_empty() {
            root.remove_attribute(name).ok();
        } else {
            set_attribute(&root, name, &value);
        }
    };
    set("data-hide", options.hidden.join(" "));
    set("data-caption", if options.has_caption { String::new() } else { "0".into() });
}

/// Light, dark, or as the system says.
pub fn set_theme(theme: Option<Theme>) {
    let Some(root) = document().document_element() else { return };
    match theme {
        Some(theme) => set_attribute(&root, "data-theme", theme.key()),
        None => {
            root.remove_attribute("data-theme").ok();
        }
    }
}

/// Gives the embed's figure the attributes of the section that the address names, with its heading
/// as the title, or else those that suit its experiment. Gives back what could not be taken.
pub fn set_up(options: &Options, search: &str) -> Option<Notice> {
    if options.view != View::Embed {
        return None;
    }
    let figure: HtmlElement =
        document().query_selector("#embed [data-two-phase]").ok().flatten()?.dyn_into().ok()?;
    let named = options.figure.as_deref();
    let Some(source) = named.and_then(section).and_then(|section| figure_of(&section)) else {
        let experiment = Address::read(search).experiment;
        usual(&figure, &experiment);
        return named.map(|name| Notice::UnknownFigure { got: shorten(name), known: sections() });
    };
    copy(&source, &figure);
    let query = embedded_query(&own_query(&figure), search);
    let own = Address::read(&own_query(&figure)).experiment;
    if Address::read(&query).experiment != own {
        figure.remove_attribute("data-recording").ok();
    }
    let heading = named
        .and_then(section)
        .and_then(|section| section.query_selector("h1, h2, h3").ok().flatten()?.text_content());
    if let Ok(Some(title)) = document().query_selector("#embed h1") {
        set_text(&title, heading.unwrap_or_default().trim());
    }
    None
}

/// What a figure of an embed shows where the address says nothing else.
pub fn own_query(figure: &HtmlElement) -> String {
    figure.get_attribute("data-two-phase").unwrap_or_default()
}

/// The section of the article with an id.
fn section(id: &str) -> Option<Element> {
    document().query_selector(&format!("#article [id={id}]")).ok().flatten()
}

fn figure_of(section: &Element) -> Option<Element> {
    section.query_selector("[data-two-phase]").ok().flatten()
}

/// The ids that `figure` can name.
fn sections() -> Vec<String> {
    let Ok(found) = document().query_selector_all("#article [id]:has([data-two-phase])") else {
        return Vec::new();
    };
    let id = |index| Some(found.get(index)?.unchecked_into::<Element>().id());
    (0..found.length()).filter_map(id).collect()
}

/// Copies the attributes of a figure of the article. Every embed has its settings and its links.
fn copy(source: &Element, figure: &HtmlElement) {
    for name in source.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if name.starts_with("data-") && name != "data-primary" {
            set_attribute(figure, &name, &source.get_attribute(&name).unwrap_or_default());
        }
    }
    let parts = source.get_attribute("data-parts").unwrap_or_default();
    if !parts.split(',').any(|part| part == "links") {
        set_attribute(figure, "data-parts", &format!("{parts},links"));
    }
}

/// The parts of the hero for a task with classes, and charts for any other.
fn usual(figure: &HtmlElement, experiment: &Experiment) {
    let settings = &experiment.settings;
    // Its title follows the experiment, which the host may change.
    let mut attributes = vec![("data-two-phase", USUAL), ("data-title", "own")];
    if asks_make_sense(experiment) {
        attributes.extend([
            ("data-parts", "task,toolbar,curves,status,finding,links,measures,compression"),
            ("data-question", ""),
        ]);
        if experiment == &Experiment::default() {
            attributes.push(("data-recording", "./recorded-grokking.json"));
        }
    } else {
        let parts = "toolbar,curves,sweep,status,finding,links,versus,measures,compression";
        attributes.push(("data-parts", parts));
    }
    attributes
        .push((if settings.is_regression() { "data-loss-only" } else { "data-one-chart" }, ""));
    for (name, value) in attributes {
        set_attribute(figure, name, value);
    }
}

/// Whether the hero's question can stand above an experiment: half of a table is the test set.
pub fn is_half_a_table(experiment: &Experiment) -> bool {
    let settings = &experiment.settings;
    settings.data == Data::Arithmetic && settings.frac == 0.5 && asks_make_sense(experiment)
}
