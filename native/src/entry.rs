//! Where bytes come in and go out: the only module with unsafe code.
#![allow(unsafe_code)]

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;
use std::thread::{Builder, JoinHandle};

use crate::{css, javascript};

const ANSWERED: i32 = 0;
const UNKNOWN: i32 = 1;
const PANICKED: i32 = 2;

/// The answer to a question by its number; `option` is a number that it takes beside the texts.
fn answered(question: u32, first: &[u8], second: &[u8], option: u32) -> Option<Vec<u8>> {
    let module = match option {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    };
    Some(match question {
        1 => javascript::references::places(first, option == 1),
        2 => javascript::meaning::comparison(first, second, module),
        3 => javascript::meaning::reduced(first, module),
        4 => javascript::lexer::listed(first, module),
        5 => css::essence::essence(first),
        6 => css::essence::is_essence_of(first, second),
        7 => css::essence::joined(first),
        8 => css::essence::written_apart(first),
        9 => css::lexer::faults(first),
        10 => css::lexer::listed(first),
        11 => javascript::brackets::closed_braces(first),
        12 => css::outline::outline(first, option as usize),
        13 => javascript::balance::is_whole(first, module),
        14 => css::balance::is_whole(first),
        15 => javascript::balance::is_readable(first, module),
        16 => css::structure::keeps_all(first, second),
        17 => css::fitness::is_fit(first, second, option as usize),
        18 => css::lexer::licences(first),
        19 => javascript::early_errors::early_errors(first, module),
        20 => javascript::survey::survey(first),
        21 => vec![u8::from(javascript::survey::names_workers(first))],
        22 => javascript::scopes::scopes(first),
        _ => return None,
    })
}

/// # Safety
/// `data` must be readable for `length` bytes, unless there are none.
unsafe fn bytes<'a>(data: *const u8, length: usize) -> &'a [u8] {
    if length == 0 || data.is_null() {
        &[]
    } else {
        unsafe { from_raw_parts(data, length) }
    }
}

/// Answers a question; 0 where it is answered, and only then `answer` and `answer_length` are written: bytes that the
/// caller gives back by `buildassets_forget`.
///
/// # Safety
/// Both texts must be readable for their lengths while this runs, and what the answer is written to writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_ask(
    question: u32,
    first: *const u8,
    first_length: usize,
    second: *const u8,
    second_length: usize,
    option: u32,
    answer: *mut *mut u8,
    answer_length: *mut usize,
) -> i32 {
    let (first, second) = unsafe { (bytes(first, first_length), bytes(second, second_length)) };
    match catch_unwind(AssertUnwindSafe(|| answered(question, first, second, option))) {
        Ok(Some(found)) => {
            let found = Box::leak(found.into_boxed_slice());
            unsafe {
                answer_length.write(found.len());
                answer.write(found.as_mut_ptr());
            }
            ANSWERED
        }
        Ok(None) => UNKNOWN,
        Err(_) => PANICKED,
    }
}

/// A thread that answers a question about several texts.
pub struct Work(JoinHandle<Vec<u8>>);

/// The answers about `texts` in a row, each behind its length in four bytes; all bits set, and no answer, where one panics.
fn answers(question: u32, texts: &[Vec<u8>], option: u32) -> Vec<u8> {
    let mut all = Vec::new();
    for text in texts {
        match catch_unwind(AssertUnwindSafe(|| answered(question, text, &[], option))) {
            Ok(Some(answer)) => {
                all.extend_from_slice(&(answer.len() as u32).to_le_bytes());
                all.extend_from_slice(&answer);
            }
            _ => all.extend_from_slice(&u32::MAX.to_le_bytes()),
        }
    }
    all
}

/// Begins to answer a question about `count` texts in a thread, which has copies of them; null where none can start.
///
/// # Safety
/// `texts` and `lengths` must have `count` entries, and each text be readable for its length, until this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_begin(
    question: u32,
    count: usize,
    texts: *const *const u8,
    lengths: *const usize,
    option: u32,
) -> *mut Work {
    let copies = (0..count).map(|number| unsafe { bytes(*texts.add(number), *lengths.add(number)) }.to_vec());
    let texts: Vec<Vec<u8>> = copies.collect();
    match Builder::new().spawn(move || answers(question, &texts, option)) {
        Ok(thread) => Box::into_raw(Box::new(Work(thread))),
        Err(_) => std::ptr::null_mut(),
    }
}

/// Waits for the answers; 0 where they are there, and then `answer` and `answer_length` are written as by `buildassets_ask`.
///
/// # Safety
/// `work` must come from `buildassets_begin` and be finished once only, and what the answer is written to be writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_finish(work: *mut Work, answer: *mut *mut u8, answer_length: *mut usize) -> i32 {
    match unsafe { Box::from_raw(work) }.0.join() {
        Ok(found) => {
            let found = Box::leak(found.into_boxed_slice());
            unsafe {
                answer_length.write(found.len());
                answer.write(found.as_mut_ptr());
            }
            ANSWERED
        }
        Err(_) => PANICKED,
    }
}

/// Takes an answer back.
///
/// # Safety
/// `data` and `length` must be those of an answer that was not taken back before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_forget(data: *mut u8, length: usize) {
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, length)) });
}

/// The digest of the sources that the library was made of, with a NUL at its end.
#[unsafe(no_mangle)]
pub extern "C" fn buildassets_sources() -> *const u8 {
    concat!(env!("BUILDASSETS_NATIVE_SOURCES"), "\0").as_ptr()
}
