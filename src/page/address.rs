//! The page's own keys in an address or in `data-two-phase`: read, written, and nowhere else named.

use super::session::Preference;
use super::speed;
use crate::experiment::{Experiment, Note};
use crate::measure::Split;
use crate::protocol::Speed;
use crate::saved::SavedError;
use crate::text::Locale;

/// The keys, beside those of an experiment.
pub const KEYS: &[&str] = &[
    "backend", "workers", "embed", "play", "speed", "axis", "shown", "lang", "view", "seat", "at",
    "run", "figure", "theme", "caption", "autoplay", "hide",
];

/// What `hide` can name: controls, and lines of words.
pub const HIDEABLE: [&str; 12] = [
    "step", "reset", "axis", "speed", "badge", "status", "finding", "settings", "links", "share",
    "table", "question",
];

/// Most workers that an address can ask for.
const MAX_WORKERS: usize = 64;

/// The highest number of a seat.
pub const MAX_SEAT: u32 = 400;

/// Most bytes of the address of a file.
const MAX_FILE_NAME: usize = 1000;

/// A figure's options in an address, apart from its experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What should train.
    pub preference: Preference,
    /// Most workers on the CPU.
    pub workers: Option<usize>,
    /// The figure alone, for a frame in another page.
    pub embedded: bool,
    /// Whether it starts by itself, once it is seen.
    pub plays: bool,
    /// How fast to train.
    pub speed: Speed,
    /// Whether the axis of steps is logarithmic.
    pub log_axis: bool,
    /// Which samples charts of several layers show, if the reader has chosen.
    pub shown: Option<Split>,
    /// The language, if it is said.
    pub locale: Option<Locale>,
    /// What the document shows.
    pub view: View,
    /// The seat of a class from which the seed is dealt.
    pub seat: Option<u32>,
    /// The step that is to be shown once the run has come there.
    pub at: Option<u32>,
    /// The address of a file whose run is shown, relative to the page.
    pub run: Option<String>,
    /// The section of the article whose figure an embed shows.
    pub figure: Option<String>,
    /// Light or dark, whatever the system says.
    pub theme: Option<Theme>,
    /// Whether an embed has its title and its settings.
    pub has_caption: bool,
    /// What is not shown, by the names of [`HIDEABLE`].
    pub hidden: Vec<&'static str>,
}

/// The colours of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The name in addresses and in `data-theme`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a name: `Some(None)` is `auto`, the system's.
    pub fn named(name: &str) -> Option<Option<Self>> {
        match name {
            "auto" => Some(None),
            "light" => Some(Some(Self::Light)),
            "dark" => Some(Some(Self::Dark)),
            _ => None,
        }
    }
}

/// What the document shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The article with its figures.
    #[default]
    Article,
    /// One figure with all its parts and settings.
    Lab,
    /// A lesson, one beat a screen, or a seat's own run.
    Class,
    /// One figure for a frame in another page.
    Embed,
}

impl View {
    /// Every view that an address can name. `embed=1` is the other one.
    pub const ALL: [Self; 3] = [Self::Article, Self::Lab, Self::Class];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Lab => "lab",
            Self::Class => "class",
            Self::Embed => "embed",
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            preference: Preference::Auto,
            workers: None,
            embedded: false,
            plays: false,
            speed: Speed::Full,
            log_axis: true,
            shown: None,
            locale: None,
            view: View::Article,
            seat: None,
            at: None,
            run: None,
            figure: None,
            theme: None,
            has_caption: true,
            hidden: Vec::new(),
        }
    }
}

/// What could not be taken as an address or the markup says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// About the experiment.
    Experiment(Note),
    /// A key of the page with a value that it does not have.
    Option {
        /// The key.
        key: &'static str,
        /// The value, shortened.
        got: String,
    },
    /// The nearest speed that can be chosen.
    NearestSpeed(Speed),
    /// Names in `data-parts` that name no part.
    UnknownParts(Vec<String>),
    /// The words of the reader's language could not be had.
    NoWords,
    /// A section of the article that has no figure.
    UnknownFigure {
        /// What `figure` named, shortened.
        got: String,
        /// The sections that have one.
        known: Vec<String>,
    },
    /// A file whose run cannot be shown.
    RunFile {
        /// Its name.
        name: String,
        /// Why.
        problem: FileProblem,
    },
}

/// Why the run of a file cannot be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum FileProblem {
    /// It is no run.
    Content(SavedError),
    /// An address that does not end in `.json`, or is not of `http` or `https`.
    Name,
    /// It is not there, or its server does not let this page read it.
    NotFetched,
    /// It did not come in time.
    TooSlow,
}

/// An experiment and the options beside it.
#[derive(Clone, Debug)]
pub struct Address {
    /// The experiment.
    pub experiment: Experiment,
    /// How it is shown.
    pub options: Options,
    /// Values that could not be used.
    pub notices: Vec<Notice>,
}

impl Address {
    /// Reads a query string, with or without the leading `?`.
    pub fn read(query: &str) -> Self {
        let parsed = Experiment::from_query_with(query, KEYS);
        let mut options = Options::default();
        let mut has_view = false;
        let mut notices: Vec<Notice> = parsed.notes.into_iter().map(Notice::Experiment).collect();
        for (key, value) in &parsed.others {
            let Some(&key) = KEYS.iter().find(|known| *known == key) else { continue };
            if key == "view" {
                has_view = true;
            }
            if !options.take(key, value) {
                notices.push(Notice::Option { key, got: crate::experiment::shorten(value) });
            } else if key == "speed" && *value != speed::key(options.speed) {
                notices.push(Notice::NearestSpeed(options.speed));
            }
        }
        // An address that says what to train means the figure.
        if !has_view && (parsed.names_settings || options.run.is_some()) {
            options.view = View::Lab;
        }
        if options.embedded && View::ALL.contains(&options.view) {
            options.view = View::Embed;
        }
        let mut experiment = parsed.experiment;
        if let Some(seat) = options.seat {
            // One network with the seat's seed, on the CPU: it trains alike in every browser.
            (experiment.settings.seed, experiment.settings.seeds) = (seat, 1);
            options.preference = Preference::Cpu;
        }
        Self { experiment, options, notices }
    }

    /// The query string with the leading `?`, empty for the default experiment. `embed` is left out
    /// where the whole page is meant.
    pub fn write(experiment: &Experiment, options: &Options, whole_page: bool) -> String {
        let mut parts = Vec::new();
        if options.embedded && !whole_page {
            parts.push("embed=1".into());
            parts.extend(options.figure.iter().map(|figure| format!("figure={figure}")));
            if !options.has_caption {
                parts.push("caption=0".into());
            }
            if options.plays {
                parts.push("autoplay=1".into());
            }
        }
        // The page around a frame chose these for itself.
        if !(options.embedded && whole_page) {
            parts.extend(options.theme.map(|theme| format!("theme={}", theme.key())));
            if !options.hidden.is_empty() {
                parts.push(format!("hide={}", options.hidden.join(",")));
            }
        }
        if options.preference != Preference::Auto {
            parts.push(format!("backend={}", options.preference.key()));
        }
        if let Some(workers) = options.workers {
            parts.push(format!("workers={workers}"));
        }
        if options.speed != Speed::Full {
            parts.push(format!("speed={}", speed::key(options.speed)));
        }
        if !options.log_axis {
            parts.push("axis=linear".into());
        }
        if let Some(set) = options.shown {
            parts.push(format!("shown={}", set.key()));
        }
        // Another seed has been chosen since, or more of them.
        let is_of_seat =
            |seat: &u32| (experiment.settings.seed, experiment.settings.seeds) == (*seat, 1);
        if let Some(seat) = options.seat.filter(is_of_seat) {
            parts.push(format!("seat={seat}"));
        }
        if let Some(locale) = options.locale {
            parts.push(format!("lang={}", locale.key()));
        }
        if let Some(step) = options.at {
            parts.push(format!("at={step}"));
        }
        if let Some(file) = &options.run {
            // The file says what was trained.
            let mut run = form_urlencoded::Serializer::new(String::new());
            parts.push(
                run.append_pair("run", file).finish().replace("%2F", "/").replace("%3A", ":"),
            );
            return format!("?{}", parts.join("&"));
        }
        let experiment = experiment.to_query();
        if options.view == View::Lab && experiment.is_empty() && !options.embedded {
            parts.push("view=lab".into());
        }
        if !experiment.is_empty() {
            parts.push(experiment);
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// The query of a figure in an embed: its own, as far as the address says nothing else. A preset in
/// the address takes the place of all its settings.
pub fn embedded_query(own: &str, address: &str) -> String {
    let address = address.trim_start_matches('?');
    let key = |pair: &&str| pair.split('=').next().unwrap_or_default().to_owned();
    let said: Vec<String> = pairs(address).map(|pair| key(&pair)).collect();
    let has_preset = said.iter().any(|key| key == "preset");
    let stays = |pair: &&str| {
        let key = key(pair);
        !said.contains(&key) && (!has_preset || KEYS.contains(&key.as_str()))
    };
    let mut query: Vec<&str> = pairs(own).filter(stays).collect();
    query.extend(pairs(address));
    query.join("&")
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

impl Options {
    /// The query of a figure of the article: its own, with what the document's address says of all
    /// figures.
    pub fn for_figure(&self, own: &str) -> String {
        let mut query = own.to_owned();
        if self.preference != Preference::Auto {
            query += &format!("&backend={}", self.preference.key());
        }
        if self.speed != Speed::Full {
            query += &format!("&speed={}", speed::key(self.speed));
        }
        if let Some(seat) = self.seat {
            query += &format!("&seat={seat}");
        }
        if self.plays {
            query += "&play=1";
        }
        if let Some(locale) = self.locale {
            query += &format!("&lang={}", locale.key());
        }
        query
    }

    /// Takes the value of a key; `false` if the key is not known.
    fn take(&mut self, key: &str, value: &str) -> bool {
        let flag = || match value {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        };
        match key {
            "backend" => set(&mut self.preference, Preference::named(value)),
            "workers" => {
                let workers = value.parse().ok().filter(|count| (1..=MAX_WORKERS).contains(count));
                set(&mut self.workers, workers.map(Some))
            }
            "embed" => set(&mut self.embedded, flag()),
            "play" | "autoplay" => set(&mut self.plays, flag()),
            "caption" => set(&mut self.has_caption, flag()),
            "theme" => set(&mut self.theme, Theme::named(value)),
            "figure" => {
                let is_name = |name: &&str| {
                    name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !name.is_empty()
                };
                // Which names there are only the document knows.
                set(&mut self.figure, Some(value).filter(is_name).map(|name| Some(name.to_owned())))
            }
            "hide" => {
                let names = value.split([',', ' ']).filter(|name| !name.is_empty());
                let known = |name| HIDEABLE.into_iter().find(|known| *known == name);
                let hidden: Option<Vec<_>> = names.map(known).collect();
                set(&mut self.hidden, hidden)
            }
            "speed" => set(&mut self.speed, speed::named(value)),
            "axis" => {
                let log = match value {
                    "log" => Some(true),
                    "linear" => Some(false),
                    _ => None,
                };
                set(&mut self.log_axis, log)
            }
            "shown" => set(&mut self.shown, Split::named(value).map(Some)),
            "seat" => {
                let seat = value.parse().ok().filter(|seat| (1..=MAX_SEAT).contains(seat));
                set(&mut self.seat, seat.map(Some))
            }
            "view" => set(&mut self.view, View::ALL.into_iter().find(|view| view.key() == value)),
            "at" => set(&mut self.at, value.parse().ok().map(Some)),
            "run" => {
                let is_name = !value.is_empty() && value.len() <= MAX_FILE_NAME;
                set(&mut self.run, is_name.then(|| Some(value.to_owned())))
            }
            "lang" => set(&mut self.locale, Locale::named(value).map(Some)),
            _ => false,
        }
    }
}

fn set<T>(target: &mut T, value: Option<T>) -> bool {
    match value {
        Some(value) => {
            *target = value;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for query in [
            "",
            "?embed=1&backend=cpu&workers=3&speed=50&axis=linear&shown=all&wd=3&v=1",
            "?at=1652&wd=3&v=1",
            "?embed=1&run=runs/my+run.json",
            "?embed=1&figure=push&caption=0&autoplay=1&theme=dark&hide=speed,step&wd=3&v=1",
        ] {
            let address = Address::read(query);
            assert_eq!(address.notices, []);
            assert_eq!(Address::write(&address.experiment, &address.options, false), query);
        }
    }

    #[test]
    fn a_seat_deals_its_seed_to_one_network_on_the_cpu() {
        let address = Address::read("?seat=12&backend=gpu&seeds=5");
        assert_eq!(address.notices, []);
        let settings = address.experiment.settings;
        assert_eq!((settings.seed, settings.seeds), (12, 1));
        let Options { preference, view, .. } = address.options;
        assert_eq!((preference, view), (Preference::Cpu, View::Lab));
        let written = Address::write(&address.experiment, &address.options, false);
        assert_eq!(written, "?backend=cpu&seat=12&seeds=1&seed=12&v=1");
        assert_eq!(Address::read(&written).experiment, address.experiment);
        assert_eq!(Address::read("?seat=12").options.view, View::Article);
        for seat in ["0", "401", "x"] {
            let address = Address::read(&format!("?view=class&seat={seat}"));
            assert_eq!(address.notices, [Notice::Option { key: "seat", got: seat.into() }]);
            assert_eq!((address.options.seat, address.options.view), (None, View::Class));
        }
    }

    #[test]
    fn the_whole_page_is_not_embedded_and_does_not_play() {
        let address = Address::read("?embed=1&play=1&wd=3");
        assert_eq!(Address::write(&address.experiment, &address.options, true), "?wd=3&v=1");
    }

    #[test]
    fn an_address_changes_what_a_figure_of_the_article_shows() {
        let own = "preset=grokking&seeds=1&speed=10s";
        assert_eq!(embedded_query(own, "?embed=1&wd=3"), format!("{own}&embed=1&wd=3"));
        assert_eq!(embedded_query(own, "?seeds=5"), "preset=grokking&speed=10s&seeds=5");
        assert_eq!(embedded_query(own, "?preset=digits"), "speed=10s&preset=digits");
    }

    #[test]
    fn a_frame_shows_the_embed_whatever_the_address_trains() {
        for query in ["?embed=1", "?embed=1&wd=3", "?embed=1&view=lab"] {
            assert_eq!(Address::read(query).options.view, View::Embed, "{query}");
        }
        let odd = Address::read("?hide=speed,door&figure=a%20b&theme=pink");
        assert_eq!(odd.notices.len(), 3);
        assert_eq!(odd.options.hidden, Vec::<&str>::new());
    }

    #[test]
    fn a_value_that_a_key_does_not_have_is_noted_and_the_rest_holds() {
        let address = Address::read("?backend=abacus&workers=0&speed=51&wd=3");
        assert_eq!(
            address.notices,
            [
                Notice::Option { key: "backend", got: "abacus".into() },
                Notice::Option { key: "workers", got: "0".into() },
                Notice::NearestSpeed(Speed::Steps(50.0)),
            ]
        );
        assert_eq!(Address::read("?at=-3").options.at, None);
        assert_eq!(Address::read("?run=run.json").options.view, View::Lab);
        assert_eq!(address.options.preference, Preference::Auto);
        assert_eq!(address.experiment.settings.wd, 3.0);
    }
}
