//! Where the braces of a script are closed, for whoever reads only what stands outside of them.

use super::lexer::{Kind, Lexer, Token};
use crate::text::counted;

/// An open bracket: what closes it, where it stands, and its number among the braces.
struct Open {
    closer: u8,
    brace: Option<usize>,
}

const HOLE: u8 = b'`';

/// Numbers, two a pair of braces in the order of the first: where they stand, in characters. Left out is a pair that has
/// a bad token or brackets out of balance in it.
pub fn closed_braces(text: &[u8]) -> Vec<u8> {
    let mut pairs: Vec<(usize, usize)> = Vec::new(); // the second is 0 while it is unknown
    let mut open: Vec<Open> = Vec::new();
    for token in Lexer::new(text, None) {
        match token.kind {
            Kind::Punctuator if token.end == token.start + 1 => take(text[token.start], token, &mut open, &mut pairs),
            Kind::Template => take_template(text, token, &mut open),
            Kind::Bad => open.clear(),
            _ => {}
        }
    }
    pairs.retain(|&(_, end)| end > 0);
    let places: Vec<usize> = pairs.iter().flat_map(|&(start, end)| [start, end]).collect();
    counted(text, &places).into_iter().flat_map(u32::to_le_bytes).collect()
}

fn take(byte: u8, token: Token, open: &mut Vec<Open>, pairs: &mut Vec<(usize, usize)>) {
    match byte {
        b'(' => open.push(Open { closer: b')', brace: None }),
        b'[' => open.push(Open { closer: b']', brace: None }),
        b'{' => {
            open.push(Open { closer: b'}', brace: Some(pairs.len()) });
            pairs.push((token.start, 0));
        }
        b')' | b']' | b'}' => match open.pop() {
            Some(last) if last.closer == byte => {
                if let Some(number) = last.brace {
                    pairs[number].1 = token.start;
                }
            }
            _ => open.clear(),
        },
        _ => {}
    }
}

fn take_template(text: &[u8], token: Token, open: &mut Vec<Open>) {
    if text[token.start] == b'}' && open.pop().is_none_or(|last| last.closer != HOLE) {
        open.clear();
    }
    if text[token.end - 1] == b'{' {
        open.push(Open { closer: HOLE, brace: None });
    }
}
