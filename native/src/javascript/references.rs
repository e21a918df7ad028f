//! Where references may stand in a script, as `references.scan_tokens` finds them.
//!
//! Of the forms of a reference only the commonest is read here, a word and a string. The others are patterns that stand
//! in Python: here is found which words are code that may begin one, and which comments may name the source map.

use super::lexer::{inside_string, skip_gap, skip_white, Kind, Lexer, Token};
use crate::text::{at, find, find_last, Characters};

/// What was read last, as far as it matters here.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Previous {
    Dot,
    Export,
    From,
    #[default]
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
    numbers(text, found(text, wants_comments))
}

fn numbers(text: &[u8], places: Vec<Place>) -> Vec<u8> {
    let mut numbers: Vec<u8> = Vec::new();
    if places.is_empty() {
        return numbers;
    }
    let mut characters = Characters::new(text);
    for (sort, start, end) in places {
        for number in [sort as u32, characters.before(start), characters.before(end)] {
            numbers.extend_from_slice(&number.to_le_bytes());
        }
    }
    numbers
}

/// Behind which place no word begins a reference; 0 where none does.
pub fn end_of_words(text: &[u8]) -> usize {
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
    let end = if wants_comments { text.len() } else { end_of_words(text) };
    let mut finder = Finder { wants_comments, ..Finder::default() };
    for token in Lexer::new(text, None) {
        if token.start >= end {
            break;
        }
        finder.take(text, token);
    }
    finder.places()
}

/// Takes tokens one by one, and gathers the places.
#[derive(Default)]
pub struct Finder {
    wants_comments: bool,
    places: Vec<Place>,
    comments: Vec<Place>,
    previous: Previous,
    in_clause: bool, // between `import` or `export` and its `from`
}

impl Finder {
    /// One that gathers comments, too.
    pub fn of_all() -> Self {
        Self { wants_comments: true, ..Self::default() }
    }

    /// Take a token of space or a comment.
    #[inline]
    pub fn take_space(&mut self, text: &[u8], token: Token) {
        if self.wants_comments && token.kind == Kind::Comment && matches!(at(text, token.start + 2), b'#' | b'@') {
            self.comments.push((Sort::Comment, token.start, token.end));
        }
    }

    /// Take a token of code in which no reference begins.
    #[inline]
    pub fn pass(&mut self) {
        self.comments.clear();
    }

    /// Take the next token.
    #[inline]
    pub fn take(&mut self, text: &[u8], token: Token) {
        if token.kind < Kind::Name {
            self.take_space(text, token);
            return;
        }
        self.pass();
        let word = &text[token.start..token.end];
        let is_name = token.kind == Kind::Name;
        let is_code = is_name && self.previous != Previous::Dot && matches!(word[0], b'i' | b'e' | b'f' | b'n');
        if is_code {
            self.places.extend(reference(text, word, token, self.in_clause));
        }
        if is_code && (word == b"import" || word == b"export") {
            self.in_clause = true;
        } else if self.in_clause {
            self.in_clause = continues_clause(token.kind, word, self.previous);
        }
        self.previous = match word {
            b"." | b"?." if token.kind == Kind::Punctuator => Previous::Dot,
            b"export" if is_name => Previous::Export,
            b"from" if is_name => Previous::From,
            _ => Previous::Other,
        };
    }

    fn places(mut self) -> Vec<Place> {
        self.places.append(&mut self.comments);
        self.places
    }

    /// The places as numbers, three each.
    pub fn numbers(self, text: &[u8]) -> Vec<u8> {
        numbers(text, self.places())
    }
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
