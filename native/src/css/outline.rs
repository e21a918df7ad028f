//! What of a sheet matters to those that it is joined with, as `join.py` reads it.

use super::lexer::{Kind, Lexer, Token};
use crate::text::{at, Characters};

type Span = (usize, usize);

/// A rule by its first token; `has_block` says how it ended.
struct Rule {
    first: Token,
    has_block: bool,
}

#[derive(Default)]
struct Outline {
    rules: Vec<Rule>, // up to the first that is no at-rule
    open: Option<Token>,
    brackets: Vec<Span>,
    maps: Vec<Span>, // comments that may name the source map
    last: Option<Token>,
}

impl Outline {
    fn take(&mut self, text: &[u8], token: Token) {
        self.last = Some(token);
        match token.kind {
            Kind::Space => {}
            Kind::Comment => {
                if matches!(at(text, token.start + 2), b'#' | b'@') {
                    self.maps.push((token.start, token.end));
                }
            }
            Kind::HtmlComment if self.open.is_none() => {}
            _ => self.take_word(text, token),
        }
    }

    fn take_word(&mut self, text: &[u8], token: Token) {
        let first = *self.open.get_or_insert(token);
        if token.kind == Kind::Function {
            self.brackets.push((token.start, token.end));
            return;
        }
        if token.kind != Kind::Delimiter {
            return;
        }
        let delimiter = text[token.start];
        let was_open = !self.brackets.is_empty();
        self.follow(text, delimiter, token);
        if !self.brackets.is_empty() {
            return;
        }
        let ends_statement = delimiter == b';' && !was_open && first.kind == Kind::AtKeyword;
        if (delimiter == b'}' && was_open) || ends_statement {
            self.open = None;
            if self.rules.last().is_none_or(|rule| rule.first.kind == Kind::AtKeyword) {
                self.rules.push(Rule { first, has_block: delimiter == b'}' });
            }
        }
    }

    fn follow(&mut self, text: &[u8], delimiter: u8, token: Token) {
        if matches!(delimiter, b'(' | b'[' | b'{') {
            self.brackets.push((token.start, token.end));
            return;
        }
        let Some(&(start, end)) = self.brackets.last() else { return };
        let closer = match (text[start], end - start) {
            (b'[', 1) => b']',
            (b'{', 1) => b'}',
            _ => b')',
        };
        if delimiter == closer {
            self.brackets.pop();
        }
    }
}

/// Numbers: lists of rules (start, end, whether at-rule, whether with a block), the open rule, open brackets, comments,
/// and the last token with its kind; each list begins with how many there are. Places are in characters.
pub fn outline(text: &[u8], start: usize) -> Vec<u8> {
    let mut found = Outline::default();
    for token in Lexer::new(text, start.min(text.len())) {
        found.take(text, token);
    }
    let mut numbers: Vec<u32> = Vec::new();
    let mut characters = Characters::new(text);
    let mut list = |each: Vec<Vec<u32>>, spans: &[Span]| {
        numbers.push(each.len() as u32);
        for (one, &(start, end)) in each.iter().zip(spans) {
            numbers.extend([characters.before(start), characters.before(end)]);
            numbers.extend(one);
        }
    };
    let is_at = |token: &Token| u32::from(token.kind == Kind::AtKeyword);
    let span = |token: &Token| (token.start, token.end);
    let rules: Vec<Span> = found.rules.iter().map(|rule| span(&rule.first)).collect();
    list(found.rules.iter().map(|rule| vec![is_at(&rule.first), u32::from(rule.has_block)]).collect(), &rules);
    let open: Vec<Span> = found.open.iter().map(span).collect();
    list(found.open.iter().map(|token| vec![is_at(token)]).collect(), &open);
    list(vec![Vec::new(); found.brackets.len()], &found.brackets);
    list(vec![Vec::new(); found.maps.len()], &found.maps);
    let last: Vec<Span> = found.last.iter().map(span).collect();
    list(found.last.iter().map(|token| vec![token.kind as u32]).collect(), &last);
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}
