//! The dialog that passes a figure on and takes its run away.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Event, HtmlAnchorElement, HtmlButtonElement, HtmlDialogElement, HtmlElement,
    HtmlTextAreaElement,
};

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::{Handle, PictureError, put_words};
use crate::experiment::Experiment;
use crate::page::address::{Address, View as DocumentView};
use crate::page::dom::{
    Listener, Root, append, document, page_folder, set_attribute, set_text, window,
};
use crate::page::{files, plots, snippets};
use crate::protocol::Speed;
use crate::report::Report;
use crate::text::Text;
use crate::tidy::{self, Head};
use crate::weights::{jax_lines, pytorch_lines};

/// The name of a file without its ending, as the lines of Python expect it.
const FILE: &str = "two-phase";

/// What can be taken away: the name of its button, and the ending of its file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Drawing,
    /// A PNG file, so many times as fine as CSS pixels.
    Image(u32),
    Table,
    Report,
    Weights,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Drawing, Self::Image(2), Self::Image(4), Self::Table, Self::Report, Self::Weights];

    fn key(self) -> &'static str {
        match self {
            Self::Drawing => "svg",
            Self::Image(4) => "png-4",
            Self::Image(_) => "png-2",
            Self::Table => "csv",
            Self::Report => "json",
            Self::Weights => "weights",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Drawing => "take-svg",
            Self::Image(4) => "take-png-4",
            Self::Image(_) => "take-png-2",
            Self::Table => "take-csv",
            Self::Report => "take-json",
            Self::Weights => "take-weights",
        }
    }

    /// The name of the file and its type.
    fn file(self) -> (String, &'static str) {
        let (ending, kind) = match self {
            Self::Drawing => ("svg", "image/svg+xml"),
            Self::Image(4) => ("4x.png", "image/png"),
            Self::Image(_) => ("png", "image/png"),
            Self::Table => ("csv", "text/csv"),
            Self::Report => ("json", "application/json"),
            Self::Weights => ("safetensors", "application/octet-stream"),
        };
        (format!("{FILE}.{ending}"), kind)
    }
}

/// The button that opens the dialog, and the dialog while it is open.
pub struct Share {
    _opens: Listener,
    _dialog: Rc<RefCell<Option<Dialog>>>,
}

impl Panel for Share {
    fn update(&mut self, _: &View<'_>, _: &mut DrawBudget) {}
}

impl Share {
    /// Finds its button in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let button: HtmlButtonElement = root.part("share");
        set_attribute(&button, "aria-haspopup", "dialog");
        let dialog = Rc::new(RefCell::new(None));
        let (kept, root, handle) = (Rc::clone(&dialog), root.clone(), handle.clone());
        let opens = Listener::new(&button, "click", move |_: Event| {
            let content = handle.look(|view| Content::of(view, Place::of(root.element(), view)));
            if let Some(content) = content {
                // An earlier one leaves the document first.
                kept.borrow_mut().take();
                kept.replace(Some(Dialog::open(&root, &handle, content)));
            }
        });
        Self { _opens: opens, _dialog: dialog }
    }
}

/// What the dialog says, from what the figure shows when it is opened.
struct Content {
    text: Text,
    link: String,
    /// The step at which the link opens.
    at: Option<u32>,
    /// Names of messages, and what is copied.
    items: Vec<(&'static str, String)>,
    lines: [(&'static str, String); 2],
    is_empty: bool,
}

/// The query of the figure on its own page, and the step at which it opens.
fn query(view: &View<'_>) -> (String, Option<u32>) {
    let mut options = view.options.address.clone();
    options.view = DocumentView::Lab;
    options.embedded = false;
    options.speed = Speed::Full;
    options.at = view.options.scrubbed.or(options.at);
    (Address::write(view.session.experiment(), &options, true), options.at)
}

/// The address at which the figure can be seen.
pub fn link(view: &View<'_>) -> String {
    format!("{}{}", page_folder(), query(view).0)
}

/// The address of the poster of an experiment whose settings are not changed.
fn poster(experiment: &Experiment) -> Option<String> {
    let name = experiment.preset.key;
    let list = document().query_selector("[data-posters]").ok()??.get_attribute("data-posters")?;
    let has_poster = list.split(' ').any(|known| known == name)
        && *experiment == Experiment::preset(experiment.preset);
    has_poster.then(|| format!("{}posters/{name}.svg", page_folder()))
}

/// The run of the figure as a table.
pub fn table(view: &View<'_>) -> String {
    let head = Head { address: &link(view), date: &files::today() };
    tidy::csv(&Report::new(view.history()), head)
}

/// Where in the article a figure stands.
struct Place {
    /// The id of its section.
    section: String,
    /// The heading of the section.
    heading: String,
    /// Whether its settings are those that it has there.
    is_own: bool,
}

impl Place {
    /// `None` for another figure than the first of a section.
    fn of(figure: &HtmlElement, view: &View<'_>) -> Option<Self> {
        let section = figure.closest("#article [id]").ok()??;
        let first = section.query_selector("[data-two-phase]").ok()??;
        if !first.is_same_node(Some(figure)) {
            return None;
        }
        let heading = section.query_selector("h1, h2, h3").ok()??.text_content()?;
        let own = Address::read(&figure.get_attribute("data-two-phase")?).experiment;
        let is_own = own == *view.session.experiment();
        Some(Self { section: section.id(), heading: heading.trim().to_owned(), is_own })
    }
}

impl Content {
    fn of(view: &View<'_>, place: Option<Place>) -> Self {
        let (experiment, text) = (view.session.experiment(), view.text);
        let ((mut query, at), folder) = (query(view), page_folder());
        let (mut link, mut title) = (link(view), plots::heading(experiment, text));
        // A frame shows one figure, in whatever view it was shared.
        query = query.replace("view=lab&", "").replace("?view=lab", "");
        if let Some(Place { section, heading, is_own }) = place {
            let settings = query.trim_start_matches('?');
            query = match is_own || settings.is_empty() {
                true => format!("?figure={section}"),
                false => format!("?figure={section}&{settings}"),
            };
            if is_own && at.is_none() {
                link = format!("{folder}#{section}");
            }
            title = heading;
        }
        let items = vec![
            ("share-link", link.clone()),
            ("share-iframe", snippets::iframe(&folder, &query, &title)),
            ("share-element", snippets::element(&folder, &query)),
            ("share-markdown", snippets::markdown(&link, &title, poster(experiment).as_deref())),
            ("share-bibtex", snippets::bibtex(&link, &title, &files::today())),
        ];
        let file = format!("{FILE}.safetensors");
        let lines = [
            ("take-pytorch", pytorch_lines(experiment, &file)),
            ("take-jax", jax_lines(experiment, &file)),
        ];
        let is_empty = view.history().evaluations().is_empty();
        Self { text: text.clone(), link, at, items, lines, is_empty }
    }
}

/// An open dialog. It leaves the document when it is dropped.
struct Dialog {
    element: HtmlDialogElement,
    _listeners: Vec<Listener>,
}

impl Dialog {
    fn open(root: &Root, handle: &Handle, content: Content) -> Self {
        // Outside the figure itself, whose keys play and reset.
        let element: HtmlDialogElement = append(root.element(), "dialog", "share");
        element.set_inner_html(include_str!("share.html"));
        put_words(&element, &content.text);
        let title: HtmlElement = root.part("share-title");
        title.set_id(&root.unique("share-title"));
        set_attribute(&element, "aria-labelledby", &title.id());
        let mut dialog = Self { element, _listeners: Vec::new() };
        let holder: HtmlElement = root.part("share-items");
        for (name, words) in &content.items {
            dialog.add_item(root, &holder, &content, name, words);
            let hint = match (*name, content.at) {
                ("share-link", Some(step)) => {
                    Some(content.text.with("share-link-at", &[("step", step.into())]))
                }
                ("share-element", _) => Some(content.text.get("share-element-hint")),
                _ => None,
            };
            if let Some(hint) = hint {
                set_text(&append::<HtmlElement>(&holder, "p", "hint"), &hint);
            }
        }
        let holder: HtmlElement = root.part("take-lines");
        for (name, words) in &content.lines {
            dialog.add_item(root, &holder, &content, name, words);
        }
        show_code(&root.part("share-qr"), &content);
        dialog.add_files(root, handle, &content);
        let is_framed = window().parent().ok().flatten().is_some_and(|parent| parent != window());
        root.part::<HtmlElement>("take-frame").set_hidden(!is_framed);
        root.part::<HtmlAnchorElement>("take-window").set_href(&content.link);
        dialog.element.show_modal().ok();
        dialog
    }

    /// A text with a button that copies it.
    fn add_item(
        &mut self,
        root: &Root,
        holder: &HtmlElement,
        content: &Content,
        name: &'static str,
        words: &str,
    ) {
        let text = &content.text;
        let item: HtmlElement = append(holder, "div", "share-item");
        let label: HtmlElement = append(&item, "label", "");
        let title = text.get(name);
        set_text(&label, &title);
        let field: HtmlTextAreaElement = append(&item, "textarea", "");
        field.set_id(&root.unique(name));
        set_attribute(&label, "for", &field.id());
        set_attribute(&field, "data-part", name);
        set_attribute(&field, "spellcheck", "false");
        field.set_read_only(true);
        // About as many letters fit into a line.
        let rows: usize = words.lines().map(|line| 1 + line.len() / 42).sum();
        field.set_rows(rows.clamp(2, 8) as u32);
        field.set_value(words);
        let button: HtmlButtonElement = append(&item, "button", "");
        button.set_type("button");
        set_text(&button, &text.get("share-copy"));
        let arguments = [("name", title.as_str().into())];
        set_attribute(&button, "aria-label", &text.with("share-copy-of", &arguments));
        let (status, text) = (root.part::<HtmlElement>("share-status"), text.clone());
        self._listeners.push(Listener::new(&button, "click", move |_: Event| {
            copy(field.clone(), status.clone(), text.clone(), title.clone());
        }));
    }

    fn add_files(&mut self, root: &Root, handle: &Handle, content: &Content) {
        let holder: HtmlElement = root.part("take-files");
        root.part::<HtmlElement>("take-nothing").set_hidden(!content.is_empty);
        for kind in Kind::ALL {
            let button: HtmlButtonElement = append(&holder, "button", "");
            button.set_type("button");
            button.set_disabled(content.is_empty);
            set_attribute(&button, "data-part", &format!("take-{}", kind.key()));
            set_text(&button, &content.text.get(kind.label()));
            let (status, handle) = (root.part::<HtmlElement>("share-status"), handle.clone());
            self._listeners.push(Listener::new(&button, "click", move |_: Event| {
                take(kind, &handle, status.clone());
            }));
        }
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        self.element.close();
        self.element.remove();
    }
}

fn show_code(holder: &HtmlElement, content: &Content) {
    let Some((path, side)) = snippets::qr_path(&content.link) else {
        set_text(holder, &content.text.get("share-qr-too-long"));
        return;
    };
    // Dark on light in every theme, as scanners expect.
    let name = content.text.get("share-qr");
    holder.set_inner_html(&format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=\"img\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ));
    if let Some(picture) = holder.first_element_child() {
        set_attribute(&picture, "aria-label", &name);
    }
}

/// Says something of a file or a text; said again, it is read again.
fn say(status: &HtmlElement, text: &Text, id: &str, name: &str) {
    status.set_text_content(None);
    set_text(status, &text.with(id, &[("name", name.into())]));
}

/// Puts a text on the clipboard and says so, or selects it.
fn copy(field: HtmlTextAreaElement, status: HtmlElement, text: Text, name: String) {
    spawn_local(async move {
        let copied = write_to_clipboard(&field.value()).await.is_some();
        if !copied {
            field.focus().ok();
            field.select();
        }
        say(&status, &text, if copied { "share-copied" } else { "share-by-hand" }, &name);
    });
}

/// `None` where the browser does not allow it.
async fn write_to_clipboard(text: &str) -> Option<()> {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write = js_sys::Reflect::get(&clipboard, &"writeText".into()).ok()?;
    let write: js_sys::Function = write.dyn_into().ok()?;
    let promise: js_sys::Promise = write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok().map(drop)
}

/// The bytes of a PNG file of the charts.
async fn image(handle: &Handle, scale: u32) -> Result<Vec<u8>, PictureError> {
    let buffer = JsFuture::from(handle.png(scale).await?.array_buffer()).await;
    let buffer = buffer.map_err(|_| PictureError::Refused)?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

fn take(kind: Kind, handle: &Handle, status: HtmlElement) {
    let Some((text, name)) = handle.look(|view| (view.text.clone(), view.text.get(kind.label())))
    else {
        return;
    };
    let (file, of_type) = kind.file();
    let save = move |status: &HtmlElement, text: &Text, bytes: &[u8]| {
        files::download(&file, of_type, bytes);
        say(status, text, "take-saved", &name);
        set_attribute(status, "data-file", &file);
    };
    match kind {
        Kind::Drawing => match handle.svg() {
            Some(drawing) => save(&status, &text, drawing.as_bytes()),
            None => set_text(&status, &PictureError::Empty.sentence(&text)),
        },
        Kind::Image(scale) => {
            let handle = handle.clone();
            spawn_local(async move {
                match image(&handle, scale).await {
                    Ok(bytes) => save(&status, &text, &bytes),
                    Err(error) => set_text(&status, &error.sentence(&text)),
                }
            });
        }
        Kind::Table => {
            let table = handle.look(table).unwrap_or_default();
            save(&status, &text, table.as_bytes());
        }
        Kind::Report => {
            let report =
                handle.look(|view| serde_json::to_string(&Report::new(view.history())).ok());
            save(&status, &text, report.flatten().unwrap_or_default().as_bytes());
        }
        Kind::Weights => {
            let name = text.get(kind.label());
            say(&status, &text, "take-waiting", &name);
            handle.save_weights(move |file| match file {
                Some(file) => save(&status, &text, &file),
                None => say(&status, &text, "take-no-weights", &name),
            });
        }
    }
}
