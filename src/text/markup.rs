//! What little markup a message of the article has: `**a term at its first use**`, and
//! `[words](1)`, a button that moves a figure to an event.

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain words.
    Words(&'a str),
    /// A term at its first use.
    Term(&'a str),
    /// A button that moves a figure to an event: 0 is the start, 1 the first event, 2 the second
    /// one, 9 the end.
    Jump(&'a str, u8),
}

/// The parts of a message, in order. Markup that is not closed is plain words.
#[must_use]
pub fn pieces(message: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = message;
    let mut from = 0;
    while let Some(at) = rest[from..].find(['*', '[']).map(|at| at + from) {
        let Some((piece, length)) = marked(&rest[at..]) else {
            from = at + 1;
            continue;
        };
        all.push(Piece::Words(&rest[..at]));
        all.push(piece);
        rest = &rest[at + length..];
        from = 0;
    }
    all.push(Piece::Words(rest));
    all.retain(|piece| *piece != Piece::Words(""));
    all
}

/// The marked piece at the beginning of a text, and its length in bytes.
fn marked(text: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(inner) = text.strip_prefix("**") {
        let end = inner.find("**")?;
        return Some((Piece::Term(&inner[..end]), end + 4));
    }
    let inner = text.strip_prefix('[')?;
    let end = inner.find("](").filter(|end| !inner[..*end].contains('['))?;
    let (target, _) = inner[end + 2..].split_once(')')?;
    let number = target.parse().ok()?;
    Some((Piece::Jump(&inner[..end], number), end + 4 + target.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_piece_by_piece() {
        assert_eq!(
            pieces("At **first** it [waits](1), then [ends](9)"),
            [
                Piece::Words("At "),
                Piece::Term("first"),
                Piece::Words(" it "),
                Piece::Jump("waits", 1),
                Piece::Words(", then "),
                Piece::Jump("ends", 9),
            ]
        );
        assert_eq!(pieces("[x [y](1)"), [Piece::Words("[x "), Piece::Jump("y", 1)]);
        for plain in ["2 * 3 [see]", "**open", "[a](b)", "[a](1", ""] {
            let words: Vec<Piece<'_>> = [Piece::Words(plain)].into();
            assert_eq!(pieces(plain), if plain.is_empty() { vec![] } else { words });
        }
    }
}
