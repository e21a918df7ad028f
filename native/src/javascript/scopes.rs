//! What a classic script declares for all scripts, and what else of it matters to its neighbours, as `scopes.py` reads it.

use std::collections::BTreeSet;

use super::lexer::{skip_white, Kind, Lexer, Token};
use crate::text::counted;

type Span = (usize, usize); // text[start..end]; none where the end is 0

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Sort {
    Var,
    Function,
    Lexical,
}

struct Declaration {
    sort: Sort,
    span: Span,
    source: Span, // of a function
    is_async: bool,
}

/// What an open bracket is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Block,
    Object,
    Class,
    Function,
    Header,
    Group,
}

#[derive(Clone, Copy)]
struct Frame {
    opener: u8,
    scope: Scope,
    span: Span,
    class_depth: Option<usize>,
}

/// A token of code; the text is empty but for names and punctuators.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word<'a> {
    kind: Kind,
    text: &'a [u8],
}

impl Word<'_> {
    fn is_dot(self) -> bool {
        matches!(self.text, b"." | b"?.")
    }

    fn begins_anew(self) -> bool {
        match self.kind {
            Kind::Punctuator => matches!(self.text, b"{" | b"!" | b"~" | b"++" | b"--"),
            Kind::Name => !matches!(self.text, b"in" | b"instanceof"),
            kind => matches!(kind, Kind::String | Kind::Number),
        }
    }

    fn ends_operand(self) -> bool {
        match self.kind {
            Kind::Punctuator => matches!(self.text, b")" | b"]" | b"}" | b"++" | b"--" | b";"),
            Kind::Name => !self.is_operator(),
            _ => true,
        }
    }

    fn is_operator(self) -> bool {
        matches!(
            self.text,
            b"case"
                | b"delete"
                | b"extends"
                | b"in"
                | b"instanceof"
                | b"new"
                | b"of"
                | b"return"
                | b"throw"
                | b"typeof"
                | b"void"
                | b"yield"
        )
    }
}

const NOTHING: Word = Word { kind: Kind::Punctuator, text: b";" };
const NEVER_CLOSED: u32 = 1;
const CLOSES_NOTHING: u32 = 2;

/// Numbers, as `scopes.py` takes them: spans have two, none is (0, 0).
pub fn scopes(text: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(text);
    for token in Lexer::new(text, None) {
        reader.take(token);
    }
    reader.end();
    reader.numbers()
}

struct Reader<'a> {
    text: &'a [u8],
    first: Option<Token>,
    last: Option<Token>,
    is_strict: bool,
    hashbang: Span,
    cuts: Vec<Span>,
    declarations: Vec<Declaration>,
    arguments: Span,
    asked: Vec<Span>,
    asked_names: BTreeSet<&'a [u8]>,
    module: Span,
    unclosed: Option<(Span, u32, u8)>,

    frames: Vec<Frame>,
    functions: usize,
    before: [Word<'a>; 3],
    on_new_line: bool,
    prologue: Option<Span>,
    awaits_header: bool,
    function: (usize, bool),
    class_depth: Option<usize>,
    list: Option<(Sort, usize)>,
    awaits_name: Option<Sort>,
    module_word: Span,
    pattern: Option<(Sort, usize, Option<Span>)>,
    last_closed: Scope,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Self {
        let mark = "\u{feff}".as_bytes();
        Self {
            text,
            first: None,
            last: None,
            is_strict: false,
            hashbang: (0, 0),
            cuts: if text.starts_with(mark) { vec![(0, mark.len())] } else { Vec::new() },
            declarations: Vec::new(),
            arguments: (0, 0),
            asked: Vec::new(),
            asked_names: BTreeSet::new(),
            module: (0, 0),
            unclosed: None,
            frames: Vec::new(),
            functions: 0,
            before: [NOTHING; 3],
            on_new_line: true,
            prologue: Some((0, 0)),
            awaits_header: false,
            function: (0, false),
            class_depth: None,
            list: None,
            awaits_name: None,
            module_word: (0, 0),
            pattern: None,
            last_closed: Scope::Group,
        }
    }

    fn end(&mut self) {
        self.end_directive();
        if let (Some(frame), None) = (self.frames.last(), self.unclosed) {
            self.unclosed = Some((frame.span, NEVER_CLOSED, frame.opener));
        }
    }

    #[inline]
    fn take(&mut self, token: Token) {
        match token.kind {
            Kind::Space => {}
            Kind::LineEnd => self.on_new_line = true,
            Kind::Hashbang => self.hashbang = (token.start, token.end),
            Kind::Comment => self.take_comment(token),
            _ => {
                self.take_code(token);
                self.on_new_line = false;
            }
        }
    }

    fn take_comment(&mut self, token: Token) {
        let raw = &self.text[token.start..];
        if raw.len() > 2 && raw[0] == b'/' && matches!(raw[2], b'#' | b'@') {
            let rest = &raw[skip_white(raw, 3)..];
            if rest.starts_with(b"sourceURL=") || rest.starts_with(b"sourceMappingURL=") {
                self.cuts.push((token.start, token.end));
            }
        }
        self.on_new_line = self.on_new_line || self.text[token.start..token.end].contains(&b'\n');
    }

    fn take_code(&mut self, token: Token) {
        let span = (token.start, token.end);
        let is_told = matches!(token.kind, Kind::Name | Kind::Punctuator);
        let word = Word { kind: token.kind, text: if is_told { &self.text[token.start..token.end] } else { b"" } };
        self.first.get_or_insert(token);
        self.last = Some(token);
        if token.kind == Kind::Bad && self.unclosed.is_none() {
            self.unclosed = Some((span, 0, 0));
        }
        if self.prologue.is_some() {
            self.read_prologue(word, span);
        }
        self.read_declarations(word, span);
        match (token.kind, word.text) {
            (Kind::Name, _) if !self.before[2].is_dot() => self.read_word(word.text, span),
            (Kind::Template, _) => self.read_template(span),
            (Kind::Punctuator, b"(" | b"[" | b"{") => self.open(word.text[0], span),
            (Kind::Punctuator, b")") => self.close(b'(', span),
            (Kind::Punctuator, b"]") => self.close(b'[', span),
            (Kind::Punctuator, b"}") => self.close(b'{', span),
            _ => {}
        }
        self.read_module(word);
        if matches!(word.text, b"import" | b"export") {
            self.module_word = span;
        }
        self.before = [self.before[1], self.before[2], word];
    }

    fn read_prologue(&mut self, word: Word, span: Span) {
        let is_behind_string = self.before[2].kind == Kind::String;
        if is_behind_string {
            if word.text != b";" && !(self.on_new_line && word.begins_anew()) {
                self.prologue = None;
                return;
            }
            self.end_directive();
        }
        if word.kind == Kind::String {
            self.prologue = Some(span);
        } else if word.text != b";" || !is_behind_string {
            self.prologue = None;
        }
    }

    fn end_directive(&mut self) {
        if let Some((start, end)) = self.prologue {
            self.is_strict |= matches!(&self.text[start..end], b"'use strict'" | b"\"use strict\"");
        }
    }

    fn read_module(&mut self, word: Word) {
        let [third, second, last] = self.before;
        if self.module.1 > 0 {
            return;
        }
        if word.text == b"meta" && last.text == b"." && second.text == b"import" && !third.is_dot() {
            self.module = self.module_word;
        } else if matches!(last.text, b"import" | b"export") && !second.is_dot() && self.frames.len() < 2 {
            let begins = matches!(word.kind, Kind::Name | Kind::String) || matches!(word.text, b"{" | b"*");
            if begins && (self.frames.is_empty() || word.text == b"{") {
                self.module = self.module_word;
            }
        }
    }

    // Declarations

    fn read_word(&mut self, word: &'a [u8], span: Span) {
        if self.functions == 0 {
            if word == b"arguments" && self.arguments.1 == 0 {
                self.arguments = span;
            }
            let is_asked = self.before[2] == Word { kind: Kind::Name, text: b"typeof" };
            if is_asked && self.asked_names.insert(word) {
                self.asked.push(span);
            }
        }
        let depth = self.frames.len();
        match word {
            b"var" if self.functions == 0 => self.begin_list(Sort::Var, depth),
            b"let" | b"const" if depth == 0 && self.is_statement_start() => self.begin_list(Sort::Lexical, depth),
            b"class" => {
                self.class_depth = Some(depth);
                if depth == 0 && self.is_statement_start() {
                    self.awaits_name = Some(Sort::Lexical);
                }
            }
            b"function" => {
                self.awaits_header = true;
                if depth == 0 && self.is_statement_start() {
                    self.awaits_name = Some(Sort::Function);
                    self.function = (span.0, self.before[2].text == b"async");
                }
            }
            _ => {}
        }
    }

    fn begin_list(&mut self, sort: Sort, depth: usize) {
        (self.list, self.awaits_name) = (Some((sort, depth)), Some(sort));
    }

    fn is_statement_start(&self) -> bool {
        let [_, second, last] = self.before;
        let is_end = |word: Word| matches!(word.text, b";" | b"}");
        if last == (Word { kind: Kind::Name, text: b"async" }) && !self.on_new_line {
            return is_end(second) || second.ends_operand();
        }
        is_end(last) || (self.on_new_line && last.ends_operand())
    }

    #[inline]
    fn read_declarations(&mut self, word: Word, span: Span) {
        if self.pattern.is_some() {
            self.read_pattern(word, span);
        }
        if let Some(sort) = self.awaits_name {
            self.read_name(sort, word, span);
        } else if let Some((sort, depth)) = self.list {
            let now = self.frames.len();
            if now < depth || (now == depth && self.ends_list(word)) {
                self.list = None;
            } else if now == depth && word.text == b"," {
                self.awaits_name = Some(sort);
            }
        }
    }

    fn ends_list(&self, word: Word) -> bool {
        matches!(word.text, b";" | b")" | b"]" | b"}")
            || (self.on_new_line && word.begins_anew() && self.before[2].ends_operand())
    }

    fn read_name(&mut self, sort: Sort, word: Word, span: Span) {
        if word.text == b"*" && sort == Sort::Function {
            return;
        }
        self.awaits_name = None;
        if word.kind == Kind::Name && word.text != b"extends" {
            self.declare(sort, span);
        } else if matches!(word.text, b"{" | b"[") && self.list.is_some() {
            self.pattern = Some((sort, self.frames.len(), None));
        } else {
            self.list = None;
        }
    }

    fn declare(&mut self, sort: Sort, span: Span) {
        self.declarations.push(Declaration { sort, span, source: (0, 0), is_async: false });
    }

    fn read_pattern(&mut self, word: Word, span: Span) {
        let Some((sort, depth, name)) = self.pattern else { return };
        if let (Some(name), false) = (name, matches!(word.text, b":" | b"(" | b".")) {
            self.declare(sort, name);
        }
        let opener = self.frames.last().map_or(0, |frame| frame.opener);
        if self.frames.len() <= depth {
            self.pattern = None;
            return;
        }
        let begins = matches!(self.before[2].text, b"{" | b"[" | b"," | b":" | b"...") && matches!(opener, b'{' | b'[');
        self.pattern = Some((sort, depth, (begins && word.kind == Kind::Name).then_some(span)));
    }

    // Brackets

    fn open(&mut self, opener: u8, span: Span) {
        let scope = match opener {
            b'(' if self.opens_header() => Scope::Header,
            b'{' => self.scope_of_curly(),
            _ => Scope::Group,
        };
        if opener == b'(' {
            self.awaits_header = false;
        }
        self.push(opener, scope, span);
    }

    fn push(&mut self, opener: u8, scope: Scope, span: Span) {
        self.frames.push(Frame { opener, scope, span, class_depth: self.class_depth });
        self.functions += usize::from(scope == Scope::Function);
    }

    fn opens_header(&self) -> bool {
        let is_member = matches!(self.frames.last(), Some(Frame { scope: Scope::Object | Scope::Class, .. }));
        let last = self.before[2];
        let is_key = last.text == b"]" || matches!(last.kind, Kind::Name | Kind::String | Kind::Number);
        self.awaits_header || (is_member && is_key)
    }

    fn scope_of_curly(&mut self) -> Scope {
        let last = self.before[2];
        let around = self.frames.last().map(|frame| frame.scope);
        if self.class_depth == Some(self.frames.len()) {
            self.class_depth = None;
            return Scope::Class;
        }
        let is_block = match last.text {
            b"=>" => return Scope::Function,
            b")" if self.last_closed == Scope::Header => return Scope::Function,
            b"static" if around == Some(Scope::Class) => return Scope::Function,
            b":" => matches!(around, None | Some(Scope::Block | Scope::Function)),
            _ if last.kind == Kind::Punctuator => matches!(last.text, b";" | b"{" | b"}" | b")"),
            _ => !last.is_operator(),
        };
        if is_block {
            Scope::Block
        } else {
            Scope::Object
        }
    }

    fn read_template(&mut self, span: Span) {
        if self.text[span.0] == b'}' {
            self.close(b'`', span);
        }
        if self.text[span.1 - 1] == b'{' {
            self.push(b'`', Scope::Group, span);
        }
    }

    fn close(&mut self, opener: u8, span: Span) {
        let frame = match self.frames.last() {
            Some(&frame) if frame.opener == opener => frame,
            _ => {
                if self.unclosed.is_none() {
                    self.unclosed = Some(self.mismatch(opener, span));
                }
                return;
            }
        };
        self.frames.pop();
        self.last_closed = frame.scope;
        if frame.scope == Scope::Function {
            self.functions -= 1;
            (self.class_depth, self.awaits_header) = (frame.class_depth, false);
            if self.frames.is_empty() {
                self.end_function(span.1);
            }
        }
    }

    fn mismatch(&self, opener: u8, span: Span) -> (Span, u32, u8) {
        match self.frames.last() {
            Some(last) if self.frames.iter().any(|frame| frame.opener == opener) => {
                (last.span, NEVER_CLOSED, last.opener)
            }
            _ => (span, CLOSES_NOTHING, self.text[span.0]),
        }
    }

    fn end_function(&mut self, end: usize) {
        if let Some(last) = self.declarations.last_mut() {
            if last.sort == Sort::Function && last.source.1 == 0 {
                (last.source, last.is_async) = ((self.function.0, end), self.function.1);
            }
        }
    }

    // The answer

    fn numbers(&self) -> Vec<u8> {
        let place_of = |token: Option<Token>| token.map_or((0, 0), |token| (token.start, token.end));
        let kind_of = |token: Option<Token>| token.map_or(0, |token| token.kind as u32);
        let (open, reason, character) = self.unclosed.unwrap_or(((0, 0), 0, 0));
        let spans = [place_of(self.first), place_of(self.last), self.hashbang, self.arguments, self.module, open];
        let declared = self.declarations.iter().flat_map(|one| [one.span, one.source]);
        let spans: Vec<usize> = spans
            .into_iter()
            .chain(self.cuts.iter().copied())
            .chain(self.asked.iter().copied())
            .chain(declared)
            .flat_map(|(start, end)| [start, end])
            .collect();
        let (cuts, asked) = (self.cuts.len() as u32, self.asked.len() as u32);
        let ends = [kind_of(self.first), kind_of(self.last)];
        let mut numbers = vec![u32::from(self.is_strict), ends[0], ends[1], reason, u32::from(character), cuts, asked];
        numbers.extend(self.declarations.iter().flat_map(|one| [one.sort as u32, u32::from(one.is_async)]));
        let head = std::iter::once(self.declarations.len() as u32).chain(numbers);
        head.chain(counted(self.text, &spans)).flat_map(u32::to_le_bytes).collect()
    }
}
