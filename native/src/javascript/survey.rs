//! All that a build asks of a script that is released as it is, in one reading; see `survey.py`.

use super::balance::Brackets;
use super::lexer::{Kind, Lexer};
use super::references::{end_of_words, Finder};
use crate::text::{at, find};

const WHOLE: u32 = 1;
const WORKERS: u32 = 2;
const ASSET_URL: u32 = 4;
const META_ENV: u32 = 8;

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
