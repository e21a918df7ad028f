//! Whether a sheet is fit for lightningcss, as `lightningcss_refusals.py` finds it out.

use std::collections::{BTreeSet, HashSet};

use super::landmarks::{Landmarks, Open};
use super::lexer::{unescaped_lower, Kind, Lexer};
use crate::text::at;

/// One byte: 1 where no statement of `text` has a list of selectors that only some browsers know, by the `known`
/// pseudo-classes in lines, and where no more than `most` brackets stand in one another. 0 where that is not sure.
pub fn is_fit(text: &[u8], known: &[u8], most: usize) -> Vec<u8> {
    let known: HashSet<&[u8]> = known.split(|&byte| byte == b'\n').collect();
    let mut open = Open::default();
    let mut begin = 0;
    for (delimiter, place) in Landmarks::new(text) {
        if matches!(delimiter, b'{' | b'}' | b';') && open.is_between_statements() {
            if delimiter == b'{' && may_be_mixed(&text[begin..place], &known) {
                return vec![0];
            }
            begin = place + 1;
        }
        open.follow(delimiter);
        if open.depth() > most {
            return vec![0];
        }
    }
    vec![1]
}

fn may_be_mixed(prelude: &[u8], known: &HashSet<&[u8]>) -> bool {
    if !prelude.contains(&b',') {
        return false;
    }
    if !prelude.is_ascii() || prelude.contains(&0) {
        return true;
    }
    (prelude.contains(&b'\\') || has_unknown(prelude, known)) && is_mixed(prelude, known)
}

/// Whether a colon stands before a word that is not known, in strings and comments too.
fn has_unknown(prelude: &[u8], known: &HashSet<&[u8]>) -> bool {
    let mut place = 0;
    while place < prelude.len() {
        let start = place + 1;
        let first = start + usize::from(at(prelude, start) == b'-');
        if prelude[place] != b':' || !at(prelude, first).is_ascii_alphabetic() {
            place += 1;
            continue;
        }
        place = first;
        while at(prelude, place).is_ascii_alphanumeric() || matches!(at(prelude, place), b'_' | b'-') {
            place += 1;
        }
        while at(prelude, place) == b'(' {
            place += 1;
        }
        if !known.contains(prelude[start..place].to_ascii_lowercase().as_slice()) {
            return true;
        }
    }
    false
}

fn is_mixed(prelude: &[u8], known: &HashSet<&[u8]>) -> bool {
    let mut lists: Vec<BTreeSet<Vec<u8>>> = vec![BTreeSet::new()];
    let (mut depth, mut colons) = (0, 0);
    for token in Lexer::new(prelude, 0) {
        let raw = &prelude[token.start..token.end];
        if token.kind == Kind::AtKeyword {
            return false;
        }
        if matches!(token.kind, Kind::Name | Kind::Function) && colons > 0 {
            let name = unescaped_lower(raw);
            let is_known = known.contains(name.as_slice()) || (colons == 2 && name.starts_with(b"-webkit-"));
            if let Some(list) = lists.last_mut().filter(|_| !is_known) {
                list.insert(name);
            }
        }
        depth += i32::from(token.kind == Kind::Function || matches!(raw, b"(" | b"["));
        depth -= i32::from(matches!(raw, b")" | b"]"));
        if raw == b"," && depth == 0 {
            lists.push(BTreeSet::new());
        }
        colons = if raw == b":" { colons + 1 } else { 0 };
    }
    lists.iter().any(|list| *list != lists[0])
}
