//! Whether a sheet has all the rules of another one, as `structure.py` finds it out.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::landmarks::{Landmarks, Open};
use super::lexer::{unescaped, unescaped_lower, Kind, Lexer};
use crate::text::{at, width};

const MOST_SELECTORS: usize = 2000;
const MOST_NESTED: usize = 100; // brackets in a selector that are read
const GROUPS: [&[u8]; 6] = [b"@media", b"@supports", b"@container", b"@layer", b"@scope", b"@starting-style"];
const NAMED: [&[u8]; 5] = [b"@property", b"@counter-style", b"@font-palette-values", b"@position-try", b"@function"];
const DESCRIBED: [&[u8]; 5] =
    [b"@font-face", b"@property", b"@counter-style", b"@font-palette-values", b"@view-transition"];
const ALTERNATIVES: [&[u8]; 5] = [b"is(", b"where(", b"matches(", b"-webkit-any(", b"-moz-any("];

/// What is left to Python: too much to compare, or text whose meaning its tables decide.
struct Doubt;

/// The names in a selector without alternatives, in ascending order of their numbers.
type Names = Box<[u32]>;
type Selectors = Rc<HashSet<Names>>;

/// An open block. `is_anything` where no rule is around it; `is_counted` where its own rule is known.
#[derive(Clone)]
struct Block {
    selectors: Selectors,
    is_anything: bool,
    conditions: u32,
    label: Vec<u8>,
    is_opaque: bool,
    is_counted: bool,
}

struct Rule {
    selectors: Selectors,
    conditions: u32,
    at_rule: Vec<u8>,
}

impl Block {
    fn rule(&self, at_rule: Vec<u8>) -> Rule {
        Rule { selectors: self.selectors.clone(), conditions: self.conditions, at_rule }
    }
}

/// Numbers for texts, the same for the same ones.
#[derive(Default)]
struct Numbers {
    names: HashMap<Vec<u8>, u32>,
    firsts: Vec<u8>, // of each name, its first byte
    conditions: HashMap<(u32, Vec<u8>), u32>,
}

impl Numbers {
    fn name(&mut self, name: Vec<u8>) -> u32 {
        let next = self.names.len() as u32;
        let first = at(&name, 0);
        *self.names.entry(name).or_insert_with(|| {
            self.firsts.push(first);
            next
        })
    }

    /// The conditions `around`, and one more inside of them; 0 is that there are none.
    fn condition(&mut self, around: u32, condition: Vec<u8>) -> u32 {
        let next = self.conditions.len() as u32 + 1;
        *self.conditions.entry((around, condition)).or_insert(next)
    }
}

fn anything() -> Selectors {
    Rc::new(HashSet::from([Names::default()]))
}

fn union(one: &Names, other: &Names) -> Names {
    let mut names: Vec<u32> = one.iter().chain(other.iter()).copied().collect();
    names.sort_unstable();
    names.dedup();
    names.into_boxed_slice()
}

fn joined(parts: &[Selectors]) -> Result<HashSet<Names>, Doubt> {
    let mut found = HashSet::from([Names::default()]);
    for part in parts {
        let mut next = HashSet::new();
        for one in &found {
            for other in part.iter() {
                next.insert(union(one, other));
                if next.len() > MOST_SELECTORS {
                    return Err(Doubt);
                }
            }
        }
        found = next;
    }
    Ok(found)
}

/// How many bytes the white space at `place` has, as Python knows it; 0 where none begins there.
fn space(text: &[u8], place: usize) -> usize {
    let byte = at(text, place);
    if byte < 0x80 {
        return usize::from(place < text.len() && matches!(byte, b'\t'..=b'\r' | 0x1c..=b' '));
    }
    let size = width(text, place);
    let character = std::str::from_utf8(&text[place..place + size]).ok().and_then(|one| one.chars().next());
    if character.is_some_and(char::is_whitespace) {
        size
    } else {
        0
    }
}

fn skip_spaces(text: &[u8], mut place: usize) -> usize {
    loop {
        match space(text, place) {
            0 => return place,
            size => place += size,
        }
    }
}

/// What a name or the inside of a string means.
fn meaning(raw: &[u8]) -> Result<Vec<u8>, Doubt> {
    if !raw.contains(&b'\\') && !raw.contains(&0) {
        return Ok(raw.to_vec());
    }
    let is_odd = |pair: &[u8]| pair[0] == b'\\' && matches!(pair[1], b'\n' | b'\r' | 0x0c);
    if raw.contains(&0) || raw.ends_with(b"\\") || raw.windows(2).any(is_odd) {
        return Err(Doubt);
    }
    Ok(unescaped(raw))
}

fn lower(raw: &[u8]) -> Result<Vec<u8>, Doubt> {
    let found = meaning(raw)?;
    if found.is_ascii() {
        Ok(found.to_ascii_lowercase())
    } else {
        Err(Doubt)
    }
}

struct Word<'a> {
    kind: Kind,
    raw: &'a [u8],
}

impl Word<'_> {
    fn opens(&self) -> bool {
        self.kind == Kind::Function || matches!(self.raw, b"(" | b"[")
    }

    fn closes(&self) -> bool {
        matches!(self.raw, b")" | b"]")
    }
}

/// The tokens but white space and comments.
fn words(text: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let each = Lexer::new(text, 0).filter(|token| token.kind as u8 > Kind::Comment as u8);
    each.map(|token| Word { kind: token.kind, raw: &text[token.start..token.end] })
}

/// The names and strings in a prelude, as they are meant.
fn named(prelude: &[u8]) -> Result<Vec<Vec<u8>>, Doubt> {
    let mut found = Vec::new();
    for token in Lexer::new(prelude, 0) {
        match token.kind {
            Kind::Name | Kind::Hash | Kind::Function => found.push(meaning(&prelude[token.start..token.end])?),
            Kind::String if token.is_cut => return Err(Doubt),
            Kind::String => found.push(meaning(&prelude[token.start + 1..token.end - 1])?),
            _ => {}
        }
    }
    Ok(found)
}

/// An at-keyword in lower case, and what follows it.
type AtRule<'a> = (Vec<u8>, &'a [u8]);

/// The at-rule that the prelude begins, if it does.
fn at_keyword(prelude: &[u8]) -> Result<Option<AtRule<'_>>, Doubt> {
    if !prelude.contains(&b'@') {
        return Ok(None);
    }
    let first = Lexer::new(prelude, 0).find(|token| token.kind as u8 > Kind::Comment as u8);
    match first {
        Some(token) if token.kind == Kind::AtKeyword => {
            Ok(Some((lower(&prelude[token.start..token.end])?, &prelude[token.end..])))
        }
        _ => Ok(None),
    }
}

fn is_custom_property(prelude: &[u8]) -> bool {
    let mut place = 0;
    loop {
        place = skip_spaces(prelude, place);
        if !prelude[place..].starts_with(b"/*") {
            break;
        }
        let mut comment = Lexer::new(prelude, place);
        comment.next();
        place = comment.place;
    }
    if !prelude[place..].starts_with(b"--") {
        return false;
    }
    while place < prelude.len() && !matches!(prelude[place], b':' | b'{') && space(prelude, place) == 0 {
        place += width(prelude, place);
    }
    at(prelude, skip_spaces(prelude, place)) == b':'
}

fn is_keyframes(keyword: &[u8]) -> bool {
    let prefix = keyword.strip_prefix(b"@-").and_then(|rest| rest.strip_suffix(b"-keyframes"));
    let is_word = |&byte: &u8| byte.is_ascii_alphanumeric() || byte == b'_';
    keyword == b"@keyframes" || prefix.is_some_and(|prefix| !prefix.is_empty() && prefix.iter().all(is_word))
}

/// How an at-rule is found again: with its name, if it defines one.
fn label(keyword: Vec<u8>, rest: &[u8]) -> Result<Vec<u8>, Doubt> {
    if is_keyframes(&keyword) {
        return Ok([&[b"@keyframes".to_vec()], &named(rest)?[..]].concat().join(&b' '));
    }
    if NAMED.contains(&keyword.as_slice()) {
        let first = named(rest)?.into_iter().next();
        return Ok([keyword].into_iter().chain(first).collect::<Vec<_>>().join(&b' '));
    }
    Ok(keyword)
}

/// Whether media are no condition.
fn are_everywhere(media: &[u8]) -> bool {
    let word = &media[skip_spaces(media, 0)..];
    let size = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(word[..size].to_ascii_lowercase().as_slice(), b"" | b"all") && skip_spaces(word, size) == word.len()
}

/// The names in each selector of a list that is written plainly.
fn plain(prelude: &[u8]) -> Option<Vec<Vec<&[u8]>>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut lists = vec![Vec::new()];
    let mut place = 0;
    while place < prelude.len() {
        let start = place;
        match prelude[start] {
            b',' => lists.push(Vec::new()),
            b'\t'..=b'\r' | b' ' | b'>' | b'+' | b'~' | b'*' => {}
            b':' => {
                let first = start + 1 + usize::from(at(prelude, start + 1) == b':');
                let rest = &prelude[first..];
                let size = rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
                if size == 0 {
                    return None;
                }
                place = first + size - 1;
            }
            mark => {
                let dash = start + usize::from(matches!(mark, b'.' | b'#'));
                let first = dash + usize::from(at(prelude, dash) == b'-');
                if !at(prelude, first).is_ascii_alphabetic() && at(prelude, first) != b'_' {
                    return None;
                }
                place = first;
                while is_word(at(prelude, place + 1)) {
                    place += 1;
                }
                lists.last_mut()?.push(&prelude[start..=place]);
            }
        }
        place += 1;
    }
    Some(lists)
}

/// The parts of a list, which commas separate that stand in no bracket.
fn listed<'a, 'b>(words: &'b [Word<'a>]) -> Vec<&'b [Word<'a>]> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, word) in words.iter().enumerate() {
        depth += i32::from(word.opens()) - i32::from(word.closes());
        if word.raw == b"," && depth == 0 {
            found.push(&words[start..index]);
            start = index + 1;
        }
    }
    found.push(&words[start..]);
    found
}

/// Where the bracket is closed that opens before `start`.
fn closing(words: &[Word], start: usize) -> usize {
    let mut depth = 1;
    for (index, word) in words.iter().enumerate().skip(start) {
        depth += i32::from(word.opens()) - i32::from(word.closes());
        if depth == 0 {
            return index;
        }
    }
    words.len()
}

/// Reads one selector of a list: `parts` are what each of its names and functions can stand for.
struct Selector<'a> {
    around: &'a Selectors,
    has_parent: bool,
    parts: Vec<Selectors>,
}

impl<'a> Selector<'a> {
    fn read(around: &'a Selectors, numbers: &mut Numbers, words: &[Word], nested: usize) -> Result<Self, Doubt> {
        let mut selector = Self { around, has_parent: false, parts: Vec::new() };
        let mut before: &[u8] = b"";
        let mut index = 0;
        while index < words.len() {
            let word = &words[index];
            index += 1;
            if word.opens() {
                let end = closing(words, index);
                selector.take_bracket(numbers, word.raw, &words[index..end], nested)?;
                index = end + 1;
            } else if word.kind == Kind::Hash {
                selector.add(numbers, meaning(word.raw)?);
            } else if word.kind == Kind::Name && before != b":" {
                let name = meaning(word.raw)?;
                selector.add(numbers, if before == b"." { [b".", name.as_slice()].concat() } else { name });
            } else if word.raw == b"&" {
                selector.has_parent = true;
                selector.parts.push(around.clone());
            }
            before = word.raw;
        }
        Ok(selector)
    }

    fn add(&mut self, numbers: &mut Numbers, name: Vec<u8>) {
        self.add_number(numbers.name(name));
    }

    fn add_number(&mut self, number: u32) {
        self.parts.push(Rc::new(HashSet::from([Names::from([number])])));
    }

    fn take_bracket(&mut self, numbers: &mut Numbers, raw: &[u8], words: &[Word], nested: usize) -> Result<(), Doubt> {
        if raw == b"[" {
            let first = words.iter().find(|word| word.kind == Kind::Name);
            let name = first.map_or(Ok(Vec::new()), |word| meaning(word.raw))?;
            self.add(numbers, [b"[", name.as_slice()].concat());
            return Ok(());
        }
        if nested == MOST_NESTED {
            return Err(Doubt);
        }
        let mut inner = Vec::new();
        for one in listed(words) {
            inner.push(Selector::read(self.around, numbers, one, nested + 1)?);
        }
        self.has_parent |= inner.iter().any(|selector| selector.has_parent);
        if ALTERNATIVES.contains(&unescaped_lower(raw).as_slice()) {
            let mut all = HashSet::new();
            for selector in &inner {
                all.extend(joined(&selector.parts)?);
            }
            self.parts.push(Rc::new(all));
            return Ok(());
        }
        let names = inner.iter().flat_map(|selector| &selector.parts).flat_map(|part| part.iter());
        let names: HashSet<u32> = names.flat_map(|one| one.iter().copied()).collect();
        let marked: Vec<u32> =
            names.into_iter().filter(|&name| matches!(numbers.firsts[name as usize], b'.' | b'#')).collect();
        marked.into_iter().for_each(|name| self.add_number(name));
        Ok(())
    }
}

impl Numbers {
    /// The names of each selector that a list stands for, inside of rules that have those `around` it.
    fn selectors(&mut self, prelude: &[u8], around: &Selectors) -> Result<Selectors, Doubt> {
        let mut found = HashSet::new();
        let is_anything = around.len() == 1 && around.contains(&Names::default());
        if let Some(lists) = plain(prelude) {
            for list in lists {
                let mut names: Vec<u32> = list.into_iter().map(|name| self.name(name.to_vec())).collect();
                names.sort_unstable();
                names.dedup();
                let names = names.into_boxed_slice();
                if is_anything {
                    found.insert(names);
                } else {
                    found.extend(joined(&[around.clone(), Rc::new(HashSet::from([names]))])?);
                }
            }
            return Ok(Rc::new(found));
        }
        let all: Vec<Word> = words(prelude).collect();
        for one in listed(&all) {
            let selector = Selector::read(around, self, one, 0)?;
            let implied = if selector.has_parent { anything() } else { around.clone() };
            found.extend(joined(&[&[implied], &selector.parts[..]].concat())?);
        }
        Ok(Rc::new(found))
    }

    /// The block that begins after `prelude`.
    fn opened(&mut self, outer: &Block, prelude: &[u8]) -> Result<Block, Doubt> {
        let opaque = |label| Block { label, is_opaque: true, is_counted: true, ..outer.clone() };
        if outer.is_opaque || (!outer.is_anything && is_custom_property(prelude)) {
            return Ok(opaque(Vec::new()));
        }
        let Some((keyword, rest)) = at_keyword(prelude)? else {
            let selectors = self.selectors(prelude, &outer.selectors)?;
            return Ok(Block { selectors, is_anything: false, is_counted: false, ..outer.clone() });
        };
        if !GROUPS.contains(&keyword.as_slice()) {
            return Ok(opaque(label(keyword, rest)?));
        }
        let mut block = Block { is_counted: outer.is_anything, ..outer.clone() };
        if keyword != b"@media" || !are_everywhere(rest) {
            let has_names = matches!(keyword.as_slice(), b"@layer" | b"@scope");
            let names = if has_names { named(rest)? } else { Vec::new() };
            let condition = [&[keyword], &names[..]].concat().join(&b' ');
            block.conditions = self.condition(outer.conditions, condition);
        }
        Ok(block)
    }

    /// Calls `each` with the rules of a sheet: one for each block that has declarations, and the at-rules that are no
    /// conditions.
    fn rules(&mut self, text: &[u8], each: &mut dyn FnMut(&mut Self, Rule)) -> Result<(), Doubt> {
        let sheet = Block {
            selectors: anything(),
            is_anything: true,
            conditions: 0,
            label: Vec::new(),
            is_opaque: false,
            is_counted: true,
        };
        let mut blocks = vec![sheet.clone()];
        let mut open = Open::default();
        let mut begin = 0;
        for (delimiter, place) in Landmarks::new(text) {
            if matches!(delimiter, b'{' | b'}' | b';') && open.is_between_statements() {
                let statement = &text[begin..place];
                begin = place + 1;
                let depth = blocks.len();
                let block = &mut blocks[depth - 1];
                if delimiter == b'{' {
                    let opened = self.opened(block, statement)?;
                    if !opened.label.is_empty() {
                        each(self, opened.rule(opened.label.clone()));
                    } else if opened.is_opaque && !block.is_counted {
                        block.is_counted = true; // by a custom property
                        each(self, block.rule(Vec::new()));
                    }
                    blocks.push(opened);
                } else {
                    if let Some(rule) = ended(block, statement)? {
                        block.is_counted |= rule.at_rule.is_empty();
                        each(self, rule);
                    }
                    if delimiter == b'}' && depth > 1 {
                        blocks.pop();
                    }
                }
            }
            open.follow(delimiter);
        }
        Ok(())
    }
}

/// The rule for a statement without a block: its block's if it is a declaration, its own if an at-rule.
fn ended(block: &Block, statement: &[u8]) -> Result<Option<Rule>, Doubt> {
    let kind_of_label = block.label.split(|&byte| byte == b' ').next().unwrap_or_default();
    let is_described = DESCRIBED.contains(&kind_of_label);
    if !is_described && !statement.contains(&b'@') {
        if block.is_counted {
            return Ok(None);
        }
        let head = statement.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c));
        if head.is_some_and(|&byte| byte != b'/') {
            return Ok(Some(block.rule(Vec::new())));
        }
    }
    let Some(first) = words(statement).next() else { return Ok(None) };
    if first.kind == Kind::AtKeyword && !block.is_opaque {
        let keyword = lower(first.raw)?;
        let is_outside = block.is_anything && block.conditions == 0;
        let is_idle = keyword == b"@layer" || (keyword == b"@charset" && is_outside);
        return Ok((!is_idle).then(|| block.rule(keyword)));
    }
    if block.is_counted && !is_described {
        return Ok(None);
    }
    let described = || Ok([block.label.as_slice(), &lower(first.raw)?].join(&b' '));
    Ok(Some(block.rule(if is_described { described()? } else { Vec::new() })))
}

fn compared(before: &[u8], after: &[u8]) -> Result<bool, Doubt> {
    let mut numbers = Numbers::default();
    let mut kept: HashMap<(u32, Vec<u8>), HashSet<Names>> = HashMap::new();
    numbers.rules(after, &mut |_, rule| {
        kept.entry((rule.conditions, rule.at_rule)).or_default().extend(rule.selectors.iter().cloned());
    })?;
    let mut keeps_all = true;
    numbers.rules(before, &mut |_, rule| {
        let found = kept.get(&(rule.conditions, rule.at_rule));
        keeps_all &= rule.selectors.iter().all(|names| found.is_some_and(|found| found.contains(names)));
    })?;
    Ok(keeps_all)
}

/// One byte: 1 where each rule of `before` is in `after`; 0 where one is lost, or that is not sure.
pub fn keeps_all(before: &[u8], after: &[u8]) -> Vec<u8> {
    vec![u8::from(compared(before, after).unwrap_or(false))]
}
