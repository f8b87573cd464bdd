//! The colours of charts. They stand in the style sheet alone.

use plotters::style::RGBColor;

/// The colours that charts use, light or dark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Of words.
    pub ink: RGBColor,
    /// Of words that matter less.
    pub muted: RGBColor,
    /// Of the grid.
    pub grid: RGBColor,
    /// Of curves on the training set.
    pub train: RGBColor,
    /// Of their names.
    pub train_text: RGBColor,
    /// Of curves on the test set.
    pub test: RGBColor,
    /// Of their names.
    pub test_text: RGBColor,
    /// Of earlier runs.
    pub ghost: RGBColor,
    /// The ground.
    pub paper: RGBColor,
    /// The first of several layers; those between are mixed.
    pub layer_first: RGBColor,
    /// The last of several layers.
    pub layer_last: RGBColor,
    /// Of complexity.
    pub complexity: RGBColor,
    /// Of weights.
    pub weights: RGBColor,
    /// Of cells that are not right.
    pub empty: RGBColor,
    /// Behind the first phase.
    pub phase_1: RGBColor,
    /// Behind the second phase.
    pub phase_2: RGBColor,
}

impl Theme {
    /// No colours: for tests of what is drawn, not how.
    #[cfg(test)]
    pub const GREY: Self = {
        let grey = RGBColor(128, 128, 128);
        Self {
            ink: grey,
            muted: grey,
            grid: grey,
            train: grey,
            train_text: grey,
            test: grey,
            test_text: grey,
            ghost: grey,
            paper: grey,
            layer_first: grey,
            layer_last: grey,
            complexity: grey,
            weights: grey,
            empty: grey,
            phase_1: grey,
            phase_2: grey,
        }
    };

    /// The colours of the page's style sheet.
    #[cfg(any(test, feature = "cli"))]
    pub fn of_sheet(dark: bool) -> Self {
        let sheet = include_str!("../../www/style.css");
        Self::from_names(|name| {
            let start = format!("{name}:");
            let mut values = sheet.lines().filter_map(|line| line.trim().strip_prefix(&start));
            let value = values.nth(usize::from(dark))?;
            parse_colour(value.trim().trim_end_matches(';'))
        })
    }

    /// The colours that have these names in the style sheet; grey where there is none.
    pub fn from_names(find: impl Fn(&str) -> Option<RGBColor>) -> Self {
        let colour = |name: &str| find(name).unwrap_or(RGBColor(128, 128, 128));
        Self {
            ink: colour("--ink"),
            muted: colour("--muted"),
            grid: colour("--grid"),
            train: colour("--train"),
            train_text: colour("--train-text"),
            test: colour("--test"),
            test_text: colour("--test-text"),
            ghost: colour("--strong-rule"),
            paper: colour("--paper"),
            layer_first: colour("--layer-first"),
            layer_last: colour("--layer-last"),
            complexity: colour("--complexity"),
            weights: colour("--weights"),
            empty: colour("--empty"),
            phase_1: colour("--phase-1"),
            phase_2: colour("--phase-2"),
        }
    }
}

impl Theme {
    /// The colour of one of several layers in order.
    pub fn layer(&self, index: usize, count: usize) -> RGBColor {
        let share = if count > 1 { index as f64 / (count - 1) as f64 } else { 1.0 };
        between(self.layer_first, self.layer_last, share)
    }

    /// The colour of a share of what the test set shows, from pale to deep.
    pub fn ramp(&self, share: f64) -> RGBColor {
        const MIDDLE: f64 = 0.6;
        let (pale, deep) =
            (between(self.paper, self.test, 0.14), between(self.test, self.ink, 0.45));
        if share < MIDDLE {
            between(pale, self.test, share / MIDDLE)
        } else {
            between(self.test, deep, (share - MIDDLE) / (1.0 - MIDDLE))
        }
    }

    /// A shade of a colour for one of several groups of networks: the first has the colour itself, later ones
    /// are nearer to the text's.
    pub fn shade(&self, colour: RGBColor, index: usize, count: usize) -> RGBColor {
        /// Of the way to the text's colour, for the last.
        const FURTHEST: f64 = 0.8;
        between(colour, self.ink, FURTHEST * index as f64 / (count - 1).max(1) as f64)
    }
}

/// What lies at a share of the way from one colour to another.
fn between(first: RGBColor, last: RGBColor, share: f64) -> RGBColor {
    let mix = |first: u8, last: u8| {
        (f64::from(first) * (1.0 - share) + f64::from(last) * share).round() as u8
    };
    let (RGBColor(r, g, b), RGBColor(s, h, c)) = (first, last);
    RGBColor(mix(r, s), mix(g, h), mix(b, c))
}

/// Whether white can be read better on a colour than black: from its relative luminance, as WCAG
/// defines it.
pub fn is_dark(colour: RGBColor) -> bool {
    let linear = |part: u8| (f64::from(part) / 255.0).powf(2.2);
    let RGBColor(r, g, b) = colour;
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) < 0.179
}

/// `#rrggbb`.
pub fn parse_colour(text: &str) -> Option<RGBColor> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    Some(RGBColor((value >> 16) as u8, (value >> 8) as u8, value as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_colours_of_the_page() {
        let [light, dark] = [false, true].map(Theme::of_sheet);
        assert!(is_dark(light.ink) && !is_dark(light.paper));
        assert!(is_dark(dark.paper) && !is_dark(dark.ink));
        assert_ne!(light.test, light.train);
    }

    #[test]
    fn the_style_sheet_gives_every_colour_in_the_form_that_is_read() {
        let sheet = include_str!("../../www/style.css");
        let names = [
            "ink",
            "muted",
            "grid",
            "train",
            "train-text",
            "test",
            "test-text",
            "strong-rule",
            "paper",
            "layer-first",
            "layer-last",
            "complexity",
            "weights",
            "empty",
            "phase-1",
            "phase-2",
        ];
        for name in names {
            let values: Vec<_> = sheet
                .lines()
                .filter_map(|line| line.trim().strip_prefix(&format!("--{name}:")))
                .map(|value| parse_colour(value.trim().trim_end_matches(';')))
                .collect();
            assert_eq!(values.len(), 3, "--{name}: light, and dark by the system and by choice");
            assert_eq!(values[1], values[2], "--{name}: one dark");
            assert!(values.iter().all(Option::is_some), "--{name}: #rrggbb");
        }
    }
}
