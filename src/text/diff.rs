//! Unified diffs that `git apply` takes.
