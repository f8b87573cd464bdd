//! Removes the sections of a program that no browser needs: names of functions and of tools.

/// The id of a custom section, which changes nothing that runs.
const CUSTOM: u8 = 0;
/// A module begins with its magic number and its version.
const HEADER: usize = 8;

/// The module without its custom sections. `None` if it does not end where its last section does.
/// A section is its id, its length as a LEB128 number, and that many bytes
/// (<https://webassembly.github.io/spec/core/binary/modules.html>).
pub fn without(module: &[u8]) -> Option<Vec<u8>> {
    let mut kept = module.get(..HEADER)?.to_vec();
    let mut rest = &module[HEADER..];
    while let Some((&id, after)) = rest.split_first() {
        let (length, contents) = leb128(after)?;
        let end = rest.len() - contents.len() + length;
        let section = rest.get(..end)?;
        if id != CUSTOM {
            kept.extend_from_slice(section);
        }
        rest = &rest[end..];
    }
    Some(kept)
}

/// An unsigned number of seven bits a byte, the lowest first, and the bytes after it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (index, &byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_go_and_all_others_stay_in_order() {
        let header = *b"\0asm\x01\0\0\0";
        // 200 bytes, so that its length takes two.
        let long = [[0, 0xc8, 0x01].as_slice(), &[7; 200]].concat();
        let types = [1, 2, 10, 11];
        let code = [10, 1, 12];
        let module = [header.as_slice(), &types, &long, &code, &[0, 1, 0]].concat();
        assert_eq!(without(&module), Some([header.as_slice(), &types, &code].concat()));
    }

    #[test]
    fn a_module_that_is_cut_off_is_refused() {
        assert_eq!(without(b"\0asm\x01\0\0\0\x0a\x05\x00"), None);
        assert_eq!(without(b"\0asm"), None);
    }
}
