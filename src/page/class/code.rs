//! The short code in which a student hands in a result: seat, memorised step and generalised step
//! in seven characters. The last one is a check: it finds every single wrong character and every
//! two neighbours that were swapped.

use crate::page::address::MAX_SEAT;

/// What one network found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The number of the seat, 1 to [`MAX_SEAT`].
    pub seat: u32,
    /// The step at which it memorised.
    pub memorised: Option<u32>,
    /// The step at which it generalised.
    pub generalised: Option<u32>,
}

/// Why a code cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not have seven characters.
    Length,
    /// A character that no code has.
    Character(char),
    /// The check character does not fit the others.
    Check,
}

/// The number of characters of a code.
pub const LENGTH: usize = 7;

/// No 0, 1, I, L and O, which are taken for one another. Their number is a prime, so that the weights
/// of the check have inverses.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

const BASE: u64 = ALPHABET.len() as u64;

/// Steps up to this one are kept as they are.
const EXACT: u32 = 200;

/// The ratio of later ones. With rounding to whole steps, a step is at most half a percent off.
const RATIO: f64 = 1.005;

/// Levels for a step: more than the last step of any experiment needs. The first is “never”.
const LEVELS: u64 = 1_450;

/// The code of a result; `None` for a seat that no code holds.
pub fn write(outcome: Outcome) -> Option<String> {
    if !(1..=MAX_SEAT).contains(&outcome.seat) {
        return None;
    }
    let seat = u64::from(outcome.seat - 1);
    let mut number =
        (seat * LEVELS + level(outcome.memorised)) * LEVELS + level(outcome.generalised);
    let mut digits = [0; LENGTH];
    for digit in digits[..LENGTH - 1].iter_mut().rev() {
        *digit = number % BASE;
        number /= BASE;
    }
    digits[LENGTH - 1] = check(&digits);
    Some(digits.iter().map(|digit| char::from(ALPHABET[*digit as usize])).collect())
}

/// The result that a code holds, in small or in capital letters, of half or of full width.
pub fn read(code: &str) -> Result<Outcome, Fault> {
    if code.chars().count() != LENGTH {
        return Err(Fault::Length);
    }
    let mut digits = [0; LENGTH];
    for (place, character) in digits.iter_mut().zip(code.chars()) {
        let plain = narrow(character).to_ascii_uppercase();
        let digit = ALPHABET.iter().position(|&known| char::from(known) == plain);
        *place = digit.ok_or(Fault::Character(character))? as u64;
    }
    let number = digits[..LENGTH - 1].iter().fold(0, |number, digit| number * BASE + digit);
    let seat = number / (LEVELS * LEVELS);
    if digits[LENGTH - 1] != check(&digits) || seat >= u64::from(MAX_SEAT) {
        return Err(Fault::Check);
    }
    Ok(Outcome {
        seat: seat as u32 + 1,
        memorised: step(number / LEVELS % LEVELS),
        generalised: step(number % LEVELS),
    })
}

/// The words of a text that may be codes: whatever stands between signs and spaces.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    // The tables of all letters of the world would be 2 kB of the page's program.
    let separates = |c: char| !narrow(c).is_ascii_alphanumeric();
    text.split(separates).filter(|word| !word.is_empty())
}

/// A character of full width, as Japanese keyboards type it, as one of half width.
fn narrow(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFF00 + 0x20).unwrap_or(character)
        }
        _ => character,
    }
}

/// The check character: the sum of the other six digits, weighted by 2 to 7, modulo 31. A wrong digit
/// changes it by a multiple of its weight, swapped digits by a multiple of the difference of theirs.
/// Neither is a multiple of 31.
fn check(digits: &[u64; LENGTH]) -> u64 {
    let weighted = digits[..LENGTH - 1].iter().zip(2..);
    weighted.map(|(digit, weight)| digit * weight).sum::<u64>() % BASE
}

fn level(step: Option<u32>) -> u64 {
    match step {
        None => 0,
        Some(step) if step <= EXACT => u64::from(step) + 1,
        Some(step) => {
            let ratio = (f64::from(step) / f64::from(EXACT)).ln() / RATIO.ln();
            (u64::from(EXACT) + 1 + ratio.round() as u64).min(LEVELS - 1)
        }
    }
}

fn step(level: u64) -> Option<u32> {
    let level = u32::try_from(level).ok()?.checked_sub(1)?;
    Some(match level.checked_sub(EXACT) {
        None => level,
        Some(further) => (f64::from(EXACT) * RATIO.powi(further as i32)).round() as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes() -> impl Iterator<Item = Outcome> {
        let steps = [None, Some(0), Some(1), Some(43), Some(200), Some(201), Some(1822)];
        let later = [None, Some(7), Some(1528), Some(4000), Some(99_999), Some(100_000)];
        [1, 2, 30, 399, 400].into_iter().flat_map(move |seat| {
            steps.into_iter().flat_map(move |memorised| {
                later.map(|generalised| Outcome { seat, memorised, generalised })
            })
        })
    }

    #[test]
    fn a_result_comes_back_within_half_a_percent() {
        for outcome in outcomes() {
            let code = write(outcome).expect("the seat has a code");
            let back = read(&code).expect("what was written is read");
            assert_eq!((code.len(), back.seat), (LENGTH, outcome.seat));
            for (kept, meant) in
                [(back.memorised, outcome.memorised), (back.generalised, outcome.generalised)]
            {
                assert_eq!(kept.is_some(), meant.is_some(), "{outcome:?} became {back:?}");
                let (kept, meant) = (kept.unwrap_or(1), meant.unwrap_or(1));
                let off = f64::from(kept.abs_diff(meant)) / f64::from(meant.max(1));
                assert!(off <= 0.005 && (meant > EXACT || off == 0.0), "{meant} became {kept}");
            }
            assert_eq!(write(back), Some(code));
        }
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        for outcome in outcomes() {
            let code = write(outcome).expect("the seat has a code").into_bytes();
            for place in 0..LENGTH {
                for &other in ALPHABET.iter().filter(|&&other| other != code[place]) {
                    let mut wrong = code.clone();
                    wrong[place] = other;
                    let wrong = String::from_utf8(wrong).expect("letters");
                    assert_eq!(read(&wrong), Err(Fault::Check), "{outcome:?}: {wrong}");
                }
            }
        }
    }

    #[test]
    fn swapped_neighbours_are_found() {
        for outcome in outcomes() {
            let code = write(outcome).expect("the seat has a code").into_bytes();
            for place in 1..LENGTH {
                let mut swapped = code.clone();
                swapped.swap(place - 1, place);
                if swapped != code {
                    let swapped = String::from_utf8(swapped).expect("letters");
                    assert_eq!(read(&swapped), Err(Fault::Check), "{outcome:?}: {swapped}");
                }
            }
        }
    }

    #[test]
    fn codes_are_found_between_any_separators_and_widths() {
        let outcome = Outcome { seat: 12, memorised: Some(43), generalised: None };
        let code = write(outcome).expect("the seat has a code");
        let wide: String =
            code.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x20 + 0xFF00)).collect();
        let text = format!("{code}, {}\n{wide}；{code}x 0{}", code.to_lowercase(), &code[1..]);
        let found: Vec<_> = words(&text).map(read).collect();
        let known = Ok(outcome);
        let (long, sign) = (Err(Fault::Length), Err(Fault::Character('0')));
        assert_eq!(found, [known, known, known, long, sign]);
        for seat in [0, 401] {
            assert_eq!(write(Outcome { seat, ..outcome }), None);
        }
    }
}
