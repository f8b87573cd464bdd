//! What charts are drawn on: it keeps shapes, so that a canvas and a file show the same.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};
use plotters_backend::{DrawingErrorKind, FontStyle};

/// A shape with its colour. Lengths are in pixels of the drawing.
#[derive(Clone)]
pub struct Shape {
    /// What it is.
    pub form: Form,
    /// Its colour.
    pub colour: RGBColor,
    /// 0 to 1.
    pub opacity: f64,
}

/// The forms of shapes.
#[derive(Clone)]
pub enum Form {
    /// A line.
    Line {
        /// Its points.
        points: Vec<(i32, i32)>,
        /// How wide it is.
        width: u32,
        /// The lengths of its dashes and gaps; 0 for none.
        dashes: [u32; 2],
    },
    /// A filled polygon.
    Area(Vec<(i32, i32)>),
    /// A filled disc.
    Disc {
        /// Its centre.
        centre: (i32, i32),
        /// Its radius.
        radius: u32,
    },
    /// Words.
    Words {
        /// What they say.
        text: String,
        /// Where they stand.
        at: (i32, i32),
        /// The size of the font.
        size: f64,
        /// Whether they are bold.
        is_bold: bool,
        /// Which side of them is at that place.
        side: HPos,
        /// Which height of them is there.
        height: VPos,
        /// Colour and width of a rim.
        rim: Option<(RGBColor, u32)>,
    },
}

impl Shape {
    /// The same at another place.
    #[must_use]
    pub fn moved(mut self, right: i32, down: i32) -> Self {
        let points = match &mut self.form {
            Form::Line { points, .. } | Form::Area(points) => points.as_mut_slice(),
            Form::Disc { centre: at, .. } | Form::Words { at, .. } => std::slice::from_mut(at),
        };
        points.iter_mut().for_each(|(x, y)| (*x, *y) = (*x + right, *y + down));
        self
    }
}

/// What charts are drawn on.
pub struct Surface {
    shapes: Rc<RefCell<Vec<Shape>>>,
    size: (u32, u32),
}

impl Surface {
    /// An empty one of so many pixels, and where its shapes can be found.
    #[must_use]
    pub fn new(width: u32, height: u32) -> (Self, Rc<RefCell<Vec<Shape>>>) {
        let shapes = Rc::<RefCell<Vec<Shape>>>::default();
        (Self { shapes: Rc::clone(&shapes), size: (width, height) }, shapes)
    }

    fn push(&self, form: Form, colour: BackendColor) -> Result<(), DrawingErrorKind<fmt::Error>> {
        let BackendColor { alpha, rgb: (r, g, b) } = colour;
        if alpha > 0.0 {
            let colour = RGBColor(r, g, b);
            self.shapes.borrow_mut().push(Shape { form, colour, opacity: alpha });
        }
        Ok(())
    }
}

type Done = Result<(), DrawingErrorKind<fmt::Error>>;

impl DrawingBackend for Surface {
    type ErrorType = fmt::Error;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Done {
        self.push(Form::Area(vec![(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]), colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let mut points = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.push(Form::Area(points), style.color());
        }
        points.push((left, top));
        self.draw_path(points, style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let (points, width) = (path.into_iter().collect(), style.stroke_width());
        self.push(Form::Line { points, width, dashes: [0; 2] }, style.color())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Done {
        self.push(Form::Disc { centre, radius }, style.color())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.push(Form::Area(path.into_iter().collect()), style.color())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Done {
        let anchor = style.anchor();
        let form = Form::Words {
            text: text.to_owned(),
            at,
            size: style.size(),
            is_bold: matches!(style.style(), FontStyle::Bold),
            side: anchor.h_pos,
            height: anchor.v_pos,
            rim: None,
        };
        self.push(form, style.color())
    }
}

/// A line of dashes.
pub(super) struct Dashes<Point> {
    /// Where it goes.
    pub points: Vec<Point>,
    /// Lengths of a dash and of a gap.
    pub lengths: [i32; 2],
    /// Colour and width.
    pub style: ShapeStyle,
}

impl<'a, Point> PointCollection<'a, Point> for &'a Dashes<Point> {
    type Point = &'a Point;
    type IntoIter = &'a [Point];

    fn point_iter(self) -> &'a [Point] {
        &self.points
    }
}

impl<Point> Drawable<Surface> for Dashes<Point> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        surface: &mut Surface,
        _: (u32, u32),
    ) -> Done {
        let dashes = self.lengths.map(|length| length.max(1) as u32);
        let (points, width) = (points.collect(), self.style.stroke_width);
        surface.push(Form::Line { points, width, dashes }, BackendStyle::color(&self.style))
    }
}

/// Words with a rim, so that they can be read over a curve.
pub(super) struct RimmedWords<'a> {
    /// The words.
    pub text: &'a str,
    /// Where they stand.
    pub at: (i32, i32),
    /// Colour, font and anchor.
    pub style: TextStyle<'static>,
    /// Colour and width of the rim.
    pub rim: (RGBColor, u32),
}

impl<'a> PointCollection<'a, (i32, i32)> for &'a RimmedWords<'_> {
    type Point = &'a (i32, i32);
    type IntoIter = std::iter::Once<&'a (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl Drawable<Surface> for RimmedWords<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        surface: &mut Surface,
        _: (u32, u32),
    ) -> Done {
        let Some(at) = points.next() else { return Ok(()) };
        surface.draw_text(self.text, &self.style, at)?;
        if let Some(Shape { form: Form::Words { rim, .. }, .. }) =
            surface.shapes.borrow_mut().last_mut()
        {
            *rim = Some(self.rim);
        }
        Ok(())
    }
}
