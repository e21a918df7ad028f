//! A lexer for ECMAScript 2026, the same as `lexer.py`: bytes to tokens that lie end to end.

use super::states::*;
use crate::text::{at, find_any, find_byte, width, Characters};

/// What a token is; the numbers are those of `Kind` in Python.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Kind {
    Space,
    LineEnd,
    Comment,
    Hashbang,
    Name,
    Number,
    String,
    Template,
    Regexp,
    Punctuator,
    Bad,
}

/// `text[start..end]` is a token of that kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
enum Context {
    Statements,
    Parentheses,
    ForHead,
    Object,
    ClassBody,
    Hole,
    Conditional, // from here on: no bracket, so that what closes the one around closes these too
    ClassHead,
}

const ASYNC_FLAG: u8 = 1;
const GENERATOR_FLAG: u8 = 2;
const CONCISE_FLAG: u8 = 4; // in the body, without braces, of an async arrow
const INITIALISER_FLAG: u8 = 8; // in a declaration between `=` and the next comma

#[derive(Clone, Copy)]
struct Frame {
    context: Context,
    state: State,
    flags: u8,
    pending: (u8, State),
}

/// What a character is by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    LineEnd,
    Name, // may begin a name
    Digit,
    Other,
}

const CLASSES: [Class; 128] = {
    let mut table = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'\t' | 0x0b | 0x0c | b' ' => Class::Space,
            b'\n' | b'\r' => Class::LineEnd,
            b'$' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => Class::Name,
            b'0'..=b'9' => Class::Digit,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
};
const NAME_PARTS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(CLASSES[byte], Class::Name | Class::Digit);
        byte += 1;
    }
    table
};

/// The class of the character at `place`, and its width in bytes.
#[inline]
fn class_at(text: &[u8], place: usize) -> (Class, usize) {
    let byte = at(text, place);
    if byte < 0x80 {
        (CLASSES[byte as usize], 1)
    } else {
        wide_class_at(text, place)
    }
}

#[cold]
fn wide_class_at(text: &[u8], place: usize) -> (Class, usize) {
    let width = width(text, place);
    let class = match text[place..place + width] {
        [0xc2, 0xa0]
        | [0xe1, 0x9a, 0x80]
        | [0xe2, 0x80, 0x80..=0x8a | 0xaf]
        | [0xe2, 0x81, 0x9f]
        | [0xe3, 0x80, 0x80]
        | [0xef, 0xbb, 0xbf] => Class::Space,
        [0xe2, 0x80, 0xa8 | 0xa9] => Class::LineEnd,
        _ => Class::Name,
    };
    (class, width)
}

/// Where the line ends that holds `start`.
pub fn end_of_line(text: &[u8], start: usize) -> usize {
    let mut place = start;
    loop {
        place = find_any(text, place, [b'\n', b'\r', 0xe2]);
        if place >= text.len() || class_at(text, place).0 == Class::LineEnd {
            return place;
        }
        place += 1;
    }
}

/// Whether a line terminator stands in `text[start..end]`.
pub fn has_line_end(text: &[u8], start: usize, end: usize) -> bool {
    end_of_line(&text[..end], start) < end
}

#[inline]
fn skip_spaces(text: &[u8], mut place: usize) -> usize {
    loop {
        while at(text, place) == b' ' {
            place += 1;
        }
        match class_at(text, place) {
            (Class::Space, width) if place < text.len() => place += width,
            _ => return place,
        }
    }
}

/// Where white space and line ends from `place` on end.
pub fn skip_white(text: &[u8], mut place: usize) -> usize {
    while place < text.len() {
        match class_at(text, place) {
            (Class::Space | Class::LineEnd, width) => place += width,
            _ => break,
        }
    }
    place
}

/// Where white space, line ends and whole comments from `place` on end.
pub fn skip_gap(text: &[u8], mut place: usize) -> usize {
    while place < text.len() {
        match class_at(text, place) {
            (Class::Space | Class::LineEnd, width) => place += width,
            _ => match (at(text, place), whole_comment(text, place)) {
                (b'/', Some(end)) => place = end,
                _ => return place,
            },
        }
    }
    place
}

/// The end of the comment at `place`, if a whole one stands there.
fn whole_comment(text: &[u8], place: usize) -> Option<usize> {
    match at(text, place + 1) {
        b'/' => Some(end_of_line(text, place)),
        b'*' => {
            let mut end = place + 2;
            loop {
                end = find_byte(text, end, b'*') + 1;
                if end >= text.len() {
                    return None;
                }
                if text[end] == b'/' {
                    return Some(end + 1);
                }
            }
        }
        _ => None,
    }
}

fn is_name_start(text: &[u8], place: usize) -> bool {
    place < text.len() && class_at(text, place).0 == Class::Name
}

pub fn is_name_part(text: &[u8], place: usize) -> bool {
    place < text.len() && matches!(class_at(text, place).0, Class::Name | Class::Digit)
}

/// The end of the escape at `place`, where a backslash stands.
fn escape(text: &[u8], place: usize) -> Option<usize> {
    if at(text, place + 1) != b'u' {
        return None;
    }
    let hex_end = |mut end: usize| {
        while at(text, end).is_ascii_hexdigit() {
            end += 1;
        }
        end
    };
    if at(text, place + 2) == b'{' {
        let end = hex_end(place + 3);
        return (end > place + 3 && at(text, end) == b'}').then_some(end + 1);
    }
    let digits = text.get(place + 2..place + 6)?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(place + 6)
}

/// Where a name goes on to, of which `place` is behind its first character.
#[inline]
fn name_end(text: &[u8], mut place: usize) -> usize {
    loop {
        while place < text.len() && NAME_PARTS[text[place] as usize] {
            place += 1;
        }
        match at(text, place) {
            b'\\' => match escape(text, place) {
                Some(end) => place = end,
                None => return place,
            },
            0x80.. => match wide_class_at(text, place) {
                (Class::Name, width) => place += width,
                _ => return place,
            },
            _ => return place,
        }
    }
}

/// Where name parts without escapes end.
fn plain_name_end(text: &[u8], mut place: usize) -> usize {
    while is_name_part(text, place) {
        place += width(text, place);
    }
    place
}

/// Where the inside of the string that begins before `place` ends: at its quote, or where it is cut.
#[inline]
pub fn inside_string(text: &[u8], mut place: usize, quote: u8) -> usize {
    while place < text.len() {
        let byte = text[place];
        if byte == quote || byte == b'\n' || byte == b'\r' {
            return place;
        }
        if byte == b'\\' {
            if place + 1 >= text.len() {
                return place;
            }
            place += if text[place + 1] == b'\r' && at(text, place + 2) == b'\n' { 3 } else { 2 };
        } else {
            place += 1;
        }
    }
    place.min(text.len())
}

/// The end of the piece of a template whose text begins at `place`; none where it is unclosed.
fn template_end(text: &[u8], mut place: usize) -> Option<usize> {
    loop {
        place = find_any(text, place, [b'`', b'\\', b'$']);
        match text.get(place)? {
            b'`' => return Some(place + 1),
            b'$' if at(text, place + 1) == b'{' => return Some(place + 2),
            b'$' => place += 1,
            _ => {
                text.get(place + 1)?;
                place += 2;
            }
        }
    }
}

/// The inside of the template at `place`, if one without holes stands there.
pub fn inside_template(text: &[u8], place: usize) -> Option<(usize, usize)> {
    let is_template = at(text, place) == b'`';
    let end = is_template.then(|| template_end(text, place + 1)).flatten()? - 1;
    (text[end] == b'`').then_some((place + 1, end))
}

/// The end of the regular expression at `place`.
fn regexp_end(text: &[u8], place: usize) -> Option<usize> {
    let mut end = place + 1;
    let mut in_class = false;
    loop {
        match *text.get(end)? {
            b'/' if !in_class => break,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'\\' => {
                end += 1;
                if end >= text.len() || class_at(text, end).0 == Class::LineEnd {
                    return None;
                }
            }
            b'\n' | b'\r' => return None,
            0xe2 if class_at(text, end).0 == Class::LineEnd => return None,
            _ => {}
        }
        end += 1;
    }
    (end > place + 1).then(|| plain_name_end(text, end + 1))
}

/// Digits that belong to no number, found once: without it each of them would be read to their end.
#[derive(Clone, Copy, Default)]
struct BadDigits {
    end: usize,
    octal_from: usize,
    octals_count: bool,
}

/// Reads tokens; `state` is what may come next.
pub struct Lexer<'a> {
    text: &'a [u8],
    module: Option<bool>,
    /// Set by an `import` or `export` that is no name, cleared by whoever looks for them.
    pub at_module_word: bool,
    context: Context,
    flags: u8,
    pending: (u8, State),
    stack: Vec<Frame>,
    state: State,
    place: usize,
    code_end: usize,
    bad_digits: BadDigits,
}

impl<'a> Lexer<'a> {
    /// For a script or a module, or, where that is not known, what the text itself reads as.
    pub fn new(text: &'a [u8], module: Option<bool>) -> Self {
        Self {
            text,
            module,
            at_module_word: false,
            context: Context::Statements,
            flags: 0,
            pending: (0, STATEMENT),
            stack: Vec::new(),
            state: STATEMENT,
            place: 0,
            code_end: 0,
            bad_digits: BadDigits::default(),
        }
    }

    fn is_module(&mut self) -> bool {
        match self.module {
            Some(known) => known,
            None => {
                let found = reads_as_module(self.text);
                self.module = Some(found);
                found
            }
        }
    }

    fn word(&mut self, word: Word) -> State {
        let state = self.state;
        if let Some(special) = after_word_in(state, word) {
            return special;
        }
        if state >= DOT {
            return AFTER_NAME[state as usize];
        }
        match word {
            Word::Fixed(after) => after,
            Word::In | Word::Instanceof | Word::Extends => OPERAND,
            Word::From => FROM,
            Word::For => FOR,
            Word::Function => self.function(),
            Word::Class => {
                self.push(Context::ClassHead, if wants_operand(state) { OPERATOR } else { STATEMENT });
                CLASS
            }
            Word::Let if wants_operand(state) && self.context != Context::ForHead => OPERATOR,
            Word::Let => LET,
            Word::Import => self.module_word(IMPORT),
            Word::Export => self.module_word(EXPORT),
            Word::Yield if self.flags & GENERATOR_FLAG != 0 => RETURN,
            Word::Yield => OPERATOR,
            Word::Await => {
                let is_keyword = self.flags & (ASYNC_FLAG | CONCISE_FLAG) != 0 || self.is_module();
                if is_keyword {
                    OPERAND
                } else {
                    OPERATOR
                }
            }
            Word::Async => ASYNC,
            Word::Default => OPERATOR,
            Word::Of => {
                let may_be = matches!(state, OPERATOR | NEXT_LINE) || is_declared(state);
                if self.context == Context::ForHead && may_be {
                    OPERAND
                } else {
                    AFTER_NAME[state as usize]
                }
            }
            Word::As | Word::Other => AFTER_NAME[state as usize],
        }
    }

    fn module_word(&mut self, after: State) -> State {
        self.at_module_word = true;
        after
    }

    fn function(&mut self) -> State {
        let flags = if matches!(self.state, ASYNC | ASYNC_OPERAND) { ASYNC_FLAG } else { 0 };
        self.pending = (flags, if wants_operand(self.state) { OPERATOR } else { STATEMENT });
        FUNCTION
    }

    /// The state after a line end or a comment that ends at `end`.
    fn gap(&mut self, ends_line: bool, end: usize) -> State {
        let mut state = self.state;
        if ends_line {
            state = after_line_end(state);
            if state == NEXT_LINE && self.context == Context::ClassBody {
                state = NEXT_FIELD;
            }
        }
        if self.flags & INITIALISER_FLAG != 0 && !self.goes_on(state, end) {
            self.flags &= !INITIALISER_FLAG;
        }
        state
    }

    /// Whether an initialiser goes on at `place`; true, too, in states in which that is not asked.
    fn goes_on(&self, state: State, place: usize) -> bool {
        if !matches!(state, NEXT_LINE | STATEMENT) {
            return true;
        }
        let text = self.text;
        let place = skip_spaces(text, place);
        let (byte, next) = (at(text, place), at(text, place + 1));
        if place < text.len() && class_at(text, place).0 == Class::LineEnd {
            return true;
        }
        if byte == b',' || (byte == b'/' && matches!(next, b'/' | b'*')) {
            return true;
        }
        state == NEXT_LINE
            && match byte {
                b'(' | b'[' | b'`' | b'=' | b'*' | b'/' | b'%' | b'<' | b'>' | b'&' | b'|' | b'^' | b'?' => true,
                b'.' => !next.is_ascii_digit(),
                b'+' => next != b'+',
                b'-' => next != b'-',
                b'!' => next == b'=',
                b'i' => [b"in".as_slice(), b"instanceof"].iter().any(|word| {
                    let end = place + word.len();
                    text[place..].starts_with(word) && !is_name_part(text, end) && at(text, end) != b'\\'
                }),
                _ => false,
            }
    }

    fn push(&mut self, context: Context, state: State) {
        self.stack.push(Frame { context: self.context, state, flags: self.flags, pending: self.pending });
        self.context = context;
        if self.flags & CONCISE_FLAG != 0 && context < Context::Conditional {
            self.flags |= ASYNC_FLAG;
        }
        self.flags &= !INITIALISER_FLAG;
    }

    fn end_open_ended(&mut self) {
        while self.context >= Context::Conditional {
            self.pop();
        }
    }

    fn pop(&mut self) -> State {
        match self.stack.pop() {
            None => OPERATOR,
            Some(frame) => {
                (self.context, self.flags, self.pending) = (frame.context, frame.flags, frame.pending);
                frame.state
            }
        }
    }

    fn open_round(&mut self) -> State {
        let (context, after) = match self.state {
            FOR => (Context::ForHead, STATEMENT),
            HEAD => (Context::Parentheses, STATEMENT),
            FUNCTION => (Context::Parentheses, BODY),
            KEY_DONE.. => {
                self.pending = (self.state - KEY_DONE, KEY);
                (Context::Parentheses, BODY)
            }
            KEY_ASYNC => {
                self.pending = (0, KEY);
                (Context::Parentheses, BODY)
            }
            ASYNC | ASYNC_OPERAND => (Context::Parentheses, ASYNC_PARAMETERS),
            _ => (Context::Parentheses, OPERATOR),
        };
        self.push(context, after);
        OPERAND
    }

    fn open_curly(&mut self) -> State {
        let state = self.state;
        if matches!(state, BODY | ARROW) {
            self.flags &= !CONCISE_FLAG;
            let (flags, after) = self.pending;
            return self.open_body(flags, after);
        }
        if let Some(after) = after_object(state) {
            self.push(Context::Object, after);
            return KEY;
        }
        if self.context == Context::ClassHead {
            self.context = Context::ClassBody;
            return KEY;
        }
        if state >= KEY {
            return self.open_body(0, KEY); // a static block
        }
        self.push(Context::Statements, STATEMENT);
        STATEMENT
    }

    fn open_body(&mut self, flags: u8, after: State) -> State {
        self.push(Context::Statements, after);
        self.flags = flags;
        STATEMENT
    }

    fn close(&mut self) -> State {
        self.end_open_ended();
        self.pop()
    }

    fn comma(&mut self) -> State {
        let declares = is_declared(self.state) || self.flags & INITIALISER_FLAG != 0;
        self.flags &= !(CONCISE_FLAG | INITIALISER_FLAG);
        match self.context {
            _ if declares => BINDING,
            Context::Object => KEY,
            _ => OPERAND,
        }
    }

    fn semicolon(&mut self) -> State {
        self.end_open_ended();
        self.flags &= !(CONCISE_FLAG | INITIALISER_FLAG);
        match self.context {
            Context::ForHead => OPERAND,
            Context::ClassBody => KEY,
            _ => STATEMENT,
        }
    }

    fn colon(&mut self) -> State {
        match self.context {
            Context::Conditional => {
                self.pop();
                OPERAND
            }
            Context::Statements => STATEMENT,
            _ => OPERAND,
        }
    }

    fn arrow(&mut self) -> State {
        let after = if self.context == Context::ClassBody { KEY } else { STATEMENT };
        let is_async = self.state == ASYNC_PARAMETERS;
        self.pending = (if is_async { ASYNC_FLAG } else { 0 }, after);
        if is_async {
            self.flags |= CONCISE_FLAG;
        }
        ARROW
    }

    fn equals(&mut self) -> State {
        if is_declared(self.state) {
            self.flags |= INITIALISER_FLAG;
        }
        OPERAND
    }

    /// The state after a piece of a template.
    fn after_template(&mut self, end: usize) -> State {
        if self.text[end - 1] != b'{' {
            return OPERATOR;
        }
        self.push(Context::Hole, OPERATOR);
        OPERAND
    }

    /// A regular expression, if one begins at `start`, where a slash stands.
    fn regexp(&self, start: usize) -> Option<(Kind, usize, State)> {
        if !is_before_regexp(self.state) {
            return None;
        }
        Some(match regexp_end(self.text, start) {
            Some(end) => (Kind::Regexp, end, after_literal(self.state)),
            None => (Kind::Bad, end_of_line(self.text, start), OPERATOR),
        })
    }

    fn close_curly(&mut self, start: usize) -> (Kind, usize, State) {
        self.end_open_ended();
        if self.context != Context::Hole {
            let state = if self.stack.is_empty() { STATEMENT } else { self.close() };
            return (Kind::Punctuator, start + 1, state);
        }
        self.pop();
        match template_end(self.text, start + 1) {
            Some(end) => (Kind::Template, end, self.after_template(end)),
            None => (Kind::Bad, self.text.len(), OPERATOR),
        }
    }

    fn minus(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        match at(text, start + 1) {
            b'=' => (Kind::Punctuator, start + 2, OPERAND),
            b'-' => {
                let begins_line = self.code_end == 0 || has_line_end(text, self.code_end, start);
                if at(text, start + 2) == b'>' && begins_line && !self.is_module() {
                    (Kind::Comment, end_of_line(text, start), self.state)
                } else {
                    (Kind::Punctuator, start + 2, after_step(self.state))
                }
            }
            _ => (Kind::Punctuator, start + 1, OPERAND),
        }
    }

    fn less(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        if text[start..].starts_with(b"<!--") {
            return if self.is_module() {
                (Kind::Punctuator, start + 1, OPERAND)
            } else {
                (Kind::Comment, end_of_line(text, start), self.state)
            };
        }
        let shift = if at(text, start + 1) == b'<' { 2 } else { 1 };
        self.operator(start + shift)
    }

    /// An operator of which all but an `=` is read.
    fn operator(&self, end: usize) -> (Kind, usize, State) {
        (Kind::Punctuator, end + usize::from(at(self.text, end) == b'='), OPERAND)
    }

    fn slash(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        if matches!(at(text, start + 1), b'/' | b'*') {
            return match whole_comment(text, start) {
                Some(end) => (Kind::Comment, end, self.gap(has_line_end(text, start, end), end)),
                None => (Kind::Bad, text.len(), self.state),
            };
        }
        self.regexp(start).unwrap_or_else(|| self.operator(start + 1))
    }

    fn string(&self, start: usize, quote: u8) -> (Kind, usize, State) {
        let end = inside_string(self.text, start + 1, quote);
        if at(self.text, end) == quote && end < self.text.len() {
            (Kind::String, end + 1, after_literal(self.state))
        } else {
            (Kind::Bad, end, self.state)
        }
    }

    fn template(&mut self, start: usize) -> (Kind, usize, State) {
        match template_end(self.text, start + 1) {
            Some(end) => (Kind::Template, end, self.after_template(end)),
            None => (Kind::Bad, self.text.len(), self.state),
        }
    }

    fn name(&mut self, start: usize, first_width: usize) -> (Kind, usize, State) {
        let end = name_end(self.text, start + first_width);
        let state = match word_of(&self.text[start..end]) {
            Word::Other => AFTER_NAME[self.state as usize],
            word => self.word(word),
        };
        (Kind::Name, end, state)
    }

    /// A name with an escape or a `#` at its start, a hashbang, or a stray character.
    fn odd_name(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        let first = start + usize::from(text[start] == b'#');
        let begins = match at(text, first) {
            b'\\' => escape(text, first),
            _ => is_name_start(text, first).then(|| first + width(text, first)),
        };
        if let Some(place) = begins {
            return (Kind::Name, name_end(text, place), AFTER_NAME[self.state as usize]);
        }
        let is_first = start == 0 || (start == 3 && text.starts_with(b"\xef\xbb\xbf"));
        if is_first && text[start..].starts_with(b"#!") {
            return (Kind::Hashbang, end_of_line(text, start), self.state);
        }
        (Kind::Bad, start + 1, self.state)
    }

    fn space(&self, start: usize) -> (Kind, usize, State) {
        (Kind::Space, skip_spaces(self.text, start), self.state)
    }

    fn line_end(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        let mut end = start;
        let mut place = start;
        while place < text.len() {
            match class_at(text, place) {
                (Class::LineEnd, width) => {
                    place += width;
                    end = place;
                }
                (Class::Space, width) => place += width,
                _ => break,
            }
        }
        (Kind::LineEnd, end, self.gap(true, end))
    }

    /// Whether neither a name nor a backslash stands at `place` (ECMA-262, section 12.9.3).
    fn may_end_number(&self, place: usize) -> bool {
        !is_name_start(self.text, place) && at(self.text, place) != b'\\'
    }

    fn digits_end(&self, mut place: usize) -> usize {
        while matches!(at(self.text, place), b'0'..=b'9' | b'_') {
            place += 1;
        }
        place
    }

    /// The end of the exponent at `place`, or `place`.
    fn exponent(&self, place: usize) -> usize {
        if !matches!(at(self.text, place), b'e' | b'E') {
            return place;
        }
        let digits = place + 1 + usize::from(matches!(at(self.text, place + 1), b'+' | b'-'));
        if at(self.text, digits).is_ascii_digit() {
            self.digits_end(digits)
        } else {
            place
        }
    }

    fn number(&mut self, start: usize) -> (Kind, usize, State) {
        let end = if self.bad_digits.end > start + 1 { self.legacy_octal(start) } else { self.number_end(start) };
        match end {
            Some(end) => (Kind::Number, end, after_literal(self.state)),
            None => (Kind::Bad, start + 1, self.state),
        }
    }

    /// The end of a number that can only be one like `017`, as the digits that follow belong to no other.
    fn legacy_octal(&self, start: usize) -> Option<usize> {
        let bad = self.bad_digits;
        (bad.octals_count && self.text[start] == b'0' && start + 1 >= bad.octal_from).then_some(bad.end)
    }

    fn number_end(&mut self, start: usize) -> Option<usize> {
        let text = self.text;
        if text[start] == b'0' {
            if let Some(end) = self.radix_end(start + 2) {
                return Some(end);
            }
        }
        let digits_end = self.digits_end(start + 1);
        let octal_from = |floor: usize| {
            let mut place = digits_end;
            while place > floor && matches!(text[place - 1], b'0'..=b'7') {
                place -= 1;
            }
            place
        };
        let octals_count = self.may_end_number(digits_end);
        if text[start] == b'0' && octals_count && digits_end > start + 1 && octal_from(start + 1) == start + 1 {
            return Some(digits_end);
        }
        if at(text, digits_end) == b'n' && self.may_end_number(digits_end + 1) {
            return Some(digits_end + 1);
        }
        let fraction = digits_end + usize::from(at(text, digits_end) == b'.');
        let end = self.exponent(self.digits_end(fraction));
        if self.may_end_number(end) {
            return Some(end);
        }
        self.bad_digits = BadDigits { end: digits_end, octal_from: octal_from(start), octals_count };
        None
    }

    /// The end of a number such as `0x1F`, whose digits begin at `digits`.
    fn radix_end(&self, digits: usize) -> Option<usize> {
        let text = self.text;
        let is_digit: fn(u8) -> bool = match at(text, digits - 1) {
            b'x' | b'X' => |byte| byte.is_ascii_hexdigit() || byte == b'_',
            b'o' | b'O' => |byte| matches!(byte, b'0'..=b'7' | b'_'),
            b'b' | b'B' => |byte| matches!(byte, b'0' | b'1' | b'_'),
            _ => return None,
        };
        let mut end = digits;
        while is_digit(at(text, end)) {
            end += 1;
        }
        let end = if end == digits { return None } else { end + usize::from(at(text, end) == b'n') };
        self.may_end_number(end).then_some(end)
    }

    fn dot(&self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        if text[start..].starts_with(b"...") {
            return (Kind::Punctuator, start + 3, OPERAND);
        }
        if !at(text, start + 1).is_ascii_digit() {
            return (Kind::Punctuator, start + 1, DOT);
        }
        let end = self.exponent(self.digits_end(start + 1));
        if self.may_end_number(end) {
            (Kind::Number, end, after_literal(self.state))
        } else {
            (Kind::Bad, start + 1, self.state)
        }
    }

    fn question(&mut self, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        match at(text, start + 1) {
            b'?' => self.operator(start + 2),
            b'.' if !at(text, start + 2).is_ascii_digit() => (Kind::Punctuator, start + 2, DOT),
            _ => {
                self.push(Context::Conditional, OPERAND);
                (Kind::Punctuator, start + 1, OPERAND)
            }
        }
    }

    fn greater(&self, start: usize) -> (Kind, usize, State) {
        let mut end = start + 1;
        while end < start + 3 && at(self.text, end) == b'>' {
            end += 1;
        }
        self.operator(end)
    }

    fn punctuator(&mut self, byte: u8, start: usize) -> (Kind, usize, State) {
        let text = self.text;
        let next = at(text, start + 1);
        let one = start + 1;
        let (end, state) = match byte {
            b'(' => (one, self.open_round()),
            b')' | b']' => (one, self.close()),
            b'[' => {
                self.push(Context::Parentheses, after_square(self.state));
                (one, OPERAND)
            }
            b'{' => (one, self.open_curly()),
            b',' => (one, self.comma()),
            b';' => (one, self.semicolon()),
            b':' => (one, self.colon()),
            b'~' => (one, OPERAND),
            b'=' => match next {
                b'>' => (start + 2, self.arrow()),
                b'=' => (start + 2 + usize::from(at(text, start + 2) == b'='), OPERAND),
                _ => (one, self.equals()),
            },
            b'!' if next == b'=' => (start + 2 + usize::from(at(text, start + 2) == b'='), OPERAND),
            b'!' => (one, OPERAND),
            b'+' if next == b'+' => (start + 2, after_step(self.state)),
            b'*' if next == b'*' => return self.operator(start + 2),
            b'*' if next != b'=' => (one, self.star()),
            b'&' | b'|' if next == byte => return self.operator(start + 2),
            _ => return self.operator(one),
        };
        (Kind::Punctuator, end, state)
    }

    fn star(&mut self) -> State {
        if self.state == FUNCTION {
            self.pending.0 |= GENERATOR_FLAG;
        }
        after_star(self.state)
    }

    fn token_at(&mut self, start: usize) -> (Kind, usize, State) {
        let byte = self.text[start];
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'$' | b'_' => self.name(start, 1),
            b' ' | b'\t' | 0x0b | 0x0c => self.space(start),
            b'.' => self.dot(start),
            b'(' | b')' | b'[' | b']' | b'{' | b',' | b';' | b':' | b'~' => self.punctuator(byte, start),
            b'=' | b'!' | b'+' | b'*' | b'&' | b'|' | b'%' | b'^' => self.punctuator(byte, start),
            b'}' => self.close_curly(start),
            b'\n' | b'\r' => self.line_end(start),
            b'"' | b'\'' => self.string(start, byte),
            b'0'..=b'9' => self.number(start),
            b'?' => self.question(start),
            b'/' => self.slash(start),
            b'-' => self.minus(start),
            b'<' => self.less(start),
            b'>' => self.greater(start),
            b'`' => self.template(start),
            b'#' | b'\\' => self.odd_name(start),
            0x80.. => match wide_class_at(self.text, start) {
                (Class::Space, _) => self.space(start),
                (Class::LineEnd, _) => self.line_end(start),
                (_, width) => self.name(start, width),
            },
            _ => (Kind::Bad, start + 1, self.state),
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        let start = self.place;
        if start >= self.text.len() {
            return None;
        }
        let (kind, end, state) = self.token_at(start);
        self.state = state;
        self.place = end;
        if kind >= Kind::Name {
            self.code_end = end;
        }
        Some(Token { kind, start, end })
    }
}

/// Whether `text`, read as a module, has an `import` or `export` declaration or `import.meta`.
pub fn reads_as_module(text: &[u8]) -> bool {
    if crate::text::find(text, 0, b"import", 1).is_none() && crate::text::find(text, 0, b"export", 1).is_none() {
        return false;
    }
    let mut lexer = Lexer::new(text, Some(true));
    while let Some(token) = lexer.next() {
        if lexer.at_module_word && is_declaration(text, token.start) {
            return true;
        }
        lexer.at_module_word = false;
    }
    false
}

fn is_declaration(text: &[u8], start: usize) -> bool {
    if text[start..].starts_with(b"export") {
        return true;
    }
    let place = skip_gap(text, start + b"import".len());
    match at(text, place) {
        b'"' | b'\'' | b'{' | b'*' | b'\\' => true,
        b'.' => {
            let word = skip_gap(text, place + 1);
            let end = word + b"meta".len();
            text[word..].starts_with(b"meta") && !is_name_part(text, end) && at(text, end) != b'\\'
        }
        _ => is_name_start(text, place),
    }
}

/// The tokens as numbers, for tests: of each its kind and its end in characters.
pub fn listed(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let each = Lexer::new(text, module).flat_map(|token| [token.kind as u32, characters.before(token.end)]);
    each.flat_map(u32::to_le_bytes).collect()
}
