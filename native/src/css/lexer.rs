//! A lexer for CSS Syntax 3, the same as `lexer.py`: bytes to tokens that lie end to end, and what escapes mean.

use crate::text::{at, find_byte, width, Characters};

/// What a token is; the numbers are those of `Kind` in Python.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    ByteOrderMark = 1,
    Space = 2,
    Comment = 3,
    Name = 4,
    Function = 5,
    Url = 6,
    Bad = 7,
    Number = 8,
    String = 9,
    Hash = 10,
    AtKeyword = 11,
    HtmlComment = 12,
    Delimiter = 13,
}

/// `text[start..end]` is a token of that kind; `is_cut` where the end of the text stands in place of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub is_cut: bool,
}

const NAME_BYTE: u8 = 1;
const NAME_START: u8 = 2;
const SPACE: u8 = 4;
const URL_BYTE: u8 = 8;
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut place = 0;
    while place < 256 {
        let byte = place as u8;
        let letter = matches!(byte, 0 | b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..);
        let mut class = if letter { NAME_BYTE | NAME_START } else { 0 };
        if matches!(byte, b'-' | b'0'..=b'9') {
            class |= NAME_BYTE;
        }
        if is_space(byte) {
            class |= SPACE;
        }
        let ends_url = matches!(byte, b'"' | b'\'' | b'(' | b')' | b'\\' | b' ' | 0x01..=0x0e | 0x0f..=0x1f | 0x7f);
        if !ends_url {
            class |= URL_BYTE;
        }
        table[place] = class;
        place += 1;
    }
    table
};

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

#[inline]
fn run(text: &[u8], mut place: usize, class: u8) -> usize {
    while place < text.len() && BYTES[text[place] as usize] & class != 0 {
        place += 1;
    }
    place
}

pub fn skip_space(text: &[u8], place: usize) -> usize {
    run(text, place, SPACE)
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0x0c)
}

/// The end of the white space that belongs to an escape which ends before `place`.
fn escape_gap(text: &[u8], place: usize) -> usize {
    if at(text, place) == b'\r' && at(text, place + 1) == b'\n' {
        return place + 2;
    }
    place + usize::from(is_space(at(text, place)))
}

/// The end of the escape at `place`, where a backslash stands; none before a line end.
pub fn escape(text: &[u8], place: usize) -> Option<usize> {
    let mut end = place + 1;
    if end >= text.len() {
        return Some(end);
    }
    if is_line_end(text[end]) {
        return None;
    }
    if !text[end].is_ascii_hexdigit() {
        return Some(end + width(text, end));
    }
    while end < place + 7 && at(text, end).is_ascii_hexdigit() {
        end += 1;
    }
    Some(escape_gap(text, end))
}

/// Where what a name consists of ends.
#[inline]
fn name_rest(text: &[u8], mut place: usize) -> usize {
    loop {
        place = run(text, place, NAME_BYTE);
        if at(text, place) != b'\\' {
            return place;
        }
        match escape(text, place) {
            Some(end) => place = end,
            None => return place,
        }
    }
}

/// The end of the name at `place`, if one begins there.
fn name(text: &[u8], place: usize) -> Option<usize> {
    if text.get(place..place + 2) == Some(b"--") {
        return Some(name_rest(text, place + 2));
    }
    let first = place + usize::from(at(text, place) == b'-');
    let byte = *text.get(first)?;
    if BYTES[byte as usize] & NAME_START != 0 {
        return Some(name_rest(text, first + 1));
    }
    if byte != b'\\' {
        return None;
    }
    escape(text, first).map(|end| name_rest(text, end))
}

/// The end of one letter of `url`, written plainly or with an escape.
fn letter(text: &[u8], place: usize, wanted: u8) -> Option<usize> {
    let is_wanted = |byte: u8| byte.to_ascii_lowercase() == wanted;
    if is_wanted(at(text, place)) {
        return Some(place + 1);
    }
    if at(text, place) != b'\\' {
        return None;
    }
    if is_wanted(at(text, place + 1)) {
        return Some(place + 2);
    }
    let mut digits = place + 1;
    while digits < place + 5 && at(text, digits) == b'0' {
        digits += 1;
    }
    let code = text.get(digits..digits + 2).and_then(|two| std::str::from_utf8(two).ok());
    let code = code.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| at(text, digits) != b'+')?;
    is_wanted(code).then(|| escape_gap(text, digits + 2))
}

/// The place behind `url(`, if that stands at `place`.
fn url_opening(text: &[u8], place: usize) -> Option<usize> {
    let end = letter(text, place, b'u')?;
    let end = letter(text, end, b'r')?;
    let end = letter(text, end, b'l')?;
    (at(text, end) == b'(').then_some(end + 1)
}

/// Where the unquoted URL that begins at `place` ends.
fn url_body(text: &[u8], mut place: usize) -> usize {
    loop {
        place = run(text, place, URL_BYTE);
        if at(text, place) != b'\\' {
            return place;
        }
        match escape(text, place) {
            Some(end) => place = end,
            None => return place,
        }
    }
}

/// Where in an unquoted `url(…)` that begins at `start` the URL itself stands.
pub fn url_span(text: &[u8], start: usize) -> (usize, usize) {
    let mut open = start;
    while open < text.len() && text[open] != b'(' {
        open += 1;
    }
    let first = skip_space(text, open + 1);
    (first, url_body(text, first))
}

/// An unquoted `url(…)` that begins at `start` and ends as it should, or with the text.
pub fn whole_url(text: &[u8], start: usize) -> Option<Token> {
    let first = skip_space(text, url_opening(text, start)?);
    if matches!(at(text, first), b'"' | b'\'') {
        return None;
    }
    let end = skip_space(text, url_body(text, first));
    if end >= text.len() {
        return Some(Token { kind: Kind::Url, start, end: text.len(), is_cut: true });
    }
    (text[end] == b')').then_some(Token { kind: Kind::Url, start, end: end + 1, is_cut: false })
}

fn url(text: &[u8], start: usize) -> Option<Token> {
    let inside = url_opening(text, start)?;
    if matches!(at(text, skip_space(text, inside)), b'"' | b'\'') {
        return None;
    }
    whole_url(text, start).or_else(|| {
        let mut place = inside;
        while place < text.len() && text[place] != b')' {
            place += 1 + usize::from(text[place] == b'\\');
        }
        Some(Token { kind: Kind::Bad, start, end: (place + 1).min(text.len()), is_cut: false })
    })
}

/// Where the string at `start` ends: before its closing quote, or where it is cut.
pub fn open_string(text: &[u8], start: usize) -> usize {
    let quote = text[start];
    let mut place = start + 1;
    while place < text.len() {
        let byte = text[place];
        if byte == quote || is_line_end(byte) {
            return place;
        }
        if byte != b'\\' {
            place += 1;
        } else if at(text, place + 1) == b'\r' && at(text, place + 2) == b'\n' {
            place += 3;
        } else {
            place = escape(text, place).unwrap_or(place + 2);
        }
    }
    text.len()
}

fn string(text: &[u8], start: usize) -> Token {
    let end = open_string(text, start);
    if end >= text.len() {
        return Token { kind: Kind::String, start, end, is_cut: true };
    }
    if text[end] == text[start] {
        return Token { kind: Kind::String, start, end: end + 1, is_cut: false };
    }
    Token { kind: Kind::Bad, start, end, is_cut: false }
}

fn comment(text: &[u8], start: usize) -> Token {
    let mut end = start + 2;
    loop {
        end = find_byte(text, end, b'*') + 1;
        if end >= text.len() {
            return Token { kind: Kind::Comment, start, end: text.len(), is_cut: true };
        }
        if text[end] == b'/' {
            return Token { kind: Kind::Comment, start, end: end + 1, is_cut: false };
        }
    }
}

/// The end of a number without its unit.
fn number(text: &[u8], start: usize) -> Option<usize> {
    let digits = |mut place: usize| {
        while at(text, place).is_ascii_digit() {
            place += 1;
        }
        place
    };
    let first = start + usize::from(matches!(at(text, start), b'+' | b'-'));
    let mut end = digits(first);
    if at(text, end) == b'.' && at(text, end + 1).is_ascii_digit() {
        end = digits(end + 1);
    }
    if end == first {
        return None;
    }
    if matches!(at(text, end), b'e' | b'E') {
        let exponent = end + 1 + usize::from(matches!(at(text, end + 1), b'+' | b'-'));
        if at(text, exponent).is_ascii_digit() {
            end = digits(exponent);
        }
    }
    Some(end)
}

/// Reads tokens.
pub struct Lexer<'a> {
    text: &'a [u8],
    /// Where the next token begins.
    pub place: usize,
}

impl<'a> Lexer<'a> {
    /// From `start` on, where a token must begin.
    pub fn new(text: &'a [u8], start: usize) -> Self {
        Self { text, place: start }
    }

    fn named(&self, start: usize) -> Option<(Kind, usize)> {
        let end = name(self.text, start)?;
        Some(if at(self.text, end) == b'(' { (Kind::Function, end + 1) } else { (Kind::Name, end) })
    }

    fn numeric(&self, start: usize) -> Option<(Kind, usize)> {
        let end = number(self.text, start)?;
        let end = if at(self.text, end) == b'%' { end + 1 } else { name(self.text, end).unwrap_or(end) };
        Some((Kind::Number, end))
    }

    fn sized(&self, start: usize) -> (Kind, usize) {
        let text = self.text;
        let found = match text[start] {
            b'-' if text[start..].starts_with(b"-->") => Some((Kind::HtmlComment, start + 3)),
            b'-' => self.named(start).or_else(|| self.numeric(start)),
            b'<' if text[start..].starts_with(b"<!--") => Some((Kind::HtmlComment, start + 4)),
            0xef if start == 0 && text.starts_with(b"\xef\xbb\xbf") => Some((Kind::ByteOrderMark, 3)),
            b'+' | b'.' | b'0'..=b'9' => self.numeric(start),
            b'#' => {
                let end = name_rest(text, start + 1);
                (end > start + 1).then_some((Kind::Hash, end))
            }
            b'@' => name(text, start + 1).map(|end| (Kind::AtKeyword, end)),
            b'\\' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0 | 0x80.. => self.named(start),
            _ => None,
        };
        found.unwrap_or_else(|| (Kind::Delimiter, start + width(text, start)))
    }

    fn token_at(&self, start: usize) -> Token {
        let text = self.text;
        let byte = text[start];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
                return Token { kind: Kind::Space, start, end: skip_space(text, start), is_cut: false };
            }
            b'u' | b'U' | b'\\' => {
                if let Some(token) = url(text, start) {
                    return token;
                }
            }
            b'"' | b'\'' => return string(text, start),
            b'/' if at(text, start + 1) == b'*' => return comment(text, start),
            _ => {}
        }
        let (kind, end) = self.sized(start);
        Token { kind, start, end, is_cut: false }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        if self.place >= self.text.len() {
            return None;
        }
        let token = self.token_at(self.place);
        self.place = token.end;
        Some(token)
    }
}

/// What the raw text of a name means, in lower case as far as that makes ASCII of it (section 4.3.7).
pub fn unescaped_lower(raw: &[u8]) -> Vec<u8> {
    lower(&unescaped(raw))
}

/// What the raw text of a name means (section 4.3.7); a NUL in it stays one.
pub fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut meaning = Vec::with_capacity(raw.len());
    let mut place = 0;
    while place < raw.len() {
        let end = if raw[place] == b'\\' { escape(raw, place).unwrap_or(place + 1) } else { place + width(raw, place) };
        let piece = if raw[place] != b'\\' { &raw[place..end] } else { &raw[place + 1..end] };
        if raw[place] == b'\\' && piece.first().is_some_and(u8::is_ascii_hexdigit) {
            let digits: Vec<u8> = piece.iter().copied().filter(u8::is_ascii_hexdigit).collect();
            let code = std::str::from_utf8(&digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok());
            let code = code.filter(|&code| code != 0).and_then(char::from_u32).unwrap_or('\u{fffd}');
            meaning.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            meaning.extend_from_slice(piece);
        }
        place = end;
    }
    meaning
}

/// The same in lower case; of characters beyond ASCII only the sign of Kelvin has one that is in it.
fn lower(text: &[u8]) -> Vec<u8> {
    let mut lower = Vec::with_capacity(text.len());
    let mut place = 0;
    while place < text.len() {
        if text[place..].starts_with(b"\xe2\x84\xaa") {
            lower.push(b'k');
            place += 3;
        } else {
            lower.push(text[place].to_ascii_lowercase());
            place += 1;
        }
    }
    lower
}

/// Numbers: the kinds and spans, in characters, of the bad tokens, and of the last one where the text's end cuts it.
pub fn faults(text: &[u8]) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let mut numbers: Vec<u32> = Vec::new();
    for token in Lexer::new(text, 0) {
        if token.kind == Kind::Bad || token.is_cut {
            numbers.extend([token.kind as u32, characters.before(token.start), characters.before(token.end)]);
        }
    }
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Numbers: the spans, in characters, of the comments that begin with `/*!`.
pub fn licences(text: &[u8]) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let mut numbers: Vec<u32> = Vec::new();
    for token in Lexer::new(text, 0) {
        if token.kind == Kind::Comment && at(text, token.start + 2) == b'!' {
            numbers.extend([characters.before(token.start), characters.before(token.end)]);
        }
    }
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The tokens as numbers, for tests: of each its kind and its end in characters.
pub fn listed(text: &[u8]) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let each = Lexer::new(text, 0).flat_map(|token| [token.kind as u32, characters.before(token.end)]);
    each.flat_map(u32::to_le_bytes).collect()
}
