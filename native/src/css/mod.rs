//! CSS, as `compiler/languages/css` has it.

pub mod essence;
pub mod lexer;
pub mod outline;
