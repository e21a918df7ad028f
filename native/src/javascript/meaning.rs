//! What of a script carries meaning, as in `minify.py`: to prove a minifier's result, and to minify without one.

use super::lexer::{has_line_end, Kind, Lexer, Token};
use crate::text::{at, find_byte};

/// A token that a minifier has to leave, and whether a line end that can matter stands before it.
#[derive(Clone, Copy)]
struct Piece {
    token: Token,
    on_new_line: bool,
    line_ended: bool, // the same, whether or not it can matter
}

struct Pieces<'a> {
    text: &'a [u8],
    lexer: Lexer<'a>,
    last: Option<Token>,
    line_ended: bool,
}

impl<'a> Pieces<'a> {
    fn new(text: &'a [u8], module: Option<bool>) -> Self {
        Self { text, lexer: Lexer::new(text, module), last: None, line_ended: false }
    }

    fn word(&self, token: Token) -> &'a [u8] {
        &self.text[token.start..token.end]
    }

    /// Whether a line end after the last token of code and before `token` can change what they mean.
    fn line_end_matters(&self, token: Token) -> bool {
        let Some(last) = self.last else { return false };
        let before = self.word(last);
        match last.kind {
            Kind::Punctuator if !matches!(before, b")" | b"]" | b"}" | b"++" | b"--") => false,
            Kind::Template if before.ends_with(b"${") => false,
            _ => begins(token.kind, self.word(token)),
        }
    }
}

/// Whether such a token can begin something in a new line.
fn begins(kind: Kind, word: &[u8]) -> bool {
    match kind {
        Kind::Punctuator => {
            matches!(word, b"(" | b"[" | b"{" | b"+" | b"-" | b"++" | b"--" | b"!" | b"~" | b"/" | b"/=" | b"*" | b"=>")
        }
        Kind::Template => word[0] != b'}',
        _ => true,
    }
}

/// Whether a comment names a licence or is like those of HTML.
fn stays(comment: &[u8]) -> bool {
    if comment[0] != b'/' || at(comment, 2) == b'!' {
        return true; // only those of HTML begin otherwise
    }
    let mut place = 0;
    loop {
        place = find_byte(comment, place, b'@') + 1;
        if place > comment.len() {
            return false;
        }
        if comment[place..].starts_with(b"license") || comment[place..].starts_with(b"preserve") {
            return true;
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        loop {
            let token = self.lexer.next()?;
            match token.kind {
                Kind::Space => {}
                Kind::LineEnd => self.line_ended = true,
                Kind::Comment | Kind::Hashbang => {
                    let kept = token.kind == Kind::Hashbang || stays(self.word(token));
                    self.line_ended |= has_line_end(self.text, token.start, token.end);
                    if kept {
                        return Some(Piece { token, on_new_line: false, line_ended: self.line_ended });
                    }
                }
                _ => {
                    let line_ended = self.line_ended;
                    let on_new_line = line_ended && self.line_end_matters(token);
                    (self.last, self.line_ended) = (Some(token), false);
                    return Some(Piece { token, on_new_line, line_ended });
                }
            }
        }
    }
}

const SAME: u8 = 0;
const OTHER: u8 = 1;
const BAD: u8 = 2;

/// One byte: whether `minified` means the same as `source`, something else, or `source` has a bad token.
pub fn comparison(source: &[u8], minified: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut pieces = Pieces::new(source, module);
    let mut others = Pieces::new(minified, module);
    let mut same = true;
    loop {
        let piece = pieces.next();
        if piece.is_some_and(|one| one.token.kind == Kind::Bad) {
            return vec![BAD];
        }
        same = same
            && match (piece, others.next()) {
                (None, None) => true,
                (Some(one), Some(other)) => {
                    one.token.kind == other.token.kind
                        && one.on_new_line == other.on_new_line
                        && pieces.word(one.token) == others.word(other.token)
                }
                _ => false,
            };
        if piece.is_none() {
            return vec![if same { SAME } else { OTHER }];
        }
    }
}

/// The text with as little between its pieces as keeps them apart.
pub fn reduced(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut written: Vec<u8> = Vec::with_capacity(text.len());
    let mut last: Option<Token> = None; // none at the start of a line
    let mut line_ended = true; // since the last token of code
    for Piece { token, on_new_line, line_ended: after_line_end } in Pieces::new(text, module) {
        let word = &text[token.start..token.end];
        let apart = last.filter(|last| last.end != token.start);
        if (on_new_line && !line_ended) || (word.starts_with(b"-->") && last.is_some()) {
            written.push(b'\n');
        } else if apart.is_some() && ends_like_number(&written) && token.kind > Kind::Hashbang {
            if after_line_end && begins(token.kind, word) {
                written.push(b'\n');
            } else if token.kind == Kind::Name || word[0] == b'.' || token.kind == Kind::Number {
                written.push(b' ');
            }
        } else if apart.is_some_and(|last| read_otherwise_together(text, last, token) || begins_html(&written, word)) {
            written.push(b' ');
        }
        written.extend_from_slice(word);
        last = Some(token);
        let is_line_comment = || [b"//".as_slice(), b"#!", b"<!--", b"-->"].iter().any(|mark| word.starts_with(mark));
        if token.kind > Kind::Hashbang {
            line_ended = false;
        } else if is_line_comment() {
            written.push(b'\n');
            last = None;
            line_ended = true;
        } else {
            line_ended = line_ended || has_line_end(text, token.start, token.end);
        }
    }
    written
}

/// Whether the two, of which the source has something between, could read as other tokens without a space.
fn read_otherwise_together(text: &[u8], last: Token, token: Token) -> bool {
    let (before, first) = (text[last.end - 1], text[token.start]);
    if last.kind <= Kind::Hashbang || token.kind <= Kind::Hashbang {
        return last.kind == Kind::Punctuator && is_sticky(before, first);
    }
    let is_word = |kind| matches!(kind, Kind::Name | Kind::Number | Kind::Regexp);
    if last.kind == Kind::Regexp {
        return matches!(first, b'/' | b'*' | b'=') || (is_word(token.kind) && !matches!(first, b'#' | b'.'));
    }
    if token.kind == Kind::Number && first == b'.' {
        return matches!(last.kind, Kind::Name | Kind::Number) || matches!(before, b'.' | b'?');
    }
    let is_step = matches!(&text[last.start..last.end], b"++" | b"--");
    (is_sticky(before, first) && !(is_step && first == b'='))
        || (last.kind == Kind::Number && first == b'.')
        || (token.kind == Kind::Number && before == b'.')
        || (is_word(last.kind) && is_word(token.kind) && !matches!(first, b'#' | b'/'))
}

/// Whether `word` and the `<` and `!` before it would read as a comment.
fn begins_html(written: &[u8], word: &[u8]) -> bool {
    written.ends_with(b"<!") && word.starts_with(b"--")
}

/// Whether what is written ends in a number such as `1.`, or in a name and a dot that look like one.
fn ends_like_number(written: &[u8]) -> bool {
    matches!(written, [.., b'0'..=b'9', b'.'])
}

/// Whether two characters read as one operator or comment when they meet.
fn is_sticky(before: u8, first: u8) -> bool {
    match first {
        b'=' => {
            matches!(before, b'=' | b'>' | b'<' | b'!' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'?')
        }
        b'>' => matches!(before, b'=' | b'>' | b'-'),
        b'.' => matches!(before, b'?' | b'.'),
        b'*' => matches!(before, b'*' | b'/'),
        b'+' | b'-' | b'&' | b'|' | b'?' | b'<' | b'/' => before == first,
        b'!' => before == b'<',
        _ => false,
    }
}
