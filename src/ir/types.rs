//! What is written about the types of values, in languages where people must write it.

use super::{ClassId, ExprId, FunctionId, StmtId};
use crate::text::Span;
use std::collections::{HashMap, HashSet};

/// Declared types. Each is the expression that names the class, without what only holds it (`&`, `Arc<…>`, `Option<…>`).
#[derive(Debug, Clone, Default)]
pub struct Types {
    /// Of parameters, by position.
    pub params: HashMap<(FunctionId, u32), ExprId>,
    /// Of what functions give.
    pub returns: HashMap<FunctionId, ExprId>,
    /// Of fields.
    pub fields: HashMap<(ClassId, Box<str>), ExprId>,
    /// Of record literals that make an instance of a class.
    pub records: HashMap<ExprId, ExprId>,
    /// What fields are called where the class is written to the outside, if not by their own names.
    pub written: HashMap<(ClassId, Box<str>), Written>,
    /// Fields and variants where a class declares them.
    pub members: Vec<Declared>,
    /// Members that a type asks records to have (`interface`, `type`).
    pub asked: Vec<Asked>,
    /// Signatures of functions whose body stands elsewhere: the statement and the name.
    pub signatures: Vec<(StmtId, Box<str>)>,
    /// Methods that a class must have: a type of records, or the class that it extends, says so without a body.
    pub promised: HashSet<Box<str>>,
    /// Types that a file declares for itself (`interface`, `type`, not exported): the statement and the name.
    pub own: Vec<(StmtId, Box<str>)>,
    /// Statements whose names every other package may use (`pub`).
    pub public: HashSet<StmtId>,
}

/// A field, or a variant of an enumeration, where it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Whose it is.
    pub class: ClassId,
    /// Its name.
    pub name: Box<str>,
    /// All of it: attributes, visibility and type included.
    pub span: Span,
    /// Whether every other package may use it, if it may use the class.
    pub is_public: bool,
    /// Whether it is a variant.
    pub is_variant: bool,
}

/// A member of a type of records, where it is declared: `privateKey: string;`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// All of it, without what separates it from the next.
    pub span: Span,
    /// Whether a record may lack it.
    pub is_optional: bool,
}

/// The outside name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The name.
    pub name: Box<str>,
    /// What says so: the string without its quotes, or the rule for all fields.
    pub span: Span,
}

impl Types {
    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.returns.is_empty() && self.fields.is_empty() && self.records.is_empty()
    }
}
