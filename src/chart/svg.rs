//! Charts as an SVG file: stacked, with a caption. One file can serve a light and a dark page.

use std::fmt::Write;

use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

use super::{FONT, FONT_SIZE, Form, Picture, ROW, Shape, is_dark};

/// Pixels of the drawing in a CSS pixel, where charts are drawn for a file.
pub const UNITS: f64 = 4.0;
/// CSS pixels for a chart's title.
const HEAD: f64 = 26.0;
/// CSS pixels between charts.
const GAP: f64 = 16.0;
/// A line may be this many CSS pixels beside the points that it leaves out.
const TOLERANCE: f64 = 0.4;

/// Charts in rows.
#[derive(Clone)]
pub struct Sheet {
    width: u32,
    height: u32,
    scale: f64,
    shapes: Vec<Shape>,
}

impl Sheet {
    /// Puts charts below and beside one another, with lines of words below them. `None` without a chart.
    #[must_use]
    pub fn stack(pictures: &[Picture], caption: &[String]) -> Option<Self> {
        let first = pictures.first()?;
        let (theme, scale) = (first.theme, first.size.scale);
        let px = |css: f64| (css * scale) as i32;
        let width = pictures.iter().map(|picture| picture.size.width).max()?;
        let mut shapes =
            vec![Shape { form: Form::Area(Vec::new()), colour: theme.paper, opacity: 1.0 }];
        let words = |text: &str, at, is_bold, colour| Shape {
            form: Form::Words {
                text: text.to_owned(),
                at,
                size: FONT_SIZE * scale,
                is_bold,
                side: HPos::Left,
                height: VPos::Top,
                rim: None,
            },
            colour,
            opacity: 1.0,
        };
        // Rows from the top; charts stand beside one another where they fit.
        let (mut down, mut next, mut right) = (0, 0, 0);
        for picture in pictures {
            let [wide, high] =
                [picture.size.width, picture.size.height].map(|length| length as i32);
            if right + wide > width as i32 {
                (down, right) = (next, 0);
            }
            let top = down + px(6.0);
            shapes.push(words(&picture.title, (right + px(2.0), top), true, theme.ink));
            if !picture.note.is_empty() {
                // Bold is wider.
                let beside = 1.1 * f64::from(super::text_width(&picture.title, picture.size));
                let at = (right + px(14.0) + beside as i32, top);
                shapes.push(words(&picture.note, at, false, theme.muted));
            }
            let below = down + px(HEAD);
            shapes.extend(picture.shapes.iter().map(|shape| shape.clone().moved(right, below)));
            next = next.max(below + high + px(6.0));
            right += wide + px(GAP);
        }
        let mut down = next;
        for line in caption.iter().filter(|line| !line.is_empty()) {
            for part in wrapped(line, width as i32 - px(4.0), first) {
                shapes.push(words(&part, (px(2.0), down), false, theme.muted));
                down += px(ROW);
            }
        }
        let height = down as u32;
        let (right, bottom) = (width as i32, height as i32);
        shapes[0].form = Form::Area(vec![(0, 0), (right, 0), (right, bottom), (0, bottom)]);
        Some(Self { width, height, scale, shapes })
    }

    /// Width and height in CSS pixels.
    #[must_use]
    pub fn css_size(&self) -> [u32; 2] {
        [self.width, self.height].map(|length| (f64::from(length) / self.scale).round() as u32)
    }

    /// The file. `dark` is the same sheet in other colours, for readers who prefer them; words are
    /// the title and what is to be seen, for those who do not see it.
    #[must_use]
    pub fn write(&self, dark: Option<&Self>, [title, about]: [&str; 2], language: &str) -> String {
        let [width, height] = self.css_size();
        let (right, bottom) = (self.width, self.height);
        let mut out = String::new();
        let mut colours = Colours { dark: dark.map(|dark| &dark.shapes), classes: Vec::new() };
        let size = FONT_SIZE * self.scale;
        // Writing to a string does not fail.
        for (index, shape) in self.shapes.iter().enumerate() {
            shape_to(&mut out, shape, &colours.of(index, shape), self.scale).ok();
        }
        let mut style = String::new();
        if dark.is_some() {
            style += "<style>@media(prefers-color-scheme:dark){";
            for (index, (is_line, _, colour)) in colours.classes.iter().enumerate() {
                let what = if *is_line { "stroke" } else { "fill" };
                write!(style, ".c{index}{{{what}:{}}}", hex(*colour)).ok();
            }
            style += "}</style>\n";
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {right} {bottom}\" role=\"img\" lang=\"{language}\">\n<title>{}</title>\n\
             <desc>{}</desc>\n{style}<g font-family=\"{FONT}\" font-size=\"{size}\" \
             stroke-linejoin=\"round\">\n{out}</g>\n</svg>\n",
            escape(title),
            escape(about),
        )
    }

    /// Whether it is light on dark.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        self.shapes.first().is_some_and(|paper| is_dark(paper.colour))
    }
}

/// A line of words in lines that are no wider than this.
fn wrapped(line: &str, width: i32, picture: &Picture) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_inclusive([' ', '、', '。', '&']) {
        let last = lines.last().map_or("", String::as_str);
        let both = format!("{last}{word}");
        if last.is_empty() || super::text_width(&both, picture.size) <= width {
            lines.pop();
            lines.push(both);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// The colours of a sheet, and those of the same sheet in the dark.
struct Colours<'a> {
    dark: Option<&'a Vec<Shape>>,
    /// For each class whether it is of lines, and its colours.
    classes: Vec<(bool, RGBColor, RGBColor)>,
}

impl Colours<'_> {
    /// The attributes that colour a shape: that of the light sheet for every program, and a class
    /// that replaces it for those who prefer dark.
    fn of(&mut self, index: usize, shape: &Shape) -> String {
        let is_line = matches!(shape.form, Form::Line { .. });
        let mut text = match is_line {
            true => format!(" stroke=\"{}\"", hex(shape.colour)),
            false => format!(" fill=\"{}\"", hex(shape.colour)),
        };
        let of_rim = |shape: &Shape| match shape.form {
            Form::Words { rim: Some((colour, _)), .. } => Some(colour),
            _ => None,
        };
        let dark = self.dark.and_then(|dark| dark.get(index));
        let mut classes = Vec::new();
        if let Some(dark) = dark {
            classes.push(self.class(is_line, shape.colour, dark.colour));
            if let Some((light, dark)) = of_rim(shape).zip(of_rim(dark)) {
                classes.push(self.class(true, light, dark));
            }
        }
        if !classes.is_empty() {
            write!(text, " class=\"{}\"", classes.join(" ")).ok();
        }
        if shape.opacity < 1.0 {
            let what = if is_line { "stroke" } else { "fill" };
            write!(text, " {what}-opacity=\"{:.2}\"", shape.opacity).ok();
        }
        text
    }

    fn class(&mut self, is_line: bool, light: RGBColor, dark: RGBColor) -> String {
        let class = (is_line, light, dark);
        let known = self.classes.iter().position(|known| *known == class);
        let index = known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        format!("c{index}")
    }
}

fn shape_to(out: &mut String, shape: &Shape, colour: &str, scale: f64) -> std::fmt::Result {
    match &shape.form {
        Form::Line { points, width, dashes: [dash, gap] } => {
            write!(out, "<path d=\"{}\" fill=\"none\"{colour}", path(points, scale))?;
            write!(out, " stroke-width=\"{}\"", (*width).max(1))?;
            if *dash > 0 {
                write!(out, " stroke-dasharray=\"{dash} {gap}\"")?;
            }
            out.write_str("/>\n")
        }
        Form::Area(points) => writeln!(out, "<path d=\"{}z\"{colour}/>", path(points, scale)),
        Form::Disc { centre: (x, y), radius } => {
            writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{colour}/>")
        }
        Form::Words { text, at: (x, y), size, is_bold, side, height, rim } => {
            // Not every program knows other baselines.
            let down = match height {
                VPos::Top => 0.86,
                VPos::Center => 0.35,
                VPos::Bottom => -0.2,
            };
            write!(out, "<text x=\"{x}\" y=\"{}\"{colour}", y + (down * size) as i32)?;
            match side {
                HPos::Left => {}
                HPos::Center => out.write_str(" text-anchor=\"middle\"")?,
                HPos::Right => out.write_str(" text-anchor=\"end\"")?,
            }
            if *is_bold {
                out.write_str(" font-weight=\"bold\"")?;
            }
            if let Some((rim, width)) = rim {
                write!(out, " stroke=\"{}\" stroke-width=\"{width}\"", hex(*rim))?;
                out.write_str(" paint-order=\"stroke\"")?;
            }
            writeln!(out, ">{}</text>", escape(text))
        }
    }
}

/// The path through points, without those that make no difference to be seen.
fn path(points: &[(i32, i32)], scale: f64) -> String {
    let mut kept = vec![false; points.len()];
    if let [first, .., last] = kept.as_mut_slice() {
        (*first, *last) = (true, true);
    } else {
        kept.fill(true);
    }
    keep(points, &mut kept, TOLERANCE * scale);
    let mut text = String::new();
    let mut before: Option<(i32, i32)> = None;
    for (&(x, y), _) in points.iter().zip(kept).filter(|(_, kept)| *kept) {
        match before {
            None => write!(text, "M{x} {y}"),
            Some((_, b)) if b == y => write!(text, "H{x}"),
            Some((a, _)) if a == x => write!(text, "V{y}"),
            Some((a, b)) => write!(text, "l{} {}", x - a, y - b),
        }
        .ok();
        before = Some((x, y));
    }
    text
}

/// Marks the points between the first and the last that a line has to go through to stay this near
/// to all of them (Douglas and Peucker).
fn keep(points: &[(i32, i32)], kept: &mut [bool], tolerance: f64) {
    let ([first, between @ .., last], true) = (points, points.len() > 2) else { return };
    let vector = |&(x, y): &(i32, i32)| [f64::from(x - first.0), f64::from(y - first.1)];
    let [along, up] = vector(last);
    let length = along.hypot(up);
    let distance = |point: &(i32, i32)| {
        let [x, y] = vector(point);
        // To the stretch from the first to the last, not to the line through both.
        let share = if length > 0.0 { (x * along + y * up) / (length * length) } else { 0.0 };
        let share = share.clamp(0.0, 1.0);
        (x - share * along).hypot(y - share * up)
    };
    let (index, furthest) = between
        .iter()
        .map(distance)
        .enumerate()
        .fold((0, 0.0), |best, found| if found.1 > best.1 { found } else { best });
    if furthest > tolerance {
        let index = index + 1;
        kept[index] = true;
        keep(&points[..=index], &mut kept[..=index], tolerance);
        keep(&points[index..], &mut kept[index..], tolerance);
    }
}

fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{
        Content, Frame, HorizontalAxis, Layout, Line, Point, Series, Theme, ValueAxis,
    };

    fn picture(theme: Theme) -> Picture {
        let points = (0..200)
            .map(|index| {
                let x = f64::from(index) / 200.0;
                Point { x, low: 0.0, median: x * x, high: 1.0 }
            })
            .collect();
        let series = Series {
            name: "a < b".into(),
            label: "a < b".into(),
            colour: theme.test,
            ink: theme.test_text,
            line: Line::Dashed,
            named_where_it_rises: false,
            points,
        };
        let axis = HorizontalAxis::default();
        let frame = Frame::new("Q & A".into(), theme, axis, ValueAxis::Share);
        let content = Content { series: &[series], ..Content::default() };
        Picture::draw(&frame, &content, Layout::plain(false), [480, 200])
    }

    #[test]
    fn a_file_has_title_words_curves_and_both_sets_of_colours() {
        let other = Theme { paper: RGBColor(1, 2, 3), ..Theme::GREY };
        let sheet = |theme| Sheet::stack(&[picture(theme)], &["caption".into()]).expect("a chart");
        let (light, dark) = (sheet(Theme::GREY), sheet(other));
        assert!(!light.is_dark() && dark.is_dark());
        let file = light.write(Some(&dark), ["title", "x < y"], "en");
        for part in [
            "width=\"480\" height=\"251\"",
            "<desc>x &lt; y</desc>",
            ">Q &amp; A</text>",
            ">a &lt; b</text>",
            ">caption</text>",
            ".c0{fill:#010203}",
            "fill=\"#808080\" class=\"c0\"",
            "stroke-dasharray=\"28 16\"",
        ] {
            assert!(file.contains(part), "{part} in {file}");
        }
        assert!(!light.write(None, ["", ""], "en").contains("style"), "one set of colours");
    }

    #[test]
    fn charts_stand_beside_one_another_where_they_fit() {
        let narrow = |width| {
            let axis = HorizontalAxis::default();
            let frame = Frame::new("T".into(), Theme::GREY, axis, ValueAxis::Share);
            Picture::draw(&frame, &Content::default(), Layout::plain(false), [width, 100])
        };
        let pictures = [narrow(400), narrow(190), narrow(190), narrow(190)];
        let sheet = Sheet::stack(&pictures, &[]).expect("charts");
        // Three rows of a head, a chart and what is below it.
        assert_eq!(sheet.css_size(), [400, 3 * (26 + 100 + 6)]);
        let file = sheet.write(None, ["", ""], "en");
        for at in ["x=\"8\" y=\"68\"", "x=\"832\" y=\"596\"", "x=\"8\" y=\"1124\""] {
            assert!(file.contains(at), "{at} in {file}");
        }
    }

    #[test]
    fn points_that_make_no_difference_are_left_out() {
        let straight: Vec<_> = (0..100).map(|x| (x, 2 * x)).collect();
        assert_eq!(path(&straight, 4.0), "M0 0l99 198");
        assert_eq!(path(&[(0, 0), (50, 1), (100, 0)], 4.0), "M0 0H100");
        assert_eq!(path(&[(0, 0), (50, 9), (100, 0), (0, 0)], 4.0), "M0 0l50 9l50 -9H0");
        assert_eq!(path(&[(3, 4)], 4.0), "M3 4");
    }
}
