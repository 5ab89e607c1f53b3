//! The ids of what a module holds: indices into its vectors.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            #[must_use]
            pub fn index(self) -> usize { self.0 as usize }
        }
    )*};
}

ids! {
    /// An expression of one module.
    ExprId,
    /// A statement of one module.
    StmtId,
    /// A block of one module.
    BlockId,
    /// A scope of one module.
    ScopeId,
    /// A bind of one module.
    BindId,
    /// A function of one module.
    FunctionId,
    /// A class of one module.
    ClassId,
    /// An import of one module.
    ImportId,
}
