//! Every example and look-alike of every rule file: what the file says about itself is so.

use unjwt::analyze::{Failure, prove};
use unjwt::rules::Rules;

#[test]
fn examples_are_found_and_lookalikes_are_not() {
    let shown = |Failure { rule, which, found }: &Failure| format!("{rule}: {which}: {found}");
    let wrong: Vec<String> = prove(Rules::embedded()).unwrap().iter().map(shown).collect();
    assert!(wrong.is_empty(), "{} are not as they say\n{}", wrong.len(), wrong.join("\n"));
}
