//! JavaScript, as `compiler/languages/javascript` has it.

pub mod balance;
pub mod brackets;
pub mod early_errors;
pub mod lexer;
pub mod meaning;
pub mod references;
pub mod scopes;
mod states;
pub mod survey;
