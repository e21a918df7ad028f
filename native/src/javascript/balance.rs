//! Whether a script is whole, as `unclosed.py` reads its tokens, and whether it can be read at all.

use super::lexer::{Kind, Lexer, Token};

/// One byte: 1 where all brackets of `text` are closed in turn, and no comment or literal ends with the text or its line.
pub fn is_whole(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut brackets = Brackets::default();
    let whole = Lexer::new(text, module).all(|token| brackets.follow(text, token)) && brackets.are_closed();
    vec![u8::from(whole)]
}

/// One byte: 1 where the lexer can read all of `text`.
pub fn is_readable(text: &[u8], module: Option<bool>) -> Vec<u8> {
    vec![u8::from(Lexer::new(text, module).all(|token| token.kind != Kind::Bad))]
}

/// The closers that are awaited; also a brace awaits that of a hole.
#[derive(Default)]
pub struct Brackets {
    awaited: Vec<u8>,
}

impl Brackets {
    /// Whether all are closed.
    pub fn are_closed(&self) -> bool {
        self.awaited.is_empty()
    }

    /// Whether `token` fits what is awaited, which is kept up to date.
    #[inline]
    pub fn follow(&mut self, text: &[u8], token: Token) -> bool {
        let first = text[token.start];
        match token.kind {
            Kind::Bad => return !(text[token.start..].starts_with(b"/*") || b"\"'`}/".contains(&first)),
            Kind::Punctuator | Kind::Template => {}
            _ => return true,
        }
        if matches!(first, b')' | b']' | b'}') && self.awaited.pop() != Some(first) {
            return false;
        }
        match (token.kind, first) {
            (Kind::Template, _) if text[token.end - 1] == b'{' => self.awaited.push(b'}'),
            (Kind::Punctuator, b'(') => self.awaited.push(b')'),
            (Kind::Punctuator, b'[') => self.awaited.push(b']'),
            (Kind::Punctuator, b'{') => self.awaited.push(b'}'),
            _ => {}
        }
        true
    }
}
