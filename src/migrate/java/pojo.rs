//! The class of the program that a JSON library reads the answer into: its field for the token's lifetime, and who asks for it.

use super::is_java;
use super::whose::{OTHERS, Witness};
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Program, Unit};
use crate::ir::{Class, ClassId, ExprId, ExprKind, Function, FunctionId, How, StmtKind};
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// Names of a field for the lifetime, in classes whose fields are read by their names.
const FIELDS: [&str; 2] = ["expires_in", "expiresIn"];
/// Methods of a class that tell what its fields hold.
const TOLD: [&str; 3] = ["toString", "equals", "hashCode"];

/// Such a class.
pub(super) struct Pojo {
    pub file: FileId,
    pub class: ClassId,
    /// The field for the lifetime.
    pub field: Box<str>,
    /// What gives it to others, if that is written out: the expression behind `return`.
    pub getter: Option<ExprId>,
    /// Whether the field may hold nothing: `Long`, `Integer`.
    pub boxed: bool,
}

/// The class, if there is just one in `files`, and it holds a number.
pub(super) fn pojo(program: &Program, files: &BTreeSet<FileId>) -> Option<Pojo> {
    let mut found: Vec<Pojo> = vec![];
    for file in files {
        let Some(unit) = program.unit(*file) else { continue };
        for class in (0..unit.module.classes.len() as u32).map(ClassId) {
            if let Some(field) = field(program, *file, unit, class) {
                found.push(Pojo { file: *file, class, getter: getter(unit, class, &field), field, boxed: false });
            }
        }
    }
    let [pojo] = <[Pojo; 1]>::try_from(found).ok()?;
    let boxed = pojo.is_number(program)?;
    Some(Pojo { boxed, ..pojo })
}

/// The field that a class of the answer keeps the lifetime in.
fn field(program: &Program, file: FileId, unit: &Unit, class: ClassId) -> Option<Box<str>> {
    let module = &unit.module;
    let inside = |span: Span| {
        let own = module.class(class).span;
        own.contains(span)
            && !module
                .classes
                .iter()
                .any(|other| own != other.span && own.contains(other.span) && other.span.contains(span))
    };
    let name = |place: ExprId| match module.kind(place) {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    };
    // `@JsonProperty("expires_in")`, `@SerializedName("expires_in")`
    let marks: Vec<Span> = module
        .expr_ids()
        .filter(|id| module.literal(*id).as_deref() == Some("expires_in"))
        .map(|id| module.expr(id).span)
        .filter(|span| inside(*span))
        .collect();
    let marked = |decorators: &[ExprId]| {
        decorators.iter().any(|decorator| marks.iter().any(|mark| module.expr(*decorator).span.contains(*mark)))
    };
    let mut fields = module
        .binds
        .iter()
        .filter(|bind| matches!(bind.how, How::Assign) && inside(bind.span) && module.class(class).scope == bind.scope);
    if let Some(bind) = fields.clone().find(|bind| marked(&bind.decorators)) {
        return name(bind.place);
    }
    for function in module.functions.iter().filter(|function| function.class == Some(class)) {
        if let Some(name) = function.name.as_deref().filter(|_| marked(&function.decorators)) {
            let bare = name.strip_prefix("get").or_else(|| name.strip_prefix("set"))?;
            let mut letters = bare.chars();
            return Some(letters.next()?.to_lowercase().chain(letters).collect::<String>().into());
        }
        let param = function.params.iter().find(|param| {
            let has = |mark: &Span| param.span.contains(*mark);
            param.name.is_some() && marks.iter().any(has) && program.slice(file, param.span).contains('@')
        });
        let Some(param) = param else { continue };
        // `this.expiresIn = expiresIn;`
        let given = module.binds.iter().find(|bind| {
            let value = bind.value.map(|value| module.kind(value));
            function.span.contains(bind.span)
                && matches!(value, Some(ExprKind::Name(name)) if Some(name) == param.name.as_ref())
        });
        return match given.map(|bind| module.kind(bind.place)) {
            Some(ExprKind::Member { name, .. } | ExprKind::Name(name)) => Some(name.clone()),
            _ => param.name.clone(),
        };
    }
    let holds_token = fields
        .clone()
        .any(|bind| name(bind.place).is_some_and(|name| matches!(&*name, "access_token" | "accessToken")));
    let plain = fields.find(|bind| name(bind.place).is_some_and(|name| FIELDS.contains(&&*name)));
    plain.filter(|_| holds_token).and_then(|bind| name(bind.place))
}

/// What the getter of a field gives back, if it is the field and nothing else.
fn getter(unit: &Unit, class: ClassId, field: &str) -> Option<ExprId> {
    let module = &unit.module;
    let gives = |function: &&Function| {
        let named = function.name.as_deref().is_some_and(|name| is_getter(name, field));
        function.class == Some(class) && named && function.params.is_empty() && function.body.is_some()
    };
    let function = module.functions.iter().find(gives)?;
    let [value] = function.returns.as_slice() else { return None };
    let alone = module.block(function.body?).stmts.len() == 1;
    let is_field = match module.kind(*value) {
        ExprKind::Name(name) => **name == *field,
        ExprKind::Member { base, name, .. } => **name == *field && crate::analyze::is_self(module.kind(*base)),
        _ => false,
    };
    (alone && is_field).then_some(*value)
}

/// `getExpiresIn` for `expiresIn`, and for a record `expiresIn`.
fn is_getter(name: &str, field: &str) -> bool {
    let bare = name.strip_prefix("get").unwrap_or(name);
    let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
    plain(bare) == plain(field)
}

impl Pojo {
    fn class<'p>(&self, program: &'p Program) -> &'p Class {
        program.module(self.file).class(self.class)
    }

    /// Whether the field is declared as a number: whether of a class, so that it may be missing.
    fn is_number(&self, program: &Program) -> Option<bool> {
        let module = program.module(self.file);
        let class = self.class(program);
        let is_it = |place: ExprId| matches!(module.kind(place), ExprKind::Name(name) if *name == self.field);
        let fields = module.binds.iter().filter(|bind| is_it(bind.place) && bind.scope == class.scope);
        let declared = fields.map(|bind| program.slice(self.file, module.stmt(bind.stmt).span).to_owned());
        let params =
            module.functions.iter().filter(|function| function.class == Some(self.class)).flat_map(|f| &f.params);
        let params = params.filter(|param| param.name.as_ref() == Some(&self.field));
        let texts: Vec<String> =
            declared.chain(params.map(|param| program.slice(self.file, param.span).to_owned())).collect();
        let says = |text: &String, types: [&str; 2]| text.split_whitespace().any(|word| types.contains(&word));
        let boxed = texts.iter().any(|text| says(text, ["Long", "Integer"]));
        let all = texts.iter().all(|text| says(text, ["long", "int"]) || says(text, ["Long", "Integer"]));
        (!texts.is_empty() && all).then_some(boxed)
    }

    /// What the class itself makes of the field, apart from keeping, giving and telling it.
    pub(super) fn inner(&self, program: &Program) -> Vec<ExprRef> {
        let module = program.module(self.file);
        let is_field = |id: ExprId| match module.kind(id) {
            ExprKind::Name(name) => *name == self.field,
            ExprKind::Member { base, name, .. } => *name == self.field && crate::analyze::is_self(module.kind(*base)),
            _ => false,
        };
        let kept = |id: ExprId| {
            module.binds.iter().any(|bind| bind.place == id || (bind.value == Some(id) && is_field(bind.place)))
        };
        let tells = |id: ExprId| {
            let span = module.expr(id).span;
            module.functions.iter().any(|function| {
                function.name.as_deref().is_some_and(|name| TOLD.contains(&name)) && function.span.contains(span)
            })
        };
        let is_it = |id: &ExprId| {
            let at = ExprRef { file: self.file, expr: *id };
            is_field(*id) && self.holds(program, at) && self.getter != Some(*id) && !kept(*id) && !tells(*id)
        };
        module.expr_ids().filter(is_it).map(|expr| ExprRef { file: self.file, expr }).collect()
    }

    /// Whether an expression speaks of the lifetime in another class of the program.
    pub(super) fn is_of_another(&self, program: &Program, at: ExprRef) -> bool {
        let ExprKind::Member { base, .. } = program.kind(at) else { return false };
        let base = ExprRef { file: at.file, expr: *base };
        match crate::analyze::is_self(program.kind(base)) {
            true => !self.holds(program, at),
            false => self.is_one(program, base) == Some(false),
        }
    }

    /// Whether a value is an object of the class, as far as its declaration says.
    fn is_one(&self, program: &Program, value: ExprRef) -> Option<bool> {
        let own = self.class(program);
        let word = |class: ExprRef| match program.kind(class) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
            _ => None,
        };
        let declared = program.declared_class(value).and_then(word).filter(|name| &**name != "var");
        let given = || {
            let ExprKind::Call { callee, .. } = program.kind(value) else { return None };
            let functions = program.functions_of(ExprRef { file: value.file, expr: *callee });
            let function = functions.first()?;
            let target = program.module(function.file).function(function.function);
            let head = Span { start: target.span.start, end: target.params_span.start };
            let kind = program.slice(function.file, head).split_whitespace().rev().nth(1)?;
            (kind.starts_with(char::is_uppercase) && kind.len() > 1 && !kind.contains('<')).then(|| kind.into())
        };
        let name: Box<str> = declared.or_else(given)?;
        let is_base = own
            .bases
            .iter()
            .any(|base| word(ExprRef { file: self.file, expr: *base }).is_some_and(|base| base == name));
        Some(own.name.as_ref() == Some(&name) || is_base || &*name == "Object")
    }

    /// Where the class stands.
    pub(super) fn place(&self, program: &Program) -> Place {
        Place { file: self.file, span: self.class(program).span }
    }

    /// Whether an expression stands in the class.
    pub(super) fn holds(&self, program: &Program, at: ExprRef) -> bool {
        at.file == self.file && self.class(program).span.contains(program.module(at.file).expr(at.expr).span)
    }

    /// Whether the answer of one of `moved` is all that the class is made of: no code that names it asks for another token.
    pub(super) fn is_ours(&self, program: &Program, exchange: &Exchange<'_>, witness: &Witness<'_>) -> bool {
        let Some(name) = self.class(program).name.clone() else { return false };
        let own: Vec<(FileId, Span)> =
            exchange.form.fields.iter().map(|field| (field.at.file, field.at.span)).collect();
        let speaks = |file: FileId| {
            let text = program.file(file).text();
            let word = |c: char| c.is_alphanumeric() || c == '_';
            text.match_indices(&*name)
                .any(|(at, _)| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word))
        };
        let is_test = |file: FileId| program.file(file).path.contains("/test/");
        let users: Vec<FileId> =
            program.file_ids().filter(|file| is_java(program, *file) && !is_test(*file) && speaks(*file)).collect();
        let asks = |file: &FileId| {
            let module = program.module(*file);
            module.expr_ids().any(|id| {
                let span = module.expr(id).span;
                matches!(module.kind(id), ExprKind::Text(_))
                    && !own.iter().any(|(other, own)| other == file && own.contains(span))
                    && OTHERS.iter().any(|other| program.slice(*file, span).contains(other))
            })
        };
        let declared = users.iter().flat_map(|file| {
            let functions = (0..program.module(*file).functions.len() as u32).map(FunctionId);
            functions.map(|function| FunctionRef { file: *file, function })
        });
        let requests = declared.filter(|function| {
            let target = program.module(function.file).function(function.function);
            let head = Span { start: target.span.start, end: target.params_span.start };
            // A method of an interface.
            target.body.is_none()
                && !target.decorators.is_empty()
                && program.slice(function.file, head).contains(&*name)
        });
        let made = users.iter().all(|file| {
            let all = makers(program.file(*file).text(), &name);
            all.into_iter().all(|at| self.class(program).span.contains(at) || witness.is_made_here(*file, at))
        });
        made && !users.iter().any(asks) && requests.count() < 2
    }

    /// Everything outside of the class that asks for the lifetime.
    pub(super) fn readers(&self, program: &Program) -> Vec<ExprRef> {
        let mut found = vec![];
        for (file, unit) in program.units().filter(|(file, _)| is_java(program, *file)) {
            found.extend(unit.module.expr_ids().map(|expr| ExprRef { file, expr }).filter(|at| {
                let ExprKind::Member { base, name, .. } = program.kind(*at) else { return false };
                is_getter(name, &self.field)
                    && !self.holds(program, *at)
                    && !self.is_of_another(program, *at)
                    && !crate::analyze::is_self(unit.module.kind(*base))
                    && unit.bind_of_place(at.expr).is_none()
                    && unit.module.stmt(unit.module.expr(at.expr).stmt).kind != StmtKind::Import
            }));
        }
        found
    }

    /// The tests' own answers: texts that hold one, and objects of the class.
    pub(super) fn tests(&self, program: &Program) -> Vec<ExprRef> {
        let Some(name) = self.class(program).name.as_deref() else { return vec![] };
        let mut found = vec![];
        for (file, unit) in program.units().filter(|(file, _)| program.file(*file).path.contains("/test/")) {
            let says = |id: &ExprId| match unit.module.kind(*id) {
                ExprKind::Text(_) => program.slice(file, unit.module.expr(*id).span).contains("expires_in"),
                ExprKind::Call { callee, new: true, .. } => {
                    matches!(unit.module.kind(*callee), ExprKind::Name(class) if **class == *name)
                }
                _ => false,
            };
            found.extend(unit.module.expr_ids().filter(says).map(|expr| ExprRef { file, expr }));
        }
        found
    }

    /// Whether others than the program may have objects of the class: a method that is not private gives one.
    pub(super) fn leaves(&self, program: &Program) -> bool {
        let Some(name) = self.class(program).name.as_deref() else { return true };
        let own = |file: FileId, function: &Function| file == self.file && function.class == Some(self.class);
        program.units().filter(|(file, _)| is_java(program, *file)).any(|(file, unit)| {
            unit.module.functions.iter().any(|function| {
                let head =
                    Span { start: function.span.start, end: function.params_span.start.max(function.span.start) };
                let head = program.slice(file, head);
                !own(file, function)
                    && function.name.is_some()
                    && head.split(|c: char| !c.is_alphanumeric()).any(|word| word == name)
                    && head.split_whitespace().any(|word| matches!(word, "public" | "protected"))
            })
        })
    }
}

/// Where a text makes objects of a class, or has a library make them: `new Token(`, `Token.class`, `TypeReference<Token>`.
fn makers(text: &str, name: &str) -> Vec<Span> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let found = text.match_indices(name).filter(|(at, _)| {
        let (before, after) = (&text[..*at], &text[at + name.len()..]);
        let whole = !before.ends_with(word) && !after.starts_with(word);
        let made = before.trim_end().ends_with(" new") && after.trim_start().starts_with(['(', '<']);
        let asked = after.starts_with(".class")
            || ["TypeReference<", "TypeToken<", "Type<"].iter().any(|end| before.ends_with(end));
        whole && (made || asked)
    });
    found.map(|(at, _)| Span::new(at, at + name.len())).collect()
}
