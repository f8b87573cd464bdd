//! The wasm side that draws: mounts a figure in every `[data-two-phase]` of the document.
//!
//! ```html
//! <div data-two-phase="preset=grokking&wd=3" data-parts="toolbar,curves,finding"></div>
//! ```
//!
//! The document's figures share a pool of workers. The one that is marked `data-primary` shows what
//! the document's own address says, and keeps the address up to date.

mod adapter;
mod address;
mod chart;
mod class;
mod dom;
mod embed;
mod figure;
mod files;
mod offline;
mod pool;
mod session;
mod snippets;
mod speed;
mod store;
mod wording;

use std::cell::{OnceCell, RefCell};

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::{Element, HtmlElement};

use crate::experiment::Experiment;
use crate::json;
use crate::plots;
use crate::report::Report;
use crate::text::{self, Locale, Text};
use address::{Address, Notice, Options, View, embedded_query};
use class::Class;
use dom::{Frame, Listener, Visibility, append, document, set_attribute, set_text, window};
use figure::{Figure, Handle, PictureError, STATE_ATTRIBUTES, Surroundings};
use pool::Pool;

/// What the document holds.
struct Page {
    pool: Pool,
    text: Text,
    figures: Vec<Figure>,
    /// The element of the primary figure.
    primary: Option<HtmlElement>,
    /// The lesson, or the run of a seat, in the view for a class.
    class: Option<Class>,
    /// Figures that are mounted when they are near.
    awaited: Vec<Visibility>,
    /// Before which they are not awaited yet.
    frame: Option<Frame>,
    /// The page around the frame of an embed.
    host: Option<embed::Host>,
    _listeners: Vec<Listener>,
}

impl Page {
    fn figure_in(&self, element: &Element) -> Option<&Figure> {
        self.figures.iter().find(|figure| {
            let root = figure.element();
            AsRef::<Element>::as_ref(&root) == element
        })
    }

    /// The figure in an element, or without one the primary figure, or else the first.
    fn asked(&self, element: Option<&Element>) -> Option<&Figure> {
        match element {
            Some(element) => self.figure_in(element),
            None => self.primary().or(self.figures.first()),
        }
    }

    /// The figure that owns the address.
    fn primary(&self) -> Option<&Figure> {
        self.figure_in(self.primary.as_ref()?)
    }
}

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
    /// The page's words, to be had while the page is in use.
    static TEXT: OnceCell<Text> = const { OnceCell::new() };
    /// Elements that a script wanted figures in before the page's words were there.
    static EARLY: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };
}

/// The page's main function: mounts the figures. No worker starts before one of them needs it.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        end_after_panic();
    }));
    let options = Address::read(&search()).options;
    show_view(&options);
    publish();
    let locale = options.locale.unwrap_or_else(preferred_locale);
    if locale == Locale::English {
        begin(&options, Text::new(locale), Vec::new());
        return;
    }
    spawn_local(async move {
        match words(locale).await {
            Some(text) => begin(&options, text, Vec::new()),
            None => begin(&options, Text::new(Locale::English), vec![Notice::NoWords]),
        }
    });
}

/// The words of a language, from the file that the document names.
async fn words(locale: Locale) -> Option<Text> {
    let file = dom::named(&format!("words-{}", locale.key()))?;
    Text::with_file(locale, dom::fetch_text(&file).await?)
}

/// Mounts the figures, with the page's words.
fn begin(options: &Options, text: Text, notices: Vec<Notice>) {
    TEXT.with(|kept| kept.set(text.clone()).ok());
    translate(&text);
    embed::dress(options);
    let notice = embed::set_up(options, &search());
    link_other_language(text.locale());
    keep_language(options.locale);
    link_papers(text.locale());
    let pool = Pool::new(options.workers, options.embedded);
    let on_back = Listener::new(&window(), "popstate", |_: web_sys::Event| {
        with_page(|page| {
            if let Some(figure) = page.primary() {
                figure.go_to(&search());
            }
        });
    });
    let on_print = Listener::new(&window(), "beforeprint", |_: web_sys::Event| print(true));
    let after_print = Listener::new(&window(), "afterprint", |_: web_sys::Event| print(false));
    let on_jump = Listener::new(&document(), "click", |event: web_sys::Event| jump(&event));
    let on_drag = Listener::new(&document(), "dragover", |event: web_sys::DragEvent| {
        if carries_files(&event) {
            event.prevent_default();
        }
    });
    let on_drop =
        Listener::new(&document(), "drop", |event: web_sys::DragEvent| open_dropped(&event));
    let page = Page {
        pool,
        text,
        figures: Vec::new(),
        primary: None,
        class: None,
        awaited: Vec::new(),
        frame: None,
        host: None,
        _listeners: vec![on_back, on_jump, on_print, after_print, on_drag, on_drop],
    };
    PAGE.with(|kept| *kept.borrow_mut() = Some(page));
    let (seen, later): (Vec<_>, Vec<_>) = all("[data-two-phase]")
        .into_iter()
        .filter(|element| is_in_view(element, options.view))
        .partition(|element| element.has_attribute("data-primary") || !is_in_article(element));
    seen.into_iter().chain(EARLY.take()).for_each(mount);
    with_page(|page| page.primary().map(|figure| figure.add_notices(notices)));
    if options.view == View::Embed {
        begin_embed(notice);
    }
    mount_when_near(later, 2);
    open_fragment();
    offline::keep(options.embedded);
}

/// Says what the address names that there is not, and begins to talk with the page around the frame.
fn begin_embed(notice: Option<Notice>) {
    with_page(|page| {
        if let (Some(figure), Some(notice)) = (page.primary(), notice) {
            figure.add_notices(vec![notice]);
        }
        page.host = embed::Host::find();
    });
    embed::tell("ready", &[("version", 1.into()), ("state", "ready".into())]);
}

/// Mounts figures when they are near, but none in the next `frames`: what is seen first can be used
/// first.
fn mount_when_near(later: Vec<HtmlElement>, frames: u32) {
    let frame = Frame::request(move || {
        if frames > 1 {
            mount_when_near(later, frames - 1);
            return;
        }
        for element in later {
            let target = element.clone();
            let near = Visibility::observe(&element, "800px", false, move || mount(target.clone()));
            with_page(|page| page.awaited.push(near));
        }
    });
    with_page(|page| page.frame = Some(frame));
}

/// Charts are printed on white, whatever the screen shows.
fn print(begins: bool) {
    let Some(root) = document().document_element() else { return };
    if begins {
        set_attribute(&root, "data-print", "");
    } else {
        root.remove_attribute("data-print").ok();
    }
    with_page(|page| page.figures.iter().for_each(Figure::draw_now));
}

/// Opens the part of the lab that the address names behind its `#`.
fn open_fragment() {
    let hash = window().location().hash().unwrap_or_default();
    let name = hash.trim_start_matches('#');
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return;
    }
    let selector = format!("#lab [data-section={name}]");
    if let Ok(Some(section)) = document().query_selector(&selector) {
        set_attribute(&section, "open", "");
        section.scroll_into_view();
    }
}

/// Shows the part of the document that the address asks for, and says so in the links to both.
fn show_view(options: &Options) {
    let Some(root) = document().document_element() else { return };
    set_attribute(&root, "data-view", options.view.key());
    for link in all("[data-view-link]") {
        let key = link.get_attribute("data-view-link").unwrap_or_default();
        if key == options.view.key() {
            set_attribute(&link, "aria-current", "page");
        }
    }
}

/// Whether a figure belongs to a view, or to none in particular.
fn is_in_view(element: &HtmlElement, view: View) -> bool {
    let part = element.closest("[data-for]").ok().flatten();
    part.and_then(|part| part.get_attribute("data-for")).is_none_or(|name| name == view.key())
}

fn is_in_article(element: &HtmlElement) -> bool {
    element.closest("[data-for=article]").is_ok_and(|found| found.is_some())
}

fn carries_files(event: &web_sys::DragEvent) -> bool {
    let data = event.data_transfer();
    data.is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Shows the run of a file that is dropped on the document: in the figure beneath, or else in the
/// primary one, or else in the first.
fn open_dropped(event: &web_sys::DragEvent) {
    if !carries_files(event) {
        return;
    }
    // The browser would leave the page for the file.
    event.prevent_default();
    let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let beneath = target.and_then(|target| target.closest("[data-two-phase]").ok().flatten());
    with_page(|page| {
        let found = beneath.as_ref().and_then(|element| page.figure_in(element));
        let figure = found.or_else(|| page.primary()).or(page.figures.first());
        if let (Some(figure), Some(file)) = (figure, file) {
            figure.open_file(file);
        }
    });
}

/// Moves the figure of a section to the event that a button in its text names.
fn jump(event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let button = target.and_then(|target| target.closest("[data-jump]").ok().flatten());
    let Some(button) = button else { return };
    event.prevent_default();
    let event = button.get_attribute("data-jump").and_then(|number| number.parse().ok());
    let section = button.closest("section").ok().flatten();
    let figure =
        section.and_then(|section| section.query_selector("[data-two-phase]").ok().flatten());
    if let (Some(figure), Some(event)) = (figure, event) {
        with_page(|page| page.figure_in(&figure).map(|figure| figure.jump(event)));
    }
}

/// Runs with the page, unless it is in use or has ended.
fn with_page<T>(action: impl FnOnce(&mut Page) -> T) -> Option<T> {
    PAGE.with(|page| Some(action(page.try_borrow_mut().ok()?.as_mut()?)))
}

fn search() -> String {
    window().location().search().unwrap_or_default()
}

fn all(selector: &str) -> Vec<HtmlElement> {
    let found = document().query_selector_all(selector).expect("selectors are written in the code");
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

/// Mounts a figure in an element; does nothing if there is one. Waits for the page's words.
fn mount(element: HtmlElement) {
    if TEXT.with(|text| text.get().is_none()) {
        EARLY.with(|early| early.borrow_mut().push(element));
        return;
    }
    let Some((pool, text)) = with_page(|page| (page.pool.clone(), page.text.clone())) else {
        return;
    };
    let is_mounted = with_page(|page| page.figures.iter().any(|f| f.element() == element));
    if is_mounted != Some(false) {
        return;
    }
    let is_primary = element.has_attribute("data-primary");
    let options = Address::read(&search()).options;
    let room = element.closest("[data-for=class]").ok().flatten();
    let is_embed = element.closest("[data-for=embed]").is_ok_and(|found| found.is_some());
    // The figures of the article and of a lesson have settings of their own, and an embed has no
    // address bar.
    let owns_address = is_primary && room.is_none() && !is_in_article(&element) && !is_embed;
    let query = if owns_address {
        search()
    } else if is_embed {
        embedded_query(&embed::own_query(&element), &search())
    } else if room.is_some() {
        if options.seat.is_some() {
            // A seat's run goes on to its end.
            element.remove_attribute("data-question").ok();
        }
        class::query(&search(), &options)
    } else {
        let own = element.get_attribute("data-two-phase").unwrap_or_default();
        options.for_figure(&own)
    };
    let parts = element.get_attribute("data-parts");
    let surroundings = Surroundings {
        pool,
        text: text.clone(),
        on_address: owns_address.then_some(write_address),
        on_state: is_primary.then_some(mirror),
    };
    let figure = Figure::mount(element.clone(), &query, parts.as_deref(), surroundings);
    if is_primary && !owns_address && !is_embed {
        // What the document's address holds that cannot be taken is said in the first figure.
        figure.add_notices(Address::read(&search()).notices);
    }
    let room = room.and_then(|room| room.dyn_into::<HtmlElement>().ok());
    let class = room.map(|room| Class::start(&figure, &room, &options, &text));
    with_page(|page| {
        page.class = class.or(page.class.take());
        page.figures.push(figure);
        if is_primary {
            page.primary = Some(element);
        }
    });
}

/// Ends the figure in an element and frees all that it took.
fn unmount(element: &HtmlElement) {
    let figure = with_page(|page| {
        let index = page.figures.iter().position(|figure| figure.element() == *element)?;
        Some(page.figures.remove(index))
    });
    if let Some(Some(figure)) = figure {
        figure.unmount();
    }
}

/// Keeps the address bar up to date. Refused in a sandboxed frame; the figure works without.
fn write_address(experiment: &Experiment, options: &Options, can_go_back: bool) {
    let Ok(history) = window().history() else { return };
    let query = Address::write(experiment, options, false);
    if query == search() {
        return;
    }
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let address = format!("{path}{query}{hash}");
    if can_go_back {
        history.push_state_with_url(&JsValue::NULL, "", Some(&address)).ok();
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address)).ok();
    }
    if let Some(locale) = with_page(|page| page.text.locale()) {
        link_other_language(locale);
    }
}

/// Shows the state attributes of the primary figure on `<html>` too.
fn mirror(figure: &HtmlElement) {
    let Some(root) = document().document_element() else { return };
    // The state comes last: whoever waits for it finds the others.
    for name in STATE_ATTRIBUTES.into_iter().rev() {
        match figure.get_attribute(name) {
            Some(value) => set_attribute(&root, name, &value),
            None => {
                root.remove_attribute(name).ok();
            }
        }
    }
}

/// The language where the address names none: the first of the reader's languages that there is. In
/// a document whose text stays as it is, its own language comes first, so that figures match it.
fn preferred_locale() -> Locale {
    let mut tags = Vec::new();
    if all("[data-message]").is_empty() {
        let root = document().document_element();
        tags.extend(root.and_then(|root| root.get_attribute("lang")));
    }
    let languages = window().navigator().languages();
    tags.extend(languages.iter().filter_map(|tag| tag.as_string()));
    Locale::preferred(&tags)
}

/// Puts the words of a language into the elements around the figures. The document holds the English
/// ones, so that it can be read before this program is loaded.
fn translate(text: &Text) {
    if text.locale() == Locale::default() {
        return;
    }
    if let Some(root) = document().document_element() {
        set_attribute(&root, "lang", text.locale().key());
    }
    for poster in all("[data-alt]") {
        let id = poster.get_attribute("data-alt").unwrap_or_default();
        set_attribute(&poster, "alt", &text.get(&id));
    }
    for element in all("[data-message]") {
        let id = element.get_attribute("data-message").unwrap_or_default();
        write_message(&element, &text.get(&id));
    }
}

/// Points the link to the other language at what the address shows now.
fn link_other_language(locale: Locale) {
    let (key, name) = match locale {
        Locale::Japanese => (Locale::English.key(), "English"),
        Locale::English | Locale::Pseudo => (Locale::Japanese.key(), "日本語"),
    };
    for link in all("[data-language-link]") {
        set_text(&link, name);
        for attribute in ["lang", "hreflang"] {
            set_attribute(&link, attribute, key);
        }
        set_attribute(&link, "href", &in_language(&search(), key));
    }
}

/// Keeps a language that the address asks for in the links of the document.
fn keep_language(locale: Option<Locale>) {
    let Some(locale) = locale else { return };
    for link in all("a[href^='?'], a[href='./']") {
        let href = link.get_attribute("href").unwrap_or_default();
        if !link.has_attribute("data-language-link") {
            let query = in_language(href.trim_start_matches("./"), locale.key());
            set_attribute(&link, "href", &query);
        }
    }
}

/// Points links to printed pages at those in the reader's language.
fn link_papers(locale: Locale) {
    if locale == Locale::Japanese {
        for link in all("[data-paper]") {
            let name = link.get_attribute("data-paper").unwrap_or_default();
            set_attribute(&link, "href", &format!("class/{name}.ja.html"));
        }
    }
}

/// The query of an address in another language.
fn in_language(query: &str, key: &str) -> String {
    let (query, fragment) = query.split_once('#').unwrap_or((query, ""));
    let others = query.trim_start_matches('?').split('&');
    let mut parts: Vec<&str> =
        others.filter(|part| !part.is_empty() && !part.starts_with("lang=")).collect();
    let language = format!("lang={key}");
    parts.push(&language);
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    format!("?{}{fragment}", parts.join("&"))
}

/// Puts a message into an element, with its markup.
fn write_message(element: &HtmlElement, message: &str) {
    let pieces = text::pieces(message);
    if let [text::Piece::Words(words)] = pieces[..] {
        set_text(element, words);
        return;
    }
    element.set_text_content(None);
    for piece in pieces {
        match piece {
            text::Piece::Words(words) => {
                set_text(&append::<HtmlElement>(element, "span", ""), words);
            }
            text::Piece::Term(words) => {
                set_text(&append::<HtmlElement>(element, "dfn", ""), words);
            }
            text::Piece::Jump(words, event) => {
                // A link breaks over lines as words do. Without this program it leads to the figure.
                let link: HtmlElement = append(element, "a", "jump");
                let section = element.closest("section").ok().flatten();
                let id = section.map(|section| section.id()).unwrap_or_default();
                set_attribute(&link, "href", &format!("#{id}"));
                set_attribute(&link, "data-jump", &event.to_string());
                set_text(&link, words);
            }
        }
    }
}

/// After a panic: ends the workers, which would go on training, and says so in every figure.
fn end_after_panic() {
    PAGE.with(|page| {
        if let Ok(Some(page)) = page.try_borrow().as_deref() {
            page.pool.shut_down();
        }
    });
    let sentence = TEXT.with(|text| match text.get() {
        Some(text) => text.get("page-stopped"),
        None => Text::new(Locale::English).get("page-stopped"),
    });
    for root in all("[data-two-phase][data-state], html") {
        set_attribute(&root, "data-state", "error");
        if let Ok(Some(line)) = root.query_selector("[data-part=progress-text]") {
            set_text(&line, &sentence);
        }
    }
}

/// `window.twoPhase`: what scripts can ask of the page.
fn publish() {
    let object = js_sys::Object::new();
    let set = |name: &str, function: JsValue| {
        js_sys::Reflect::set(&object, &name.into(), &function).ok();
    };
    let report = Closure::<dyn Fn(JsValue) -> JsValue>::new(|element: JsValue| {
        report(element.dyn_ref::<Element>())
    });
    set("report", report.into_js_value());
    let csv = Closure::<dyn Fn(JsValue) -> JsValue>::new(|element: JsValue| {
        let table = with_page(|page| page.asked(element.dyn_ref())?.table());
        table.flatten().map_or(JsValue::NULL, |table| table.into())
    });
    set("csv", csv.into_js_value());
    let weights = Closure::<dyn Fn(JsValue) -> js_sys::Promise>::new(|element: JsValue| {
        js_sys::Promise::new(&mut |resolve, _| {
            let answer = move |file: Option<Vec<u8>>| {
                let file =
                    file.map_or(JsValue::NULL, |file| js_sys::Uint8Array::from(&file[..]).into());
                // A promise's resolve function does not throw.
                resolve.call1(&JsValue::NULL, &file).ok();
            };
            with_page(|page| match page.asked(element.dyn_ref()) {
                Some(figure) => figure.save_weights(answer),
                None => answer(None),
            });
        })
    });
    set("weights", weights.into_js_value());
    let svg = Closure::<dyn Fn(JsValue) -> JsValue>::new(|element: JsValue| {
        let handle = handle(element.dyn_ref());
        handle.and_then(|handle| handle.svg()).map_or(JsValue::NULL, JsValue::from)
    });
    set("svg", svg.into_js_value());
    let png = Closure::<dyn Fn(JsValue, JsValue) -> js_sys::Promise>::new(png);
    set("png", png.into_js_value());
    let on_mount = Closure::<dyn Fn(HtmlElement)>::new(mount);
    set("mount", on_mount.into_js_value());
    let on_unmount = Closure::<dyn Fn(HtmlElement)>::new(|element: HtmlElement| unmount(&element));
    set("unmount", on_unmount.into_js_value());
    let held = Closure::<dyn Fn() -> JsValue>::new(|| {
        let workers = with_page(|page| page.pool.worker_count()).unwrap_or(0);
        let object = js_sys::Object::new();
        let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let memory = js_sys::ArrayBuffer::from(memory.buffer()).byte_length() as usize;
        for (name, count) in [("workers", workers), ("handles", dom::live()), ("memory", memory)] {
            js_sys::Reflect::set(&object, &name.into(), &JsValue::from(count as u32)).ok();
        }
        object.into()
    });
    set("held", held.into_js_value());
    js_sys::Reflect::set(&window(), &"twoPhase".into(), &object).ok();
}

fn handle(element: Option<&Element>) -> Option<Handle> {
    with_page(|page| page.asked(element).map(Figure::handle)).flatten()
}

/// A promise of the charts of a figure as a PNG file, twice as fine as a usual screen if not
/// otherwise asked for.
fn png(element: JsValue, scale: JsValue) -> js_sys::Promise {
    let handle = handle(element.dyn_ref());
    let scale = figure::scale(&scale);
    future_to_promise(async move {
        let made = match handle {
            Some(handle) => handle.png(scale).await,
            None => Err(PictureError::Empty),
        };
        made.map(JsValue::from).map_err(|error| {
            let sentence = with_page(|page| error.sentence(&page.text));
            js_sys::Error::new(&sentence.unwrap_or_default()).into()
        })
    })
}

/// The run so far as the object that the command line prints.
fn report(element: Option<&Element>) -> JsValue {
    let text = with_page(|page| {
        let found = page.asked(element);
        let report = |history: &_| json::text(&Report::new(history));
        found.and_then(|figure| figure.with_history(report))
    });
    let parsed = text.flatten().and_then(|text| js_sys::JSON::parse(&text).ok());
    parsed.unwrap_or(JsValue::NULL)
}
