//! JavaScript, TypeScript and TSX snippets, and what is special about them.

use super::{check_snippets, lowered, unsound};
use unjwt::ir::{ExprKind, How, ImportStyle, ScopeKind, StmtKind};

/// Their dumps are in `snapshots`.
pub(super) const JAVASCRIPT: super::Snippets = &[
    (
        "requires",
        r#"const jwt = require('jsonwebtoken'), fs = require("fs");
const { sign, decode: d, verify = null, ...rest } = require('jsonwebtoken');
const { promises: { readFile } } = require(`fs`);
const s = require('m').sign, q = require('m')(cfg);
const { default: fetch } = await import('node-fetch');
const later = import('node-fetch');
var jwt_1 = __importDefault(require("jsonwebtoken"));
const token = (0, jwt_1.sign)(claims, key);
let late; try { late = require('late'); } catch {}
"#,
    ),
    (
        "imports",
        r#"import axios, { AxiosError as E } from 'axios';
import * as jwt from "jsonwebtoken";
import def, * as all from './all.js';
import { default as config } from '../config.json' with { type: 'json' };
import 'dotenv/config';
"#,
    ),
    (
        "exports",
        r#"export const a = 1, { b, c: [d] } = x;
export function f() {}
export default class K {}
export { a as z, f as default };
export { sign as s } from 'jsonwebtoken';
export * from './q';
export * as ns from './r';
"#,
    ),
    (
        "commonjs_exports",
        r#"exports.a = exports.b = void 0;
exports.a = f;
module.exports.b = () => 1;
module.exports = { f, g: 1, h() {}, ...others };
module.exports = exports = function named() {};
"#,
    ),
    (
        "strings",
        r#"const a = 'it\'s \x41\u{1f600}', b = "", c = `x${a}\n${b + `y`}`, d = ``;
const html = tag`a${b}c`, key = "line \
two", re = /a"b/g;
"#,
    ),
    (
        "records",
        r#"const o = { a, 'b-c': 1, [k]: 2, 3: x, async m(p) { return p; }, get g() { return 1 }, set g(v) {}, ...rest, *gen() { yield 1; } };
const l = [1, , ...more, f(...args, 2)];
"#,
    ),
    (
        "choices",
        r#"const host = process.env.HOST || config?.host ?? 'ims-na1';
const url = stage ? stageUrl : (await prodUrl());
const both = a && b || !c;
let n = typeof x === 'string' ? -1 : void 0;
"#,
    ),
    (
        "functions",
        r#"async function get(a, { b, c = 2 } = {}, [d], ...rest) { if (a) return a; return await b; }
const arrow = x => x + 1, block = async (y = 1) => { return y };
const named = function inner() { return inner; };
obj.method = function () {};
items.map((item) => ({ id: item.id }));
(function () { var hidden = 1; })();
const nothing = ([, second]) => second;
"#,
    ),
    (
        "classes",
        r#"class Client extends Base {
  static url = 'https://x';
  #key = this.read();
  handle = () => this.#key;
  constructor(options) { super(options); this.options = options; }
  get token() { return this._token; }
  set token(value) { this._token = value; }
  static async create() { return new Client; }
  ['computed']() {}
  static { let k = 1; }
}
const Named = class Inner { m() { return Inner; } };
"#,
    ),
    (
        "assignments",
        r#"let a, b = c = d;
a = b.c = [1];
[a, o.p = 2] = pair;
({ a, q: o.r, ...o.rest } = record);
count += 1; count++; flag ||= true;
run(last = first());
const f = (x) => seen = x;
"#,
    ),
    (
        "scopes",
        r#"function f() {
  if (x) { let inner = 1; var outer = 2; }
  for (let i = 0, n = 9; i < n; i++) inner(i);
  { const own = 1; function hoisted() {} }
  outer = 3; late = 4;
}
var late;
"#,
    ),
    (
        "branches",
        r#"if (a) b(); else if (c) { d() } else e();
for (const [k, v] of Object.entries(o)) use(k, v);
for (const key in o) use(key);
for await (item of stream()) {}
while (true) { break }
do x(); while (y);
try { risky() } catch ({ message }) { throw new Error(message) } finally { done() }
try { risky() } catch (e) {}
outer: for (;;) { continue outer }
switch (kind) { case 'a': let z = 1; use(z); break; default: other() }
;
"#,
    ),
    ("asi", "const a = 1\nlet b = a\n  + 2\nreturn_()\nexport default a\nb = 3 // end\n"),
    (
        "prologue",
        "#!/usr/bin/env node\n/* Copyright Someone */\n'use strict';\n\n// of the import\nimport a from 'a';\n",
    ),
    (
        "minified",
        r#"!function(e,t){"object"==typeof exports?module.exports=t(require("x")):e.f=t(e.x)}(this,function(a){var n=a||{},r;return r=n,function(t){for(var i=0,o=t.length;i<o;i++)r[i]=t[i];return t.x=r,void 0}});"#,
    ),
    (
        "exchange",
        r#"const axios = require('axios');
const jwt = require('jsonwebtoken');
const qs = require('querystring');
async function getToken(config) {
  const payload = { iss: config.orgId, sub: config.techId, exp: Math.round(87000 + Date.now() / 1000), [`${config.ims}/s/ent_x`]: true };
  const token = jwt.sign(payload, fs.readFileSync('key'), { algorithm: 'RS256' });
  const response = await axios.post(`${config.ims}/ims/exchange/jwt`, qs.stringify({ client_id: config.id, jwt_token: token }));
  return response.data.access_token;
}
module.exports = { getToken };
"#,
    ),
    ("broken", "const a = ;\nfoo(1, 2\nif (x { y() }\nconst ok = 1;\n"),
];

/// Typed snippets.
pub(super) const TYPESCRIPT: super::Snippets = &[
    (
        "imports",
        r#"import type { A } from "./a.js";
import { type B, C } from './b';
import fs = require('fs');
import Short = Long.Name;
export type { D } from './d';
export = main;
const x = <A>fs.readFileSync('k') as unknown as C;
"#,
    ),
    (
        "generics",
        r#"const a = await axios.post<T>(url, { k: 1 });
const b = (await f<T>(x)).data!.y;
const c = !f<T>(x), d = a + b.c!.g<U>(y).z;
return_(await this.http.get<T>(u).pipe<V>(w));
const e = a || await h<T>(i) as J;
const m = new Map<string, T>();
const o = x.y satisfies Z;
"#,
    ),
    (
        "classes",
        r#"@Injectable({ providedIn: 'root' })
export abstract class Service<T extends Base> extends Parent<T> implements OnInit {
  @Input() url: string = 'x';
  private readonly key!: Key;
  constructor(private http: Http, @Inject(TOKEN) readonly token?: string, plain = 1) { super(); }
  @HostListener('click') async go(this: Service<T>, { a }: Options, ...rest: any[]): Promise<R> { return this.http; }
  abstract run(x: Later): void;
  over(a: string): void;
  over(a: any) {}
  [index: string]: Value;
}
"#,
    ),
    (
        "types",
        r#"interface I extends Foo { a: Bar; m(q: Baz): typeof value }
type U = A.B | { [K in keyof C]: D<K> } & ((p: E) => F);
export enum Scope { A = 'ent_a', B }
declare const g: G;
declare module 'm' { export const inside: H; }
namespace N { export const inner = 1 }
function over(x: string): void;
function isX(v: unknown): v is X { return true }
"#,
    ),
];

/// Typed snippets with elements.
pub(super) const TSX: super::Snippets = &[(
    "elements",
    r#"import { Foo } from './foo';
export const App: FC<Props> = ({ a, onClick = () => go() }) => (
  <Foo.Bar {...a} x={y} s="t" onClick={() => onClick(z)}>
    <div className={q}>{items.map((i) => <Foo<T> key={i} />)} text {/* note */}</div>
    <></>
  </Foo.Bar>
);
"#,
)];

#[test]
fn snippets() {
    check_snippets("javascript", "snippet.js", JAVASCRIPT);
    check_snippets("typescript", "snippet.ts", TYPESCRIPT);
    check_snippets("tsx", "snippet.tsx", TSX);
}

/// Deep and long input must end, on the stack of a worker thread, and what comes after it must still be seen.
#[test]
fn nesting_does_not_overflow() {
    let nested = |open: &str, middle: &str, close: &str| {
        format!("x = {}{middle}{};\nlast();", open.repeat(2000), close.repeat(2000))
    };
    let sources = [
        nested("(", "1", ")"),
        nested("[", "", "]"),
        nested("a => ", "1", ""),
        nested("a ? b : ", "1", ""),
        nested("a = ", "1", ""),
        nested("function () { return ", "1", "}"),
        nested("`${", "1", "}`"),
        nested("class { x = ", "1", "}"),
        nested("!", "f<T>(1)", ""),
        nested("({ a: ", "1", "})"),
        format!("{}{}\nlast();", "{".repeat(3000), "}".repeat(3000)),
        format!("if (a) {{}}{}\nlast();", "else if (a) {}".repeat(3000)),
        format!("const {}b{} = c;\nlast();", "{ a: ".repeat(3000), "}".repeat(3000)),
    ];
    for source in sources {
        let (module, _) = lowered("deep.ts", source.as_bytes());
        assert!(!module.gaps.is_empty(), "{:.30}", source);
        let called = module.exprs.iter().any(|expr| expr.kind == ExprKind::Name("last".into()));
        assert!(called, "{:.30}", source);
        assert_eq!(unsound("deep.ts", source.as_bytes()), Vec::<String>::new());
    }
}

#[test]
fn long_chains_have_no_gaps() {
    let sum = vec!["'a'"; 5000].join(" + ");
    let calls = ".b(c)".repeat(3000);
    let (module, _) = lowered("long.js", format!("x = {sum};\ny = a{calls};").as_bytes());
    assert_eq!(module.gaps, vec![]);
}

/// Flow and other types in a `.js` file hide calls from the JavaScript grammar.
#[test]
fn typed_javascript_is_read_with_another_grammar() {
    let source = "class A {\n  constructor(private http: Http) {}\n  go<T>(x: T): Promise<T> { return jwt.sign<T>(x as any) }\n}\n";
    let (module, _) = lowered("a.js", source.as_bytes());
    assert_eq!(module.gaps, vec![]);
    assert!(module.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Member { name, .. } if &**name == "sign")));
}

#[test]
fn a_byte_order_mark_shifts_nothing() {
    let (module, file) = lowered("a.js", "\u{feff}'use strict';\nlet é = jwt".as_bytes());
    assert_eq!(file.slice(module.stmts[1].span), "let é = jwt");
    assert_eq!(module.prologue_end as usize, "\u{feff}'use strict';".len());
}

#[test]
fn spans_are_exact() {
    let source =
        "const { sign: s, verify } = require('jsonwebtoken');\n@A() export class B { x = 1; }\nf(...a, (b));\n";
    let (module, file) = lowered("a.ts", source.as_bytes());
    let imports: Vec<&str> = module.imports.iter().map(|import| file.slice(import.span)).collect();
    assert_eq!(imports, ["sign: s", "verify"]);
    assert_eq!(file.slice(module.imports[0].module_span), "jsonwebtoken");
    assert_eq!(module.imports[0].style, ImportStyle::Require);
    let stmts: Vec<&str> = module.stmts.iter().map(|stmt| file.slice(stmt.span)).collect();
    assert_eq!(stmts[1..3], ["@A() export class B { x = 1; }", "x = 1;"]);
    let args = module.exprs.iter().find_map(|expr| match &expr.kind {
        ExprKind::Call { args, .. } if args.len() == 2 => Some(args),
        _ => None,
    });
    let args: Vec<&str> = args.into_iter().flatten().map(|arg| file.slice(arg.span)).collect();
    assert_eq!(args, ["...a", "(b)"]);
}

#[test]
fn names_are_declared_where_javascript_declares_them() {
    let source = "function f() { if (x) { let own = 1; var mine = 2; later = 3; global = 4 } }\nvar later;\n";
    let (module, _) = lowered("a.js", source.as_bytes());
    let kind_of = |wanted: &str| {
        let bind = module.binds.iter().find(|bind| *module.kind(bind.place) == ExprKind::Name(wanted.into()));
        bind.map(|bind| module.scope(bind.scope).kind)
    };
    assert_eq!(kind_of("own"), Some(ScopeKind::Block));
    assert!(matches!(kind_of("mine"), Some(ScopeKind::Function(_))));
    assert_eq!(kind_of("later"), Some(ScopeKind::Module));
    assert_eq!(kind_of("global"), Some(ScopeKind::Module));
}

#[test]
fn members_are_statements_of_the_class() {
    let (module, _) = lowered("a.js", b"const A = class { x = 1; m() {} };");
    let kinds: Vec<StmtKind> = module.stmts.iter().map(|stmt| stmt.kind).collect();
    assert!(matches!(kinds[..], [StmtKind::Bind, StmtKind::Bind, StmtKind::Function(_)]));
    assert!(module.stmts[0].blocks.is_empty());
    assert!(module.binds.iter().any(|bind| matches!(bind.how, How::Function(_))));
}
