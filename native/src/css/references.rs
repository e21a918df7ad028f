//! Where references stand in a sheet, as `references.py` finds them. What they mean is found out in Python.

use super::landmarks::Open;
use super::lexer::{open_string, unescaped_lower, url_span, Kind, Lexer, Token};
use crate::text::{at, Characters};

/// What stands at a place: a URL as it is written, or a comment that may name the source map, behind the last of code.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Sort {
    Url,
    Comment,
}

const URL: u8 = b'u'; // how `Open` has `url(` and `src(`
const SET: u8 = b's'; // `image-set(`
const OTHER: u8 = b'f';

/// Takes the tokens of a sheet one by one, shows each to `see`, and gathers the places.
pub struct Walk<'a, See: FnMut(Token)> {
    text: &'a [u8],
    lexer: Lexer<'a>,
    see: See,
    places: Vec<(Sort, usize, usize)>,
    comments: Vec<(Sort, usize, usize)>,
}

impl<'a, See: FnMut(Token)> Walk<'a, See> {
    pub fn new(text: &'a [u8], see: See) -> Self {
        Self { text, lexer: Lexer::new(text, 0), see, places: Vec::new(), comments: Vec::new() }
    }

    /// Numbers, three a place: its sort, its start and its end in characters. Comments come last.
    pub fn numbers(mut self) -> Vec<u8> {
        while let Some(token) = self.next() {
            match token.kind {
                Kind::AtKeyword => self.prelude(token),
                Kind::Function => match self.function(token) {
                    OTHER => {}
                    function => self.call(function),
                },
                Kind::Url => self.refer_to_url(token),
                _ => {}
            }
        }
        let mut characters = Characters::new(self.text);
        let mut numbers: Vec<u8> = Vec::new();
        for (sort, start, end) in self.places.into_iter().chain(self.comments) {
            for number in [sort as u32, characters.before(start), characters.before(end)] {
                numbers.extend_from_slice(&number.to_le_bytes());
            }
        }
        numbers
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.lexer.next()?;
        (self.see)(token);
        match token.kind {
            Kind::Space => {}
            Kind::Comment => {
                if matches!(at(self.text, token.start + 2), b'#' | b'@') {
                    self.comments.push((Sort::Comment, token.start, token.end));
                }
            }
            _ => self.comments.clear(),
        }
        Some(token)
    }

    /// Reads the arguments of a function; strings that stand directly in a referring one refer, not those of a `type()`.
    fn call(&mut self, function: u8) {
        let mut open = Open::default();
        open.open(function);
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Function => open.open(self.function(token)),
                Kind::String if matches!(open.last(), Some(URL | SET)) => self.refer_to_string(token),
                Kind::Url => self.refer_to_url(token),
                Kind::Delimiter => {
                    open.follow(self.text[token.start]);
                    if open.depth() == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads an at-rule up to its block or end: nothing in it refers but what an `@import` begins with.
    fn prelude(&mut self, keyword: Token) {
        let mut open = Open::default();
        let mut may_refer = self.name(keyword) == b"@import";
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Space | Kind::Comment => continue,
                Kind::Delimiter => {
                    let delimiter = self.text[token.start];
                    if open.depth() == 0 && matches!(delimiter, b'{' | b';' | b'}') {
                        return;
                    }
                    open.follow(delimiter);
                }
                Kind::Function => open.open(self.function(token)),
                Kind::String if may_refer => self.refer_to_string(token),
                Kind::Url if may_refer => self.refer_to_url(token),
                _ => {}
            }
            may_refer = may_refer && token.kind == Kind::Function && open.last() == Some(URL);
        }
    }

    /// Which function begins with `token`.
    fn function(&self, token: Token) -> u8 {
        match self.name(token).as_slice() {
            b"url(" | b"src(" => URL,
            b"image-set(" | b"-webkit-image-set(" => SET,
            _ => OTHER,
        }
    }

    fn name(&self, token: Token) -> Vec<u8> {
        unescaped_lower(&self.text[token.start..token.end])
    }

    fn refer_to_string(&mut self, token: Token) {
        self.places.push((Sort::Url, token.start + 1, open_string(self.text, token.start)));
    }

    fn refer_to_url(&mut self, token: Token) {
        let (start, end) = url_span(self.text, token.start);
        self.places.push((Sort::Url, start, end));
    }
}
