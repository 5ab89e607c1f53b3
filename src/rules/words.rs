//! The closed word lists of the rule files. An unknown word is an error when the rules are loaded, never a silent no-match.

/// Makes an enum whose variants have one fixed word each: `ALL`, `as_str`, `FromStr`.
macro_rules! words {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one, in the order of their declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word in rule files.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        impl Word for $name {
            const WHAT: &'static str = $name::WHAT_IT_IS;

            fn all() -> impl Iterator<Item = &'static str> {
                $name::ALL.iter().map(|word| word.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                $name::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str() == text)
                    .ok_or_else(|| UnknownWord::new::<$name>(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// A closed list of words.
pub trait Word: std::str::FromStr<Err = UnknownWord> + Copy + 'static {
    /// What such a word is, for messages: `hole`.
    const WHAT: &'static str;
    /// All words.
    fn all() -> impl Iterator<Item = &'static str>;
}

/// A word that is not in its list.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{word}` is not a known {what}")]
pub struct UnknownWord {
    /// As it was written.
    pub word: String,
    /// What was expected: `hole`.
    pub what: &'static str,
    /// What is allowed, the most alike first named as a guess.
    pub help: String,
}

impl UnknownWord {
    fn new<W: Word>(word: &str) -> Self {
        UnknownWord { word: word.to_owned(), what: W::WHAT, help: suggest(word, W::all()) }
    }
}

/// A sentence that names the most alike of `allowed`, if one is alike, and then all of them.
pub(super) fn suggest<'a>(word: &str, allowed: impl Iterator<Item = &'a str>) -> String {
    let allowed: Vec<&str> = allowed.collect();
    let list = allowed.join(", ");
    let nearest = allowed.iter().map(|candidate| (distance(word, candidate), candidate)).min();
    match nearest {
        Some((distance, candidate)) if distance <= 1 + word.len() / 4 => {
            format!("did you mean `{candidate}`? allowed: {list}")
        }
        _ => format!("allowed: {list}"),
    }
}

/// Levenshtein distance, over bytes.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.bytes().enumerate() {
            let cost = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

impl Hole {
    const WHAT_IT_IS: &'static str = "hole";
}
impl Does {
    const WHAT_IT_IS: &'static str = "`does`";
}
impl Gives {
    const WHAT_IT_IS: &'static str = "`gives`";
}
impl Body {
    const WHAT_IT_IS: &'static str = "`body`";
}
impl Slot {
    const WHAT_IT_IS: &'static str = "template slot";
}
impl ScopeConfidence {
    const WHAT_IT_IS: &'static str = "confidence";
}
impl CallbackRole {
    const WHAT_IT_IS: &'static str = "callback parameter";
}

words! {
    /// What an argument is for.
    pub enum Hole {
        /// The JWT's claims.
        Claims = "claims",
        /// The key that signs.
        Key = "key",
        /// The signing algorithm.
        Algorithm = "algorithm",
        /// A record or object of options that is not described further.
        Options = "options",
        /// Token headers of a JWT.
        JwtHeaders = "jwt_headers",
        /// `iss`, given outside the claims.
        Issuer = "issuer",
        /// `sub`, given outside the claims.
        Subject = "subject",
        /// `aud`, given outside the claims.
        Audience = "audience",
        /// `exp`, given outside the claims.
        Expires = "expires",
        /// A whole address, or one relative to the client's base.
        Url = "url",
        /// Host name only.
        Host = "host",
        /// Port.
        Port = "port",
        /// Path, maybe with a query.
        Path = "path",
        /// HTTP method.
        Method = "method",
        /// The body, as fields or already encoded; how it goes out says [`Body`].
        Form = "form",
        /// A body that goes out as JSON.
        Json = "json",
        /// A body that goes out as multipart.
        Files = "files",
        /// A flag that sends the fields as JSON or multipart instead of a form.
        OtherBody = "other_body",
        /// Fields that go into the query string.
        Query = "query",
        /// HTTP headers.
        Headers = "headers",
        /// Basic credentials or an auth object.
        Auth = "auth",
        /// Time limit.
        Timeout = "timeout",
        /// Proxy or proxies.
        Proxy = "proxy",
        /// Whether and by what the server's certificate is checked.
        Verify = "verify",
        /// Connection agent, dispatcher, transport, adapter.
        Agent = "agent",
        /// The address that relative ones are added to.
        BaseUrl = "base_url",
        /// A record that holds the whole configuration of an SDK.
        Config = "config",
        /// A function that gets the answer.
        Callback = "callback",
        /// The credential's client id (API key).
        ClientId = "client_id",
        /// The credential's client secret.
        ClientSecret = "client_secret",
        /// The organisation.
        OrgId = "org_id",
        /// The technical account.
        TechnicalAccount = "technical_account",
        /// The private key's text.
        PrivateKey = "private_key",
        /// The path of the private key's file.
        KeyPath = "key_path",
        /// What opens the private key.
        Passphrase = "passphrase",
        /// Metascopes, one or several.
        Metascopes = "metascopes",
        /// The IMS host or address.
        Ims = "ims",
        /// The path of the exchange on the IMS host.
        ImsPath = "ims_path",
        /// A signed JWT.
        Jwt = "jwt",
        /// A field's name.
        Name = "name",
        /// A field's value, or the one value that a call transforms.
        Value = "value",
        /// A file.
        File = "file",
    }
}

words! {
    /// What a call does.
    pub enum Does {
        /// Signs a JWT.
        Sign = "sign",
        /// Sends an HTTP request.
        Request = "request",
        /// Does the whole exchange with Adobe, or sets an SDK up to do it.
        Exchange = "exchange",
        /// Makes something whose methods are then used: session, instance with a base address.
        Client = "client",
        /// Reads or imports a key; a candidate only, since it may read anything.
        ReadKey = "read-key",
        /// Turns fields into a form: `urlencode`, `new URLSearchParams`, `new FormData`.
        Encode = "encode",
        /// Adds one field to a form.
        Append = "append",
        /// Joins addresses.
        JoinUrl = "join-url",
        /// Fills placeholders of a text.
        Format = "format",
        /// Decodes JSON, or bytes to text.
        Decode = "decode",
        /// Declares settings, by the entries of a record or one by its name: a schema, an option of a command line.
        Declare = "declare",
        /// Answers a request in a test, whichever client sends it.
        Mock = "mock",
        /// Answers a request in a test, if one certain client sends it.
        MockClient = "mock-client",
    }
}

words! {
    /// What a call gives.
    pub enum Gives {
        /// An HTTP response object; the library's `[response]` tells how to read it.
        Response = "response",
        /// The decoded body of the answer.
        Body = "body",
        /// Text: the body not decoded, a formatted string.
        Text = "text",
        /// Text, percent-encoded to stand in a raw body or an address.
        Escaped = "escaped",
        /// A signed JWT.
        Jwt = "jwt",
        /// The token endpoint's answer: `access_token`, `token_type`, `expires_in`.
        Token = "token",
        /// The access token itself.
        AccessToken = "access-token",
        /// A client, session, credentials object or context.
        Client = "client",
        /// Key material.
        Key = "key",
        /// A form.
        Form = "form",
        /// An address.
        Url = "url",
        /// Nothing that matters.
        Nothing = "nothing",
    }
}

words! {
    /// How the `form` hole goes out.
    pub enum Body {
        /// `application/x-www-form-urlencoded`.
        Form = "form",
        /// `application/json`.
        Json = "json",
        /// `multipart/form-data`.
        Multipart = "multipart",
        /// As the value's own kind says: fields urlencoded, `FormData` multipart, a string as it is.
        Auto = "auto",
    }
}

words! {
    /// What a callback's parameter is.
    pub enum CallbackRole {
        /// The error, or null.
        Error = "error",
        /// The response object.
        Response = "response",
        /// The body, raw or decoded as the call was set up.
        Body = "body",
    }
}

words! {
    /// How much a row of the scopes table is worth.
    pub enum ScopeConfidence {
        /// Adobe says so.
        Official = "official",
        /// Public code agrees.
        Community = "community",
        /// Nobody says; the Console must.
        Unknown = "unknown",
    }
}

words! {
    /// What a template can ask for. Expressions come as source text in the language of the target.
    pub enum Slot {
        /// Expression: client id.
        ClientId = "client_id",
        /// Expression: client secret.
        ClientSecret = "client_secret",
        /// Expression: one comma-joined string of scopes.
        Scope = "scope",
        /// Expression: the token endpoint's whole address.
        TokenUrl = "token_url",
        /// Expression: time limit, in the unit of the library; empty for the template's own.
        Timeout = "timeout",
        /// Expression: proxies, empty for none.
        Proxy = "proxy",
        /// Expression: certificate check, empty for the default.
        Verify = "verify",
        /// Expression: connection agent, empty for none.
        Agent = "agent",
        /// Name of the variable that gets the token endpoint's answer.
        Token = "token",
        /// Name of the session or client variable.
        Session = "session",
        /// Expression: the program's own HTTP client, which the library goes on using.
        Client = "client",
        /// Expression: an HTTP client that is made for this request only.
        MadeClient = "made_client",
        /// Flag: the HTTP client is a reference already.
        Borrowed = "borrowed",
        /// What follows a value that may be an error: `?`, `.unwrap()`.
        Fails = "fails",
        /// What follows the request, which may be an error: as `fails`, with the message that the program gives.
        RequestFails = "request_fails",
        /// Flag: the texts of a form own their bytes; else they are borrowed.
        Owned = "owned",
        /// Name of the helper class or function.
        Helper = "helper",
        /// Name of the variable that holds a response.
        Response = "response",
        /// Flag: type annotations are wanted (TypeScript).
        Types = "types",
        /// Flag: failures must stay of the old HTTP library's error type.
        KeepErrors = "keep_errors",
        /// Flag: the answer's `expires_in` must stay in milliseconds.
        KeepMilliseconds = "keep_milliseconds",
        /// Expression: the path of an SDK's credentials file.
        File = "file",
        /// Expression: a list of scopes.
        Scopes = "scopes",
        /// Expression: the IMS host, where an SDK was given one.
        Ims = "ims",
        /// Expression: the organisation, where an SDK was given it.
        OrgId = "org_id",
        /// Expression: the technical account, where an SDK was given it.
        TechnicalAccount = "technical_account",
        /// Source of what the called name is a member of, with the dot: `sdk.`; empty where the name stands alone.
        Module = "module",
        /// Source of what stood in the part of a call that is replaced: a link's arguments, an argument's or entry's value.
        Value = "value",
        /// Name of the variable that holds what an SDK's credentials file says.
        Credentials = "credentials",
        /// Name of the class that failures are thrown as; empty for the library's own.
        Error = "error",
        /// Flag: that class is a checked exception.
        Checked = "checked",
        /// Name of the field that holds what keeps the token.
        Field = "field",
        /// Number of seconds before its end at which a kept token is renewed; empty for the library's own.
        Skew = "skew",
        /// The package of the file, where it names one.
        Package = "package",
        /// Flag: the token's lifetime is read.
        Expires = "expires",
        /// Flag: the token's type is read.
        TokenType = "token_type",
        /// The quote character of the file.
        Quote = "q",
        /// `;`, or nothing in files that go without.
        Semicolon = "semi",
    }
}
