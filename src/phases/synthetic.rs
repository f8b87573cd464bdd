//! Curves and runs whose phases are known, and the finder against them.

use super::signal::largest;
use super::{Direction, Estimate, Piece, Reading, pieces};
use crate::evaluation::{Evaluation, ProbeResult, Score, Scores, next_evaluated_step};
use crate::experiment::Experiment;
use crate::history::History;
use crate::measure::{Curve, Quantity, Split};
use crate::stats;

/// Rises from 0 to 1 around a step, over a third of a decade or so.
fn rise(step: u32, at: f64) -> f64 {
    1.0 / (1.0 + (-6.0 * (f64::from(step.max(1)) / at).ln()).exp())
}

/// Five networks that memorise at 40 and generalise around 1,000; information about inputs falls
/// around `fall`, on test samples three times later.
pub(crate) fn history(fall: f64, collapse: bool) -> History {
    let mut history = History::new(Experiment::valid("seeds=5"));
    let curves = history.curves().to_vec();
    let scale = |member: usize| 1.0 + 0.1 * (member as f64 - 2.0);
    let (mut step, mut recorded) = (0, 0);
    while step <= 4000 {
        let scores = |member: usize| {
            let score =
                |accuracy: f64, loss: f64| Score { loss: loss as f32, accuracy: accuracy as f32 };
            let generalised = rise(step, 1000.0 * scale(member));
            let lost = if collapse { rise(step, 3400.0) } else { 0.0 };
            // The test loss rises while the network memorises, and falls as it generalises.
            let loss = 1.0 + rise(step, 30.0) - 1.9 * generalised;
            Some(Scores {
                train: score(rise(step, 20.0), 1.0 - rise(step, 20.0)),
                test: score(generalised * (1.0 - lost), loss),
            })
        };
        history.push(Evaluation { step, members: (0..5).map(scores).collect() });
        if step >= recorded {
            let values = |member: usize| {
                let of = |curve: &Curve| {
                    let at = fall * scale(member);
                    Some(match (curve.quantity, curve.set) {
                        (Quantity::InputInformation, Some(Split::Train)) => {
                            7.0 - 2.5 * rise(step, at)
                        }
                        (Quantity::InputInformation, _) => 7.5 - rise(step, 3.0 * at),
                        (Quantity::LabelInformation, _) => 4.0,
                        _ => 0.01,
                    } as f32)
                };
                curves.iter().map(of).collect()
            };
            history.push_measurement(ProbeResult { step, members: (0..5).map(values).collect() });
            recorded = step + (step / 20).max(1);
        }
        step = next_evaluated_step(step);
    }
    history
}

/// Random numbers that need no generator of the engine (Steele et al., SplitMix, 2014).
struct Draws(u64);

impl Draws {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.even()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.even()).cos()
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.even()
    }

    fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.even() * (high - low + 1) as f64) as usize
    }
}

/// The forms of curves over logarithmic time; `when` is the middle of the change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Step,
    Ramp,
    /// A rise to a maximum before the fall.
    Hump,
    /// A fall with a rest on the way.
    Plateau,
    /// A fall on a line that falls slowly all the time.
    Drift,
}

const FORMS: [Form; 5] = [Form::Step, Form::Ramp, Form::Hump, Form::Plateau, Form::Drift];

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A curve that falls by 1, more or less, at the logarithmic time `when`.
fn value(form: Form, width: f64, when: f64, time: f64) -> f64 {
    let fall = |width: f64, when: f64| 1.0 - sigmoid(4.0 * (time - when) / width);
    match form {
        Form::Step => fall(0.05, when),
        Form::Ramp => fall(width, when),
        Form::Hump => 0.6 * sigmoid(4.0 * (time - when + 2.5)) + fall(width, when),
        Form::Plateau => 0.5 * fall(0.5, when - 1.0) + fall(width, when + 0.5),
        Form::Drift => fall(width, when) - 0.03 * time,
    }
}

const LAST: f64 = 4000.0;

/// The half-point of the fall by the finder's definition, on the curve without noise.
fn true_half(form: Form, width: f64, when: f64) -> f64 {
    let times: Vec<f64> = (0..=2000).map(|at| LAST.ln_1p() * f64::from(at) / 2000.0).collect();
    let values: Vec<f64> = times.iter().map(|time| value(form, width, when, *time)).collect();
    let top = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).expect("some");
    let half = (values[top] + values[values.len() - 1]) / 2.0;
    let at = (top..values.len()).find(|at| values[*at] <= half).expect("it falls");
    times[at].exp_m1()
}

/// What the finder makes of an ensemble.
struct Trial {
    estimate: Estimate,
    /// The true half-point of the median network of this ensemble.
    own: f64,
    /// That of the typical network: of all that there could be, or of the only one.
    typical: f64,
}

/// How much networks differ, as a standard deviation of the logarithm of their steps.
const SPREAD: f64 = 0.15;

fn trial(draws: &mut Draws, form: Form, members: usize, points: usize, noise: f64) -> Trial {
    let (width, when) = (draws.between(0.5, 2.0), draws.between(3.5, 6.5));
    let offsets: Vec<f64> = (0..members).map(|_| SPREAD * draws.normal()).collect();
    let mut reading = |offset: f64| {
        let at = |index: usize| {
            let time = LAST.ln_1p() * index as f64 / (points - 1) as f64;
            (time.exp_m1(), value(form, width, when + offset, time) + noise * draws.normal())
        };
        let curve: Vec<(f64, f64)> = (0..points).map(at).collect();
        Some(largest(&pieces(&curve, 0.0), Direction::Fall)?.half)
    };
    let readings: Vec<Option<Reading>> = offsets.iter().map(|offset| reading(*offset)).collect();
    let median = stats::median(offsets.iter().copied()).expect("there are members");
    let own = true_half(form, width, when + median);
    let typical = if members == 1 { own } else { true_half(form, width, when) };
    Trial { estimate: Estimate::new(&readings), own, typical }
}

#[test]
fn half_points_are_found_and_intervals_hold_the_truth() {
    let mut draws = Draws(1);
    for (noise, max_error) in [(0.0, 0.05), (0.02, 0.05), (0.05, 0.05), (0.1, 0.07)] {
        let (mut all, mut errors, mut covered) = (0, Vec::new(), 0);
        for form in FORMS {
            let (mut of_form, mut inside) = (Vec::new(), 0);
            for _ in 0..200 {
                let (members, points) = (draws.whole(1, 20), draws.whole(3, 60));
                let Trial { estimate, own, typical } =
                    trial(&mut draws, form, members, points, noise);
                all += 1;
                let Some(step) = estimate.step else { continue };
                let holds = estimate.low.is_some_and(|low| low <= typical)
                    && estimate.high.is_none_or(|high| typical <= high);
                inside += usize::from(holds);
                of_form.push((step / own).ln().abs());
            }
            let coverage = inside as f64 / of_form.len() as f64;
            let error = stats::median(of_form.iter().copied()).expect("some were found");
            println!("noise {noise}, {form:?}: error {error:.3}, covered {coverage:.3}");
            assert!((0.8..0.99).contains(&coverage), "{noise}, {form:?}: {coverage}");
            covered += inside;
            errors.extend(of_form);
        }
        let error = stats::median(errors.iter().copied()).expect("some were found");
        let coverage = covered as f64 / errors.len() as f64;
        println!(
            "noise {noise}: error {error:.3}, covered {coverage:.3}, {} of {all}",
            errors.len()
        );
        assert!(error <= max_error, "{noise}: {error}");
        assert!((0.8..=0.97).contains(&coverage), "{noise}: {coverage}");
        // Three and four points are too few.
        assert!(errors.len() * 10 > all * 9, "{noise}: {} of {all}", errors.len());
    }
}

#[test]
fn more_points_and_networks_narrow_the_interval() {
    let mut draws = Draws(3);
    let mut width = |members, points| {
        let widths = (0..200).filter_map(|_| {
            let estimate = trial(&mut draws, Form::Ramp, members, points, 0.02).estimate;
            Some((estimate.high? / estimate.low?).ln())
        });
        stats::median(widths).expect("some were found")
    };
    let (few, more, many) = (width(5, 12), width(5, 60), width(20, 60));
    println!("widths {few:.3}, {more:.3}, {many:.3}");
    assert!(few > 1.2 * more && more > 1.2 * many, "{few}, {more}, {many}");
}

#[test]
fn noise_has_no_phases() {
    let mut draws = Draws(2);
    for members in [1, 3, 5, 20] {
        let mut found = 0;
        for _ in 0..1000 {
            let points = draws.whole(3, 60);
            let readings: Vec<Option<Reading>> = (0..members)
                .map(|_| {
                    let curve: Vec<(f64, f64)> =
                        (0..points).map(|at| (at as f64, draws.normal())).collect();
                    pieces(&curve, 0.0).first().map(|piece| piece.half)
                })
                .collect();
            found += usize::from(Estimate::new(&readings).step.is_some());
        }
        println!("{members} networks: {found} of 1000");
        assert!(found <= 50, "{members} networks: {found} of 1000");
    }
}

#[test]
fn odd_curves_are_no_trouble() {
    let found = |values: &[f64]| {
        let curve: Vec<(f64, f64)> =
            values.iter().enumerate().map(|(at, value)| (at as f64, *value)).collect();
        pieces(&curve, 0.0)
    };
    for none in
        [&[][..], &[1.0], &[1.0; 40], &[f64::NAN; 9], &[f64::INFINITY, 1.0, 2.0], &[1.0, 2.0]]
    {
        assert_eq!(found(none), []);
    }
    assert_eq!(found(&[1.0, f64::NAN, 5.0, 6.0, 7.0, 8.0, 9.0]), []);
    // A network that diverged keeps what it did before.
    let mut falls: Vec<f64> = (0..40).map(|at| if at < 20 { 1.0 } else { 0.0 }).collect();
    falls.extend([f64::NAN, 1.0, f64::NAN]);
    let [piece] = found(&falls)[..] else { panic!("{:?}", found(&falls)) };
    assert_eq!((piece.direction, piece.from, piece.to), (Direction::Fall, 1.0, 0.0));
    assert!((18.5..=20.5).contains(&piece.half.step), "{piece:?}");
    // A single value is no turning point.
    for at in [0, 10, 20, 30, 39] {
        let mut falls = falls.clone();
        falls[at] = 5.0;
        let [piece] = found(&falls)[..] else { panic!("{at}: {:?}", found(&falls)) };
        assert!((18.0..=21.0).contains(&piece.half.step), "{at}: {piece:?}");
    }
}

#[test]
fn a_run_that_is_not_over_says_so() {
    let of = |last: f64| -> Vec<Piece> {
        let curve: Vec<(f64, f64)> = (0..60)
            .map(|at| {
                let time = last.ln_1p() * f64::from(at) / 59.0;
                (time.exp_m1(), value(Form::Ramp, 1.0, 6.5, time))
            })
            .collect();
        pieces(&curve, 0.005)
    };
    assert!(of(100.0).is_empty());
    let [half_done] = of(650.0)[..] else { panic!("{:?}", of(650.0)) };
    assert!(half_done.goes_on && half_done.to > 0.3, "{half_done:?}");
    let [done] = of(6000.0)[..] else { panic!("{:?}", of(6000.0)) };
    assert!(!done.goes_on && done.to.abs() < 0.02, "{done:?}");
    let (onset, end) = (done.onset.step, done.end.step);
    // A logistic of width 1 goes from 10% to 90% in 1.1 of logarithmic time.
    assert!(((end / onset).ln() - 1.1).abs() < 0.15, "{onset}, {end}");
}

#[test]
fn both_descents_of_a_curve_are_found() {
    let mut draws = Draws(4);
    let curve: Vec<(f64, f64)> = (0..60)
        .map(|at| {
            let time = LAST.ln_1p() * f64::from(at) / 59.0;
            let exact =
                1.5 * (1.0 - sigmoid(4.0 * (time - 1.5))) + value(Form::Hump, 1.0, 6.5, time);
            (time.exp_m1(), exact + 0.02 * draws.normal())
        })
        .collect();
    let directions: Vec<Direction> = pieces(&curve, 0.0).iter().map(|p| p.direction).collect();
    assert_eq!(directions, [Direction::Fall, Direction::Rise, Direction::Fall]);
}
