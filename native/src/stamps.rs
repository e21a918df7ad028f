//! The stamps of files, as `stamps.signature` in Python has them; of many at once, taken in threads.

use std::fs::Metadata;
use std::num::NonZero;
use std::thread::available_parallelism;

pub type Stamp = [i64; 4];

const MOST_THREADS: usize = 4; // more would wait for the disk, or for one another

/// So many threads as there are cores, within reason.
pub fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS)
}

/// Size, mtime and ctime in nanoseconds, inode; zeros where it is not known.
#[cfg(unix)]
pub fn stamp(status: &Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(rest);
    let changed = nanoseconds(status.ctime(), status.ctime_nsec());
    let inode = status.ino() & i64::MAX as u64;
    [status.size() as i64, nanoseconds(status.mtime(), status.mtime_nsec()), changed, inode as i64]
}

#[cfg(not(unix))]
pub fn stamp(_: &Metadata) -> Stamp {
    [0; 4]
}

/// The stamps of the files at `paths`, which have a NUL between them; none where no thread can start.
#[cfg(unix)]
pub fn stamps(paths: &[u8]) -> Option<Vec<Stamp>> {
    let paths: Vec<&[u8]> = paths.split(|&byte| byte == 0).collect();
    let mut found = vec![[0; 4]; paths.len()];
    let share = paths.len().div_ceil(threads());
    std::thread::scope(|scope| {
        let mut shares = paths.chunks(share).zip(found.chunks_mut(share));
        let own = shares.next();
        let start =
            |(paths, stamps)| std::thread::Builder::new().spawn_scoped(scope, move || take(paths, stamps)).is_ok();
        let have_started = shares.all(start);
        if let (true, Some((paths, stamps))) = (have_started, own) {
            take(paths, stamps);
        }
        have_started
    })
    .then_some(found)
}

/// Elsewhere stamps have no inode.
#[cfg(not(unix))]
pub fn stamps(_: &[u8]) -> Option<Vec<Stamp>> {
    None
}

#[cfg(unix)]
fn take(paths: &[&[u8]], stamps: &mut [Stamp]) {
    use std::os::unix::ffi::OsStrExt;
    const NOTHING: Stamp = [-1, 0, 0, 0]; // of a path without a file
    for (path, place) in paths.iter().zip(stamps) {
        *place = std::fs::metadata(std::ffi::OsStr::from_bytes(path)).map_or(NOTHING, |status| stamp(&status));
    }
}
