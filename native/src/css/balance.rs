//! Whether a sheet is whole, as `open_ends.py` reads its tokens.

use super::lexer::{Kind, Token};

/// The brackets that have to be closed.
#[derive(Default)]
pub struct Brackets {
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
    #[inline]
    pub fn follow(&mut self, text: &[u8], token: Token) -> bool {
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

    /// Whether each is closed.
    pub fn are_closed(&self) -> bool {
        self.awaited.is_empty()
    }
}
