//! The code of a script without what stands in strings, templates, comments and regular expressions, as
//! `early_errors.py` reads it.

use super::lexer::{Kind, Lexer};
use crate::text::Characters;

/// How many regular expressions there are, as a number, their spans in characters, and behind these numbers the code.
pub fn code(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut characters = Characters::new(text);
    let mut numbers: Vec<u32> = vec![0];
    let mut code: Vec<u8> = Vec::with_capacity(text.len());
    for token in Lexer::new(text, module) {
        let raw = &text[token.start..token.end];
        match token.kind {
            Kind::Name | Kind::Number | Kind::Punctuator => code.extend_from_slice(raw),
            Kind::String => code.push(b'"'),
            Kind::Bad => code.push(1),
            Kind::Template => {
                code.extend((raw[0] == b'}').then_some(b'}'));
                code.push(b'`');
                code.extend((raw[raw.len() - 1] == b'{').then_some(b'{'));
            }
            Kind::Regexp => {
                numbers[0] += 1;
                numbers.extend([characters.before(token.start), characters.before(token.end)]);
                code.push(b'/');
            }
            _ => code.push(b' '),
        }
    }
    let mut answer: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
    answer.append(&mut code);
    answer
}
