//! The lexers of buildassets for whole questions about a text: the Python modules of `compiler/languages` are the
//! specification, and each question here has the answer that they give.
//!
//! A text comes as bytes of UTF-8 (lone surrogates as three bytes each), an answer goes as bytes. What is asked is
//! total: any bytes have an answer, in a time and memory that grow with their number. `reading`, `hashing`, `stamps` and `files` alone touch the disk.

mod css;
mod entry;
mod files;
mod hashing;
mod javascript;
mod reading;
mod sha256;
mod stamps;
mod text;
