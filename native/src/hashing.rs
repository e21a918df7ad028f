//! Hashes files in threads, while whoever wants their digests goes on.
//!
//! A file that cannot be hashed like this has no digest here: who wants it reads it by itself.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;

use crate::reading::{open, Means};
use crate::sha256;
use crate::stamps::threads;

const DIGEST_BYTES: usize = 32;

/// A file by its number, and its digest.
type Hashed = (usize, [u8; DIGEST_BYTES]);

struct Work {
    files: Vec<Option<PathBuf>>,
    means: Means,
    next: AtomicUsize,
    is_unwanted: AtomicBool,
}

/// The threads that hash, by what they have hashed.
pub struct Hashing {
    work: Arc<Work>,
    hashed: Receiver<Vec<Hashed>>,
    digests: Vec<u8>,
}

impl Hashing {
    /// Begins to hash; none where the processor has no instructions for it, or no thread can start.
    pub fn begin(files: Vec<Option<PathBuf>>, means: Means) -> Option<Self> {
        sha256::digest(&[])?;
        let digests = vec![0; files.len() * DIGEST_BYTES];
        let work = Arc::new(Work { files, means, next: AtomicUsize::new(0), is_unwanted: AtomicBool::new(false) });
        let (sender, hashed) = channel();
        let start = |_: &usize| {
            let (work, sender) = (Arc::clone(&work), sender.clone());
            Builder::new().spawn(move || work.hash_all(&sender)).is_ok()
        };
        let started = (0..threads()).take_while(start).count();
        (started > 0).then_some(Self { work, hashed, digests })
    }

    /// The digests of all files, 32 bytes each, zeros where there is none; none where they take longer than `patience`.
    pub fn digests(&mut self, patience: Duration) -> Option<Vec<u8>> {
        loop {
            match self.hashed.recv_timeout(patience) {
                Ok(found) => found.iter().for_each(|(number, digest)| {
                    self.digests[number * DIGEST_BYTES..][..DIGEST_BYTES].copy_from_slice(digest);
                }),
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => return Some(std::mem::take(&mut self.digests)),
            }
        }
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.work.is_unwanted.store(true, Ordering::Relaxed);
    }
}

impl Work {
    /// Hashes files that no other thread has taken, until there are none. What is hashed is lost if this panics.
    fn hash_all(&self, taker: &Sender<Vec<Hashed>>) {
        let (mut found, mut room) = (Vec::new(), Vec::new());
        while !self.is_unwanted.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = self.files.get(number) else { break };
            let digest = file.as_ref().and_then(|path| self.digest(path, &mut room));
            found.extend(digest.map(|digest| (number, digest)));
        }
        let _ = taker.send(found);
    }

    /// The digest of a regular file that is smaller than the limit; `room` is for its content.
    fn digest(&self, path: &PathBuf, room: &mut Vec<u8>) -> Option<[u8; DIGEST_BYTES]> {
        let mut opened = open(path, self.means.flags)?;
        let status = opened.metadata().ok()?;
        if !status.is_file() || status.len() >= self.means.limit_bytes {
            return None;
        }
        let expected = status.len() as usize;
        let mut size = 0;
        loop {
            if room.len() <= size.max(expected) {
                room.resize(size + size.max(expected) + 1, 0);
            }
            let more = read(&mut opened, &mut room[size..])?;
            size += more;
            if more == 0 || (more == expected && size == expected) {
                return sha256::digest(&room[..size]); // with less than there was room for, this is the end
            }
            if size as u64 >= self.means.limit_bytes {
                return None; // it grows
            }
        }
    }
}

fn read(file: &mut File, room: &mut [u8]) -> Option<usize> {
    loop {
        match file.read(room) {
            Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
            read => return read.ok(),
        }
    }
}
