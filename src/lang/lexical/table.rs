//! The languages. To add one: one entry here, and `rules/anchors/<name>.toml`.

use super::{Lexicon, Quote, Words};

/// `"…"` and `'…'` on one line, with `\` as escape. Where a language lets them go on, a quote that is not closed on its
/// line is more often an apostrophe in text than a long string.
const QUOTES: &[Quote] = &[line("\"", Some('\\')), line("'", Some('\\'))];
const TRIPLE: &[Quote] = &[block("\"\"\"", "\"\"\"", None), line("\"", Some('\\')), line("'", Some('\\'))];
const C_LINE: &[&str] = &["//"];
const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];

/// What most languages have in common.
const BASE: Lexicon = Lexicon {
    name: "",
    extensions: &[],
    names: &[],
    line_comments: C_LINE,
    block_comments: C_BLOCK,
    island: None,
    strings: QUOTES,
    heredoc: None,
    words: Words::Plain,
    equals_keys: false,
    any_case: false,
    setting: None,
    unused_is_error: false,
};

const SHELL: Lexicon = Lexicon {
    name: "shell",
    names: &["console", "shell-session", "Dockerfile", "Containerfile"],
    line_comments: &["#"],
    block_comments: &[],
    strings: &[block("\"", "\"", Some('\\')), block("'", "'", None)],
    heredoc: Some("<<"),
    words: Words::Bare,
    setting: Some(("${NAME:?}", "")),
    ..BASE
};

const fn line(quote: &'static str, escape: Option<char>) -> Quote {
    Quote { open: quote, close: quote, escape, lines: false }
}

const fn block(open: &'static str, close: &'static str, escape: Option<char>) -> Quote {
    Quote { open, close, escape, lines: true }
}

pub(super) static ALL: &[Lexicon] = &[
    Lexicon {
        name: "go",
        extensions: &["go"],
        names: &["golang"],
        strings: &[line("\"", Some('\\')), block("`", "`", None), line("'", Some('\\'))],
        setting: Some(("os.Getenv(\"NAME\")", "\"os\"")),
        unused_is_error: true,
        ..BASE
    },
    Lexicon {
        name: "csharp",
        extensions: &["cs", "csx", "cshtml", "razor"],
        names: &["c#"],
        strings: &[
            block("\"\"\"", "\"\"\"", None),
            block("$@\"", "\"", None),
            block("@$\"", "\"", None),
            block("@\"", "\"", None),
            line("\"", Some('\\')),
            line("'", Some('\\')),
        ],
        equals_keys: true,
        setting: Some(("System.Environment.GetEnvironmentVariable(\"NAME\")", "")),
        ..BASE
    },
    Lexicon {
        name: "fsharp",
        extensions: &["fs", "fsx", "fsi"],
        names: &["f#"],
        block_comments: &[("(*", "*)")],
        // `'a` is a type.
        strings: &[
            block("\"\"\"", "\"\"\"", None),
            block("$@\"", "\"", None),
            block("@\"", "\"", None),
            block("\"", "\"", Some('\\')),
        ],
        ..BASE
    },
    Lexicon {
        name: "cfml",
        extensions: &["cfc", "cfm", "cfml", "cfs"],
        names: &["coldfusion"],
        block_comments: &[("/*", "*/"), ("<!---", "--->")],
        strings: &[line("\"", None), line("'", None)],
        equals_keys: true,
        any_case: true,
        ..BASE
    },
    Lexicon {
        name: "php",
        extensions: &["php", "phtml", "inc"],
        line_comments: &["//", "#"],
        // Outside of its marks a file is text for the browser.
        island: Some("<?"),
        block_comments: &[("/*", "*/"), ("?>", "<?")],
        heredoc: Some("<<<"),
        setting: Some(("getenv('NAME')", "")),
        ..BASE
    },
    Lexicon {
        name: "ruby",
        extensions: &["rb", "rake", "ru", "erb", "gemspec"],
        names: &["Rakefile", "Gemfile", "Fastfile"],
        line_comments: &["#"],
        block_comments: &[("\n=begin", "\n=end")],
        heredoc: Some("<<"),
        setting: Some(("ENV.fetch(\"NAME\")", "")),
        ..BASE
    },
    Lexicon {
        name: "powershell",
        extensions: &["ps1", "psm1", "psd1"],
        names: &["pwsh"],
        line_comments: &["#"],
        block_comments: &[("<#", "#>")],
        strings: &[block("@\"", "\n\"@", None), block("@'", "\n'@", None), line("\"", Some('`')), line("'", None)],
        words: Words::Dashed,
        equals_keys: true,
        any_case: true,
        setting: Some(("$env:NAME", "")),
        ..BASE
    },
    Lexicon {
        name: "kotlin",
        extensions: &["kt", "kts"],
        strings: TRIPLE,
        setting: Some(("System.getenv(\"NAME\")", "")),
        ..BASE
    },
    Lexicon {
        name: "scala",
        extensions: &["scala", "sc"],
        strings: TRIPLE,
        setting: Some(("sys.env(\"NAME\")", "")),
        ..BASE
    },
    Lexicon {
        name: "groovy",
        extensions: &["groovy", "gvy"],
        names: &["Jenkinsfile"],
        strings: TRIPLE,
        setting: Some(("System.getenv(\"NAME\")", "")),
        ..BASE
    },
    Lexicon { name: "swift", extensions: &["swift"], strings: TRIPLE, ..BASE },
    Lexicon { name: "dart", extensions: &["dart"], strings: TRIPLE, ..BASE },
    Lexicon {
        name: "r",
        extensions: &["r"],
        line_comments: &["#"],
        block_comments: &[],
        equals_keys: true,
        setting: Some(("Sys.getenv(\"NAME\")", "")),
        ..BASE
    },
    Lexicon { extensions: &["sh", "bash", "zsh", "ksh", "curl", "command", "dockerfile"], ..SHELL },
    // make and the editors that send requests put their own variables in first.
    Lexicon {
        extensions: &["mk", "mak"],
        names: &["Makefile", "makefile", "GNUmakefile"],
        setting: Some(("$${NAME:?}", "")),
        ..SHELL
    },
    Lexicon { extensions: &["http", "rest"], names: &[], setting: Some(("{{NAME}}", "")), ..SHELL },
    Lexicon {
        name: "batch",
        extensions: &["bat", "cmd"],
        line_comments: &["::", "REM ", "rem "],
        block_comments: &[],
        words: Words::Bare,
        ..BASE
    },
    Lexicon {
        name: "visual-basic",
        extensions: &["vb", "vbs", "bas"],
        names: &["vba", "vbnet"],
        line_comments: &["'"],
        block_comments: &[],
        strings: &[line("\"", None)],
        any_case: true,
        ..BASE
    },
    Lexicon { name: "apex", extensions: &["cls", "trigger"], ..BASE },
    Lexicon { name: "c", extensions: &["c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm"], names: &["c++"], ..BASE },
    Lexicon {
        name: "perl",
        extensions: &["pl", "pm"],
        line_comments: &["#"],
        block_comments: &[("\n=pod", "\n=cut")],
        heredoc: Some("<<"),
        ..BASE
    },
    Lexicon {
        name: "lua",
        extensions: &["lua"],
        line_comments: &["--"],
        block_comments: &[("--[[", "]]")],
        strings: &[block("[[", "]]", None), line("\"", Some('\\')), line("'", Some('\\'))],
        equals_keys: true,
        ..BASE
    },
    Lexicon {
        name: "elixir",
        extensions: &["ex", "exs"],
        line_comments: &["#"],
        block_comments: &[],
        strings: TRIPLE,
        ..BASE
    },
];
