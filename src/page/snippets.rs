//! What a reader copies to show a figure elsewhere: markup, references, and a QR code.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// Markup of a frame that shows the figure of this query.
pub fn iframe(folder: &str, query: &str, title: &str) -> String {
    let address = embedded(folder, query);
    format!(
        "<iframe src=\"{}\"\n        width=\"100%\" height=\"520\" style=\"border: 0\" \
         title=\"{}\"></iframe>",
        escaped(&address),
        escaped(title)
    )
}

/// Markup of the element that `embed.js` defines, as high as its content, with an attribute for each
/// key of the address.
pub fn element(folder: &str, query: &str) -> String {
    let mut attributes = String::new();
    for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        // The element always shows one figure.
        if key != "view" {
            write!(attributes, " {key}=\"{}\"", escaped(&value)).ok();
        }
    }
    if attributes.is_empty() {
        attributes = " preset=\"grokking\"".into();
    }
    format!(
        "<script type=\"module\" src=\"{}embed.js\"></script>\n\
         <two-phase-figure{attributes} height=\"auto\"></two-phase-figure>",
        escaped(folder)
    )
}

/// A link in Markdown, with the address of a picture if there is one.
pub fn markdown(link: &str, title: &str, picture: Option<&str>) -> String {
    let title = title.replace(['[', ']'], "");
    // A bracket would end the address.
    let link = link.replace('(', "%28").replace(')', "%29");
    match picture {
        Some(picture) => format!("[![{title}]({picture})]({link})"),
        None => format!("[{title}]({link})"),
    }
}

/// The paper and this page as entries of BibTeX.
pub fn bibtex(link: &str, title: &str, date: &str) -> String {
    let year = date.get(..4).unwrap_or_default();
    let title = title.replace(['{', '}'], "");
    format!(
        "@misc{{demellokoch2025twophase,\n  \
         title = {{A Two-Phase Perspective on Deep Learning Dynamics}},\n  \
         author = {{de Mello Koch, Robert and Ghosh, Animik}},\n  \
         year = {{2025}},\n  \
         eprint = {{2504.12700}},\n  \
         archiveprefix = {{arXiv}},\n  \
         url = {{https://arxiv.org/abs/2504.12700}}\n}}\n\n\
         @misc{{twophase{year},\n  \
         title = {{two-phase: {title}}},\n  \
         year = {{{year}}},\n  \
         url = {{{link}}},\n  \
         urldate = {{{date}}}\n}}"
    )
}

/// The modules of a QR code as an SVG path with one unit for each, and the side of the whole with the
/// margin of four modules that scanners need. `None` if the text is too long.
pub fn qr_path(text: &str) -> Option<(String, i32)> {
    const MARGIN: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let (mut path, size) = (String::new(), code.size());
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            let run = x - start;
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", start + MARGIN, y + MARGIN).ok();
            }
            x += 1;
        }
    }
    Some((path, size + 2 * MARGIN))
}

fn embedded(folder: &str, query: &str) -> String {
    match query.trim_start_matches('?') {
        "" => format!("{folder}?embed=1"),
        query => format!("{folder}?embed=1&{query}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "https://host.example/two-phase/";

    #[test]
    fn markup_is_escaped_and_mirrors_the_address() {
        let frame = iframe(FOLDER, "?wd=1,3&v=1", "a \"b\" <c>");
        assert!(frame.contains("two-phase/?embed=1&amp;wd=1,3&amp;v=1\""), "{frame}");
        assert!(frame.contains("title=\"a &quot;b&quot; &lt;c>\""), "{frame}");
        let element = element(FOLDER, "?view=lab&preset=digits&methods=wd%3A3&v=1");
        assert!(element.contains("src=\"https://host.example/two-phase/embed.js\""), "{element}");
        let tag = "<two-phase-figure preset=\"digits\" methods=\"wd:3\" v=\"1\" height=\"auto\">\
                   </two-phase-figure>";
        assert!(element.ends_with(tag), "{element}");
        assert!(super::element(FOLDER, "").contains("<two-phase-figure preset=\"grokking\" "));
    }

    #[test]
    fn references_name_the_paper_the_page_and_the_day() {
        let entries = bibtex("https://host.example/?wd=3", "a {title}", "2026-11-28");
        for part in ["eprint = {2504.12700}", "url = {https://host.example/?wd=3}"] {
            assert!(entries.contains(part), "{entries}");
        }
        assert!(
            entries.contains("urldate = {2026-11-28}") && entries.contains("two-phase: a title")
        );
        assert_eq!(entries.matches('{').count(), entries.matches('}').count());
        let link = markdown("https://host.example/?run=a(1).json", "A [b]", None);
        assert_eq!(link, "[A b](https://host.example/?run=a%281%29.json)");
        let picture = markdown("https://a.example/", "A", Some("https://a.example/b.svg"));
        assert_eq!(picture, "[![A](https://a.example/b.svg)](https://a.example/)");
    }

    #[test]
    fn the_path_of_a_code_covers_its_dark_modules() {
        let text = "https://host.example/two-phase/?wd=3&v=1";
        let (path, side) = qr_path(text).expect("it is short");
        let code = QrCode::encode_text(text, QrCodeEcc::Low).expect("it is short");
        assert_eq!(side, code.size() + 8);
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .count();
        let runs = path.split('h').skip(1).filter_map(|run| run.split('v').next());
        let covered: i32 = runs.filter_map(|run| run.parse::<i32>().ok()).sum();
        assert_eq!(covered, dark as i32);
        // The finder pattern begins with seven dark modules behind the margin.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert_eq!(qr_path(&"x".repeat(4000)), None);
    }
}
