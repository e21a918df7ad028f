//! All that a build asks of a sheet that is released as it is, in one reading; see `survey.py`.

use super::balance::Brackets;
use super::references::Walk;

/// Numbers: 1 where nothing in the text is open or closes nothing, then three for each place, as `references` has them.
pub fn survey(text: &[u8]) -> Vec<u8> {
    let (mut brackets, mut is_whole) = (Brackets::default(), true);
    let mut places = Walk::new(text, |token| is_whole = is_whole && brackets.follow(text, token)).numbers();
    let mut numbers = u32::from(is_whole && brackets.are_closed()).to_le_bytes().to_vec();
    numbers.append(&mut places);
    numbers
}
