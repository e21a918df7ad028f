//! What may come next in a script: the states of the grammar, and what words make of them.

/// What was read last, as far as it decides what may come next; see `_State` in `lexer.py`.
pub type State = u8;

macro_rules! numbered {
    ($($number:literal $name:ident)*) => { $(#[allow(dead_code)] pub const $name: State = $number;)* };
}
numbered! {
    0 STATEMENT 1 OPERAND 2 RETURN 3 ARROW 4 DEFAULT 5 OPERATOR 6 NEXT_LINE 7 ASYNC_OPERAND 8 ASYNC
    9 ASYNC_PARAMETERS 10 LET 11 BOUND 12 NEXT_LINE_BOUND 13 IMPORT 14 FROM 15 EXPORT 16 HEAD 17 FOR 18 BODY 19 DOT
    20 BREAK 21 EXPORT_STAR 22 FUNCTION 23 CLASS 24 BINDING 25 NEXT_FIELD
    26 KEY 27 KEY_ASYNC 28 KEY_STAR 29 KEY_ASYNC_STAR
    30 KEY_DONE 31 KEY_DONE_ASYNC 32 KEY_DONE_STAR 33 KEY_DONE_ASYNC_STAR
}
pub const STATES: usize = 34;

/// Whether a regular expression may begin.
pub const fn is_before_regexp(state: State) -> bool {
    matches!(
        state,
        STATEMENT
            | OPERAND
            | RETURN
            | ARROW
            | DEFAULT
            | NEXT_LINE_BOUND
            | EXPORT
            | HEAD
            | FOR
            | BREAK
            | EXPORT_STAR
            | KEY
    )
}

pub const fn wants_operand(state: State) -> bool {
    matches!(state, OPERAND | RETURN | ARROW | ASYNC_OPERAND)
}

/// The state after `++` and `--`.
pub const fn after_step(state: State) -> State {
    if matches!(state, OPERATOR | ASYNC_OPERAND | ASYNC | ASYNC_PARAMETERS | LET | FROM) {
        OPERATOR
    } else {
        OPERAND
    }
}

pub const fn is_declared(state: State) -> bool {
    matches!(state, BOUND | NEXT_LINE_BOUND)
}

/// The state after an object that begins in `state`; none where no object begins.
pub const fn after_object(state: State) -> Option<State> {
    match state {
        OPERAND | RETURN | DEFAULT | IMPORT => Some(OPERATOR),
        LET | BINDING => Some(BOUND),
        EXPORT => Some(STATEMENT),
        _ => None,
    }
}

const fn member_named(state: State) -> Option<State> {
    match state {
        KEY..=KEY_ASYNC_STAR => Some(state + 4),
        KEY_DONE..=KEY_DONE_ASYNC_STAR => Some(state),
        NEXT_FIELD => Some(KEY_DONE),
        _ => None,
    }
}

pub const AFTER_NAME: [State; STATES] = {
    let mut table = [OPERATOR; STATES];
    let mut state = 0;
    while state < STATES {
        table[state] = match state as State {
            ASYNC_OPERAND | ASYNC => ASYNC_PARAMETERS,
            BREAK => STATEMENT,
            LET | BINDING => BOUND,
            FUNCTION => FUNCTION,
            CLASS => CLASS,
            other => match member_named(other) {
                Some(named) => named,
                None => OPERATOR,
            },
        };
        state += 1;
    }
    table
};

pub const fn after_square(state: State) -> State {
    match state {
        NEXT_FIELD => OPERATOR,
        LET | BINDING => BOUND,
        _ => match member_named(state) {
            Some(named) => named,
            None => OPERATOR,
        },
    }
}

pub const fn after_literal(state: State) -> State {
    match state {
        IMPORT | FROM => STATEMENT,
        _ => match member_named(state) {
            Some(named) => named,
            None => OPERATOR,
        },
    }
}

pub const fn after_line_end(state: State) -> State {
    match state {
        OPERATOR | ASYNC_OPERAND | ASYNC | ASYNC_PARAMETERS => NEXT_LINE,
        BOUND => NEXT_LINE_BOUND,
        RETURN | BREAK => STATEMENT,
        KEY_ASYNC => KEY_DONE,
        _ => state,
    }
}

pub const fn after_star(state: State) -> State {
    match state {
        FUNCTION => FUNCTION,
        EXPORT => EXPORT_STAR,
        KEY | KEY_DONE => KEY_STAR,
        KEY_ASYNC => KEY_ASYNC_STAR,
        _ => OPERAND,
    }
}

/// Words that are keywords somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// What is a keyword nowhere.
    Other,
    /// A keyword that fixes the state after it.
    Fixed(State),
    In,
    Instanceof,
    Extends,
    From,
    For,
    As,
    Async,
    Await,
    Class,
    Default,
    Function,
    Let,
    Of,
    Yield,
    Import,
    Export,
}

/// Which word these bytes are. The first and the length leave few to compare with.
#[inline]
pub fn word_of(bytes: &[u8]) -> Word {
    match bytes {
        [b'a', rest @ ..] => among(rest, &[(b"s", Word::As), (b"sync", Word::Async), (b"wait", Word::Await)]),
        [b'b', rest @ ..] => among(rest, &[(b"reak", Word::Fixed(BREAK))]),
        [b'c', rest @ ..] => among(
            rest,
            &[
                (b"ase", Word::Fixed(OPERAND)),
                (b"atch", Word::Fixed(HEAD)),
                (b"lass", Word::Class),
                (b"onst", Word::Fixed(BINDING)),
                (b"ontinue", Word::Fixed(BREAK)),
            ],
        ),
        [b'd', rest @ ..] => among(
            rest,
            &[
                (b"o", Word::Fixed(STATEMENT)),
                (b"elete", Word::Fixed(OPERAND)),
                (b"efault", Word::Default),
                (b"ebugger", Word::Fixed(STATEMENT)),
            ],
        ),
        [b'e', rest @ ..] => {
            among(rest, &[(b"lse", Word::Fixed(STATEMENT)), (b"xport", Word::Export), (b"xtends", Word::Extends)])
        }
        [b'f', rest @ ..] => among(
            rest,
            &[
                (b"or", Word::For),
                (b"rom", Word::From),
                (b"inally", Word::Fixed(STATEMENT)),
                (b"unction", Word::Function),
            ],
        ),
        [b'i', rest @ ..] => among(
            rest,
            &[(b"f", Word::Fixed(HEAD)), (b"n", Word::In), (b"mport", Word::Import), (b"nstanceof", Word::Instanceof)],
        ),
        [b'l', b'e', b't'] => Word::Let,
        [b'n', b'e', b'w'] => Word::Fixed(OPERAND),
        [b'o', b'f'] => Word::Of,
        [b'r', rest @ ..] => among(rest, &[(b"eturn", Word::Fixed(RETURN))]),
        [b's', rest @ ..] => among(rest, &[(b"witch", Word::Fixed(HEAD))]),
        [b't', rest @ ..] => among(
            rest,
            &[(b"ry", Word::Fixed(STATEMENT)), (b"hrow", Word::Fixed(RETURN)), (b"ypeof", Word::Fixed(OPERAND))],
        ),
        [b'v', rest @ ..] => among(rest, &[(b"ar", Word::Fixed(BINDING)), (b"oid", Word::Fixed(OPERAND))]),
        [b'w', rest @ ..] => among(rest, &[(b"ith", Word::Fixed(HEAD)), (b"hile", Word::Fixed(HEAD))]),
        [b'y', rest @ ..] => among(rest, &[(b"ield", Word::Yield)]),
        _ => Word::Other,
    }
}

#[inline]
fn among(rest: &[u8], words: &[(&[u8], Word)]) -> Word {
    for &(wanted, word) in words {
        if rest.len() == wanted.len() && rest == wanted {
            return word;
        }
    }
    Word::Other
}

/// The state after `word` where it has a meaning of its own.
pub const fn after_word_in(state: State, word: Word) -> Option<State> {
    match (state, word) {
        (CLASS, Word::Extends) | (NEXT_FIELD, Word::In | Word::Instanceof) => Some(OPERAND),
        (KEY | KEY_DONE | NEXT_FIELD, Word::Async) => Some(KEY_ASYNC),
        (OPERAND | RETURN | ARROW, Word::Async) => Some(ASYNC_OPERAND),
        (ASYNC_OPERAND | ASYNC, Word::Async | Word::Await | Word::From | Word::Let | Word::Of | Word::Yield) => {
            Some(ASYNC_PARAMETERS)
        }
        (LET, Word::Async | Word::Await | Word::From | Word::Yield) => Some(BOUND),
        (FOR, Word::Await) => Some(FOR),
        (EXPORT, Word::Default) => Some(DEFAULT),
        (EXPORT_STAR, Word::As) => Some(DOT),
        (EXPORT_STAR, Word::From) => Some(FROM),
        _ => None,
    }
}
