//! Handwritten digits: 1,797 images of 8 × 8 pixels with values from 0 to 16.
//!
//! E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
//! Repository (1998), doi 10.24432/C50P49, CC BY 4.0; the test set of that collection. Packed here
//! as 41 bytes an image: 64 pixels of 5 bits, the first in the lowest bits, and the digit.

use std::sync::OnceLock;

use nalgebra::DMatrix;

use super::{DataError, Inputs, MemberData, Outputs, SampleSet, shuffled};
use crate::experiment::Settings;
use crate::experiment::shape::{DIGITS_CLASSES, DIGITS_IMAGES as IMAGES, DIGITS_PIXELS as PIXELS};
use crate::linalg;

/// Bytes of a packed image.
const PACKED: usize = PIXELS * 5 / 8 + 1;

/// The name of the file of packed images, beside the page.
pub const FILE: &str = "digits.bin";

static DIGITS: OnceLock<Digits> = OnceLock::new();

#[derive(Debug)]
struct Digits {
    /// Image by image.
    pixels: Vec<f64>,
    labels: Vec<u32>,
}

/// Stores the packed images, for programs that do not contain them: once, before the first use.
///
/// # Errors
/// If these are not the packed images.
pub fn provide(packed: &[u8]) -> Result<(), DataError> {
    if DIGITS.get().is_none() {
        let digits = unpack(packed)?;
        // Another thread that was faster stored the same images.
        DIGITS.set(digits).ok();
    }
    Ok(())
}

/// Whether [`provide`] has to be called before digits are used.
#[must_use]
pub fn are_missing() -> bool {
    cfg!(target_family = "wasm") && DIGITS.get().is_none()
}

fn unpack(packed: &[u8]) -> Result<Digits, DataError> {
    if packed.len() != IMAGES * PACKED {
        return Err(DataError::DigitsLength { expected: IMAGES * PACKED, got: packed.len() });
    }
    let mut digits = Digits { pixels: Vec::with_capacity(IMAGES * PIXELS), labels: Vec::new() };
    for image in packed.chunks(PACKED) {
        let bit = |index: usize| u32::from(image[index / 8] >> (index % 8) & 1);
        digits.pixels.extend((0..PIXELS).map(|pixel| {
            f64::from((0..5).map(|index| bit(5 * pixel + index) << index).sum::<u32>())
        }));
        digits.labels.push(u32::from(image[PACKED - 1]));
    }
    if digits.labels.iter().any(|&label| label > 9) || digits.pixels.iter().any(|&p| p > 16.0) {
        return Err(DataError::DigitsDamaged);
    }
    Ok(digits)
}

fn digits() -> Result<&'static Digits, DataError> {
    #[cfg(not(target_family = "wasm"))]
    provide(include_bytes!("../../www/data/digits.bin"))?;
    DIGITS.get().ok_or(DataError::DigitsMissing)
}

/// The pixels of an image, from 0 to 16, row by row; `None` if there is no such image.
pub(crate) fn pixels(image: u32) -> Option<Vec<u8>> {
    let start = image as usize * PIXELS;
    let pixels = digits().ok()?.pixels.get(start..start + PIXELS)?;
    Some(pixels.iter().map(|pixel| *pixel as u8).collect())
}

/// All images, split by the member's seed.
///
/// The mean training image is subtracted from all images. They are then divided by the root mean
/// square of the training images' norms. Principal components are those of the training images; `d`
/// of them are scaled to a root mean square norm of √d.
pub(super) fn data(member: &Settings) -> Result<MemberData, DataError> {
    let digits = digits()?;
    let split = shuffled(IMAGES, member.seed);
    let (train, test) = split.split_at(member.train_samples());
    let rows = |samples: &[u32]| {
        DMatrix::from_row_iterator(
            samples.len(),
            PIXELS,
            samples.iter().flat_map(|&sample| {
                let start = sample as usize * PIXELS;
                digits.pixels[start..start + PIXELS].iter().map(|pixel| pixel / 16.0)
            }),
        )
    };
    let (mut train_rows, mut test_rows) = (rows(train), rows(test));
    let mean = train_rows.row_mean();
    for rows in [&mut train_rows, &mut test_rows] {
        rows.row_iter_mut().for_each(|mut row| row -= &mean);
    }
    let mut norm = 1.0;
    if member.pca > 0 {
        let components = principal_components(&train_rows, member.pca);
        train_rows *= &components;
        test_rows *= &components;
        norm = (member.pca as f64).sqrt();
    }
    let root_mean_square = (train_rows.norm_squared() / train_rows.nrows() as f64).sqrt();
    let scale = norm / root_mean_square.max(f64::MIN_POSITIVE);
    let set = |rows: DMatrix<f64>, samples: &[u32]| SampleSet {
        inputs: Inputs::Dense {
            features: rows.ncols(),
            // nalgebra stores column by column.
            values: rows.transpose().iter().map(|value| (value * scale) as f32).collect(),
        },
        ids: samples.to_vec(),
        outputs: Outputs::Classes {
            count: DIGITS_CLASSES,
            classes: samples.iter().map(|&sample| digits.labels[sample as usize]).collect(),
        },
    };
    Ok(MemberData { train: set(train_rows, train), test: set(test_rows, test) })
}

/// The directions of largest variance, largest first, as columns `[features, count]`.
fn principal_components(centred: &DMatrix<f64>, count: usize) -> DMatrix<f64> {
    let (_, vectors) = linalg::sorted_eigen(centred.tr_mul(centred));
    vectors.columns(0, count).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    /// Inputs of the training and the test set, `[samples, features]`.
    fn inputs(query: &str) -> [Vec<f32>; 2] {
        let member = Experiment::from_query(query).experiment.members()[0];
        let MemberData { train, test } = data(&member).expect("the images");
        [train, test].map(|set| match set.inputs {
            Inputs::Dense { values, .. } => values,
            Inputs::Pairs { .. } => panic!("images are dense"),
        })
    }

    #[test]
    fn the_packed_images_are_those_of_the_collection() {
        // Sums of scikit-learn's copy: `load_digits()`.
        let digits = digits().expect("the images");
        assert_eq!(digits.pixels.iter().sum::<f64>(), 561_718.0);
        let count = |digit| digits.labels.iter().filter(|&&label| label == digit).count();
        let counts: Vec<usize> = (0..10).map(count).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        let last = &digits.pixels[1796 * PIXELS..];
        let weighted: f64 = (1..).zip(last).map(|(index, pixel)| f64::from(index) * pixel).sum();
        assert_eq!(weighted, 13_682.0);
    }

    #[test]
    fn a_damaged_file_is_refused_with_what_to_do() {
        let good = include_bytes!("../../www/data/digits.bin");
        let error = unpack(&good[1..]).expect_err("too short");
        assert!(error.to_string().contains("fetch digits.bin again"), "{error}");
        assert_eq!(error, DataError::DigitsLength { expected: good.len(), got: good.len() - 1 });
        let mut bad = good.to_vec();
        bad[40] = 77;
        assert_eq!(unpack(&bad).err(), Some(DataError::DigitsDamaged));
    }

    #[test]
    fn training_images_are_centred_with_mean_square_norm_one() {
        for (query, features, norm) in
            [("data=digits", 64, 1.0), ("data=digits&pca=20", 20, 20f64.sqrt())]
        {
            let [train, test] = inputs(query);
            assert_eq!(train.len(), 200 * features);
            assert_eq!(test.len(), 1597 * features);
            let square: f64 = train.iter().map(|&x| f64::from(x).powi(2)).sum();
            assert!(((square / 200.0).sqrt() - norm).abs() < 1e-5, "{query}");
            for feature in 0..features {
                let column = train.iter().skip(feature).step_by(features);
                let mean = column.map(|&x| f64::from(x)).sum::<f64>() / 200.0;
                assert!(mean.abs() < 1e-6, "{query}: {mean}");
            }
        }
    }

    #[test]
    fn principal_components_are_uncorrelated_and_sorted() {
        let [train, _] = inputs("data=digits&pca=5");
        let rows = DMatrix::from_row_iterator(200, 5, train.iter().map(|&x| f64::from(x)));
        let covariance = rows.tr_mul(&rows) / 200.0;
        for i in 0..5 {
            for j in 0..i {
                assert!(covariance[(i, j)].abs() < 1e-5);
            }
            assert!(i == 0 || covariance[(i, i)] <= covariance[(i - 1, i - 1)]);
        }
    }
}
