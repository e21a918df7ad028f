//! Bytes of UTF-8, in which lone surrogates may stand as three bytes each: searching, and offsets in characters.

const CHUNK: usize = 32; // bytes that are compared at once

/// The byte at `place`, or NUL behind the end.
#[inline]
pub fn at(text: &[u8], place: usize) -> u8 {
    text.get(place).copied().unwrap_or(0)
}

/// Where the first byte stands from `start` on that is one of three, or the end of the text.
#[inline]
pub fn find_any(text: &[u8], start: usize, wanted: [u8; 3]) -> usize {
    let [first, second, third] = wanted;
    let is_wanted = |byte: u8| (byte == first) | (byte == second) | (byte == third);
    let mut place = start;
    while let Some(chunk) = text.get(place..place + CHUNK) {
        if chunk.iter().fold(false, |found, &byte| found | is_wanted(byte)) {
            break;
        }
        place += CHUNK;
    }
    while place < text.len() && !is_wanted(text[place]) {
        place += 1;
    }
    place.min(text.len())
}

/// Where `wanted` stands from `start` on, or the end of the text.
#[inline]
pub fn find_byte(text: &[u8], start: usize, wanted: u8) -> usize {
    find_any(text, start, [wanted; 3])
}

/// Where `wanted` begins from `start` on. It is looked for by its two bytes at `key`, which are to be a rare pair.
pub fn find(text: &[u8], start: usize, wanted: &[u8], key: usize) -> Option<usize> {
    let (first, second) = (wanted[key], wanted[key + 1]);
    let mut place = start + key;
    loop {
        while let Some(chunk) = text.get(place..place + CHUNK + 1) {
            let pairs = chunk[..CHUNK].iter().zip(&chunk[1..]);
            if pairs.fold(false, |found, (&one, &other)| found | ((one == first) & (other == second))) {
                break;
            }
            place += CHUNK;
        }
        let rest = text.get(place..)?;
        place += rest.windows(2).position(|pair| pair == [first, second])?;
        if text[place - key..].starts_with(wanted) {
            return Some(place - key);
        }
        place += 1;
    }
}

/// Where `wanted` begins for the last time, as far as `is_meant` of the places; `key` is as for `find`.
pub fn find_last(text: &[u8], wanted: &[u8], key: usize, is_meant: impl Fn(usize) -> bool) -> Option<usize> {
    let mut last = None;
    let mut start = 0;
    while let Some(place) = find(text, start, wanted, key) {
        if is_meant(place) {
            last = Some(place);
        }
        start = place + 1;
    }
    last
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

/// Offsets of bytes, in any order, as offsets of characters.
pub fn counted(text: &[u8], places: &[usize]) -> Vec<u32> {
    let mut characters = Characters::new(text);
    if characters.is_ascii {
        return places.iter().map(|&place| place as u32).collect();
    }
    let mut ascending = places.to_vec();
    ascending.sort_unstable();
    let numbers: Vec<u32> = ascending.iter().map(|&place| characters.before(place)).collect();
    places.iter().map(|place| numbers[ascending.binary_search(place).unwrap_or(0)]).collect()
}
