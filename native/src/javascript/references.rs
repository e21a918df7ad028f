//! Where references may stand in a script, as `references.scan_tokens` finds them.
//!
//! What the URLs mean is found out in Python, and which of the comments names the source map.

use super::lexer::{inside_string, inside_template, is_name_part, skip_gap, skip_white, Kind, Lexer, Token};
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

/// What stands at a place: the inside of the string or template that is the URL of a reference, by the kind of that; or a
/// comment that may name the source map, behind the last of code.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Sort {
    Specifier,
    Later,
    Resolved,
    Url,
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
    in_braces: bool, // of a clause, where `import` and `export` are names
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
        if is_code && (word == b"import" || word == b"export") && !self.in_braces {
            self.in_clause = true;
        } else if self.in_clause {
            let previous = if self.in_braces { Previous::Other } else { self.previous };
            self.in_clause = continues_clause(token.kind, word, previous);
        }
        self.in_braces = self.in_clause && (word == b"{" || (self.in_braces && word != b"}"));
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

/// The reference that begins with `word`, if one does.
fn reference(text: &[u8], word: &[u8], token: Token, in_clause: bool) -> Option<Place> {
    match word {
        b"import" if token.start > 0 && matches!(text[token.start - 1], b'"' | b'\'') => None, // of no program
        b"import" => {
            let place = skip_gap(text, token.end);
            specifier(text, place).or_else(|| Reader { text, place }.import_call())
        }
        b"from" if in_clause => specifier(text, skip_gap(text, token.end)),
        b"new" => Reader { text, place: skip_gap(text, token.end) }.own_url(),
        _ => None,
    }
}

/// The inside of the string at `place`, if a whole one stands there.
fn specifier(text: &[u8], place: usize) -> Option<Place> {
    string(text, place).map(|(start, end)| (Sort::Specifier, start, end))
}

/// The same without a sort.
fn string(text: &[u8], place: usize) -> Option<(usize, usize)> {
    let quote = at(text, place);
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = inside_string(text, place + 1, quote);
    (end < text.len() && text[end] == quote).then_some((place + 1, end))
}

/// Reads a form of a reference part by part, with white space and comments between them.
struct Reader<'a> {
    text: &'a [u8],
    place: usize, // where the next part may stand
}

impl Reader<'_> {
    /// What follows `import` where that is a call: `import(…)`, `import.source(…)` or `import.meta.resolve(…)`.
    fn import_call(&mut self) -> Option<Place> {
        let mut sort = Sort::Later;
        if self.mark(b'.') {
            if self.word(b"meta") {
                (self.mark(b'.') && self.word(b"resolve")).then_some(())?;
                sort = Sort::Resolved;
            } else {
                (self.word(b"source") || self.word(b"defer")).then_some(())?;
            }
        }
        let (start, end) = self.first_argument()?;
        matches!(at(self.text, self.place), b',' | b')').then_some((sort, start, end))
    }

    /// What follows `new` where that is `URL("…", import.meta.url)`, or the same with a name in place of that URL.
    fn own_url(&mut self) -> Option<Place> {
        self.word(b"URL").then_some(())?;
        let (start, end) = self.first_argument()?;
        let has_base = self.mark(b',') && (self.own_name() || self.import_meta_url());
        (has_base && matches!(at(self.text, self.place), b',' | b')')).then_some((Sort::Url, start, end))
    }

    fn import_meta_url(&mut self) -> bool {
        self.word(b"import") && self.mark(b'.') && self.word(b"meta") && self.mark(b'.') && self.word(b"url")
    }

    /// The name of what holds a classic script's own URL.
    fn own_name(&mut self) -> bool {
        const BEGIN: &[u8] = b"ASSET_URL_";
        let rest = &self.text[self.place..];
        let digits = rest.get(BEGIN.len()..BEGIN.len() + 12).unwrap_or_default();
        let is_own = rest.starts_with(BEGIN) && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        is_own && digits.len() == 12 && self.word(&rest[..BEGIN.len() + 12])
    }

    /// The inside of the string, or of the template without holes, behind a bracket that opens.
    fn first_argument(&mut self) -> Option<(usize, usize)> {
        self.mark(b'(').then_some(())?;
        let (start, end) = string(self.text, self.place).or_else(|| inside_template(self.text, self.place))?;
        self.place = skip_gap(self.text, end + 1);
        Some((start, end))
    }

    /// Whether that word comes next; if so, read on behind it.
    fn word(&mut self, word: &[u8]) -> bool {
        let end = self.place + word.len();
        let is_whole = at(self.text, end) != b'\\' && !is_name_part(self.text, end);
        let is_next = is_whole && self.text[self.place..].starts_with(word);
        if is_next {
            self.place = skip_gap(self.text, end);
        }
        is_next
    }

    /// Whether that mark comes next; if so, read on behind it.
    fn mark(&mut self, mark: u8) -> bool {
        let is_next = at(self.text, self.place) == mark;
        if is_next {
            self.place = skip_gap(self.text, self.place + 1);
        }
        is_next
    }
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
