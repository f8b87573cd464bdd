//! A run as a table in the long form: one value in a line, for pandas, R or a spreadsheet.

use std::fmt::{Display, Write};

use crate::report::Report;

/// What stands at the head of the table beside the settings.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Where the run can be seen.
    pub address: &'a str,
    /// The day, as `2026-11-28`.
    pub date: &'a str,
}

/// The table: lines with `#`, the names of the columns, then a line for each value. Numbers are those
/// of the JSON report, and a value that does not exist is empty.
#[must_use]
pub fn csv(report: &Report, head: Head<'_>) -> String {
    let mut table = String::new();
    let experiment = &report.experiment;
    // Writing into a text does not fail.
    let mut note = |name: &str, value: &str| {
        writeln!(table, "# {name}: {}", value.replace(['\r', '\n'], " ")).ok();
    };
    note("program", concat!("two-phase ", env!("CARGO_PKG_VERSION")));
    note("address", head.address);
    note("date", head.date);
    note("settings", &experiment.to_full_query());
    for member in 0..report.members.len() {
        note(&format!("member {member}"), &experiment.member_name(member));
    }
    table += "member,step,curve,value\n";
    for (index, member) in report.members.iter().enumerate() {
        let curves = &member.curves;
        let names = ["train_loss", "train_accuracy", "test_loss", "test_accuracy"];
        let values =
            [&curves.train_loss, &curves.train_accuracy, &curves.test_loss, &curves.test_accuracy];
        for (name, values) in names.into_iter().zip(values) {
            for (step, value) in curves.step.iter().zip(values) {
                line(&mut table, index, *step, name, Some(*value));
            }
        }
        for (name, values) in &member.measures.values {
            for (step, value) in member.measures.step.iter().zip(values) {
                line(&mut table, index, *step, name, *value);
            }
        }
    }
    table
}

fn line(table: &mut String, member: usize, step: u32, curve: &str, value: Option<f32>) {
    let value = value.filter(|value| value.is_finite());
    let value: &dyn Display = match &value {
        Some(value) => value,
        None => &"",
    };
    // Writing into a text does not fail.
    writeln!(table, "{member},{step},{curve},{value}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Evaluation, ProbeResult, Score, Scores};
    use crate::experiment::Experiment;
    use crate::history::History;

    #[test]
    fn the_table_holds_every_number_of_the_report() {
        let experiment = Experiment::from_query("seeds=2&info=off&spectra=1&wd=1,3").experiment;
        let mut history = History::new(experiment);
        let score = |loss, accuracy| Score { loss, accuracy };
        let scores = Scores { train: score(0.1, 1.0), test: score(f32::NAN, 0.333_333_34) };
        history.push(Evaluation { step: 3, members: vec![Some(scores); 4] });
        let values = vec![Some(1e-9), None];
        history.push_measurement(ProbeResult { step: 3, members: vec![values; 4] });
        let report = Report::new(&history);
        let table = csv(&report, Head { address: "https://a/?wd=1,3", date: "2026-11-28" });
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines.contains(&"# address: https://a/?wd=1,3"), "{table}");
        assert!(lines.contains(&"# member 3: wd 3, seed 1"), "{table}");
        let header = lines.iter().position(|line| *line == "member,step,curve,value");
        assert!(lines[..header.expect("it has one")].iter().all(|line| line.starts_with("# ")));
        for line in [
            "0,3,train_loss,0.1",
            "0,3,test_loss,",
            "3,3,test_accuracy,0.33333334",
            "2,3,weight-norm.layer-1,0.000000001",
            "2,3,weight-norm.layer-2,",
        ] {
            assert!(lines.contains(&line), "{line} in {table}");
        }
        // Every number reads as the one in the report.
        let json = serde_json::to_value(&report).expect("plain");
        let value = &json["members"][3]["curves"]["test_accuracy"][0];
        assert_eq!(value.as_f64().map(|value| value as f32), Some(0.333_333_34));
    }
}
