//! Sweeps: every combination of lists of settings as members that are trained one by one.

use crate::experiment::{
    Experiment, MAX_QUERY_BYTES, Preset, Settings, field, pairs, seed_range, split,
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

/// Most members of one sweep.
const MOST: usize = 100_000;

/// The members of a sweep written as a query string: any setting, the preset included, may be a list
/// (`wd=0.5,1,3`), whole numbers also a range (`seeds=0..9`); members are all combinations, the last
/// key's values one after the other.
///
/// # Errors
/// One sentence for each thing that is not understood.
pub fn expand(query: &str) -> Result<Vec<Job>, Vec<String>> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(vec![format!("A sweep takes at most {MAX_QUERY_BYTES} bytes of settings.")]);
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
            return Err(vec![format!(
                "`seeds` takes a number of seeds, or a range such as 0..9, and no list; got “{text}”."
            )]);
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
            .take(MOST + 1)
            .collect();
    }
    let mut jobs: Vec<Job> = Vec::new();
    let mut complaints = Vec::new();
    for pairs in &combinations {
        let parsed = Experiment::parse(pairs);
        complaints.extend(parsed.notes);
        let Settings { seed, seeds: count, .. } = parsed.experiment.settings;
        complaints.extend(refused_seed(seed + count as u32 - 1));
        let foreign =
            parsed.page.iter().map(|(key, _)| format!("`{key}` is a setting of the page."));
        complaints.extend(foreign);
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
            if jobs.len() > MOST {
                return Err(vec![format!("A sweep takes at most {MOST} members.")]);
            }
        }
    }
    // The same may be written twice; the first stands.
    let mut seen = std::collections::HashSet::new();
    jobs.retain(|job| seen.insert(job.query()));
    complaints.sort();
    complaints.dedup();
    if complaints.is_empty() { Ok(jobs) } else { Err(complaints) }
}

/// Why a seed is not one that an address takes.
fn refused_seed(seed: u32) -> Option<String> {
    let refused = field("seed")?.parse(&seed.to_string()).err()?;
    Some(format!("{refused}."))
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
            let complaints = expand(query).expect_err("a seed is too large");
            assert!(complaints[0].starts_with("`seed` must be a whole number"), "{complaints:?}");
        }
        assert!(expand("seeds=1,2").is_err());
        assert_eq!(expand("seeds=9990..9999").map(|jobs| jobs.len()), Ok(10));
    }

    #[test]
    fn a_sweep_that_is_not_understood_names_each_thing_once() {
        assert_eq!(
            expand("wd=1,x&p=24,29&colour=red"),
            Err(vec![
                "There is no setting “colour”; it was ignored.".to_owned(),
                "`p` must be a prime between 5 and 97; got 24, so it is 23.".to_owned(),
                "`wd` must be a number between 0 and 10; got “x”, so it is 1.".to_owned(),
            ])
        );
    }
}
