//! CSS, as `compiler/languages/css` has it.

pub mod balance;
pub mod essence;
pub mod fitness;
pub mod landmarks;
pub mod lexer;
pub mod outline;
pub mod references;
pub mod structure;
pub mod survey;
