//! Reads files in a thread, a few ahead of whoever takes them, with their digests and what a build asks of scripts and sheets.
//!
//! A file that cannot be read like this is given without its content: who takes it reads it by itself, and reports why.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::mpsc::{sync_channel, Receiver, RecvTimeoutError, SyncSender};
use std::thread::Builder;
use std::time::Duration;

use crate::sha256;
use crate::stamps::{stamp, Stamp};
use crate::{css, javascript};

const MOST_FILES: usize = 50; // of those that are given at once
const MOST_BYTES: usize = 250_000;
const MOST_WAITING: usize = 2;
const HEAD_BYTES: usize = 80;

const READ: u32 = 1;
const SURVEYED: u32 = 2;
const HASHED: u32 = 4;
const IS_UTF8: u32 = 8;

/// Answers what a build asks about a text.
type Survey = fn(&[u8]) -> Vec<u8>;

/// A file to read, and what is asked about its content. One without a path is given as one that cannot be read.
pub struct Wanted {
    pub path: Option<PathBuf>,
    pub survey: Option<Survey>,
}

/// What a build asks about all files of a kind by its number: 1 are scripts, 2 sheets.
pub fn survey_of(kind: u8) -> Option<Survey> {
    match kind {
        1 => Some(javascript::survey::survey),
        2 => Some(css::survey::survey),
        _ => None,
    }
}

/// How files are opened, and from what size on they are not read.
#[derive(Clone, Copy)]
pub struct Means {
    pub flags: i32,
    pub limit_bytes: u64,
}

/// The thread that reads, by what it has read.
pub struct Reading(Receiver<Vec<u8>>);

/// What there is of the next files.
pub enum Next {
    Files(Vec<u8>),
    NotYet,
    Nothing,
}

impl Reading {
    /// Begins to read; none where no thread can start.
    pub fn begin(files: Vec<Wanted>, means: Means) -> Option<Self> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        Builder::new().spawn(move || read_all(&files, means, &sender)).ok()?;
        Some(Self(receiver))
    }

    /// The next files, as `Batch` has them; not yet, where they take longer than `patience`.
    pub fn next(&self, patience: Duration) -> Next {
        match self.0.recv_timeout(patience) {
            Ok(files) => Next::Files(files),
            Err(RecvTimeoutError::Timeout) => Next::NotYet,
            Err(RecvTimeoutError::Disconnected) => Next::Nothing,
        }
    }
}

fn read_all(files: &[Wanted], means: Means, taker: &SyncSender<Vec<u8>>) {
    let mut batch = Batch::default();
    for file in files {
        batch.add(catch_unwind(AssertUnwindSafe(|| read(file, means))).ok().flatten());
        if batch.is_full() && taker.send(std::mem::take(&mut batch).packed()).is_err() {
            return; // nobody wants more
        }
    }
    let _ = taker.send(batch.packed());
}

struct Found {
    flags: u32,
    stamp: Stamp,
    digest: [u8; 32],
    survey: Vec<u8>,
    content: Vec<u8>,
}

fn read(file: &Wanted, means: Means) -> Option<Found> {
    let mut opened = open(file.path.as_ref()?, means.flags)?;
    let status = opened.metadata().ok()?;
    if !status.is_file() || status.len() >= means.limit_bytes {
        return None;
    }
    let mut content = Vec::with_capacity(status.len() as usize + 1); // with a byte to spare, the end needs no more room
    opened.by_ref().take(means.limit_bytes).read_to_end(&mut content).ok()?;
    if content.len() as u64 >= means.limit_bytes {
        return None;
    }
    let mut found = Found { flags: READ, stamp: stamp(&status), digest: [0; 32], survey: Vec::new(), content };
    if let Some(digest) = sha256::digest(&found.content) {
        (found.flags, found.digest) = (found.flags | HASHED, digest);
    }
    if std::str::from_utf8(&found.content).is_ok() {
        found.flags |= IS_UTF8;
    }
    if let Some(survey) = file.survey {
        (found.flags, found.survey) = (found.flags | SURVEYED, survey(&found.content));
    }
    Some(found)
}

#[cfg(unix)]
pub fn open(path: &PathBuf, flags: i32) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(flags).open(path).ok()
}

#[cfg(not(unix))]
pub fn open(path: &PathBuf, _: i32) -> Option<File> {
    OpenOptions::new().read(true).open(path).ok()
}

/// Files in a row: a head of the same size for each, then each one's survey and content.
#[derive(Default)]
struct Batch {
    files: Vec<Option<Found>>,
    size_bytes: usize,
}

impl Batch {
    fn add(&mut self, file: Option<Found>) {
        self.size_bytes += file.as_ref().map_or(0, |found| found.survey.len() + found.content.len());
        self.files.push(file);
    }

    fn is_full(&self) -> bool {
        self.files.len() >= MOST_FILES || self.size_bytes >= MOST_BYTES
    }

    fn packed(self) -> Vec<u8> {
        let mut all = Vec::with_capacity(4 + self.files.len() * HEAD_BYTES + self.size_bytes);
        all.extend_from_slice(&(self.files.len() as u32).to_le_bytes());
        let nothing = Found { flags: 0, stamp: [0; 4], digest: [0; 32], survey: Vec::new(), content: Vec::new() };
        for file in &self.files {
            let found = file.as_ref().unwrap_or(&nothing);
            all.extend_from_slice(&found.flags.to_le_bytes());
            found.stamp.iter().for_each(|number| all.extend_from_slice(&number.to_le_bytes()));
            all.extend_from_slice(&found.digest);
            all.extend_from_slice(&(found.survey.len() as u32).to_le_bytes());
            all.extend_from_slice(&(found.content.len() as u64).to_le_bytes());
        }
        for found in self.files.iter().flatten() {
            all.extend_from_slice(&found.survey);
            all.extend_from_slice(&found.content);
        }
        all
    }
}
