//! Where references may stand in a script, as `references.scan_tokens` finds them.
//!
//! Of the forms of a reference only the commonest is read here, a word and a string. The others are patterns that stand
//! in Python: here is found which words are code that may begin one, and which comments may name the source map.

use super::lexer::{inside_string, skip_gap, skip_white, Kind, Lexer, Token};
use crate::text::{at, find, find_last, Characters};

/// What was read last, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Dot,
    Export,
    From,
    Other,
}

/// What stands at a place: the inside of a string that is a module specifier, a word that may begin a reference, or a
/// comment that may name the source map, behind the last of code.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Sort {
    Specifier,
    Import,
    New,
    Comment,
}

type Place = (Sort, usize, usize);

/// Numbers, three a place: its sort, its start and its end in characters. Comments only where they are wanted.
pub fn places(text: &[u8], wants_comments: bool) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let mut numbers: Vec<u8> = Vec::new();
    for (sort, start, end) in found(text, wants_comments) {
        for number in [sort as u32, characters.before(start), characters.before(end)] {
            numbers.extend_from_slice(&number.to_le_bytes());
        }
    }
    numbers
}

/// Behind which place no word begins a reference; 0 where none does.
fn end_of_words(text: &[u8]) -> usize {
    let is_before = |place: usize, followers: &[u8]| followers.contains(&at(text, skip_white(text, place)));
    let import = find_last(text, b"import", 1, |place| is_before(place + b"import".len(), b"\"'(./"));
    let own = find_last(text, b"ASSET_URL_", 4, |_| true);
    let from = if find(text, 0, b"export", 1).is_some() || find(text, 0, b"import", 1).is_some() {
        find_last(text, b"from", 0, |place| is_before(place + b"from".len(), b"\"'/"))
    } else {
        None
    };
    import.max(own).max(from).map_or(0, |place| place + 1)
}

fn found(text: &[u8], wants_comments: bool) -> Vec<Place> {
    let (mut places, mut comments) = (Vec::new(), Vec::new());
    let end = if wants_comments { text.len() } else { end_of_words(text) };
    let mut previous = Previous::Other;
    let mut in_clause = false; // between `import` or `export` and its `from`
    for token in Lexer::new(text, None) {
        if token.start >= end {
            break;
        }
        if token.kind < Kind::Name {
            if wants_comments && token.kind == Kind::Comment && matches!(at(text, token.start + 2), b'#' | b'@') {
                comments.push((Sort::Comment, token.start, token.end));
            }
            continue;
        }
        comments.clear();
        let word = &text[token.start..token.end];
        let is_name = token.kind == Kind::Name;
        let is_code = is_name && previous != Previous::Dot && matches!(word[0], b'i' | b'e' | b'f' | b'n');
        if is_code {
            places.extend(reference(text, word, token, in_clause));
        }
        if is_code && (word == b"import" || word == b"export") {
            in_clause = true;
        } else if in_clause {
            in_clause = continues_clause(token.kind, word, previous);
        }
        previous = match word {
            b"." | b"?." if token.kind == Kind::Punctuator => Previous::Dot,
            b"export" if is_name => Previous::Export,
            b"from" if is_name => Previous::From,
            _ => Previous::Other,
        };
    }
    places.append(&mut comments);
    places
}

/// The reference that may begin with `word`.
fn reference(text: &[u8], word: &[u8], token: Token, in_clause: bool) -> Option<Place> {
    match word {
        b"import" if token.start > 0 && matches!(text[token.start - 1], b'"' | b'\'') => None, // of no program
        b"import" => {
            let place = skip_gap(text, token.end);
            let is_call = matches!(at(text, place), b'(' | b'.');
            specifier(text, place).or(is_call.then_some((Sort::Import, token.start, token.end)))
        }
        b"from" if in_clause => specifier(text, skip_gap(text, token.end)),
        b"new" => {
            let is_url = text[skip_gap(text, token.end)..].starts_with(b"URL");
            is_url.then_some((Sort::New, token.start, token.end))
        }
        _ => None,
    }
}

/// The inside of the string at `place`, if a whole one stands there.
fn specifier(text: &[u8], place: usize) -> Option<Place> {
    let quote = at(text, place);
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = inside_string(text, place + 1, quote);
    (end < text.len() && text[end] == quote).then_some((Sort::Specifier, place + 1, end))
}

fn continues_clause(kind: Kind, word: &[u8], previous: Previous) -> bool {
    let is_one_of = |words: &[u8]| kind == Kind::Punctuator && word.len() == 1 && words.contains(&word[0]);
    match kind {
        _ if previous == Previous::Export => is_one_of(b"{*"),
        Kind::String => previous != Previous::From,
        Kind::Name => true,
        _ => is_one_of(b"{},*"),
    }
}
