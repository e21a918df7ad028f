//! CSS, as `compiler/languages/css` has it.

pub mod balance;
pub mod essence;
pub mod lexer;
pub mod outline;
