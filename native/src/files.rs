//! Writes new files, in a thread, while whoever made them goes on.
#![allow(unsafe_code)]

#[cfg(unix)]
use std::{
    ffi::OsStr,
    fs::OpenOptions,
    io::Write,
    os::fd::{IntoRawFd, RawFd},
    os::unix::ffi::OsStrExt,
};

#[cfg(unix)]
unsafe extern "C" {
    safe fn close(descriptor: RawFd) -> i32;
}

/// Whether there is now a new file at `path` with that content. Where not, part of it may have been written.
#[cfg(unix)]
pub fn is_written(path: &[u8], content: &[u8]) -> bool {
    let opened = OpenOptions::new().write(true).create_new(true).open(OsStr::from_bytes(path));
    let Ok(mut file) = opened else { return false };
    let is_complete = file.write_all(content).is_ok();
    // A file server may report only now that its disk is full, and the standard library would not pass that on.
    close(file.into_raw_fd()) == 0 && is_complete
}

/// Elsewhere paths are no bytes, and nothing is written.
#[cfg(not(unix))]
pub fn is_written(_path: &[u8], _content: &[u8]) -> bool {
    false
}
