//! The [`Experiment`]: everything that determines a run, as one small validated value.
//!
//! A value of this type is valid by construction. [`Experiment::from_query`] reads it from a query
//! string, takes the nearest valid setting for a value that it cannot use, and says so.
//! [`Experiment::set`] changes one field. The table [`FIELDS`] is the only place that knows keys,
//! kinds and ranges. The URL, the JSON form, the command line's help and the page's controls are
//! all made from it. Words are not here: [`crate::text`] has them by key.

mod fields;
mod json;
mod method;
mod note;
mod presets;
mod query;
mod settings;
pub mod shape;
mod value;

pub use fields::{Counts, FIELDS, Field, FieldKind, Group, Scale, field, keys};
pub use method::Method;
pub use note::{Allowed, InvalidValue, MemberLimit, Note, NumberKind, shorten};
pub use presets::Preset;
pub use query::{MAX_QUERY_BYTES, Parsed, VERSION, pairs, seed_range, split};
use std::collections::HashSet;

pub use settings::{
    BinRange, Bounds, Data, Estimator, Grokfast, Init, Loss, MeasuredLayers, ModelKind, NoiseScale,
    Operation, Optimiser, RESOLUTIONS, Rule, Schedule, Settings,
};
pub use shape::{DataShape, Task};
pub use value::{Activation, Choice, HiddenLayer, Layers, Value};

/// Maximum number of members of an ensemble.
const MAX_MEMBERS: usize = 240;

/// Everything that determines a run. Equal experiments give equal curves on the CPU backend.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The preset that the other values started from.
    pub preset: &'static Preset,
    /// The settings of every member, but for its seed and for what [`Experiment::lists`] names. They
    /// are the baseline of [`Experiment::methods`].
    pub settings: Settings,
    lists: Vec<List>,
    /// Empty if there are lists.
    methods: Vec<Method>,
}

/// A setting in which members differ.
#[derive(Clone, Debug)]
struct List {
    field: &'static Field,
    values: Vec<Value>,
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.field.key == other.field.key && self.values == other.values
    }
}

impl Experiment {
    /// The settings of a preset, unchanged.
    #[must_use]
    pub fn preset(preset: &'static Preset) -> Self {
        let plain = Self::alone(preset, Settings::default());
        // A test reads every preset and finds nothing to complain about.
        query::apply(plain, &query::pairs(preset.settings), &mut Vec::new())
    }

    /// Gives every member a value for a setting.
    ///
    /// # Errors
    /// If the setting does not take that value; the experiment is then unchanged.
    pub fn set(&mut self, field: &'static Field, value: Value) -> Result<(), InvalidValue> {
        field.set(&mut self.settings, value)?;
        self.lists.retain(|list| list.field.key != field.key);
        Ok(())
    }

    /// Lets members differ in a setting: the ensemble holds every combination of the values of all
    /// such settings, each with every seed. Two values or more replace all methods.
    ///
    /// # Errors
    /// If the setting does not take one of the values; the experiment is then unchanged.
    ///
    /// # Panics
    /// If members of one ensemble cannot differ in this setting, see `per_member` of [`Field`].
    pub fn vary(&mut self, field: &'static Field, values: &[Value]) -> Result<(), InvalidValue> {
        assert!(field.per_member, "`{}` is the same for all members", field.key);
        let mut settings = self.settings;
        for value in values.iter().rev() {
            field.set(&mut settings, *value)?;
        }
        // The first value was set last, and stands for the setting where one has to.
        self.settings = settings;
        self.lists.retain(|list| list.field.key != field.key);
        if values.len() > 1 {
            self.methods.clear();
            self.lists.push(List { field, values: values.to_vec() });
            let index = |list: &List| FIELDS.iter().position(|f| f.key == list.field.key);
            crate::stats::sort_short(&mut self.lists, |a, b| index(a) < index(b));
        }
        Ok(())
    }

    /// Trains methods beside the settings, each with every seed. At most [`Method::MAX`] are taken.
    /// A method or more replaces all lists by their first values.
    pub fn compare(&mut self, mut methods: Vec<Method>) {
        methods.truncate(Method::MAX);
        if !methods.is_empty() {
            self.lists.clear();
        }
        self.methods = methods;
    }

    /// Takes a method out, or in before the control. The first one brings a control with it, and a
    /// control does not stay alone. Nothing happens if there is no room.
    pub fn toggle(&mut self, method: &Method) {
        let mut methods = self.methods.clone();
        let is_control = |method: &Method| method.is_control(&self.settings);
        if methods.contains(method) {
            methods.retain(|known| known != method);
            if methods.iter().all(is_control) {
                methods.clear();
            }
        } else {
            let at = methods.iter().position(is_control).unwrap_or(methods.len());
            let is_first = methods.is_empty() && !is_control(method);
            methods.insert(if is_control(method) { methods.len() } else { at }, method.clone());
            methods.extend(Method::control(&self.settings).filter(|_| is_first));
        }
        if methods.len() <= Method::MAX {
            self.compare(methods);
        }
    }

    /// The methods that are trained beside the settings.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The method of a member. `None` for a member of the baseline, and without methods.
    #[must_use]
    pub fn method_of(&self, member: usize) -> Option<&Method> {
        self.methods.get((member / self.settings.seeds.max(1)).checked_sub(1)?)
    }

    /// Whether members differ in their seed only.
    #[must_use]
    pub fn has_one_configuration(&self) -> bool {
        self.lists.is_empty() && self.methods.is_empty()
    }

    /// The settings that some members have otherwise than others, in the order of the table.
    pub fn varied(&self) -> impl Iterator<Item = &'static Field> {
        FIELDS.iter().filter(|field| {
            let is_changed =
                |method: &Method| method.changes().any(|(own, _)| own.key == field.key);
            self.lists.iter().any(|list| list.field.key == field.key)
                || self.methods.iter().any(is_changed)
        })
    }

    /// The settings with lists of values, in the order of the table. Members have every combination
    /// of these values. Empty if there are methods.
    pub fn lists(&self) -> impl Iterator<Item = (&'static Field, &[Value])> {
        self.lists.iter().map(|list| (list.field, list.values.as_slice()))
    }

    /// The values that a setting has among the members: one, or those of its list.
    #[must_use]
    pub fn values(&self, field: &Field) -> Vec<Value> {
        match self.lists.iter().find(|list| list.field.key == field.key) {
            Some(list) => list.values.clone(),
            None => vec![field.get(&self.settings)],
        }
    }

    /// The settings of each member, in order: the seeds of the first combination of values, then
    /// those of the next; or the seeds of the baseline, then those of each method.
    #[must_use]
    pub fn members(&self) -> Vec<Settings> {
        let mut combinations = vec![self.settings];
        combinations.extend(self.methods.iter().map(|method| method.apply(&self.settings)));
        for List { field, values } in &self.lists {
            combinations = combinations
                .iter()
                .flat_map(|settings| {
                    values.iter().map(|value| {
                        let mut settings = *settings;
                        // Checked by `vary`.
                        let taken = field.set(&mut settings, *value);
                        debug_assert!(taken.is_ok(), "{taken:?}");
                        settings
                    })
                })
                .collect();
        }
        combinations
            .iter()
            .flat_map(|settings| {
                (0..settings.seeds as u32).map(|index| Settings {
                    seed: settings.seed + index,
                    seeds: 1,
                    ..*settings
                })
            })
            .collect()
    }

    /// Whether another experiment trains the same networks in the same way. It may measure
    /// something else.
    #[must_use]
    pub fn trains_alike(&self, other: &Self) -> bool {
        let mut same = self.clone();
        for field in FIELDS.iter().filter(|field| field.group == Group::Measures) {
            // What another experiment holds is valid.
            let taken = field.set(&mut same.settings, field.get(&other.settings));
            debug_assert!(taken.is_ok(), "{taken:?}");
        }
        same.preset = other.preset;
        same == *other
    }

    /// Whether another experiment, which trains alike, gives the same measurements. It may allow
    /// them another fraction of the time.
    #[must_use]
    pub fn measures_alike(&self, other: &Self) -> bool {
        let mut same =
            Settings { measuring_percent: other.settings.measuring_percent, ..self.settings };
        // The map holds the others.
        let in_map = |settings: &Settings| settings.map && RESOLUTIONS.contains(&settings.snr);
        if in_map(&self.settings) && in_map(&other.settings) {
            same.snr = other.settings.snr;
        }
        same == other.settings && self.lists == other.lists && self.methods == other.methods
    }

    /// Whether all members are solved in closed form, one width after the other, instead of being
    /// trained.
    #[must_use]
    pub fn is_solved(&self) -> bool {
        self.members().iter().all(|member| member.optimiser == Optimiser::MinimumNorm)
    }

    /// Members in the ensemble.
    #[must_use]
    pub fn member_count(&self) -> usize {
        self.settings.seeds.saturating_mul(self.combinations())
    }

    /// What tells a member from the others: `seed 3`, `wd 3, seed 0`, or `baseline, seed 0`.
    #[must_use]
    pub fn member_name(&self, index: usize) -> String {
        let members = self.members();
        let Some(member) = members.get(index) else {
            return format!("member {index}");
        };
        let own = |field: &Field| format!("{} {}", field.key, field.format(field.get(member)));
        let mut parts: Vec<String> = match self.method_of(index) {
            Some(method) => method.changes().map(|(field, _)| own(field)).collect(),
            None if !self.methods.is_empty() => vec!["baseline".to_owned()],
            None => self.lists.iter().map(|list| own(list.field)).collect(),
        };
        parts.push(format!("seed {}", member.seed));
        parts.join(", ")
    }

    /// Whether a setting makes a difference to some member.
    #[must_use]
    pub fn uses(&self, field: &Field) -> bool {
        let mut one_seed = self.clone();
        one_seed.settings.seeds = 1;
        one_seed.members().iter().any(|member| (field.applies)(member))
    }

    fn combinations(&self) -> usize {
        let combinations = self
            .lists
            .iter()
            .fold(1, |product: usize, list| product.saturating_mul(list.values.len()));
        combinations + self.methods.len()
    }

    /// Takes the last list away, or else the last method.
    fn drop_last_configurations(&mut self) {
        if self.lists.pop().is_none() {
            self.methods.pop();
        }
    }

    /// Takes as many members as one run can hold, at least one. Returns a note if there were more.
    ///
    /// Counts the activations of the widest layer on all samples: 33 million of them are 132 MB,
    /// under the 128 MiB that WebGPU promises for one buffer. It also counts the memory of
    /// training: some six copies of every activation and parameter, and a window of gradients. 250
    /// million numbers are 1 GB, and a program in a browser can have 4.
    pub fn limit_members(&mut self) -> Option<Note> {
        const BUFFER: usize = 33_000_000;
        const TOTAL: usize = 250_000_000;
        let asked = self.member_count();
        while self.combinations() > MAX_MEMBERS {
            self.drop_last_configurations();
        }
        let mut one_seed = self.clone();
        one_seed.settings.seeds = 1;
        let members = one_seed.members();
        let max = |number: fn(&Settings) -> usize| members.iter().map(number).max().unwrap_or(1);
        let (samples, widest) = (max(Settings::all_samples), max(Settings::widest_layer));
        let mut by_memory =
            (BUFFER / (samples * widest)).min(TOTAL / max(Settings::numbers_in_training)).max(1);
        if one_seed.is_solved() {
            // These are solved one width after the other.
            let widths: HashSet<usize> = members.iter().map(|member| member.width).collect();
            by_memory *= widths.len();
        }
        let max_members = by_memory.min(MAX_MEMBERS);
        while self.combinations() > max_members {
            self.drop_last_configurations();
        }
        self.settings.seeds = self.settings.seeds.min(max_members / self.combinations());
        if self.member_count() == asked {
            return None;
        }
        let limit = if by_memory < MAX_MEMBERS {
            MemberLimit::Memory { units: widest, samples }
        } else {
            MemberLimit::Count { max: MAX_MEMBERS }
        };
        Some(Note::MembersLimited { asked, used: self.member_count(), limit })
    }
}

impl Default for Experiment {
    fn default() -> Self {
        Self::preset(&Preset::ALL[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_every_combination_with_every_seed() {
        let experiment = Experiment::from_query("wd=1,3&noise=0,0.3&seeds=2&seed=4").experiment;
        let members = experiment.members();
        let seen: Vec<_> = members.iter().map(|m| (m.wd, m.noise, m.seed)).collect();
        assert_eq!(
            seen,
            [
                (1.0, 0.0, 4),
                (1.0, 0.0, 5),
                (1.0, 0.3, 4),
                (1.0, 0.3, 5),
                (3.0, 0.0, 4),
                (3.0, 0.0, 5),
                (3.0, 0.3, 4),
                (3.0, 0.3, 5),
            ]
        );
        assert_eq!(experiment.member_count(), 8);
        assert_eq!(experiment.member_name(3), "wd 1, noise 0.3, seed 5");
    }
}
