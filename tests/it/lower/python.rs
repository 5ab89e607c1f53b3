//! Python snippets and what is special about Python.

use super::{check_snippets, lowered, unsound};
use unjwt::ir::{BlockId, ExprKind, Piece, ScopeKind};

/// Their dumps are in `snapshots`.
pub(super) const SNIPPETS: super::Snippets = &[
    (
        "imports",
        r#"import os, a.b.c, json as js
from ..auth import (jwt_token as jt, other)  # two
from . import x
from y import *
if TYPE_CHECKING:
    from z import Z
else:
    import typing.io
try:
    import simplejson
except ImportError:
    simplejson = None
def f():
    import jwt
"#,
    ),
    (
        "prologue",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# licence\n\n\"\"\"Doc.\"\"\"\nfrom __future__ import print_function, division  # old\n\nimport a\n",
    ),
    (
        "strings",
        r#"BASE = "https://ims" \
    "-na1.adobelogin.com"
URL = (f"{BASE}/ims/{x!r}/exchange{{jwt}}\n"
       "tail" '\x41\u00e9\d')
path = r"\d" + '/' + b'x\n' + ''
padded = f"{token:>{width}} {a['k']} {x=} {y!s}"
long = """two
lines"""
"#,
    ),
    (
        "assignments",
        r#"a = b = {'k': 1, **c, "l": [1, *d, -2]}
(p, [q, *r]) = 1, (2, 3); s = 5
n: Optional[int] = None
m: str
self.x["k"] += foo(*args, k=1, **kw)[1:2]
config["jwtTokenEndpoint"] = handler = lambda x, *y, z=1: x + y
type Alias = list[int]
while (line := read()) is not None: pass
"#,
    ),
    (
        "choices",
        r#"host = os.environ.get("HOST") or config.host or "ims-na1"
url = stage_url if stage else (await prod_url())
ok = a and b or not c
in_range = 0 <= x < len(y) and z not in w and p is not q
n = ~x + -1 - (2 ** 3)
"#,
    ),
    (
        "functions",
        r#"@decor(1)
async def f(a, /, b: int = 2, *args: str, c, d=a.b, **kw) -> Dict[str, int]:
    def inner():
        nonlocal count
        count = 1
        return
    count = 0
    yield count
    return a, *args
def g():
    global TOKEN
    TOKEN = f()
    return TOKEN
    # the end

# after
def h(): return 1; x = 2
"#,
    ),
    (
        "classes",
        r#"@dataclass
class Client(Base, http.Session, metaclass=Meta):
    """Doc."""
    URL = "https://x"
    token: str
    def __init__(self, key=None):
        self.key = self.other = key
    @property
    def auth(self): return self.key
    @auth.setter
    def auth(self, value): self.key = value
    @classmethod
    def make(cls) -> "Client":
        return cls(URL)
    class Inner: pass
"#,
    ),
    (
        "comprehensions",
        r#"body = {k: v for k, v in claims.items() if v}
flat = [cell for row in rows for cell in row]
print(sum(x * x for x in flat), end="")
scopes = {s.strip() for s in scopes}
gen = (y async for y in z)
nested = [[i for i in j] for j in k]
"#,
    ),
    (
        "branches",
        r#"if a: b; c
elif d:
    # why
    e = 1
elif f:
    pass
else:
    g()
for i, (j, k) in enumerate(z): pass
else:
    q()
while True:
    break
"#,
    ),
    (
        "errors",
        r#"try:
    r = requests.post(url, data=payload, timeout=5)
    r.raise_for_status()
except (requests.HTTPError, KeyError) as e:
    raise AuthError(e) from e
except exc.Timeout:
    pass
except:
    raise
else:
    assert r, "nothing"
finally:
    del r.text
"#,
    ),
    (
        "with",
        r#"with open(a) as f, lock:
    key = f.read()
with (open(a) as f, open(b) as (g, h)):
    pass
async def x():
    async with aiohttp.ClientSession() as s: await s.post(url)
"#,
    ),
    (
        "match",
        r#"match cmd.split():
    case [x, "a" | "b", *rest] if x: go(x)
    case A(k=v) as w: pass
    case a.b | {"k": n, **more}: pass
    case _:
        pass
"#,
    ),
    (
        "exchange",
        r#"import time, jwt, requests

def get_token(config, private_key):
    claims = {
        "exp": int(time.time()) + 60 * 60,
        "iss": config["org_id"],
        "aud": "https://{}/c/{}".format(config["ims_host"], config["api_key"]),
        "https://%s/s/ent_user_sdk" % config["ims_host"]: True,
    }
    token = jwt.encode(claims, private_key, algorithm="RS256")
    payload = dict(client_id=config["api_key"], client_secret=config["secret"], jwt_token=token.decode("utf-8"))
    res = requests.post("https://" + config["ims_host"] + "/ims/exchange/jwt/", data=payload)
    return res.json()["access_token"]
"#,
    ),
    (
        "python2",
        r#"print "hello" % name, x
print >>sys.stderr, "bad"
before = 1
exec "code" in scope
try:
    n = 0777L
except IOError, e:
    raise ValueError, "no"
after = ur"x" <> `y`
last = 2
"#,
    ),
    (
        "broken",
        r#"good = call("a")
bad = = 3
also_good = call("b")
def f(x:
    return call("c")
class C:
    def m(self):
        self.k = call("d")
oops = [1, 2
end = call("e")
"#,
    ),
];

#[test]
fn snippets() {
    check_snippets("python", "snippet.py", SNIPPETS);
}

/// Every call's argument text, in order: what a damaged file still says.
fn called_with(source: &str) -> Vec<String> {
    let (module, _) = lowered("a.py", source.as_bytes());
    let called = module.expr_ids().filter_map(|id| match module.kind(id) {
        ExprKind::Call { args, .. } => args.first().and_then(|arg| module.literal(arg.value)),
        _ => None,
    });
    called.collect()
}

#[test]
fn neighbours_of_broken_code_are_kept() {
    let broken = SNIPPETS.iter().find(|(name, _)| *name == "broken").map_or("", |(_, source)| *source);
    assert_eq!(called_with(broken), ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_bom_shifts_nothing() {
    let (module, file) = lowered("a.py", "\u{feff}# licence\r\nimport jwt\r\n".as_bytes());
    assert_eq!(file.slice(module.stmts[0].span), "import jwt");
    assert_eq!(file.slice(module.comments[0]), "# licence");
    assert_eq!(file.text().get(module.prologue_end as usize..), Some("import jwt\r\n"));
    let (module, _) = lowered("a.py", "\u{feff}import jwt\n".as_bytes());
    assert_eq!(module.prologue_end, 3);
}

#[test]
fn spans_are_exact() {
    let source = "from x import (a, b as c,)\nf(k = (1), *[2], x for x in y)\nd = {'p' : 'q' , **r}\n@w\ndef g():\n    pass ; z\n    # c\n\n";
    let (module, file) = lowered("a.py", source.as_bytes());
    let imports: Vec<&str> = module.imports.iter().map(|import| file.slice(import.span)).collect();
    assert_eq!(imports, ["a", "b as c"]);
    assert_eq!(file.slice(module.imports[1].module_span), "x");
    let mut parts = vec![];
    for id in module.expr_ids() {
        match module.kind(id) {
            ExprKind::Call { args, .. } => parts.extend(args.iter().map(|arg| file.slice(arg.span))),
            ExprKind::Record(entries) => parts.extend(entries.iter().map(|entry| file.slice(entry.span))),
            _ => {}
        }
    }
    assert_eq!(parts[..2], ["k = (1)", "*[2]"]);
    assert_eq!(parts[parts.len() - 2..], ["'p' : 'q'", "**r"]);
    let function = &module.functions[0];
    assert_eq!(file.slice(function.span), "@w\ndef g():\n    pass ; z");
    assert_eq!(file.slice(function.params_span), "()");
    let body = module.block(function.body.unwrap_or(BlockId(0)));
    assert_eq!(file.slice(body.span), "pass ; z");
}

#[test]
fn joined_literals_are_one_text() {
    let (module, file) = lowered("a.py", b"x = ('a' # one\n  \"b{}\"\n  f'{c}')\n");
    let texts: Vec<_> = module
        .exprs
        .iter()
        .filter_map(|expr| match &expr.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    let pieces: Vec<&str> = texts
        .iter()
        .flat_map(|text| &text.pieces)
        .map(|piece| match piece {
            Piece::Known { span, .. } | Piece::Hole { span, .. } => file.slice(*span),
        })
        .collect();
    assert_eq!(texts.len(), 1);
    assert_eq!(pieces, ["a", "b{}", "{c}"]);
}

#[test]
fn every_line_end_ends_a_line() {
    let unix = "import a\nx = 'é' # c\nif x:\n  y = call('a')\n\n\nz = (1,\n 2)\n";
    let unix_dump = dumped(unix);
    for line_end in ["\r\n", "\r"] {
        assert_eq!(dumped(&unix.replace('\n', line_end)), unix_dump, "{line_end:?}");
    }
}

fn dumped(source: &str) -> String {
    let (module, file) = lowered("a.py", source.as_bytes());
    unjwt::ir::dump::dump(&module, &file)
}

#[test]
fn hostile_nesting_ends_in_gaps() {
    let lists = |n: usize| format!("x = {}{}", "[".repeat(n), "]".repeat(n));
    let indented = (0..900).map(|n| format!("{}if a:\n", " ".repeat(n))).collect::<String>();
    let elifs = (0..2000).map(|n| format!("elif b: x = {n}\n")).collect::<String>();
    for source in [
        lists(2000),
        "[".repeat(50_000),
        format!("x = {}1", "not ".repeat(5000)),
        format!("x = {}1", "lambda: ".repeat(2000)),
        format!("x = a{}", ".b()".repeat(2000)),
        indented,
        format!("if a: pass\n{elifs}"),
    ] {
        assert_eq!(unsound("a.py", source.as_bytes()), Vec::<String>::new());
        assert!(!lowered("a.py", source.as_bytes()).0.gaps.is_empty());
    }
}

#[test]
fn names_are_declared_where_python_declares_them() {
    let source = "def f(p):\n    global a\n    a = b = [c for c in p]\n    def g():\n        nonlocal b\n        b = (d := 1)\nclass K:\n    e = 2\n    def m(self): pass\nfor h in a: pass\n";
    let (module, file) = lowered("a.py", source.as_bytes());
    let mut declared: Vec<String> = vec![];
    for bind in &module.binds {
        let place = file.slice(module.expr(bind.place).span);
        let scope = match module.scope(bind.scope).kind {
            ScopeKind::Module => "module".to_owned(),
            ScopeKind::Function(id) => module.function(id).name.as_deref().unwrap_or_default().to_owned(),
            ScopeKind::Class(id) => module.class(id).name.as_deref().unwrap_or_default().to_owned(),
            ScopeKind::Block => "comprehension".to_owned(),
        };
        declared.push(format!("{place}:{scope}"));
    }
    let expected = "f:module p:f c:comprehension a:module b:f g:f d:g b:f K:module e:K m:K self:m h:module";
    assert_eq!(declared.join(" "), expected);
}

#[test]
fn long_chains_are_read_whole() {
    for operator in ["+", "or", "and", "<"] {
        let source = format!("x = {}", vec!["'a'"; 5000].join(&format!(" {operator} ")));
        let (module, _) = lowered("a.py", source.as_bytes());
        assert_eq!(unsound("a.py", source.as_bytes()), Vec::<String>::new());
        assert!(module.gaps.is_empty(), "{operator}");
        let texts = module.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Text(_)));
        assert_eq!(texts.count(), 5000, "{operator}");
    }
}
