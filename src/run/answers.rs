//! What one network answers to every sample of its task, for pictures of the task.

use burn::tensor::Tensor;

use crate::data::{DatasetTensors, SampleSet, digits};
use crate::device::{DeviceError, read};
use crate::evaluation::{Answers, Task, TaskSet};
use crate::experiment::Data;
use crate::measure::waves;
use crate::model::{MlpEnsemble, Role};
use crate::train::Trainer;

/// More samples are not asked: answering them would slow training.
const MAX_SAMPLES: usize = 4096;

/// Images of each set that are shown.
const IMAGES: usize = 30;

/// Asks one member of a trainer.
pub(super) struct Answerer {
    /// The index among the trainer's members.
    member: usize,
    samples: DatasetTensors,
    /// Whether its inputs are two numbers modulo p.
    has_waves: bool,
}

impl Answerer {
    /// Asks a member by its index in a trainer; also says what its task is. `None` for a
    /// regression, and for more samples than [`MAX_SAMPLES`].
    pub(super) fn new(trainer: &Trainer, member: usize) -> Option<(Self, Task)> {
        let data = &trainer.data().members()[member];
        let are_images = trainer.members()[member].data == Data::Digits;
        let set = |set: &SampleSet| {
            let shown = set.ids.iter().take(if are_images { IMAGES } else { 0 });
            Some(TaskSet {
                ids: set.ids.clone(),
                classes: set.classes()?.to_vec(),
                images: shown.filter_map(|id| digits::pixels(*id)).collect(),
            })
        };
        let task = Task { train: set(&data.train)?, test: set(&data.test)? };
        if task.train.classes.len() + task.test.classes.len() > MAX_SAMPLES {
            return None;
        }
        let samples = trainer.data().member_tensors(member);
        let has_waves = trainer.members()[member].data == Data::Arithmetic;
        Some((Self { member, samples, has_waves }, task))
    }

    /// What it answers now.
    pub(super) async fn ask(&self, trainer: &Trainer) -> Result<Answers, DeviceError> {
        let network = trainer.model().member(self.member);
        let mut answers = Answers {
            step: trainer.step(),
            train: classes(network.forward(&self.samples.train.inputs)).await?,
            test: classes(network.forward(&self.samples.test.inputs)).await?,
            waves: None,
        };
        if let Some(weights) = first_weights(&network).filter(|_| self.has_waves) {
            let [_, _, units] = weights.dims();
            answers.waves = waves::waves(&read(weights).await?, units);
        }
        Ok(answers)
    }
}

/// The first layer's weights, `[1, inputs, units]`; `None` behind an embedding.
fn first_weights(network: &MlpEnsemble) -> Option<Tensor<3>> {
    (network.roles.first() == Some(&Role::Weights)).then(|| network.parameters[0].clone())
}

/// The class with the largest logit of each sample, of logits `[1, samples, classes]`.
async fn classes(logits: Tensor<3>) -> Result<Vec<u16>, DeviceError> {
    let [_, samples, count] = logits.dims();
    if samples == 0 {
        return Ok(Vec::new());
    }
    let logits = read(logits).await?;
    let largest = |row: &[f32]| {
        let first = (0, f32::NEG_INFINITY);
        let largest = |best: (usize, f32), (index, &logit): (usize, &f32)| {
            if logit > best.1 { (index, logit) } else { best }
        };
        row.iter().enumerate().fold(first, largest).0 as u16
    };
    Ok(logits.chunks_exact(count).map(largest).collect())
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use crate::run::Run;
    use burn::tensor::Device;
    use pollster::block_on;

    fn run(query: &str) -> Run {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        Run::new(&parsed.experiment, &Device::flex()).expect("data")
    }

    #[test]
    fn answers_are_right_as_often_as_the_accuracy_says() {
        for query in ["p=11&width=48&seeds=2&steps=40&frac=0.6", "data=digits&seeds=1&steps=30"] {
            let mut run = run(query);
            let task = run.watch_first().expect("a classification");
            let mut evaluated = 0;
            while !run.is_done() {
                let Some(evaluation) = block_on(run.advance(u32::MAX)).expect("on the CPU") else {
                    continue;
                };
                let answers = block_on(run.answers()).expect("on the CPU").expect("it is watched");
                assert_eq!(answers.step, evaluation.step);
                let scores = evaluation.members[0].expect("the first member");
                let fraction = |answers: &[u16], classes: &[u32]| {
                    let right = answers.iter().zip(classes).filter(|(a, b)| u32::from(**a) == **b);
                    right.count() as f32 / classes.len() as f32
                };
                let (train, test) = (&task.train, &task.test);
                let of_train = fraction(&answers.train, &train.classes);
                let of_test = fraction(&answers.test, &test.classes);
                assert!((of_train - scores.train.accuracy).abs() < 1e-6, "{query}");
                assert!((of_test - scores.test.accuracy).abs() < 1e-6, "{query}");
                evaluated += 1;
            }
            assert!(evaluated > 20);
        }
    }

    #[test]
    fn the_task_names_every_entry_of_the_table_once() {
        let task = run("p=11&width=8&seeds=1&steps=2").watch_first().expect("a classification");
        let mut ids: Vec<u32> = [&task.train.ids[..], &task.test.ids].concat();
        ids.sort_unstable();
        assert_eq!(ids, (0..121).collect::<Vec<_>>());
        for (id, class) in task.test.ids.iter().zip(&task.test.classes) {
            assert_eq!((id / 11 + id % 11) % 11, *class);
        }
    }

    #[test]
    fn a_regression_and_a_worker_without_the_first_member_answer_nothing() {
        assert_eq!(run("preset=double-descent-time&seeds=1&steps=3").watch_first(), None);
        let experiment = Experiment::from_query("p=11&width=8&seeds=3&steps=2").experiment;
        let device = Device::flex();
        let mut others = Run::for_members(&experiment, vec![1, 2], &device).expect("data");
        assert_eq!(others.watch_first(), None);
        assert_eq!(block_on(others.answers()).expect("on the CPU"), None);
    }
}
