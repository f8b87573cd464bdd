//! docs/claims.md says what `two-phase claims` would write: the claims, rules and experiments of
//! the code, and verdicts that follow from their cells.

use two_phase::claims::{Claim, ClaimsRecord, DataSet, STUDIES, Verdict, overall};
use two_phase::experiment::{Experiment, Settings};
use two_phase::text::{self, Locale, Text};

const DOCUMENT: &str = include_str!("../docs/claims.md");
/// The first two are those of the issue. The rules were changed after a look at them, and not after
/// a look at the third.
const SEEDS: [&str; 3] = ["0–4", "10–14", "20–24"];

fn words() -> Text {
    Text::new(Locale::English)
}

/// The verdict of this name.
fn named(name: &str) -> Verdict {
    let words = words();
    let found = Verdict::ALL.into_iter().find(|verdict| text::verdict(&words, *verdict) == name);
    found.unwrap_or_else(|| panic!("“{name}” is no verdict"))
}

/// The verdicts of a claim with some seeds: those of its data sets, and the one over all.
fn documented(claim: Claim, seeds: &str) -> (Vec<Verdict>, Verdict) {
    let start = format!("| {} | {seeds} | ", text::claim(&words(), claim));
    let row = DOCUMENT.lines().find_map(|line| line.strip_prefix(&start));
    let row = row.unwrap_or_else(|| panic!("docs/claims.md has no row {start}"));
    let cells = row.strip_suffix(&format!("<!-- {} --> |", claim.key()));
    let mut verdicts: Vec<Verdict> =
        cells.expect("it ends with the claim's key").split(" | ").map(named).collect();
    let last = verdicts.pop().expect("a verdict over all data sets");
    (verdicts, last)
}

#[test]
fn the_document_states_the_claims_and_rules_of_the_code() {
    let words = words();
    assert!(DOCUMENT.starts_with(&text::claims_preface(&words)), "another preface");
    assert!(DOCUMENT.contains(&format!("\n## Rules\n\n{}\n", text::claims_rules(&words))));
    assert_eq!(DOCUMENT.matches("\n### ").count(), Claim::ALL.len());
    for claim in Claim::ALL {
        let (sentence, rule) = (text::claim(&words, claim), text::claim_rule(&words, claim));
        let section = format!("\n### {sentence}\n\n{rule}\n");
        assert!(DOCUMENT.contains(&section), "docs/claims.md says something else than {section}");
    }
}

#[test]
fn verdicts_over_all_data_sets_follow_from_the_cells() {
    for claim in Claim::ALL {
        for seeds in SEEDS {
            let (cells, verdict) = documented(claim, seeds);
            assert_eq!(cells.len(), DataSet::ALL.len(), "{}", claim.key());
            assert_eq!(overall(&cells), verdict, "{} with seeds {seeds}", claim.key());
        }
    }
}

#[test]
fn other_seeds_give_the_same_verdicts() {
    for claim in Claim::ALL {
        assert_eq!(documented(claim, SEEDS[0]), documented(claim, SEEDS[1]), "{}", claim.key());
    }
}

#[test]
fn the_methods_say_how_many_verdicts_new_seeds_repeat() {
    let (mut same, mut all) = (0, 0);
    for claim in Claim::ALL {
        let [(first, _), (new, _)] = [SEEDS[0], SEEDS[2]].map(|seeds| documented(claim, seeds));
        same += first.iter().zip(&new).filter(|(one, other)| one == other).count();
        all += first.len();
    }
    let told = format!("there {same} of {all} verdicts on a data set are the same");
    assert!(include_str!("../docs/methods.md").contains(&told), "docs/methods.md: {told}");
}

#[test]
fn the_document_lists_the_experiments_of_the_code() {
    let (_, table) = DOCUMENT.split_once("\n## Experiments\n").expect("a section");
    let rows: Vec<&str> = table.lines().filter(|line| line.ends_with("` |")).collect();
    assert_eq!(rows.len(), STUDIES.len());
    for (row, study) in rows.iter().zip(STUDIES) {
        assert!(row.starts_with(&format!("| {} | ", study.key)), "{row}");
        assert!(row.ends_with(&format!(" | `{}` |", study.query)), "{row}");
    }
}

#[test]
fn the_preface_says_how_experiments_differ_from_the_article() {
    let article = |preset: &str| Experiment::from_query(&format!("preset={preset}")).experiment;
    let studies = |key: &str| -> Vec<Settings> {
        let of_data = STUDIES.iter().filter(|study| study.key.starts_with(key));
        of_data.map(|study| study.experiment(0, 1).settings).collect()
    };
    let mut told = Vec::new();
    let (fast, shown) = (studies("addition"), article("grokking").settings.lr);
    let lr = fast[0].lr;
    assert!(2 * fast.iter().filter(|settings| settings.lr == lr).count() > fast.len());
    told.push(format!("learning rate {lr} instead of {shown}."));
    let (measured, shown) = (studies("digits-bins"), article("digits").settings.wd);
    told.push(format!("weight decay {} instead of {shown}.", measured[0].wd));
    let steps = article("information-plane").settings.steps;
    assert!(studies("icosahedron").iter().all(|settings| 2 * settings.steps <= steps));
    let preface = text::claims_preface(&words());
    let article = words().get("claims-text");
    for part in told {
        assert!(preface.contains(&part) && article.contains(&part), "{part}");
    }
}

#[test]
fn the_table_of_the_page_is_that_of_the_document() {
    let record: ClaimsRecord =
        serde_json::from_str(include_str!("../www/data/recorded-claims.json")).expect("a record");
    assert_eq!(format!("{}–{}", record.seeds[0], record.seeds[1]), SEEDS[0]);
    assert_eq!(record.rows.len(), Claim::ALL.len());
    for (row, claim) in record.rows.iter().zip(Claim::ALL) {
        let (cells, verdict) = documented(claim, SEEDS[0]);
        assert_eq!((row.claim.as_str(), row.verdict), (claim.key(), verdict));
        assert_eq!(row.cells.iter().map(|cell| cell.verdict).collect::<Vec<_>>(), cells);
        for cell in &row.cells {
            let measured = &cell.measured[Locale::English.key()];
            assert!(DOCUMENT.contains(measured.as_str()), "not in docs/claims.md: {measured}");
        }
    }
}
