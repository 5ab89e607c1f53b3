//! Which calls a walk went through into functions: there, parameters are what these calls give, and nothing else.

use super::program::{ExprRef, FunctionRef};

/// How many calls are remembered; of a deeper walk, the outermost are forgotten.
const DEPTH: usize = 2;

/// The calls through which functions were entered, the innermost first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Entered([Option<(FunctionRef, ExprRef)>; DEPTH]);

impl Entered {
    /// Through no call.
    pub const NONE: Entered = Entered([None; DEPTH]);

    /// Through one more. A function that calls itself is entered once.
    #[must_use]
    pub(super) fn enter(self, function: FunctionRef, call: ExprRef) -> Self {
        if self.leave(function).is_some() {
            return self;
        }
        let mut calls = [None; DEPTH];
        calls[1..].copy_from_slice(&self.0[..DEPTH - 1]);
        calls[0] = Some((function, call));
        Entered(calls)
    }

    /// The call through which `function` was entered, and those around it.
    #[must_use]
    pub(super) fn leave(self, function: FunctionRef) -> Option<(ExprRef, Self)> {
        let at = self.0.iter().position(|it| it.is_some_and(|(entered, _)| entered == function))?;
        let (_, call) = self.0[at]?;
        let mut calls = [None; DEPTH];
        calls[..DEPTH - 1 - at].copy_from_slice(&self.0[at + 1..]);
        Some((call, Entered(calls)))
    }
}
