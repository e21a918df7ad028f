//! What a style sheet must keep to mean the same, as in `minify.py`, and sheets written from just that.

use super::lexer::{unescaped_lower, url_span, Kind, Lexer, Token};
use crate::text::at;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Entries one after the other, and where each ends.
#[derive(Default, PartialEq, Eq)]
struct Entries {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Entries {
    fn push(&mut self, entry: &[u8]) {
        self.bytes.extend_from_slice(entry);
        self.ends.push(self.bytes.len());
    }

    fn each(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let entry = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            entry
        })
    }

    /// The bytes, the ends, and how many of these there are, in a form that only this library reads.
    fn packed(mut self) -> Vec<u8> {
        self.bytes.reserve(self.ends.len() * 8 + 8);
        for end in &self.ends {
            self.bytes.extend_from_slice(&(*end as u64).to_le_bytes());
        }
        self.bytes.extend_from_slice(&(self.ends.len() as u64).to_le_bytes());
        self.bytes
    }
}

/// An open bracket, as far as it matters which one it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Round,
    Square,
    Curly,
    Supports,
    Function,
}

/// Keeps `brackets` up to date.
fn follow(brackets: &mut Vec<Bracket>, delimiter: u8) {
    match delimiter {
        b'(' => brackets.push(Bracket::Round),
        b'[' => brackets.push(Bracket::Square),
        b'{' => brackets.push(Bracket::Curly),
        b')' if matches!(brackets.last(), Some(Bracket::Round | Bracket::Supports | Bracket::Function)) => {
            brackets.pop();
        }
        b']' if brackets.last() == Some(&Bracket::Square) => {
            brackets.pop();
        }
        b'}' if brackets.last() == Some(&Bracket::Curly) => {
            brackets.pop();
        }
        _ => {}
    }
}

/// A piece of a statement.
#[derive(Clone, Copy)]
enum Part {
    /// Bytes of the text.
    Text(usize, usize),
    /// The same with a line end.
    Cut(usize, usize),
    /// An unquoted `url(…)`.
    Url(usize, usize),
    Space,
    Nothing,
}

/// White space that may matter, as in Python: `before` and `after` are 0 for words of more than one character.
#[derive(Clone, Copy)]
struct Gap {
    place: usize,
    word: usize,
    before: u8,
    after: u8,
    inner: Option<Bracket>,
}

/// What decides whether the semicolon of a statement can go.
#[derive(Clone, Copy)]
struct Ending {
    nested: bool,
    terminator: Option<u8>,
    is_declaration: bool,
}

impl Ending {
    fn ends_idly_before(self, following: &Statement) -> bool {
        if !self.nested || self.terminator != Some(b';') || !following.parts.is_empty() {
            return false;
        }
        following.terminator == Some(b';') || (following.terminator == Some(b'}') && self.is_declaration)
    }
}

/// A declaration or the prelude of a rule; its lists are used again for the next one.
struct Statement {
    nested: bool,
    parts: Vec<Part>,
    gaps: Vec<Gap>,
    brackets: Vec<Bracket>,
    inner_brackets: Vec<Bracket>,
    comments: Vec<(usize, usize)>,
    words: usize,
    lead: (usize, usize),
    lead_kind: Kind,
    terminator: Option<u8>,
    before: u8,
    is_spaced: bool,
    is_cut: bool,
}

/// The only byte of a word, or 0 where it has more.
fn sign(text: &[u8], start: usize, end: usize) -> u8 {
    if end == start + 1 {
        text[start]
    } else {
        0
    }
}

impl Statement {
    fn new() -> Self {
        Self {
            nested: false,
            parts: Vec::new(),
            gaps: Vec::new(),
            brackets: Vec::new(),
            inner_brackets: Vec::new(),
            comments: Vec::new(),
            words: 0,
            lead: (0, 0),
            lead_kind: Kind::Space,
            terminator: None,
            before: b'(',
            is_spaced: false,
            is_cut: false,
        }
    }

    fn clear(&mut self, nested: bool) {
        self.nested = nested;
        self.parts.clear();
        self.gaps.clear();
        self.brackets.clear();
        self.comments.clear();
        (self.words, self.lead, self.lead_kind) = (0, (0, 0), Kind::Space);
        (self.terminator, self.before, self.is_spaced, self.is_cut) = (None, b'(', false, false);
    }

    fn ending(&self) -> Ending {
        let is_declaration =
            self.nested && self.words > 0 && self.terminator != Some(b'{') && self.lead_kind != Kind::AtKeyword;
        Ending { nested: self.nested, terminator: self.terminator, is_declaration }
    }

    /// Reads the statement at the lexer's place.
    fn read(&mut self, text: &[u8], lexer: &mut Lexer<'_>, nested: bool) {
        self.clear(nested);
        while let Some(token) = lexer.next() {
            match token.kind {
                Kind::Space => self.space(),
                Kind::Comment => self.comment(text, token),
                Kind::Delimiter => {
                    let delimiter = sign(text, token.start, token.end);
                    if self.brackets.is_empty() && matches!(delimiter, b'{' | b'}' | b';') {
                        return self.end(Some(delimiter));
                    }
                    self.word(text, token, Part::Text(token.start, token.end));
                    if delimiter == b':' && self.awaits_verbatim_value(text) {
                        let terminator = self.verbatim(text, lexer);
                        return self.end(terminator);
                    }
                }
                Kind::Url => self.word(text, token, Part::Url(token.start, token.end)),
                Kind::Function if is_style(&text[token.start..token.end]) => {
                    let (end, _) = self.taken(text, lexer, |delimiter| delimiter == b')');
                    let whole = Token { kind: Kind::String, end, ..token };
                    self.word(text, whole, Part::Text(token.start, end));
                }
                _ => self.word(text, token, Part::Text(token.start, token.end)),
            }
        }
        self.end(None);
    }

    fn space(&mut self) {
        if self.is_cut {
            self.add_line_end();
            self.is_cut = false;
        } else {
            self.is_spaced = true;
        }
    }

    fn add_line_end(&mut self) {
        if let Some(Part::Text(start, end)) = self.parts.last().copied() {
            self.parts.pop();
            self.parts.push(Part::Cut(start, end));
        }
    }

    fn comment(&mut self, text: &[u8], token: Token) {
        if at(text, token.start + 2) == b'!' {
            self.comments.push((token.start, token.end));
        }
    }

    fn word(&mut self, text: &[u8], token: Token, part: Part) {
        let own = sign(text, token.start, token.end);
        if self.is_spaced {
            self.is_spaced = false;
            self.note_gap(own);
        }
        self.take_comments();
        if self.words == 0 {
            (self.lead, self.lead_kind) = ((token.start, token.end), token.kind);
        }
        self.words += 1;
        self.parts.push(part);
        self.before = own;
        match token.kind {
            Kind::Function => {
                self.before = b'(';
                self.brackets.push(function(&text[token.start..token.end]));
            }
            Kind::Delimiter => {
                follow(&mut self.brackets, own);
                self.is_cut = own == b'\\';
            }
            Kind::Bad => self.is_cut = matches!(text[token.start], b'"' | b'\''),
            _ => {}
        }
    }

    fn take_comments(&mut self) {
        self.parts.extend(self.comments.drain(..).map(|(start, end)| Part::Text(start, end)));
    }

    fn note_gap(&mut self, after: u8) {
        let before = self.before;
        if self.words == 0 || matches!(before, b',' | b'(' | b'[') {
            return;
        }
        if matches!(after, b',' | b')' | b']') && before != b':' {
            return;
        }
        let inner = self.brackets.last().copied();
        self.gaps.push(Gap { place: self.parts.len(), word: self.words, before, after, inner });
        self.parts.push(Part::Space);
    }

    fn awaits_verbatim_value(&self, text: &[u8]) -> bool {
        if self.words != 2 || self.before != b':' || !self.nested || self.lead_kind != Kind::Name {
            return false;
        }
        let lead = &text[self.lead.0..self.lead.1];
        if lead.starts_with(b"--") {
            return true;
        }
        if !matches!(lead[0], b'i' | b'I' | b'r' | b'R' | b'\\' | b'-') {
            return false;
        }
        let name = unescaped_lower(lead);
        name.starts_with(b"--") || name == b"initial-value" || name == b"result"
    }

    /// Takes the value at the lexer's place as it is written; gives what ends it.
    fn verbatim(&mut self, text: &[u8], lexer: &mut Lexer<'_>) -> Option<u8> {
        let start = lexer.place;
        let mut filled: Option<(usize, Token)> = None; // where the first token stands that is no space, and the last
        let mut end = start;
        let mut terminator = None;
        self.inner_brackets.clear();
        for token in lexer {
            let delimiter = if token.kind == Kind::Delimiter { sign(text, token.start, token.end) } else { 0 };
            if self.inner_brackets.is_empty() && matches!(delimiter, b';' | b'}') {
                terminator = Some(delimiter);
                break;
            }
            self.follow_inside(token.kind, delimiter);
            end = token.end;
            if token.kind != Kind::Space {
                filled = Some((filled.map_or(token.start, |(first, _)| first), token));
            }
        }
        let Some((first, last)) = filled else {
            if end > start {
                self.parts.push(Part::Space);
            }
            return terminator;
        };
        let whole = Token { kind: Kind::String, start: first, end: last.end, is_cut: false };
        self.word(text, whole, Part::Text(first, last.end));
        let is_backslash = &text[last.start..last.end] == b"\\";
        if end > last.end && (is_backslash || (last.kind == Kind::Bad && matches!(text[last.start], b'"' | b'\''))) {
            self.add_line_end();
        }
        terminator
    }

    fn follow_inside(&mut self, kind: Kind, delimiter: u8) {
        match kind {
            Kind::Function => self.inner_brackets.push(Bracket::Round),
            Kind::Delimiter => follow(&mut self.inner_brackets, delimiter),
            _ => {}
        }
    }

    /// Passes over tokens to one that ends them and stands in no bracket; gives the place behind it.
    fn taken(&mut self, text: &[u8], lexer: &mut Lexer<'_>, is_end: impl Fn(u8) -> bool) -> (usize, bool) {
        self.inner_brackets.clear();
        for token in lexer {
            let delimiter = if token.kind == Kind::Delimiter { sign(text, token.start, token.end) } else { 0 };
            if self.inner_brackets.is_empty() && is_end(delimiter) {
                return (token.end, true);
            }
            self.follow_inside(token.kind, delimiter);
        }
        (text.len(), false)
    }

    fn end(&mut self, terminator: Option<u8>) {
        self.terminator = terminator;
        self.take_comments();
    }

    /// Takes out the white space that cannot matter, and writes the rest.
    fn write(&mut self, text: &[u8], entries: &mut Entries) {
        if let Some(is_idle) = self.judge(text) {
            for gap in &self.gaps {
                if is_idle(gap) {
                    self.parts[gap.place] = Part::Nothing;
                }
            }
        }
        for part in &self.parts {
            match *part {
                Part::Text(start, end) => entries.push(&text[start..end]),
                Part::Space => entries.push(b" "),
                Part::Nothing => {}
                Part::Cut(start, end) => {
                    entries.bytes.extend_from_slice(&text[start..end]);
                    entries.push(b"\n");
                }
                Part::Url(start, end) => {
                    let (first, last) = url_span(&text[..end], start);
                    entries.bytes.extend_from_slice(&text[start..end_of_opening(text, start)]);
                    entries.bytes.extend_from_slice(&text[first..last]);
                    entries.push(if text[end - 1] == b')' && end > last { b")" } else { b"" });
                }
            }
        }
    }

    fn judge(&self, text: &[u8]) -> Option<fn(&Gap) -> bool> {
        if self.gaps.is_empty() {
            return None;
        }
        if self.lead_kind == Kind::AtKeyword {
            let lead = text[self.lead.0..self.lead.1].to_ascii_lowercase();
            let queries: [&[u8]; 4] = [b"@media", b"@supports", b"@container", b"@import"];
            return queries.contains(&lead.as_slice()).then_some(is_idle_in_query);
        }
        if self.terminator == Some(b'{') {
            return Some(is_idle_in_selector);
        }
        self.nested.then_some(is_idle_in_declaration)
    }
}

/// The end of `url(` at `start`.
fn end_of_opening(text: &[u8], start: usize) -> usize {
    start + text[start..].iter().position(|&byte| byte == b'(').map_or(0, |place| place + 1)
}

fn is_idle_in_query(gap: &Gap) -> bool {
    matches!(gap.inner, Some(Bracket::Round | Bracket::Supports))
        && gap.after != b')'
        && (gap.before == b':' || gap.after == b':')
}

fn is_idle_in_declaration(gap: &Gap) -> bool {
    // The colon is the second word, or the third after a hack's sign as in `*zoom : 1`.
    gap.before == b'!'
        || gap.after == b'!'
        || (gap.after == b':' && gap.word <= 2)
        || (gap.before == b':' && gap.word <= 3)
}

fn is_idle_in_selector(gap: &Gap) -> bool {
    let (before, after) = (gap.before, gap.after);
    let has = |signs: &[u8]| signs.contains(&before) || signs.contains(&after);
    if gap.inner == Some(Bracket::Square) {
        return has(b"=") && !has(b"~|^$*");
    }
    if gap.inner.is_some() && has(b"+") {
        return false; // that of `2n + 1`
    }
    // `> >` is not `>>`, `> =` not `>=`.
    let is_combinator = |byte: u8| matches!(byte, b'>' | b'~' | b'+');
    is_combinator(before) != is_combinator(after) && !has(b"=|")
}

fn function(raw: &[u8]) -> Bracket {
    let may_be = matches!(raw[0], b's' | b'S' | b'\\');
    if may_be && unescaped_lower(raw) == b"supports(" {
        Bracket::Supports
    } else {
        Bracket::Function
    }
}

fn is_style(raw: &[u8]) -> bool {
    matches!(raw[0], b's' | b'S' | b'\\') && unescaped_lower(raw) == b"style("
}

/// Whether the sheet's first word names no encoding where it stands, and would as the first bytes of the sheet.
fn would_name_encoding(text: &[u8], statement: &Statement, start: usize) -> bool {
    let lead = &text[statement.lead.0..statement.lead.1];
    if lead != b"@charset" {
        return start == 0 && lead.starts_with(BYTE_ORDER_MARK);
    }
    let Some(rest) = text[start..].strip_prefix(b"@charset \"".as_slice()) else { return true };
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\r' | 0x0c));
    !end.is_some_and(|end| rest[end..].starts_with(b"\";"))
}

fn entries_of(text: &[u8]) -> Entries {
    let mut entries = Entries { bytes: Vec::with_capacity(text.len()), ends: Vec::with_capacity(text.len() / 4) };
    let mut start = 0;
    if text.starts_with(BYTE_ORDER_MARK) {
        entries.push(BYTE_ORDER_MARK);
        start = BYTE_ORDER_MARK.len();
    }
    let mut lexer = Lexer::new(text, start);
    let mut depth = 0usize;
    let mut last = Ending { nested: false, terminator: None, is_declaration: false };
    let mut statement = Statement::new();
    loop {
        statement.read(text, &mut lexer, depth > 0);
        let is_end_idle = last.ends_idly_before(&statement);
        if is_end_idle && statement.terminator == Some(b';') {
            continue;
        }
        match last.terminator {
            Some(terminator) if !is_end_idle => entries.push(&[terminator]),
            None if would_name_encoding(text, &statement, start) => entries.push(b" "),
            _ => {}
        }
        statement.write(text, &mut entries);
        match statement.terminator {
            None => return entries,
            Some(b'{') => depth += 1,
            Some(b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        last = statement.ending();
    }
}

/// The essence of a sheet, in a form that only this library reads.
pub fn essence(text: &[u8]) -> Vec<u8> {
    entries_of(text).packed()
}

/// One byte: 1 where `packed` is the essence of `text`.
pub fn is_essence_of(text: &[u8], packed: &[u8]) -> Vec<u8> {
    vec![u8::from(essence(text) == packed)]
}

/// The entries of an essence that `essence` packed.
fn unpacked(packed: &[u8]) -> Entries {
    let number = |place: usize| {
        packed.get(place..place + 8).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap_or([0; 8])) as usize)
    };
    let count = number(packed.len().saturating_sub(8)).min(packed.len().saturating_sub(8) / 8);
    let size = packed.len().saturating_sub(count * 8 + 8);
    Entries { bytes: packed[..size].to_vec(), ends: (0..count).map(|index| number(size + index * 8)).collect() }
}

/// The sheet again, unless two entries run together: see `written_apart`.
pub fn joined(packed: &[u8]) -> Vec<u8> {
    unpacked(packed).bytes
}

/// A sheet of that essence, with an empty comment between any two entries that would run together.
pub fn written_apart(packed: &[u8]) -> Vec<u8> {
    let entries = unpacked(packed);
    let mut written = Vec::with_capacity(entries.bytes.len());
    let mut before: Option<&[u8]> = None;
    let mut pair = Vec::new();
    for (index, entry) in entries.each().enumerate() {
        if before.is_some_and(|before| run_together(before, entry, &mut pair)) {
            written.extend_from_slice(b"/**/");
        }
        written.extend_from_slice(entry);
        before = if index == 0 && entry == BYTE_ORDER_MARK { None } else { Some(entry) };
    }
    written
}

fn run_together(before: &[u8], after: &[u8], pair: &mut Vec<u8>) -> bool {
    if before == b"!" && after.starts_with(b"--") {
        return true; // with a `<` before them they are `<!--`
    }
    pair.clear();
    pair.push(b' '); // not at the start, where U+FEFF is a token
    pair.extend_from_slice(before);
    let joint = pair.len();
    pair.extend_from_slice(after);
    Lexer::new(pair, 1).map(|token| token.end).find(|&end| end >= joint) != Some(joint)
}
