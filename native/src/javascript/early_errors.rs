//! Whether a script may hold what browsers refuse and esbuild takes, as `early_errors.py` finds it.

use super::lexer::{Kind, Lexer};
use crate::text::{at, counted, find_any};

/// Numbers: whether the code may have suspects; the spans of the regular expressions in characters. Code that is not
/// ASCII is left to Python, whose rules for it are others.
pub fn early_errors(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let (code, places) = plain(text, module);
    let verdict = u32::from(!code.is_ascii() || has_suspect(&code));
    [verdict].into_iter().chain(counted(text, &places)).flat_map(u32::to_le_bytes).collect()
}

/// The code of a script with marks for strings, templates and regular expressions, blanks for what lies between tokens,
/// and where the regular expressions begin and end.
fn plain(text: &[u8], module: Option<bool>) -> (Vec<u8>, Vec<usize>) {
    let mut places: Vec<usize> = Vec::new();
    let mut code: Vec<u8> = Vec::with_capacity(text.len());
    for token in Lexer::new(text, module) {
        let raw = &text[token.start..token.end];
        match token.kind {
            Kind::Name => code.extend(raw.iter().map(|&byte| if byte.is_ascii() { byte } else { b'x' })),
            Kind::Number | Kind::Punctuator => code.extend_from_slice(raw),
            Kind::String => code.push(b'"'),
            Kind::Bad => code.push(1),
            Kind::Template => {
                code.extend((raw[0] == b'}').then_some(b'}'));
                code.push(b'`');
                code.extend((raw[raw.len() - 1] == b'{').then_some(b'{'));
            }
            Kind::Regexp => {
                places.extend([token.start, token.end]);
                code.push(b'/');
            }
            _ => code.push(b' '),
        }
    }
    (code, places)
}

/// Whether something in `code`, which is ASCII, is suspect; see `_suspects`.
fn has_suspect(code: &[u8]) -> bool {
    lacks_value(code) || has_stray_word(code)
}

/// Whether a word may stand at `place`: what is before it does not belong to the same.
fn begins_word(code: &[u8], place: usize) -> bool {
    place == 0
        || !matches!(code[place - 1], b'$' | b'.' | b'#' | b'\\' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

/// Whether a word ends at `place`.
fn ends_word(code: &[u8], place: usize) -> bool {
    !matches!(at(code, place), b'$' | b'\\' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

/// Where blanks from `place` on end.
fn skip(code: &[u8], mut place: usize) -> usize {
    while at(code, place) == b' ' {
        place += 1;
    }
    place
}

/// Where the blanks begin that end at `place`, but not before `least`.
fn skip_back(code: &[u8], mut place: usize, least: usize) -> usize {
    while place > least && code[place - 1] == b' ' {
        place -= 1;
    }
    place
}

/// Whether one of `words` ends at `place` and begins at `least` or behind it.
fn ends_with(code: &[u8], place: usize, least: usize, words: &[&[u8]]) -> bool {
    let before = &code[least..place];
    words.iter().any(|word| before.ends_with(word) && begins_word(code, place - word.len()))
}

const NEARBY: usize = 40; // bytes that are looked at beside a place

/// What a byte is of the three pairs of brackets: none, the opening one of the first, its closing one, and so on.
const BRACKETS: [u8; 256] = {
    let mut table = [0; 256];
    let mut number = 0;
    while number < 6 {
        table[b"()[]{}"[number] as usize] = number as u8 + 1;
        number += 1;
    }
    table
};

/// The number of a bracket's pair, and whether it opens.
#[inline]
fn pair_of(byte: u8) -> Option<(usize, bool)> {
    let number = BRACKETS[byte as usize].checked_sub(1)?;
    Some((number as usize / 2, number % 2 == 0))
}

/// Whether a declaration of a pattern has no value.
fn lacks_value(code: &[u8]) -> bool {
    let mut open: [Vec<bool>; 3] = Default::default(); // of each kind of bracket: whether it begins such a pattern
    for (place, &byte) in code.iter().enumerate() {
        match pair_of(byte) {
            Some((pair, true)) => open[pair].push(byte != b'(' && is_declared(code, place)),
            Some((pair, false)) if open[pair].pop() == Some(true) && !is_value(code, place + 1) => return true,
            _ => {}
        }
    }
    open.iter().flatten().any(|&is_declared| is_declared)
}

fn is_declared(code: &[u8], bracket: usize) -> bool {
    let end = skip_back(code, bracket, 0);
    let Some(start) = end.checked_sub(3) else { return false };
    match &code[start..end] {
        b"var" => begins_word(code, start),
        b"let" => begins_word(code, start) && begins_statement(code, start),
        _ => false,
    }
}

fn begins_statement(code: &[u8], start: usize) -> bool {
    let least = start.saturating_sub(NEARBY);
    let end = skip_back(code, start, least);
    if end == least {
        return end == 0;
    }
    match code[end - 1] {
        b';' | b'{' | b'}' => true,
        b'(' => ends_with(code, skip_back(code, end - 1, least), least, &[b"for"]),
        _ => false,
    }
}

fn is_value(code: &[u8], place: usize) -> bool {
    let place = skip(code, place);
    match (at(code, place), at(code, place + 1)) {
        (b'=', next) => !matches!(next, b'=' | b'>'),
        (b'o', b'f') | (b'i', b'n') => {
            !matches!(at(code, place + 2), b'$' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        }
        _ => false,
    }
}

/// Whether `return` or `new.target` stands outside of functions.
fn has_stray_word(code: &[u8]) -> bool {
    let mut head = (0, 0); // the span of the parentheses that end last
    let mut place = 0;
    while place < code.len() {
        let byte = code[place];
        match byte {
            b'(' | b'[' | b'{' if byte != b'{' || !is_block(code, place, head) => {
                let end = closed(code, place);
                if byte == b'(' {
                    head = (place, end);
                }
                place = end;
                continue;
            }
            b'r' if code[place..].starts_with(b"return") && begins_word(code, place) && ends_word(code, place + 6) => {
                place += 6;
                if !matches!(at(code, place), b':' | b'(') {
                    return true;
                }
                continue;
            }
            b'n' if begins_word(code, place) && is_new_target(code, place) => {
                let end = skip_back(code, place, 0);
                if end == 0 || code[end - 1] != b'.' {
                    return true;
                }
            }
            _ => {}
        }
        place += 1;
    }
    false
}

fn is_new_target(code: &[u8], place: usize) -> bool {
    let dot = skip(code, place + 3);
    let target = skip(code, dot + 1);
    code[place..].starts_with(b"new")
        && at(code, dot) == b'.'
        && code[target..].starts_with(b"target")
        && ends_word(code, target + 6)
}

/// The place behind the bracket that closes the one at `start`.
fn closed(code: &[u8], start: usize) -> usize {
    let opener = code[start];
    let closer = if opener == b'(' { b')' } else { opener + 2 };
    let mut depth = 0;
    let mut place = start;
    while place < code.len() {
        depth += usize::from(code[place] == opener);
        depth -= usize::from(code[place] == closer);
        if depth == 0 {
            return place + 1;
        }
        place = find_any(code, place + 1, [opener, closer, closer]);
    }
    code.len()
}

/// Whether the brace at `start`, outside of functions, surely begins a block of statements.
fn is_block(code: &[u8], start: usize, head: (usize, usize)) -> bool {
    let end = skip_back(code, start, 0);
    if end == 0 {
        return true;
    }
    match code[end - 1] {
        b')' => head.1 == end && is_control(code, head.0),
        b';' | b'{' | b'}' => true,
        _ => ends_with(code, end, end.saturating_sub(NEARBY), &[b"else", b"do", b"try", b"finally"]),
    }
}

/// Whether the word before the parenthesis at `place` is that of a statement.
fn is_control(code: &[u8], place: usize) -> bool {
    let least = place.saturating_sub(NEARBY);
    let end = skip_back(code, place, least);
    if ends_with(code, end, least, &[b"if", b"for", b"while", b"switch", b"with", b"catch"]) {
        return true;
    }
    let before = end.saturating_sub(b"await".len()).max(least);
    let gap = skip_back(code, before, least);
    &code[before..end] == b"await" && gap < before && ends_with(code, gap, least, &[b"for"])
}
