//! Languages. A language is one record: how files of it are named, how one is lowered to [`Module`], and the few words
//! that new text in it needs. To add a language: write one file here and add its record to [`ALL`].
//! Languages without a grammar are read as tokens by [`lexical`].

pub mod embed;
mod java;
mod javascript;
pub mod lexical;
mod python;
mod rust;
mod tree;

use crate::ir::Module;
use crate::text::SourceFile;

/// A language that can be lowered.
#[derive(Debug)]
pub struct Language {
    /// The name in reports: `javascript`, `typescript`, `python`.
    pub name: &'static str,
    /// The folder of its rules: `javascript` serves TypeScript too.
    pub rules: &'static str,
    /// File name endings, without the dot. Some are of no file, only of programs in containers ([`embed`]).
    pub extensions: &'static [&'static str],
    /// Lowers a file. Cannot fail: what it could not read is a gap.
    pub lower: fn(&SourceFile) -> Module,
    /// The files (relative to the root, `/`) that an import of `module`, written in the file `from`, may mean, best
    /// first; empty for a package from outside. `from` is relative to the root as well.
    pub import_paths: fn(from: &str, module: &str) -> Vec<String>,
    /// How its imports look before anything is parsed.
    pub imports: Imports,
    /// What new text needs to know.
    pub syntax: &'static Syntax,
}

/// How imports look in raw bytes.
#[derive(Clone, Copy, Debug)]
pub struct Imports {
    /// What stands before the module string of every import, in the same statement.
    pub words: &'static [&'static str],
    /// Whether the module string is written in one piece (at most with an item behind it, `from module import item`). If
    /// not, only parsing tells what is imported.
    pub whole: bool,
    /// Whether a file uses those beside it, in the same folder, without an import.
    pub beside: bool,
    /// What the manifest of a package is called whose files may use each other wherever they write it, so that no look at
    /// the head of a file tells who uses whom.
    pub package: Option<&'static str>,
}

/// The words of a language that rewriting uses.
#[derive(Debug)]
pub struct Syntax {
    /// What begins a comment to the end of the line.
    pub comment: &'static str,
    /// Whether blocks are in braces (else they are indented).
    pub braces: bool,
    /// What fills an empty block; empty where a block may be empty.
    pub empty_block: &'static str,
    /// One step of indentation where the file does not show its own.
    pub indent: &'static str,
    /// Whether its programs can take the library of a rewrite from a package. A script in a page, or in a service that
    /// runs scripts, cannot: its own request stays.
    pub packages: bool,
    /// An expression that reads the setting `NAME` from outside, and fails or gives nothing where it is missing. Empty
    /// where programs have no such settings.
    pub setting: &'static str,
    /// The module that [`setting`](Self::setting) needs to be imported.
    pub setting_needs: Option<&'static str>,
    /// An expression that makes scopes set off by commas, as they are sent, out of a text `TEXT` of the setting `NAME` that
    /// has them set off by commas or blanks, as people write them. Empty where the text is sent as it is.
    pub scopes: &'static str,
    /// What [`scopes`](Self::scopes) needs to be imported.
    pub scopes_need: Option<&'static str>,
    /// How reads of the environment begin, those that give a text or fail, and nothing that can be worked with where it is
    /// missing.
    pub environment: &'static [&'static str],
    /// Words that begin a statement which says that names are those of a scope around: `global`.
    pub outer_words: &'static [&'static str],
    /// What stands before a name to bind it for good.
    pub declares: &'static str,
    /// What stands for no value.
    pub nothing: &'static str,
    /// Whether functions stand in classes only.
    pub methods_only: bool,
    /// Whether a call may hand over less than a function has parameters, though the function does not say so.
    pub optional_arguments: bool,
    /// Whether a file says which of its names others may import.
    pub exports: bool,
    /// Whether programs keep settings as entries of records in their own text.
    pub records: bool,
    /// Whether each value must be written in the type that it is used as: a text that is owned, or borrowed.
    pub typed: bool,
    /// Whether types may stand beside names, for a checker: a record has the keys that its type asks for, and a value that
    /// may be missing is said to be there.
    pub annotations: bool,
    /// Whether a program waits for the answer of a request unless it says otherwise.
    pub waits: bool,
    /// Whether imports stand in groups, the standard library's first, each in order, and functions two lines apart.
    pub grouped: bool,
    /// Whether the first name of a module says nothing of its package: `com.adobe.…`.
    pub domains: bool,
    /// Whether a program stops where it reads an entry that is missing, or goes on with nothing as a text.
    pub raises: bool,
    /// Whether other files see the names at the top of a file without an import.
    pub shared_names: bool,
    /// Names that every program has without declaring them, those of types included.
    pub globals: &'static [&'static str],
}

/// Every language, in the order in which extensions are looked up.
pub static ALL: &[&Language] = &[
    &java::JAVA,
    &javascript::JAVASCRIPT,
    &javascript::TYPESCRIPT,
    &javascript::TSX,
    &python::PYTHON,
    &rust::RUST,
    &javascript::APPS_SCRIPT,
    &javascript::PAGE,
    &javascript::COMPONENT,
    &javascript::TYPED_COMPONENT,
    &javascript::POSTMAN,
    &javascript::INSOMNIA,
];

/// Whether a path names a program in some language that is lowered.
#[must_use]
pub fn is_program(path: &str) -> bool {
    of(path).is_some()
}

/// The language of a path, by its ending.
#[must_use]
pub fn of(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (_, extension) = name.rsplit_once('.')?;
    by_ending(extension)
}

/// The language of a file's text.
#[must_use]
pub fn of_file(file: &SourceFile) -> Option<&'static Language> {
    file.ending.map_or_else(|| of(&file.path), by_ending)
}

fn by_ending(ending: &str) -> Option<&'static Language> {
    let is_it = |extension: &&str| extension.eq_ignore_ascii_case(ending);
    ALL.iter().find(|language| language.extensions.iter().any(is_it)).copied()
}
