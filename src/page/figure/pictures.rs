//! The charts of a figure as a file: SVG, or PNG made from it.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::Handle;
use super::panel::View;
use crate::page::address::Address;
use crate::page::chart::svg::Sheet;
use crate::page::chart::{Chart, Picture};
use crate::page::dom::{create, page_folder};
use crate::page::plots::{self, Moving};
use crate::protocol::Speed;
use crate::text::Text;

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// No chart is in sight.
    Empty,
    /// The browser does not make one: it is too large, or the page's rules forbid it.
    Refused,
}

impl PictureError {
    /// A sentence that says so, and what to do.
    pub fn sentence(self, text: &Text) -> String {
        match self {
            Self::Empty => text.get("picture-empty"),
            Self::Refused => text.get("picture-refused"),
        }
    }
}

/// How many times as fine as CSS pixels a PNG is to be: 1 to 8, or 2 for what is no number.
pub fn scale(asked: &JsValue) -> u32 {
    asked.as_f64().filter(|scale| scale.is_finite()).map_or(2, |scale| scale.clamp(1.0, 8.0) as u32)
}

impl Handle {
    /// The charts in sight as one SVG file, in the colours that they have. `None` without any.
    pub fn svg(&self) -> Option<String> {
        self.drawing().map(|(file, _)| file)
    }

    /// The file, and its width and height in CSS pixels.
    fn drawing(&self) -> Option<(String, [u32; 2])> {
        let pictures: Vec<Picture> = self.with(|inner| {
            let charts = inner.panels.iter().flat_map(|panel| panel.charts());
            charts.filter_map(Chart::picture).collect()
        })?;
        self.look(|view| {
            let sheet = Sheet::stack(&pictures, &caption(view))?;
            let title = view.text.preset(view.session.experiment().preset);
            let (history, phases) = (view.history(), &view.shared.phases);
            let about = plots::finding(history, phases, Moving::Over, false, view.text).join(" ");
            let language = view.text.locale().key();
            Some((sheet.write(None, [&title, &about], language), sheet.css_size()))
        })?
    }

    /// The same as a PNG file, so many times as fine as on a screen with one pixel in a CSS pixel.
    pub async fn png(&self, scale: u32) -> Result<Blob, PictureError> {
        let (file, size) = self.drawing().ok_or(PictureError::Empty)?;
        let [width, height] = size.map(|length| length * scale);
        to_png(&file, width, height).await.map_err(|_| PictureError::Refused)
    }
}

/// What was trained, and where it can be seen.
fn caption(view: &View<'_>) -> Vec<String> {
    let experiment = view.session.experiment();
    let mut options = view.options.address.clone();
    options.speed = Speed::Full;
    let query = Address::write(experiment, &options, true);
    let settings = view.text.settings_line(experiment, None);
    vec![settings, format!("{}{query}", page_folder())]
}

async fn to_png(file: &str, width: u32, height: u32) -> Result<Blob, JsValue> {
    let image = HtmlImageElement::new()?;
    let words = js_sys::encode_uri_component(file);
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", String::from(words)));
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = create("canvas");
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    let [across, down] = [width, height].map(f64::from);
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, across, down)?;
    let made = js_sys::Promise::new(&mut |resolve, reject| {
        // It is called with null where the canvas is too large.
        if canvas.to_blob(&resolve).is_err() {
            reject.call0(&JsValue::NULL).ok();
        }
    });
    JsFuture::from(made).await?.dyn_into()
}
