//! Whether a sheet is whole, as `open_ends.py` reads its tokens.

use super::lexer::{Kind, Lexer, Token};

#[derive(Default)]
struct Brackets {
    awaited: Vec<u8>,
    counts: [usize; 3], // of those awaited, by `number`
}

fn number(closer: u8) -> usize {
    match closer {
        b')' => 0,
        b']' => 1,
        _ => 2,
    }
}

impl Brackets {
    fn open(&mut self, closer: u8) {
        self.awaited.push(closer);
        self.counts[number(closer)] += 1;
    }

    /// Whether `closer` closes something; with another bracket in between it is passed over.
    fn close(&mut self, closer: u8) -> bool {
        let count = &mut self.counts[number(closer)];
        if self.awaited.last() == Some(&closer) {
            self.awaited.pop();
            *count -= 1;
            return true;
        }
        *count > 0
    }

    /// Whether `token` is one that ends, and closes nothing that is not open.
    fn follow(&mut self, text: &[u8], token: Token) -> bool {
        if token.kind == Kind::Bad || token.is_cut {
            return false;
        }
        match (token.kind, text[token.start]) {
            (Kind::Function, _) | (Kind::Delimiter, b'(') => self.open(b')'),
            (Kind::Delimiter, b'[') => self.open(b']'),
            (Kind::Delimiter, b'{') => self.open(b'}'),
            (Kind::Delimiter, closer @ (b')' | b']' | b'}')) => return self.close(closer),
            _ => {}
        }
        true
    }
}

/// One byte: 1 where no token is bad or cut by the end of `text`, and each bracket is closed and closes one.
pub fn is_whole(text: &[u8]) -> Vec<u8> {
    let mut brackets = Brackets::default();
    let whole = Lexer::new(text, 0).all(|token| brackets.follow(text, token)) && brackets.awaited.is_empty();
    vec![u8::from(whole)]
}
