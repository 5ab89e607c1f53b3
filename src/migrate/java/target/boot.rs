//! The settings of Spring Boot for a client, and the bean that is asked for tokens then.

use super::Work;
use super::fixed::annotation;
use super::inject::is_plain;
use super::property::property;

use crate::analyze::{FunctionRef, is_below};
use crate::config::{self, Setting};
use crate::ir::{ClassId, FunctionId};
use crate::migrate::NewFile;
use crate::migrate::draft::{Draft, Injected};
use crate::migrate::library::field;
use crate::migrate::packages::manifests_of;
use crate::migrate::scopes::{Chosen, Scopes};
use crate::migrate::write::{Style, laid_out};
use crate::rules::{Slot, normal_key};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeMap;

/// Annotations that make one bean of a class.
const BEANS: [&str; 6] = ["Service", "Component", "Repository", "Configuration", "Controller", "RestController"];
/// Lombok's, by which a class has a constructor for its final fields.
const CONSTRUCTED: &str = "RequiredArgsConstructor";

impl Work<'_, '_, '_> {
    /// Whether the project is one for such settings, or why not.
    pub(super) fn suits(&self, class: ClassId) -> Result<(), Option<String>> {
        let program = self.plan.program;
        let file = self.exchange.call.file;
        let told = |why: &str| Err(Some(why.to_owned()));
        if let Some(there) = self.project.hosted(&self.target.never_with) {
            return told(&format!(
                "{there} is there already, and its own managers may be asked for by their interface"
            ));
        }
        if !self.has_made() {
            return told(
                "no security chain of the application's own is in view, without which the starter would put every page behind a login",
            );
        }
        let near = |other: FileId| manifests_of(program, other) == manifests_of(program, file);
        let others = self.plan.analysis.exchanges.iter().filter(|other| near(other.call.file)).count();
        if others > 1 {
            return told("more than one request of the project asks for tokens");
        }
        let module = program.module(file);
        let decorators = &module.class(class).decorators;
        if !decorators.iter().any(|one| BEANS.contains(&annotation(program, file, *one))) {
            return told("the class is none that Spring makes a bean of");
        }
        let name = module.class(class).name.as_deref().unwrap_or_default();
        let made = format!("new {name}(");
        let by_hand = program.units().find(|(other, _)| program.file(*other).text().contains(&made));
        if let Some((other, _)) = by_hand {
            return told(&format!("`{made}…)` stands in {}", program.file(other).path));
        }
        if program.is_extended(file, class) {
            return told("other classes extend it");
        }
        self.settings_file().map(|_| ())
    }

    /// Whether one of the classes that the target asks for is made as a bean, or extended.
    fn has_made(&self) -> bool {
        let program = self.plan.program;
        let names: Vec<&str> =
            self.target.made_in_project.iter().filter_map(|class| class.rsplit('.').next()).collect();
        self.of_module().any(|file| {
            let module = program.module(file);
            let extended = module.classes.iter().flat_map(|class| &class.bases);
            let mut extended = extended.map(|base| program.source(crate::analyze::ExprRef { file, expr: *base }));
            let beans = module.functions.iter().filter(|function| {
                let head = program.slice(file, Span { start: function.span.start, end: function.params_span.start });
                let given = head.split_whitespace().rev().nth(1);
                head.contains("@Bean") && given.is_some_and(|class| names.contains(&class))
            });
            beans.count() > 0 || extended.any(|base| names.contains(&base))
        })
    }

    /// The code files of the module, tests left out.
    fn of_module(&self) -> impl Iterator<Item = FileId> {
        let program = self.plan.program;
        let manifest = manifests_of(program, self.exchange.call.file).first().copied();
        let within = move |path: &str| manifest.is_none_or(|manifest| is_below(&program.file(manifest).path, path));
        let units = program.units().filter(|(_, unit)| unit.language.rules == "java").map(|(file, _)| file);
        units.filter(move |file| within(&program.file(*file).path) && !is_test(&program.file(*file).path))
    }

    /// The one file of settings that the application always reads.
    fn settings_file(&self) -> Result<FileId, Option<String>> {
        let program = self.plan.program;
        let manifest = manifests_of(program, self.exchange.call.file).first().copied();
        let within = |path: &str| manifest.is_none_or(|manifest| is_below(&program.file(manifest).path, path));
        let begins = |file: &FileId| self.is_settings(*file);
        let all: Vec<FileId> =
            program.file_ids().filter(|file| within(&program.file(*file).path)).filter(begins).collect();
        let told = |why: String| Err(Some(why));
        let said = |file: &&FileId| program.file(**file).text().contains("oauth2");
        if let Some(there) = all.iter().find(said) {
            return told(format!("{} speaks of OAuth clients already", program.file(*there).path));
        }
        if let Some(test) =
            all.iter().find(|file| is_test(&program.file(**file).path) && is_main(program.file(**file).name()))
        {
            return told(format!(
                "{} takes the place of the application's settings in tests",
                program.file(*test).path
            ));
        }
        let always = |file: &&FileId| is_main(program.file(**file).name()) && !is_test(&program.file(**file).path);
        match all.iter().filter(always).collect::<Vec<_>>().as_slice() {
            [one] if program.note(**one).is_free() => Ok(**one),
            [] => told("no application.yml or application.properties is in view".to_owned()),
            _ => told("it has more than one file of settings, or none that may be edited".to_owned()),
        }
    }

    /// The settings file that leaves a value empty which a text with placeholders asks for.
    fn may_be_empty(&self, text: &str) -> Option<String> {
        let program = self.plan.program;
        let asked: Vec<String> =
            text.split("${").skip(1).filter_map(|rest| rest.split(['}', ':']).next()).map(normal_key).collect();
        let read = |file: FileId| {
            let format = config::format_of(&program.file(file).path)?;
            self.is_settings(file).then(|| config::read(format, program.file(file)).entries)
        };
        program.file_ids().find_map(|file| {
            let empty = |entry: &&config::Entry| {
                let names = entry.path.iter().map(|step| match step {
                    config::Step::Name(name) => normal_key(name),
                    config::Step::Item(_) => String::new(),
                });
                let value = entry.value.as_ref().map(|value| value.text.trim());
                !entry.commented
                    && asked.contains(&names.collect::<String>())
                    && value.is_some_and(|value| value.is_empty() || value.contains(":}"))
            };
            read(file)?.iter().find(empty).map(|_| program.file(file).path.clone())
        })
    }

    /// Whether the framework reads a file as settings.
    fn is_settings(&self, file: FileId) -> bool {
        let name = self.plan.program.file(file).name();
        self.target.settings_files.iter().any(|start| name.starts_with(start.as_str()))
            && matches!(config::format_of(name), Some(config::Format::Yaml | config::Format::Properties))
    }

    /// Puts the client into the settings.
    pub(super) fn configure(
        &self,
        chosen: &Chosen,
        slots: &BTreeMap<Slot, String>,
        draft: &mut Draft,
    ) -> Result<Result<(), Option<String>>, Overlap> {
        let program = self.plan.program;
        let file = match self.settings_file() {
            Ok(file) => file,
            Err(why) => return Ok(Err(why)),
        };
        let adobe = &self.plan.rules.adobe;
        let mut texts = slots.clone();
        for (slot, name) in
            [(Slot::ClientId, &adobe.fields.client_id), (Slot::ClientSecret, &adobe.fields.client_secret)]
        {
            let value = field(self.exchange, name).ok_or_else(|| Some(format!("`{name}` is not in view")));
            let text = value.and_then(|value| property(program, value).map_err(Some));
            let text = match text {
                Ok(text) => text,
                Err(why) => return Ok(Err(why)),
            };
            if slot == Slot::ClientId
                && let Some(place) = self.may_be_empty(&text)
            {
                return Ok(Err(Some(format!(
                    "the client id may be empty ({place}), and the application would not start"
                ))));
            }
            if slot == Slot::ClientSecret && !text.contains("${") {
                return Ok(Err(Some("the client secret stands in the code".to_owned())));
            }
            texts.insert(slot, text);
        }
        let Some((url, _)) = &self.exchange.url else { return Ok(Err(None)) };
        let address = match property(program, *url) {
            Ok(address) => address,
            Err(why) => return Ok(Err(Some(why))),
        };
        let path = adobe.exchange_paths.iter().filter_map(|path| Some((path, address.rfind(path.as_str())?))).next();
        let Some((_, at)) = path.filter(|(path, at)| address.len() - at - path.len() <= 1) else {
            return Ok(Err(Some("the path of the exchange is part of a setting".to_owned())));
        };
        let lead = if adobe.token_path.starts_with('/') && address[..at].ends_with('/') {
            &address[..at - 1]
        } else {
            &address[..at]
        };
        texts.insert(Slot::TokenUrl, format!("{lead}{}", adobe.token_path));
        texts.insert(
            Slot::Scope,
            match &chosen.scopes {
                Scopes::Known(scopes) => scopes.join(","),
                Scopes::Setting { name, .. } => {
                    draft.review(
                        program.place(self.exchange.call),
                        format!("the scopes come from `{name}`: set it, with commas and without blanks"),
                    );
                    format!("${{{name}}}")
                }
            },
        );
        let mut settings = vec![];
        for setting in &self.variant.settings {
            let Ok(value) = setting.value.render(&texts) else { return Ok(Err(None)) };
            let path = setting.key.split('.').map(str::to_owned).collect();
            settings.push(Setting { path, value: value.trim().to_owned(), is_item: setting.is_item });
        }
        let source = program.file(file);
        let format = config::format_of(&source.path);
        let Some((offset, text)) = format.and_then(|format| config::added(format, source, &settings)) else {
            return Ok(Err(Some(format!("{} is not written in a plain way", source.path))));
        };
        draft.insert(file, offset, text)?;
        if let Some((class, template)) = &self.variant.beside {
            let own = program.file(self.exchange.call.file);
            let path = match own.folder() {
                "" => format!("{class}.java"),
                folder => format!("{folder}/{class}.java"),
            };
            if program.file_at(&path).is_some() {
                return Ok(Err(Some(format!("{path} is there already"))));
            }
            let package = own.text().lines().find_map(|line| line.trim().strip_prefix("package ")?.split(';').next());
            texts.insert(Slot::Package, package.unwrap_or_default().trim().to_owned());
            let Ok(text) = template.render(&texts) else { return Ok(Err(None)) };
            let (indent, eol) = (Style::of(program, self.exchange.call.file).indent, own.eol().as_str());
            draft.new_files.push(NewFile { path, text: format!("{}{eol}", laid_out(text.trim(), &indent, "", eol)) });
        }
        Ok(Ok(()))
    }

    /// The declaration of the field that the bean is put into: by the constructor, where there is one.
    pub(super) fn injected(&self, class: ClassId, name: &str, kind: &str, draft: &mut Draft) -> Result<String, String> {
        let program = self.plan.program;
        let file = self.exchange.call.file;
        let module = program.module(file);
        let target = module.class(class);
        let named = |decorators: &[crate::ir::ExprId], wanted: &str| {
            decorators.iter().any(|one| annotation(program, file, *one) == wanted)
        };
        let constructors: Vec<FunctionId> = target.constructors.clone();
        match constructors.as_slice() {
            [] if named(&target.decorators, CONSTRUCTED) => Ok(format!("private final {kind} {name};")),
            [] => crate::migrate::java::target::import(
                program,
                file,
                "org.springframework.beans.factory.annotation.Autowired",
                draft,
            )
            .then(|| format!("@Autowired\nprivate {kind} {name};"))
            .ok_or_else(|| "`Autowired` means another class here".to_owned()),
            [one] => {
                let constructor = FunctionRef { file, function: *one };
                if !is_plain(program, constructor) {
                    return Err("its constructor is not plain".to_owned());
                }
                draft.injected.push(Injected { constructor, class: kind.to_owned(), name: name.to_owned() });
                Ok(format!("private final {kind} {name};"))
            }
            _ => Err("it has more than one constructor".to_owned()),
        }
    }
}

fn is_main(name: &str) -> bool {
    matches!(name, "application.yml" | "application.yaml" | "application.properties")
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "test")
}
