//! Whether a script is whole, as `unclosed.py` reads its tokens, and whether it can be read at all.

use super::lexer::{Kind, Lexer, Token};

/// One byte: 1 where all brackets of `text` are closed in turn, and no comment or literal ends with the text or its line.
pub fn is_whole(text: &[u8], module: Option<bool>) -> Vec<u8> {
    let mut awaited: Vec<u8> = Vec::new();
    let whole = Lexer::new(text, module).all(|token| follows(text, token, &mut awaited)) && awaited.is_empty();
    vec![u8::from(whole)]
}

/// One byte: 1 where the lexer can read all of `text`.
pub fn is_readable(text: &[u8], module: Option<bool>) -> Vec<u8> {
    vec![u8::from(Lexer::new(text, module).all(|token| token.kind != Kind::Bad))]
}

/// Whether `token` fits what closers are awaited, which are kept up to date; also a brace awaits that of a hole.
fn follows(text: &[u8], token: Token, awaited: &mut Vec<u8>) -> bool {
    let (first, last) = (text[token.start], text[token.end - 1]);
    match token.kind {
        Kind::Bad => return !(text[token.start..].starts_with(b"/*") || b"\"'`}/".contains(&first)),
        Kind::Punctuator | Kind::Template => {}
        _ => return true,
    }
    if b")]}".contains(&first) && awaited.pop() != Some(first) {
        return false;
    }
    match (token.kind, first) {
        (Kind::Template, _) if last == b'{' => awaited.push(b'}'),
        (Kind::Punctuator, b'(') => awaited.push(b')'),
        (Kind::Punctuator, b'[') => awaited.push(b']'),
        (Kind::Punctuator, b'{') => awaited.push(b'}'),
        _ => {}
    }
    true
}
