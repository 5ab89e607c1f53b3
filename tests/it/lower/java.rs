//! Java snippets, and what is special about them.

use super::{check_snippets, lowered, unsound};
use unjwt::ir::{ExprKind, How, ImportStyle};

/// Their dumps are in `snapshots`.
pub(super) const SNIPPETS: super::Snippets = &[
    (
        "imports",
        r#"/* licence */
package com.example.app;

import io.jsonwebtoken.Jwts;
import java.util.*;
import static com.example.Config.ENDPOINT;
import static com.example.Config.*;
import com.example.Outer.Inner;

class Main {
    Helper helper = new Helper(java.net.URI.create("u"), new org.apache.http.HttpHost("h"), this.helper.URL);
}
"#,
    ),
    (
        "classes",
        r#"@Component(service = Auth.class, property = { "a=b", X + "c" })
public class Auth<T extends Base> extends Parent<T> implements Api, AutoCloseable {
    private static final String HOST = "https://h", PATH;
    @Value("${x}") private final Config config;
    static { PATH = "/p"; }
    { count++; }
    public Auth(@Named("c") Config config, String... rest) throws IOException { super(rest); this.config = config; }
    Auth() { this(null); }
    @Override public String token() { return HOST + PATH + config.key(); }
    interface Inner { String KEY = "k"; String get(); default int one() { return 1; } }
    enum Env { PROD("p") { void f() {} }, DEV; private final String url; Env(String url) { this.url = url; } }
    record Pair(@Id String name, int size) { Pair { size = 1; } static int zero() { return 0; } }
    @interface Settings { String endpoint() default "https://e"; String[] scopes() default {}; }
}
"#,
    ),
    (
        "expressions",
        r#"class E {
    void f(Object o, int... n) {
        String s = ((String) o).trim() + 'c' + 1L + -2, t = s != null ? s : "n";
        int[] a = {1, 2}, b = new int[]{3}, c = new int[a[0]];
        Map<String, List<Object>> m = new HashMap<>() {{ put("k", s); }};
        a[0] = b[1] += 2;
        Function<String, String> g = x -> x + s, h = (String y) -> { return y; }, i = String::trim, j = E::new;
        if (o instanceof String u && !u.isEmpty()) { g.apply(u); }
        List.<String>of().stream().map(this::g).forEach((x, y) -> {});
        Object p = switch (n.length) { case 0 -> "zero"; case 1, 2 -> { yield "few"; } default -> throw new Error(); };
        super.f(o); E.this.g = null; outer.new Inner();
    }
}
"#,
    ),
    (
        "strings",
        r#"class S {
    String a = "it\"s \u0041\101\n", b = "", c = """
        {"a": \
          "b"}  
          x\n""";
    char d = '\'';
}
"#,
    ),
    (
        "statements",
        r#"class T {
    int f() throws IOException {
        int x;
        x = 1;
        for (int i = 0, j = 1; i < x; i++, j--) continue;
        for (final String key : keys) { use(key); }
        outer: while (true) { break outer; }
        do { x++; } while (x < 3);
        try (InputStream in = open(); other) { in.read(); } catch (IOException | Error e) { throw e; } finally { close(); }
        switch (x) { case 1: int y = 2; return y; default: break; }
        switch (x) { case 1 -> use(x); default -> { } }
        synchronized (this) { x = 2; }
        { int z = 3; }
        assert x > 1 : "no";
        return token = x;
    }
}
"#,
    ),
    (
        "exchange",
        r#"package com.example;

import io.jsonwebtoken.Jwts;
import okhttp3.FormBody;

public class Ims {
    private static final String URL = "https://ims-na1.adobelogin.com/ims/exchange/jwt";
    @Reference private OkHttpClient client;

    String token(Map<String, Object> claims, PrivateKey key) throws Exception {
        claims.put("https://ims-na1.adobelogin.com/s/ent_user_sdk", true);
        String jwt = Jwts.builder().setClaims(claims).signWith(SignatureAlgorithm.RS256, key).compact();
        RequestBody body = new FormBody.Builder().add("client_id", id).add("jwt_token", jwt).build();
        return client.newCall(new Request.Builder().url(URL).post(body).build()).execute().body().string();
    }
}
"#,
    ),
    (
        "declared",
        r#"interface Ims {
    @RequestLine("POST /ims/exchange/jwt")
    @Headers({"Content-Type: application/x-www-form-urlencoded"})
    Token exchange(@Param("client_id") String id, @Param(value = "jwt_token") String jwt);
}
"#,
    ),
    (
        "broken",
        r#"class B {
    void f() { g(1, ; String s = "open
    h(2);
}
"#,
    ),
];

#[test]
fn snippets_have_their_form() {
    check_snippets("java", "Snippet.java", SNIPPETS);
}

#[test]
fn bare_names_reach_fields() {
    let (module, _) = lowered("A.java", b"class A { String x = \"1\"; void f() { x = \"2\"; y = \"3\"; } }");
    let class = module.classes[0].scope;
    let scopes: Vec<_> = module.binds.iter().filter(|bind| bind.how == How::Assign).map(|bind| bind.scope).collect();
    assert_eq!(scopes, [class, class, class]);
    assert!(module.classes[0].is_open);
}

#[test]
fn names_without_an_import_are_looked_for_nearby() {
    let source = b"package a.b;\nimport c.d.*;\nclass A { String x = Config.KEY + q.y.Other.KEY; int max = MAX; }";
    let (module, _) = lowered("A.java", source);
    let found: Vec<String> = module
        .imports
        .iter()
        .filter(|import| matches!(import.style, ImportStyle::Beside | ImportStyle::Inline))
        .map(|import| format!("{}:{}", import.module, import.item.as_deref().unwrap_or_default()))
        .collect();
    let want = ["q.y:Other", "a.b:String", "c.d:String", "a.b:Config", "c.d:Config", "a.b:MAX", "c.d:MAX"];
    assert_eq!(found, want);
}

#[test]
fn long_chains_cost_no_stack() {
    let calls = format!("class A {{ Object x = b{}; }}", ".c()".repeat(5000));
    assert!(lowered("A.java", calls.as_bytes()).0.gaps.is_empty());
    let sum = format!("class A {{ String x = a{}; }}", " + \"b\"".repeat(5000));
    let (module, _) = lowered("A.java", sum.as_bytes());
    assert!(module.gaps.is_empty());
    let nested = format!("class A {{ Object x = {}1{}; }}", "f(".repeat(2000), ")".repeat(2000));
    assert_eq!(unsound("A.java", nested.as_bytes()), Vec::<String>::new());
}

#[test]
fn casts_and_parentheses_are_transparent() {
    let (module, file) = lowered("A.java", b"class A { Object x = (Object) ((y)); }");
    let value = module.binds.iter().find_map(|bind| bind.value).map(|id| module.expr(id));
    let Some(value) = value else { panic!("no value") };
    assert_eq!(value.kind, ExprKind::Name("y".into()));
    assert_eq!(file.slice(value.outer), "(Object) ((y))");
}
