//! Where bytes come in and go out. Unsafe code is here, in `sha256`, and where `files` closes one.
#![allow(unsafe_code)]

use std::ffi::{c_char, CStr};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::slice::from_raw_parts;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::hashing::Hashing;
use crate::reading::{survey_of, Means, Next, Reading, Wanted};
use crate::{css, files, javascript, stamps};

const ANSWERED: i32 = 0;
const UNKNOWN: i32 = 1;
const PANICKED: i32 = 2;
const NOT_YET: i32 = 3;
const PATIENCE: Duration = Duration::from_millis(200); // after which a signal is seen to

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
        14 => css::survey::survey(first),
        15 => javascript::balance::is_readable(first, module),
        16 => css::structure::keeps_all(first, second),
        17 => css::fitness::is_fit(first, second, option as usize),
        18 => css::lexer::licences(first),
        19 => javascript::early_errors::early_errors(first, module),
        20 => javascript::survey::survey(first),
        21 => vec![u8::from(javascript::survey::names_workers(first))],
        22 => javascript::scopes::scopes(first),
        23 => vec![u8::from(javascript::lexer::reads_as_module(first))],
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
        Ok(Some(found)) => unsafe { hand_over(found, answer, answer_length) },
        Ok(None) => UNKNOWN,
        Err(_) => PANICKED,
    }
}

/// # Safety
/// What the answer is written to must be writable.
unsafe fn hand_over(found: Vec<u8>, answer: *mut *mut u8, answer_length: *mut usize) -> i32 {
    let found = Box::leak(found.into_boxed_slice());
    unsafe {
        answer_length.write(found.len());
        answer.write(found.as_mut_ptr());
    }
    ANSWERED
}

/// Begins to read `count` files in a thread, in their order; null where none can start. `kinds` has a byte for
/// each, as `survey_of` takes it, `flags` are those of `open`, and files of `limit_bytes` are not read.
///
/// # Safety
/// `paths` and `kinds` must have `count` entries, and each path end in a NUL, until this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_read(
    count: usize,
    paths: *const *const c_char,
    kinds: *const u8,
    flags: i32,
    limit_bytes: u64,
) -> *mut Reading {
    let kinds = unsafe { bytes(kinds, count) };
    let wanted = kinds.iter().enumerate().map(|(number, &kind)| {
        let path = path_of(unsafe { CStr::from_ptr(*paths.add(number)) }.to_bytes());
        Wanted { path, survey: survey_of(kind) }
    });
    match Reading::begin(wanted.collect(), Means { flags, limit_bytes }) {
        Some(reading) => Box::into_raw(Box::new(reading)),
        None => std::ptr::null_mut(),
    }
}

#[cfg(unix)]
fn path_of(name: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(std::ffi::OsStr::from_bytes(name).into())
}

#[cfg(not(unix))]
fn path_of(name: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(name).ok().map(PathBuf::from)
}

/// The next files, as `reading` packs them: 0 where there are some, 1 where there are no more, 3 where they take longer.
///
/// # Safety
/// `reading` must come from `buildassets_read`, and what the answer is written to be writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_read_next(
    reading: *const Reading,
    answer: *mut *mut u8,
    answer_length: *mut usize,
) -> i32 {
    match unsafe { &*reading }.next(PATIENCE) {
        Next::Files(found) => unsafe { hand_over(found, answer, answer_length) },
        Next::Nothing => UNKNOWN,
        Next::NotYet => NOT_YET,
    }
}

/// Ends the reading, if it has not ended.
///
/// # Safety
/// `reading` must come from `buildassets_read` and be ended once only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_read_end(reading: *mut Reading) {
    drop(unsafe { Box::from_raw(reading) });
}

/// Begins to hash files in threads; null where that cannot be. Their `paths` have a NUL between them, `flags` are those
/// of `open`, and files of `limit_bytes` are not hashed.
///
/// # Safety
/// `paths` must be readable for `length` bytes until this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_hash(
    paths: *const u8,
    length: usize,
    flags: i32,
    limit_bytes: u64,
) -> *mut Hashing {
    let paths = unsafe { bytes(paths, length) };
    let files = paths.split(|&byte| byte == 0).map(path_of).collect();
    match Hashing::begin(files, Means { flags, limit_bytes }) {
        Some(hashing) => Box::into_raw(Box::new(hashing)),
        None => std::ptr::null_mut(),
    }
}

/// The digests of all files, as `hashing` has them, for which this is asked once more where they take longer: then it is 3.
///
/// # Safety
/// `hashing` must come from `buildassets_hash`, and what the answer is written to be writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_hashed(
    hashing: *mut Hashing,
    answer: *mut *mut u8,
    answer_length: *mut usize,
) -> i32 {
    match unsafe { &mut *hashing }.digests(PATIENCE) {
        Some(digests) => unsafe { hand_over(digests, answer, answer_length) },
        None => NOT_YET,
    }
}

/// Ends the hashing, if it has not ended.
///
/// # Safety
/// `hashing` must come from `buildassets_hash` and be ended once only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_hash_end(hashing: *mut Hashing) {
    drop(unsafe { Box::from_raw(hashing) });
}

/// Writes the stamps of `count` files to `place`, four numbers each; 0 where that is done. Their `paths` have a NUL
/// between them.
///
/// # Safety
/// `paths` must be readable for `length` bytes, and `place` writable for four numbers a file, while this runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_stamps(paths: *const u8, length: usize, count: usize, place: *mut i64) -> i32 {
    let paths = unsafe { bytes(paths, length) };
    match catch_unwind(|| stamps::stamps(paths)) {
        Ok(Some(found)) if found.len() == count => {
            unsafe { std::ptr::copy_nonoverlapping(found.as_ptr().cast(), place, count * 4) };
            ANSWERED
        }
        Ok(_) => UNKNOWN,
        Err(_) => PANICKED,
    }
}

/// What is only read, by one thread, while whoever owns it keeps it.
struct Lent(&'static [u8]);

/// A thread that writes files.
pub struct Writing(JoinHandle<Vec<u8>>);

/// Begins to write `count` new files in a thread; null where none can start.
///
/// # Safety
/// All four must have `count` entries until this returns. Each path and content must be readable for its length until
/// `buildassets_written` has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_write(
    count: usize,
    paths: *const *const u8,
    path_lengths: *const usize,
    contents: *const *const u8,
    lengths: *const usize,
) -> *mut Writing {
    let lent = |texts: *const *const u8, lengths: *const usize, number: usize| unsafe {
        Lent(bytes(*texts.add(number), *lengths.add(number)))
    };
    let files: Vec<(Lent, Lent)> =
        (0..count).map(|number| (lent(paths, path_lengths, number), lent(contents, lengths, number))).collect();
    let write = move || {
        let written = |(path, content): &(Lent, Lent)| u8::from(files::is_written(path.0, content.0));
        files.iter().map(written).collect()
    };
    match Builder::new().spawn(write) {
        Ok(thread) => Box::into_raw(Box::new(Writing(thread))),
        Err(_) => std::ptr::null_mut(),
    }
}

/// Waits until all is written; 0 where the answer is there: a byte for each file, 1 where it is written.
///
/// # Safety
/// `writing` must come from `buildassets_write` and be waited for once only, and what the answer is written to be writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buildassets_written(
    writing: *mut Writing,
    answer: *mut *mut u8,
    answer_length: *mut usize,
) -> i32 {
    match unsafe { Box::from_raw(writing) }.0.join() {
        Ok(found) => unsafe { hand_over(found, answer, answer_length) },
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
