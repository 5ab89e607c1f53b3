//! What must never be shown, and what must stay readable.

use unjwt::report::mask;

const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

/// Text and the parts of it that must not come through.
fn secrets() -> Vec<(String, Vec<&'static str>)> {
    let case = |text: &str, gone: &[&'static str]| (text.to_owned(), gone.to_vec());
    let mut all = vec![
        case(&format!("-----BEGIN PRIVATE KEY-----\n{BODY}\nZg==\n-----END PRIVATE KEY-----"), &[BODY, "Zg=="]),
        case(
            &format!("k = \"-----BEGIN RSA PRIVATE KEY-----\\n{BODY}\\nZg==\\n-----END RSA PRIVATE KEY-----\""),
            &[BODY, "Zg=="],
        ),
        case(
            &format!("'-----BEGIN PRIVATE KEY-----\\n' +\n  '{BODY}\\n' +\n 'AbCd\\n-----END PRIVATE KEY-----'"),
            &[BODY, "AbCd"],
        ),
        case(&format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\r\n{BODY}\r\n"), &[BODY]),
        case(&format!("lone line {BODY}"), &[BODY]),
        case("x = 'p8e-ibndcvsmAp9ZgPBZ606FSlYIZVlsZ-g5'", &["ibndcvsm", "g5"]),
        case("t = eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl;", &["eyJhbGci", "c2lnbm"]),
        case("client_secret: 12345678-aaaa-bbbb-cccc-1234567890ab", &["1234567890ab", "12345678-"]),
        case("the secret is 12345678-aaaa-bbbb-cccc-1234567890ab now", &["1234567890ab"]),
    ];
    let literals = [
        "client_secret = 'hunter2hunter'",
        "clientSecret: \"hunter2hunter\",",
        "\"client_secret\": \"hunter2hunter\"",
        "{\\\"client_secret\\\": \\\"hunter2hunter\\\"}",
        "const clientSecret: string = `hunter2hunter`;",
        "let client_secret: &'static str = \"hunter2hunter\";",
        "CLIENT_SECRET=hunter2hunter",
        "export ADOBE_CLIENT_SECRET=hunter2hunter",
        "CLIENT_SECRET=\"hunter2hunter\"",
        "client.secret = hunter2hunter",
        "  clientSecret: hunter2hunter\r\n",
        "clientSecret:\n    hunter2hunter\n",
        "os.environ['CLIENT_SECRET'] = 'hunter2hunter'",
        "os.environ.get('CLIENT_SECRET', 'hunter2hunter')",
        "process.env.CLIENT_SECRET || 'hunter2hunter'",
        "form.append('client_secret', 'hunter2hunter')",
        "'https://x/y?client_id=1&client_secret=hunter2hunter&jwt_token=abcdefgh1'",
        "curl -d client_secret=hunter2hunter",
        "tool --client-secret hunter2hunter",
        "<clientSecret>hunter2hunter</clientSecret>",
        "<property name=\"clientSecret\" value=\"hunter2hunter\"/>",
        "{\"key\":\"client_secret\",\"value\":\"hunter2hunter\"}",
        "{\"value\": \"hunter2hunter\",\n  \"key\": \"CLIENT_SECRET\"}",
        "builder.setClientSecret(\"hunter2hunter\")",
        "passphrase = \"\"\"hunter2hunter\"\"\"",
        "password => 'hunter2hunter'",
        "private_key = b'hunter2hunter'",
        "access_token = \"hunter2hunter\"",
        "jwt_token: 'hunter2hunter'",
        "client_secret = 'supersecretvalue hunter2hunter'",
        "client_secret = 'hunter2hunter",
        "secret = 'caf\u{e9}hunter2hunter\u{1f600}'",
    ];
    all.extend(literals.map(|text| case(text, &["hunter2"])));
    all.push(case("secret = 'supersecretvalue'", &["supersecret"]));
    all.push(case("config.set('adobe', 'client_secret', 'lettersonly')", &["lettersonly"]));
    all.push(case("client_secret = 'secret12345678'", &["12345678"]));
    all
}

#[test]
fn secrets_do_not_come_through() {
    for (text, gone) in secrets() {
        let masked = mask(&text);
        assert_eq!(masked.len(), text.len(), "{text}");
        assert_eq!(masked.matches('\n').count(), text.matches('\n').count(), "{text}");
        for part in gone {
            assert!(!masked.contains(part), "{text}\n{masked}");
        }
    }
}

#[test]
fn code_and_placeholders_stay() {
    let plain = [
        "client_secret = os.environ['ADOBE_CLIENT_SECRET']",
        "clientSecret: process.env.CLIENT_SECRET,",
        "clientSecret: config.clientSecret",
        "client_secret=self.client_secret,",
        "client_secret=client_secret",
        "'client_secret': client_secret,",
        "client_secret: '${CLIENT_SECRET}'",
        "CLIENT_SECRET=<your client secret>",
        "CLIENT_SECRET=your-client-secret",
        "clientSecret: string;",
        "def sign(claims, private_key):\n    \"\"\"Signs the claims.\"\"\"",
        "private_key_path = 'config/private.key'",
        "\"pathToKey\": \"data/private.key\",\n  \"tokenEndpoint\": \"https://ims-na1.adobelogin.com/ims/token/v3\"",
        "privateKey: fs.readFileSync('private.key')",
        "private_key = open(\"private.key\").read()",
        "jwt_token = jwt.encode(payload, key, algorithm='RS256')",
        "access_token = response.json()['access_token']",
        "const { access_token } = await response.json();",
        "form.append('client_secret', clientSecret)",
        "getSecret('adobe-client-secret')",
        "config['oauthTokenEndpointV2'] = f'{host}/ims/token/v2'",
        "['clientId', 'clientSecret', 'technicalAccountId', 'orgId', 'privateKey', 'metaScopes']",
        "SCOPES: ['adobeio_api', 'read_client_secret', 'manage_client_secrets', 'asset_compute']",
        "'client_id': '0123456789abcdef0123456789abcdef'",
        "'-----BEGIN PRIVATE KEY-----\\n' + key + '\\n-----END PRIVATE KEY-----'",
        "requests==2.0 --hash=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt'",
        "id = 12345678-aaaa-bbbb-cccc-1234567890ab",
        "ADOBE_JWT_TOKEN=\nADOBE_TARGET_TENANT_2_NAME=acme\n",
        "",
        r#""@aws-sdk/client-secrets-manager": "^3.445.0","#,
    ];
    for text in plain {
        assert_eq!(mask(text), text);
    }
}
