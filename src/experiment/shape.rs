//! The shape of each data set: how many samples there are, of how many numbers, and for which task.
//!
//! It is known without making the data, so that experiments can be checked and costs estimated. The
//! numbers stand here once; the room `data` makes data of these shapes.

use super::settings::{Data, Operation, Settings};

/// Permutations of five elements, the elements of the table of [`Data::Permutations`].
pub const PERMUTATIONS: usize = 120;
/// Images of [`Data::Digits`].
pub const DIGITS_IMAGES: usize = 1797;
/// Pixels of an image of [`Data::Digits`].
pub const DIGITS_PIXELS: usize = 64;
/// Classes of [`Data::Digits`].
pub const DIGITS_CLASSES: usize = 10;
/// Vertices of the icosahedron, the bits of a pattern of [`Data::Icosahedron`].
pub const ICOSAHEDRON_VERTICES: usize = 12;
/// Numbers in an input of [`Data::Teacher`], and in an output.
pub const TEACHER_UNITS: usize = 5;
/// Test samples of the regressions, whose samples are drawn: as many as in the calibration.
pub const DRAWN_TEST_SAMPLES: usize = 2000;

/// The task of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Tell classes apart.
    Classification,
    /// Predict numbers.
    Regression,
}

/// The shape of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataShape {
    /// Samples in all, training and test set together.
    pub samples: usize,
    /// Numbers in one input.
    pub features: usize,
    /// Numbers in one output: classes, or predicted numbers.
    pub outputs: usize,
    /// The task.
    pub task: Task,
}

impl Settings {
    /// Slow features of [`Data::TwoScale`].
    pub const SLOW_FEATURES: usize = 10;
    /// Norm of the coefficients of the fast features of [`Data::TwoScale`], and of those of the
    /// slow ones.
    pub const TWO_SCALE_NORM: f64 = 2.0;

    /// The shape of the data set.
    #[must_use]
    pub fn shape(&self) -> DataShape {
        let table = |samples, elements: usize| DataShape {
            samples,
            features: 2 * elements,
            outputs: elements,
            task: Task::Classification,
        };
        let drawn = |features, outputs| DataShape {
            samples: self.samples + DRAWN_TEST_SAMPLES,
            features,
            outputs,
            task: Task::Regression,
        };
        let p = self.p as usize;
        match self.data {
            Data::Arithmetic if self.op == Operation::Divide => table(p * (p - 1), p),
            Data::Arithmetic => table(p * p, p),
            Data::Permutations => table(PERMUTATIONS * PERMUTATIONS, PERMUTATIONS),
            Data::Digits => DataShape {
                samples: DIGITS_IMAGES,
                features: if self.pca > 0 { self.pca } else { DIGITS_PIXELS },
                outputs: DIGITS_CLASSES,
                task: Task::Classification,
            },
            Data::Icosahedron => DataShape {
                samples: 1 << ICOSAHEDRON_VERTICES,
                features: ICOSAHEDRON_VERTICES,
                outputs: 2,
                task: Task::Classification,
            },
            Data::TwoScale => drawn(self.fast_features + Self::SLOW_FEATURES, 1),
            Data::Teacher => drawn(TEACHER_UNITS, TEACHER_UNITS),
        }
    }

    /// Whether inputs are the pairs of a table of `a ∘ b`.
    #[must_use]
    pub fn is_table(&self) -> bool {
        matches!(self.data, Data::Arithmetic | Data::Permutations)
    }

    /// Whether the task is a regression.
    #[must_use]
    pub fn is_regression(&self) -> bool {
        self.shape().task == Task::Regression
    }

    /// Whether the size of the training set is a fraction of all samples, and not a number.
    #[must_use]
    pub fn is_share(&self) -> bool {
        self.is_table() || self.data == Data::Icosahedron
    }

    /// Samples in all, training and test set together.
    #[must_use]
    pub fn all_samples(&self) -> usize {
        self.shape().samples
    }

    /// Samples in the training set. All others are the test set.
    #[must_use]
    pub fn train_samples(&self) -> usize {
        let all = self.all_samples();
        let wanted =
            if self.is_share() { (self.frac * all as f64).round() as usize } else { self.samples };
        wanted.clamp(1, all - 1)
    }

    /// Numbers in one input.
    #[must_use]
    pub fn features(&self) -> usize {
        self.shape().features
    }

    /// Numbers in one output: classes, or predicted numbers.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.shape().outputs
    }
}
