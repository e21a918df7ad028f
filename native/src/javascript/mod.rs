//! JavaScript, as `compiler/languages/javascript` has it.

pub mod balance;
pub mod brackets;
pub mod lexer;
pub mod meaning;
pub mod plain;
pub mod references;
pub mod scopes;
mod states;
pub mod survey;
