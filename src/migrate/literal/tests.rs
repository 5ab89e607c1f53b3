use super::*;
use crate::lang::lexical;
use crate::text::EditSet;

fn check(language: &str, before: &str, after: Option<&str>) {
    let lexicon = lexical::named(language).unwrap();
    let at = before.find("jwt_token").unwrap();
    let edits = entry(lexicon, before, Span::new(at, at + 9), &Scopes::Known("openid,AdobeID".into()));
    let found = edits.map(|edits| {
        let mut all = EditSet::default();
        edits.into_iter().for_each(|edit| all.add(edit).unwrap());
        String::from_utf8(all.apply(before.as_bytes())).unwrap()
    });
    assert_eq!(found.as_deref(), after, "{language}: {before}");
}

#[test]
fn plain_forms_are_rewritten() {
    let cases = [
        ("shell", "curl -d jwt_token=$J x", "curl -d grant_type=client_credentials -d scope=openid,AdobeID x"),
        (
            "shell",
            "curl -sF jwt_token=@f -H 'Content-Type: multipart/form-data' x",
            "curl -s --data-urlencode grant_type=client_credentials --data-urlencode scope=openid,AdobeID \
             -H 'Content-Type: application/x-www-form-urlencoded' x",
        ),
        (
            "shell",
            "curl -F a=@f -F jwt_token=$J x",
            "curl -F a=@f -F grant_type=client_credentials -F scope=openid,AdobeID x",
        ),
        (
            "shell",
            "xh -f x a=b jwt_token=\"$(f \"a b\")\"; ls",
            "xh -f x a=b grant_type=client_credentials scope=openid,AdobeID; ls",
        ),
        (
            "shell",
            "A=(-F b=c\n  -F 'jwt_token=x')\n",
            "A=(--data-urlencode b=c\n  --data-urlencode 'grant_type=client_credentials'\n  --data-urlencode 'scope=openid,AdobeID')\n",
        ),
        ("shell", "curl -d 'a=b&jwt_token='$J u", "curl -d 'a=b&grant_type=client_credentials&scope=openid,AdobeID' u"),
        (
            "shell",
            "curl -d @- u <<E\na=b&jwt_token=c\nE\n",
            "curl -d @- u <<E\na=b&grant_type=client_credentials&scope=openid,AdobeID\nE\n",
        ),
        (
            "shell",
            "curl u \\\n  -d \"jwt_token=$(sign \"$K\")\"\n",
            "curl u \\\n  -d \"grant_type=client_credentials\" \\\n  -d \"scope=openid,AdobeID\"\n",
        ),
        ("shell", "curl -d 'a=b&jwt_token=c' u", "curl -d 'a=b&grant_type=client_credentials&scope=openid,AdobeID' u"),
        ("php", "f(['jwt_token' => $j]);", "f(['grant_type' => 'client_credentials', 'scope' => 'openid,AdobeID']);"),
        (
            "php",
            "f(['grant_type' => 'jwt-bearer', 'a' => g(1), 'jwt_token' => $j]);",
            "f(['grant_type' => 'client_credentials', 'a' => g(1), 'scope' => 'openid,AdobeID']);",
        ),
        (
            "csharp",
            "{ { \"jwt_token\", j }, { \"grant_type\", \"x\" } }",
            "{ { \"scope\", \"openid,AdobeID\" }, { \"grant_type\", \"client_credentials\" } }",
        ),
        (
            "ruby",
            "f(a: b,\n  jwt_token: sign(x, y))",
            "f(a: b,\n  grant_type: \"client_credentials\",\n  scope: \"openid,AdobeID\")",
        ),
        (
            "ruby",
            "p[\"jwt_token\"] = j\n",
            "p[\"grant_type\"] = \"client_credentials\"\np[\"scope\"] = \"openid,AdobeID\"\n",
        ),
        (
            "csharp",
            "{ { \"a\", b }, { \"jwt_token\", j } }",
            "{ { \"a\", b }, { \"grant_type\", \"client_credentials\" }, { \"scope\", \"openid,AdobeID\" } }",
        ),
        (
            "csharp",
            "{\n  [\"jwt_token\"] = j,\n}",
            "{\n  [\"grant_type\"] = \"client_credentials\",\n  [\"scope\"] = \"openid,AdobeID\",\n}",
        ),
        (
            "csharp",
            "{ new KeyValuePair<string, string>(\"jwt_token\", j) }",
            "{ new KeyValuePair<string, string>(\"grant_type\", \"client_credentials\"), new KeyValuePair<string, string>(\"scope\", \"openid,AdobeID\") }",
        ),
        (
            "csharp",
            "a = \"x=\" + x + \"&jwt_token=\" + j;",
            "a = \"x=\" + x + \"&grant_type=client_credentials&scope=openid,AdobeID\";",
        ),
        (
            "powershell",
            "@{\n  client_id = $i\n  jwt_token = $j\n}",
            "@{\n  client_id = $i\n  grant_type = 'client_credentials'\n  scope = 'openid,AdobeID'\n}",
        ),
        ("powershell", "\"a=$b&jwt_token=$j\"", "\"a=$b&grant_type=client_credentials&scope=openid,AdobeID\""),
        (
            "kotlin",
            "f\n .add(\"jwt_token\", j)\n .build()",
            "f\n .add(\"grant_type\", \"client_credentials\")\n .add(\"scope\", \"openid,AdobeID\")\n .build()",
        ),
        (
            "go",
            "\nfunc f() (err error) {\n\tj, err := g()\n\th(url.Values{\n\t\t\"jwt_token\":     {j},\n\t})\n}",
            "\nfunc f() (err error) {\n\t_, err = g()\n\th(url.Values{\n\t\t\"grant_type\":    {\"client_credentials\"},\n\t\t\"scope\":         {\"openid,AdobeID\"},\n\t})\n}",
        ),
        (
            "go",
            "\nfunc f(j string) {\n\tform.Set(\"jwt_token\", j)\n}",
            "\nfunc f(j string) {\n\tform.Set(\"grant_type\", \"client_credentials\")\n\tform.Set(\"scope\", \"openid,AdobeID\")\n}",
        ),
        (
            "php",
            "curl_setopt($c, CURLOPT_POSTFIELDS, ['jwt_token' => $j]);",
            "curl_setopt($c, CURLOPT_POSTFIELDS, http_build_query(['grant_type' => 'client_credentials', 'scope' => 'openid,AdobeID']));",
        ),
        (
            "kotlin",
            "import okhttp3.MultipartBody\nMultipartBody.Part()\nMultipartBody.Builder().addFormDataPart(\"jwt_token\", j).build()",
            "import okhttp3.MultipartBody\nMultipartBody.Part()\nMultipartBody.Builder().addFormDataPart(\"grant_type\", \"client_credentials\").addFormDataPart(\"scope\", \"openid,AdobeID\").build()",
        ),
        (
            "ruby",
            "r.set_form_data('a' => b, \"jwt_token\" => \"#{j}\")",
            "r.set_form_data('a' => b, \"grant_type\" => \"client_credentials\", \"scope\" => \"openid,AdobeID\")",
        ),
        (
            "scala",
            "Map(\"a\" -> b, \"jwt_token\" -> j)",
            "Map(\"a\" -> b, \"grant_type\" -> \"client_credentials\", \"scope\" -> \"openid,AdobeID\")",
        ),
        (
            "r",
            "list(\n  a = b,\n  jwt_token = j\n)",
            "list(\n  a = b,\n  grant_type = \"client_credentials\",\n  scope = \"openid,AdobeID\"\n)",
        ),
    ];
    for (language, before, after) in cases {
        check(language, before, Some(after));
    }
}

#[test]
fn others_are_left() {
    let cases = [
        ("go", "\nfunc f() {\n\tform.Set(\"jwt_token\", other)\n}"),
        ("kotlin", "@Field(\"jwt_token\") jwt: String"),
        ("ruby", "f(jwt_token: # the JWT\n  j)"),
        ("php", "['jwt_token' => $a\n  ->sign()]"),
        ("php", "['grant_type' => GRANT, 'jwt_token' => $j]"),
        ("csharp", "if (x) { form[\"jwt_token\"] = j; }"),
        ("csharp", "var a = b.Add(\"jwt_token\", j);"),
        ("shell", "jwt_token=$J"),
        ("shell", "http x jwt_token=$J"),
        ("shell", "curl -H 'Content-Type: application/json' -d jwt_token=$J x"),
        ("shell", "curl -d grant_type=x \\\n  -d jwt_token=$J u"),
        ("shell", "curl -d 'grant_type=x&jwt_token=c' u"),
        ("shell", "curl -d\"jwt_token=$J\""),
        ("powershell", "\"a&jwt_token=\" -f $j"),
    ];
    for (language, before) in cases {
        check(language, before, None);
    }
}
