//! What ends the statements of a sheet, found without reading every token.

use super::lexer::{open_string, whole_url, Lexer};
use crate::text::{at, width};

/// Gives the brackets and semicolons that stand in no string, comment or URL, and where each stands.
pub struct Landmarks<'a> {
    text: &'a [u8],
    place: usize,
}

impl<'a> Landmarks<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, place: 0 }
    }

    /// The end of what hides landmarks and begins at `start`, or of the character there.
    fn behind(&self, start: usize) -> usize {
        let text = self.text;
        match text[start] {
            b'"' | b'\'' => {
                let end = open_string(text, start);
                if end >= text.len() || text[end] == text[start] {
                    return (end + 1).min(text.len());
                }
            }
            b'/' if at(text, start + 1) == b'*' => {
                let mut comment = Lexer::new(text, start);
                comment.next();
                return comment.place;
            }
            b'u' | b'U' | b'\\' => {
                if let Some(token) = whole_url(text, start) {
                    return token.end;
                }
                if text[start] == b'\\' && start + 1 < text.len() {
                    return start + 1 + width(text, start + 1);
                }
            }
            _ => {}
        }
        start + 1
    }
}

impl Iterator for Landmarks<'_> {
    type Item = (u8, usize);

    fn next(&mut self) -> Option<(u8, usize)> {
        while self.place < self.text.len() {
            let start = self.place;
            let byte = self.text[start];
            self.place = self.behind(start);
            if matches!(byte, b'{' | b'}' | b'(' | b')' | b'[' | b']' | b';') {
                return Some((byte, start));
            }
        }
        None
    }
}

/// The brackets that are open, as `follow` in `lexer.py` keeps them; a function's may stand there as a letter.
#[derive(Default)]
pub struct Open {
    brackets: Vec<u8>,
}

impl Open {
    pub fn depth(&self) -> usize {
        self.brackets.len()
    }

    pub fn open(&mut self, function: u8) {
        self.brackets.push(function);
    }

    pub fn last(&self) -> Option<u8> {
        self.brackets.last().copied()
    }

    /// Whether a delimiter may end a statement here.
    pub fn is_between_statements(&self) -> bool {
        matches!(self.brackets.last(), None | Some(b'{'))
    }

    pub fn follow(&mut self, delimiter: u8) {
        let closer = match self.brackets.last() {
            Some(b'[') => b']',
            Some(b'{') => b'}',
            Some(_) => b')',
            None => 0,
        };
        if matches!(delimiter, b'(' | b'[' | b'{') {
            self.brackets.push(delimiter);
        } else if closer != 0 && delimiter == closer {
            self.brackets.pop();
        }
    }
}
