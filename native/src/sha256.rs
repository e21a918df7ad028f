//! SHA-256 (FIPS 180-4) by the processor's own instructions. Where it has none, Python's library is faster.
#![allow(unsafe_code)]

const INITIAL: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const BLOCK: usize = 64;

/// The digest of `content`; none where the processor has no instructions for it.
pub fn digest(content: &[u8]) -> Option<[u8; 32]> {
    if !processor::is_able() {
        return None;
    }
    let mut state = INITIAL;
    let whole = content.len() - content.len() % BLOCK;
    processor::take(&mut state, &content[..whole]);
    let mut rest = content[whole..].to_vec();
    rest.push(0x80);
    rest.resize((rest.len() + 8).next_multiple_of(BLOCK) - 8, 0);
    rest.extend_from_slice(&(content.len() as u64 * 8).to_be_bytes());
    processor::take(&mut state, &rest);
    let mut found = [0; 32];
    for (bytes, word) in found.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    Some(found)
}

#[cfg(not(target_arch = "x86_64"))]
mod processor {
    pub fn is_able() -> bool {
        false
    }

    pub fn take(_: &mut [u32; 8], _: &[u8]) {}
}

#[cfg(target_arch = "x86_64")]
mod processor {
    use super::BLOCK;
    use std::arch::x86_64::{
        __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi64x, _mm_setzero_si128,
        _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32, _mm_shuffle_epi8,
        _mm_storeu_si128,
    };
    use std::is_x86_feature_detected;

    #[rustfmt::skip]
    const ROUNDS: [u32; 64] = [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    pub fn is_able() -> bool {
        is_x86_feature_detected!("sha") && is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1")
    }

    /// Takes `blocks`, which are whole, into `state`.
    pub fn take(state: &mut [u32; 8], blocks: &[u8]) {
        assert!(is_able() && blocks.len() % BLOCK == 0);
        // Safety: the processor has the instructions.
        unsafe { take_blocks(state, blocks) }
    }

    /// # Safety
    /// The processor must have the instructions that are named here.
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    unsafe fn take_blocks(state: &mut [u32; 8], blocks: &[u8]) {
        let place = state.as_mut_ptr().cast::<__m128i>();
        unsafe {
            // The instructions want the words of the state as (a, b, e, f) and (c, d, g, h), the first one highest.
            let (abcd, efgh) = (_mm_loadu_si128(place), _mm_loadu_si128(place.add(1)));
            let (badc, hgfe) = (_mm_shuffle_epi32(abcd, 0xb1), _mm_shuffle_epi32(efgh, 0x1b));
            let mut abef = _mm_alignr_epi8(badc, hgfe, 8);
            let mut cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
            for block in blocks.chunks_exact(BLOCK) {
                let before = (abef, cdgh);
                (abef, cdgh) = after_block(abef, cdgh, block);
                (abef, cdgh) = (_mm_add_epi32(abef, before.0), _mm_add_epi32(cdgh, before.1));
            }
            let (feba, dchg) = (_mm_shuffle_epi32(abef, 0x1b), _mm_shuffle_epi32(cdgh, 0xb1));
            _mm_storeu_si128(place, _mm_blend_epi16(feba, dchg, 0xf0));
            _mm_storeu_si128(place.add(1), _mm_alignr_epi8(dchg, feba, 8));
        }
    }

    /// The state after the 64 rounds of a block, four at a time.
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    unsafe fn after_block(mut abef: __m128i, mut cdgh: __m128i, block: &[u8]) -> (__m128i, __m128i) {
        unsafe {
            let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
            let (words, rounds) = (block.as_ptr().cast::<__m128i>(), ROUNDS.as_ptr().cast::<__m128i>());
            let mut schedule = [_mm_setzero_si128(); 4]; // the last sixteen words
            for four in 0..16 {
                let next = if four < 4 {
                    _mm_shuffle_epi8(_mm_loadu_si128(words.add(four)), big_endian)
                } else {
                    let [first, second, third, last] = schedule;
                    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8(last, third, 4));
                    _mm_sha256msg2_epu32(sum, last)
                };
                schedule = [schedule[1], schedule[2], schedule[3], next];
                let sum = _mm_add_epi32(next, _mm_loadu_si128(rounds.add(four)));
                cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
                abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            }
        }
        (abef, cdgh)
    }
}
