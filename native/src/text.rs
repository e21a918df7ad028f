//! Bytes of UTF-8, in which lone surrogates may stand as three bytes each: searching, and offsets in characters.

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

#[inline]
const fn has_zero(word: u64) -> u64 {
    word.wrapping_sub(LOW_BITS) & !word & HIGH_BITS
}

#[inline]
const fn repeated(byte: u8) -> u64 {
    (byte as u64) * LOW_BITS
}

#[inline]
fn word_at(text: &[u8], place: usize) -> Option<u64> {
    text.get(place..place + 8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or([0; 8])))
}

/// The byte at `place`, or NUL behind the end.
#[inline]
pub fn at(text: &[u8], place: usize) -> u8 {
    text.get(place).copied().unwrap_or(0)
}

/// Where the first of three bytes stands from `start` on, or the end of the text. Two of them may be the same.
#[inline]
pub fn find_any(text: &[u8], start: usize, wanted: [u8; 3]) -> usize {
    let [first, second, third] = [repeated(wanted[0]), repeated(wanted[1]), repeated(wanted[2])];
    let mut place = start;
    while let Some(word) = word_at(text, place) {
        let found = has_zero(word ^ first) | has_zero(word ^ second) | has_zero(word ^ third);
        if found != 0 {
            return place + found.trailing_zeros() as usize / 8;
        }
        place += 8;
    }
    while place < text.len() && !wanted.contains(&text[place]) {
        place += 1;
    }
    place.min(text.len())
}

/// Where `wanted` stands from `start` on, or the end of the text.
#[inline]
pub fn find_byte(text: &[u8], start: usize, wanted: u8) -> usize {
    find_any(text, start, [wanted; 3])
}

/// Where `wanted` begins from `start` on. It is looked for by its byte at `key`, which is to be a rare one.
pub fn find(text: &[u8], start: usize, wanted: &[u8], key: usize) -> Option<usize> {
    let mut place = start + key;
    loop {
        place = find_byte(text, place, wanted[key]);
        if place >= text.len() {
            return None;
        }
        if text[place - key..].starts_with(wanted) {
            return Some(place - key);
        }
        place += 1;
    }
}

/// Where `wanted` begins for the last time.
pub fn find_last(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let last = wanted[wanted.len() - 1];
    let mut end = text.len();
    while end >= wanted.len() {
        if text[end - 1] == last && text[..end].ends_with(wanted) {
            return Some(end - wanted.len());
        }
        end -= 1;
    }
    None
}

/// How many bytes the character has that begins at `place`; at least one, and none behind the end of the text.
#[inline]
pub fn width(text: &[u8], place: usize) -> usize {
    let wanted = match at(text, place) {
        0..=0xdf if at(text, place) < 0xc0 => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    wanted.min(text.len() - place)
}

/// Turns offsets of bytes, in ascending order, into offsets of characters. The one place where that is done.
pub struct Characters<'a> {
    text: &'a [u8],
    is_ascii: bool,
    place: usize,
    characters: usize,
}

impl<'a> Characters<'a> {
    /// For offsets in `text`.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, is_ascii: text.is_ascii(), place: 0, characters: 0 }
    }

    /// How many characters stand before `place`, which is not before the one asked for last.
    pub fn before(&mut self, place: usize) -> u32 {
        if self.is_ascii {
            return place as u32;
        }
        if place < self.place {
            (self.place, self.characters) = (0, 0);
        }
        let passed = &self.text[self.place..place];
        self.characters += passed.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        self.place = place;
        self.characters as u32
    }
}
