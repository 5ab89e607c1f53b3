//! Analysis: pure functions over an immutable program.

pub mod adobe;
mod callback;
mod chain;
mod claims;
mod covered;
mod credential;
mod dependency;
mod exchange;
mod fact;
mod finding;
mod flow;
mod fold;
mod form;
mod hierarchy;
mod holder;
mod keys;
mod link;
mod program;
mod reach;
mod resolve;
mod settings;
mod told;
mod value;

pub use chain::{Captures, Chain, Start, Step};
pub use credential::Credential;
pub use dependency::is_below;
pub use exchange::{Exchange, Proof, exchanges};
pub use fact::{Facts, Hit};
pub use finding::{Confidence, Evidence, Finding, Kind, Place};
pub use flow::{Follow, Origin};
pub use form::{Field, Form, Written};
pub use holder::Holder;
pub use link::{Analysis, analyze};
pub use program::{ExprRef, FunctionRef, Note, Program, Unit, import_strings};
pub use resolve::{Def, as_function, is_module_scope, is_self};
pub use value::{Part, Parts};
