//! A rule in words: what it means, its calls, what counts as proof, what becomes of it.

use super::layout::filled;
use super::{Options, plain};
use crate::rules::{CallRule, Does, Library, OwnRule, Rules};

/// Lines of an example that are shown.
const EXAMPLE: usize = 30;

/// The text about the rule `id`; `None` where there is none of that name. The part before the slash may be left out where
/// only one rule has the rest.
#[must_use]
pub fn explain(rules: &Rules, id: &str, options: &Options) -> Option<String> {
    let mut page = Page { text: String::new(), width: options.width };
    if let Some(rule) = rules.adobe.rules.iter().find(|rule| rule.id == id) {
        page.own(rule);
        return Some(page.text);
    }
    let library = rules.library(id).or_else(|| {
        let mut named = rules.libraries.iter().filter(|library| library.id.rsplit('/').next() == Some(id));
        named.next().filter(|_| named.next().is_none())
    })?;
    page.library(rules, library);
    Some(page.text)
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn head(&mut self, head: &str) {
        self.text.push_str(head);
        self.text.push('\n');
    }

    fn section(&mut self, head: &str) {
        self.text.push('\n');
        self.head(head);
    }

    fn line(&mut self, text: &str) {
        self.item("  ", text);
    }

    fn item(&mut self, first: &str, text: &str) {
        self.text.push_str(&filled(&plain(text), first, self.width));
        self.text.push('\n');
    }

    fn own(&mut self, rule: &OwnRule) {
        self.head(&format!("{}: {}", plain(&rule.id), plain(&rule.kind)));
        for (head, text) in [
            ("What it means", &rule.means),
            ("What counts as proof", &rule.proof),
            ("What becomes of it", &rule.change),
        ] {
            self.section(head);
            self.line(text.trim());
        }
    }

    fn library(&mut self, rules: &Rules, library: &Library) {
        self.head(&format!("{}: {} ({})", plain(&library.id), plain(&library.name), library.language));
        self.section("What it means");
        self.line(meaning(library));
        for (what, names) in [("packages: ", &library.packages), ("imported as: ", &library.modules)] {
            if !names.is_empty() {
                self.item("  ", &format!("{what}{}", names.join(", ")));
            }
        }
        self.section("Its calls");
        for does in Does::ALL {
            let mut calls = library.calls.iter().filter(|call| call.does == *does).peekable();
            if calls.peek().is_some() {
                self.line(&format!("{does}:"));
            }
            calls.for_each(|call| self.call(call));
        }
        self.section("What counts as proof");
        proofs(library).into_iter().for_each(|proof| self.line(proof));
        self.section("What becomes of it");
        self.change(rules, library);
        if let Some(example) = library.examples.first() {
            self.section(&format!("Example ({})", example.finds.join(", ")));
            let lines: Vec<&str> = example.code.trim_matches('\n').lines().collect();
            for line in lines.iter().take(EXAMPLE) {
                let line = format!("    {}", super::sources::harmless(&super::mask(line)));
                self.head(line.trim_end());
            }
            if lines.len() > EXAMPLE {
                self.head("    …");
            }
        }
        if !library.docs.is_empty() {
            self.section("Documentation");
            self.line(&library.docs);
        }
    }

    fn call(&mut self, call: &CallRule) {
        let awaited = if call.is_async { "await " } else { "" };
        self.item("    ", &format!("{awaited}{}", call.signature));
    }

    fn change(&mut self, rules: &Rules, library: &Library) {
        if let Some(sdk) = &library.sdk {
            let what = match (&sdk.package, &sdk.since) {
                (Some(package), Some(since)) => format!("`{package}` from {since} on has what is needed. "),
                (Some(package), None) => format!("`{package}` has what is needed. "),
                (None, Some(since)) => format!("Version {since} has what is needed. "),
                (None, None) => String::new(),
            };
            self.line(&format!("{what}{}", sdk.advice));
            return;
        }
        let does = |does| library.calls.iter().any(|call| call.does == does);
        if does(Does::Request) {
            let targets: Vec<&str> =
                rules.targets_of(&library.language).iter().map(|target| target.name.as_str()).collect();
            if !targets.is_empty() {
                self.line(&format!(
                    "An exchange through it is moved to {}, or changed in place, where it stands: path and form \
                     become those of the token endpoint.",
                    targets.join(" or ")
                ));
            } else {
                self.line(
                    "An exchange through it is changed by hand: path and form become those of the token endpoint.",
                );
            }
        } else if does(Does::Exchange) {
            self.line("A human makes the change; the rule has no advice.");
        }
        if does(Does::Sign) {
            self.line("A JWT for Adobe is signed no more: the call goes, with claims, key and import, where nothing else uses them.");
        }
        if library.jwt {
            self.line("Its line in the manifest goes with its last use.");
        }
        if ![Does::Request, Does::Exchange, Does::Sign].into_iter().any(does) {
            self.line("Nothing by itself; what it prepares for an exchange goes with it.");
        }
    }
}

fn meaning(library: &Library) -> &'static str {
    let does = |does| library.calls.iter().any(|call| call.does == does);
    if library.adobe {
        "It does the JWT exchange with Adobe itself, or is set up for it."
    } else if does(Does::Sign) && does(Does::Request) {
        "It signs JWTs and sends requests, for anybody. Only a JWT for Adobe and an exchange with Adobe are reported."
    } else if does(Does::Sign) {
        "It signs JWTs, for anybody. Only a JWT for Adobe is reported."
    } else if does(Does::Request) {
        "It sends requests, to anybody. Only an exchange with Adobe is reported."
    } else {
        "It prepares what is signed or sent. By itself it is never reported; it leads from one place to another."
    }
}

/// What the analysis asks for. It is decided in `analyze`; here it is only said.
fn proofs(library: &Library) -> Vec<&'static str> {
    let does = |does| library.calls.iter().any(|call| call.does == does);
    let mut proofs = vec![];
    if does(Does::Exchange) {
        proofs.push("The call itself: it does nothing else.");
    }
    if library.adobe {
        proofs.push(match library.oauth {
            true => "An import counts only beside such a call, since the package has an OAuth mode too.",
            false => "The import, and the package's line in a manifest.",
        });
    }
    if does(Does::Request) {
        proofs.push(
            "An exchange: the address holds the path `ims/exchange/jwt`, or the form has `jwt_token` with `client_id` and \
             `client_secret`. Adobe's host, the call that signs the JWT and Adobe's claims in it make it surer.",
        );
    }
    if does(Does::Sign) {
        proofs.push(
            "A JWT for Adobe: one of its claims is a metascope (`https://<ims>/s/ent_…`), or the JWT was followed to an exchange.",
        );
    }
    if proofs.is_empty() {
        proofs.push("Nothing here is proof.");
    }
    proofs
}
