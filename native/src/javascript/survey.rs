//! All that a build asks of a script that is released as it is, in one reading; see `survey.py`.

use super::balance::Brackets;
use super::lexer::{Kind, Lexer};
use super::references::{end_of_words, Finder};
use crate::text::{at, find, find_byte};

const WHOLE: u32 = 1;
const WORKERS: u32 = 2;
const ASSET_URL: u32 = 4;
const META_ENV: u32 = 8;
const BUNDLED: u32 = 16;
const JSX: u32 = 32;

/// The marks of `chunk_names.py`, each with the place of a rare pair of bytes in it.
const MARKS: [(&[u8], usize); 6] = [
    (b"__vite__mapDeps", 10),
    (b"vite:preloadError", 11),
    (b"webpackChunk", 6),
    (b"webpackJsonp", 6),
    (b"parcelRequire", 5),
    (b"System.register(", 0),
];

/// Numbers: what holds of the text, as a sum, then three for each place, as `references::places` has them.
pub fn survey(text: &[u8]) -> Vec<u8> {
    let end = end_of_words(text);
    let (mut finder, mut brackets, mut is_whole) = (Finder::of_all(), Brackets::default(), true);
    for token in Lexer::new(text, None) {
        is_whole = is_whole && brackets.follow(text, token);
        if token.start < end {
            finder.take(text, token);
        } else if token.kind < Kind::Name {
            finder.take_space(text, token);
        } else {
            finder.pass();
        }
    }
    let holding = [
        (WHOLE, is_whole && brackets.are_closed()),
        (WORKERS, names_workers(text)),
        (ASSET_URL, find(text, 0, b"ASSET_URL", 4).is_some()),
        (META_ENV, may_have_meta_env(text)),
        (BUNDLED, may_be_bundled(text)),
        (JSX, may_have_jsx(text)),
    ];
    let sum: u32 = holding.iter().filter(|(_, holds)| *holds).map(|(number, _)| number).sum();
    let mut numbers = sum.to_le_bytes().to_vec();
    numbers.append(&mut finder.numbers(text));
    numbers
}

/// Whether the words stand there by which workers are made.
pub fn names_workers(text: &[u8]) -> bool {
    find(text, 0, b"Worker", 0).is_some() || find(text, 0, b"importScripts", 5).is_some()
}

/// Whether `meta.env` may stand there, with white space and `?.` allowed; a character that is not ASCII may be white.
fn may_have_meta_env(text: &[u8]) -> bool {
    let is_blank = |byte: u8| byte <= b' ' || byte >= 0x80;
    let skip = |mut place: usize| {
        while place < text.len() && is_blank(text[place]) {
            place += 1;
        }
        place
    };
    let mut start = 0;
    while let Some(found) = find(text, start, b"meta", 1) {
        let mut place = skip(found + b"meta".len());
        if at(text, place) == b'?' {
            place += 1;
        }
        if at(text, place) == b'.' && text[skip(place + 1)..].starts_with(b"env") {
            return true;
        }
        start = found + b"meta".len();
    }
    false
}

/// Whether a bundler may have written the script whose outputs name other files.
fn may_be_bundled(text: &[u8]) -> bool {
    MARKS.iter().any(|&(mark, key)| find(text, 0, mark, key).is_some()) || has_list_beside_import(text)
}

/// Whether `import("…"), [` may stand there with a string behind it; a character that is not ASCII may be white.
fn has_list_beside_import(text: &[u8]) -> bool {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    let mut start = 0;
    while let Some(found) = find(text, start, b"import(", 1) {
        start = found + b"import(".len();
        if !is_quote(at(text, start)) {
            continue;
        }
        let mut place = start + 1;
        while place < text.len() && !is_quote(text[place]) && text[place] != b'\n' {
            place += 1;
        }
        if !is_quote(at(text, place)) || at(text, place + 1) != b')' || at(text, place + 2) != b',' {
            continue;
        }
        place += 3;
        while place < text.len() && (text[place] <= b' ' || text[place] >= 0x80) {
            place += 1;
        }
        if at(text, place) == b'[' && is_quote(at(text, place + 1)) {
            return true;
        }
    }
    false
}

/// Whether `jsx.py` has to look for a tag; a character that is not ASCII may be white.
fn may_have_jsx(text: &[u8]) -> bool {
    let mut place = 0;
    loop {
        place = find_byte(text, place, b'<') + 1;
        if place >= text.len() {
            return false;
        }
        let is_begun = place > 1
            && matches!(text[place - 2], b'=' | b'(' | b',' | b'?' | b':' | b'&' | b'|' | b'[' | ..=b' ' | 0x80..);
        if is_begun && (text[place].is_ascii_alphabetic() || matches!(text[place], b'_' | b'$' | b'>')) {
            return true;
        }
    }
}
