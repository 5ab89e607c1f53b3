//! A readable form of a module, for tests and for people who add a language.
