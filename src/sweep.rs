//! Sweeps: every combination of lists of settings as members that are trained one by one.

use crate::experiment::{
    Experiment, MAX_QUERY_BYTES, Note, Preset, Settings, field, keys, pairs, seed_range, shorten,
    split,
};

/// One member of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// The preset that its settings started from.
    pub preset: &'static Preset,
    /// Its settings.
    pub member: Settings,
}

impl Job {
    /// The experiment that trains this member alone.
    #[must_use]
    pub fn experiment(&self) -> Experiment {
        Experiment::alone(self.preset, self.member)
    }

    /// What tells it from every other member: its experiment as a query string.
    #[must_use]
    pub fn query(&self) -> String {
        self.experiment().to_query()
    }
}

/// Maximum number of members of one sweep.
const MAX_JOBS: usize = 100_000;

/// The members of a sweep, from a query string. Any setting, the preset included, may be a list
/// (`wd=0.5,1,3`), and whole numbers may also be a range (`seeds=0..9`). Members are all
/// combinations, and the last key changes fastest.
///
/// # Errors
/// A note for each thing that is not understood.
pub fn expand(query: &str) -> Result<Vec<Job>, Vec<Note>> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(vec![Note::SweepTooLong { max: MAX_QUERY_BYTES }]);
    }
    let mut combinations: Vec<Vec<(String, String)>> = vec![Vec::new()];
    let mut seeds = None;
    for (key, text) in pairs(query) {
        if key == "seeds"
            && let Some((first, count)) = seed_range(&text)
        {
            let last = first.saturating_add(count - 1);
            if let Some(refused) = refused_seed(last) {
                return Err(vec![refused]);
            }
            seeds = Some((first, count));
            continue;
        }
        if key == "seeds" && text.contains(',') {
            return Err(vec![Note::SweepSeeds { given: shorten(&text) }]);
        }
        let texts = match field(&key) {
            Some(field) => split(field, &text),
            None => text.split(',').map(str::to_owned).collect(),
        };
        combinations = combinations
            .iter()
            .flat_map(|pairs| {
                texts.iter().map(|text| {
                    let mut pairs = pairs.clone();
                    pairs.push((key.clone(), text.clone()));
                    pairs
                })
            })
            .take(MAX_JOBS + 1)
            .collect();
    }
    let mut jobs: Vec<Job> = Vec::new();
    let mut notes: Vec<Note> = Vec::new();
    for pairs in &combinations {
        let parsed = Experiment::parse(pairs, &[]);
        notes.extend(parsed.notes);
        let Settings { seed, seeds: count, .. } = parsed.experiment.settings;
        notes.extend(refused_seed(seed + count as u32 - 1));
        let preset = parsed.experiment.preset;
        for member in parsed.experiment.members() {
            match seeds {
                None => jobs.push(Job { preset, member }),
                // Members of a preset's own lists have seeds of their own: one of each is enough.
                Some(_) if member.seed != parsed.experiment.settings.seed => {}
                Some((first, count)) => jobs.extend(
                    (first..first.saturating_add(count))
                        .map(|seed| Job { preset, member: Settings { seed, ..member } }),
                ),
            }
            if jobs.len() > MAX_JOBS {
                return Err(vec![Note::SweepTooLarge { max: MAX_JOBS }]);
            }
        }
    }
    // The same may be written twice; the first stands.
    let mut seen = std::collections::HashSet::new();
    jobs.retain(|job| seen.insert(job.query()));
    let mut distinct: Vec<Note> = Vec::new();
    for note in notes {
        if !distinct.contains(&note) {
            distinct.push(note);
        }
    }
    if distinct.is_empty() { Ok(jobs) } else { Err(distinct) }
}

/// Why a seed is not one that an address takes.
fn refused_seed(seed: u32) -> Option<Note> {
    field(keys::SEED)?.parse(&seed.to_string()).err().map(Note::Unchanged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_every_combination_of_its_lists() {
        let jobs = expand("preset=grokking&p=17,23&wd=0.5,1&seeds=3..5").expect("it is understood");
        let seen: Vec<_> = jobs.iter().map(|j| (j.member.p, j.member.wd, j.member.seed)).collect();
        assert_eq!(seen.len(), 12);
        assert_eq!(seen[0], (17, 0.5, 3));
        assert_eq!(seen[11], (23, 1.0, 5));
        assert!(jobs.iter().all(|job| job.experiment().members() == [job.member]));
        assert_eq!(expand("seeds=3").map(|jobs| jobs.len()), Ok(3));
        assert_eq!(expand("seeds=0..49").map(|jobs| jobs.len()), Ok(50));
        // A preset with lists of its own, and several presets.
        assert_eq!(expand("preset=decay-compared&seeds=2").map(|jobs| jobs.len()), Ok(4));
        assert_eq!(expand("preset=grokking,digits&seeds=0..1").map(|jobs| jobs.len()), Ok(4));
        assert_eq!(expand("wd=1,1,1&seeds=1").map(|jobs| jobs.len()), Ok(1));
    }

    #[test]
    fn seeds_are_those_that_an_address_takes() {
        for query in ["seeds=0..4294967295", "seeds=9999..10000", "seed=9999&seeds=2"] {
            let notes = expand(query).expect_err("a seed is too large");
            assert!(
                matches!(&notes[0], Note::Unchanged(invalid) if invalid.key == keys::SEED),
                "{notes:?}"
            );
        }
        assert!(expand("seeds=1,2").is_err());
        assert_eq!(expand("seeds=9990..9999").map(|jobs| jobs.len()), Ok(10));
    }

    #[test]
    fn a_sweep_that_is_not_understood_names_each_thing_once() {
        let notes = expand("wd=1,x&p=24,29&colour=red").expect_err("there is no colour");
        let [
            Note::Invalid { invalid: p, .. },
            Note::UnknownKeys(keys),
            Note::Invalid { invalid: wd, .. },
        ] = &notes[..]
        else {
            panic!("{notes:?}");
        };
        assert_eq!((p.key, wd.key, &keys[..]), ("p", "wd", &["colour".to_owned()][..]));
    }
}
