//! `unjwt rules`: lists what is known, and tries whether it is right about itself.

use super::args::{ListArgs, OwnRules, RulesCommand};
use super::{End, Error, print};
use crate::analyze::prove;
use crate::pipeline;
use crate::report::{RULE_FORMATS, failures};
use crate::rules::Rules;
use std::borrow::Cow;

pub(super) fn rules(command: &RulesCommand) -> Result<End, Error> {
    match command {
        RulesCommand::List(args) => list(args),
        RulesCommand::Test(own) => test(own),
    }
}

fn list(args: &ListArgs) -> Result<End, Error> {
    let rules = args.rules.load()?;
    // clap has checked the name; the first is the default.
    let format = RULE_FORMATS.iter().find(|known| known.name == args.format).unwrap_or(&RULE_FORMATS[0]);
    let mut bytes = vec![];
    (format.write)(&rules, &mut bytes).map_err(|source| Error::Output { to: "stdout".into(), source })?;
    print(&bytes)?;
    Ok(End::Clean)
}

fn test(own: &OwnRules) -> Result<End, Error> {
    let rules = own.load()?;
    let failed = prove(&rules).map_err(pipeline::Error::from)?;
    print(failures(&rules, &failed).as_bytes())?;
    Ok(if failed.is_empty() { End::Clean } else { End::Findings })
}

impl OwnRules {
    /// The rules that the user wants.
    pub(super) fn load(&self) -> Result<Cow<'static, Rules>, Error> {
        match &self.rules {
            Some(folder) => Rules::with_folder(folder).map(Cow::Owned).map_err(Error::Rules),
            None => Ok(Cow::Borrowed(Rules::embedded())),
        }
    }
}
