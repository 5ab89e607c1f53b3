//! pyproject.toml and Pipfile

use super::*;

#[test]
fn pyproject_arrays() {
    check(
        PYP,
        "[project]\ndependencies = [\"PyJWT>=2\", \"requests\"]\n",
        PYSWAP,
        "[project]\ndependencies = [\"Authlib>=1.9.9,<2\", \"requests\"]\n",
    );
    check(PYP, "[project]\ndependencies = ['PyJWT>=2']\n", PYSWAP, "[project]\ndependencies = ['Authlib>=1.9.9,<2']\n");
    check(
        PYP,
        "[project]\ndependencies = [\n    \"aiohttp\",\n    \"pyjwt[crypto]\",  # tokens\n    # keep\n    \"requests\", # http\n]\n",
        PYSWAP,
        "[project]\ndependencies = [\n    \"aiohttp\",\n    \"Authlib>=1.9.9,<2\",\n    # keep\n    \"requests\", # http\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\n    \"requests\", # http\n    \"pyjwt\"\n]\n",
        PYSWAP,
        "[project]\ndependencies = [\n    \"requests\", # http\n    \"Authlib>=1.9.9,<2\"\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\n    \"zeep\", # soap\n    \"pyjwt\"\n]\n",
        "-pyjwt",
        "[project]\ndependencies = [\n    \"zeep\" # soap\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\n    \"pyjwt\", # tokens\n    # keep\n]\n",
        "-pyjwt",
        "[project]\ndependencies = [\n    # keep\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\n    \"pyjwt\" # tokens\n]\n",
        PYSWAP,
        "[project]\ndependencies = [\n    \"Authlib>=1.9.9,<2\"\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\n    # none yet\n]\n",
        "+Authlib>=1.9.9,<2",
        "[project]\ndependencies = [\n    # none yet\n    \"Authlib>=1.9.9,<2\",\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\"a\", # x\n]\n",
        "+b>=1",
        "[project]\ndependencies = [\"a\", # x\n    \"b>=1\",\n]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = [\"pyjwt\",\n                \"zeep\"]\n",
        "-pyjwt",
        "[project]\ndependencies = [\"zeep\"]\n",
    );
    check(
        PYP,
        "[project]\ndependencies = []\n[project.optional-dependencies]\nauth = [\"pyjwt\"]\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"x\"}, \"pyjwt\"]\nx = []\n",
        "-pyjwt +a>=1 +auth:b>=1 +dev:c>=1",
        "[project]\ndependencies = [\"a>=1\"]\n[project.optional-dependencies]\nauth = [\"b>=1\"]\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"x\"}, \"c>=1\"]\nx = []\n",
    );
    check(
        PYP,
        "\u{feff}[project]\r\nname = \"x\"\r\n\r\n[project.urls]\r\na = \"b\"\r\n",
        "+a>=1",
        "\u{feff}[project]\r\nname = \"x\"\r\ndependencies = [\"a>=1\"]\r\n\r\n[project.urls]\r\na = \"b\"\r\n",
    );
}

#[test]
fn pyproject_poetry() {
    let poetry = "[tool.poetry.dependencies]\npython = \"^3.9\"\nPyJWT = { version = \"^2\", extras = [\"crypto\"] } # tokens\nrequests = \"^2.31\"\n\n[tool.poetry.group.dev.dependencies]\nblack = \"*\"\n";
    check(
        PYP,
        poetry,
        PYSWAP,
        "[tool.poetry.dependencies]\npython = \"^3.9\"\nAuthlib = \">=1.9.9,<2\"\nrequests = \"^2.31\"\n\n[tool.poetry.group.dev.dependencies]\nblack = \"*\"\n",
    );
    check(
        PYP,
        poetry,
        "+requests>=2.32",
        "[tool.poetry.dependencies]\npython = \"^3.9\"\nPyJWT = { version = \"^2\", extras = [\"crypto\"] } # tokens\nrequests = \"^2.32\"\n\n[tool.poetry.group.dev.dependencies]\nblack = \"*\"\n",
    );
    check(
        PYP,
        "[tool.poetry.dependencies]\npython = '^3.9'\n",
        "+Authlib>=1.9.9,<2",
        "[tool.poetry.dependencies]\npython = '^3.9'\nAuthlib = '>=1.9.9,<2'\n",
    );
    check(
        PYP,
        "[tool.poetry.dependencies]\n[tool.x]\na = 1\n",
        "+Authlib>=1.9.9,<2",
        "[tool.poetry.dependencies]\nAuthlib = \">=1.9.9,<2\"\n[tool.x]\na = 1\n",
    );
    check(
        PYP,
        "[tool.poetry]\ndependencies = { python = \"^3.9\", PyJWT = \"^2\" }\n[tool.poetry.extras]\njwt = [\"pyjwt\"]\n",
        PYSWAP,
        "[tool.poetry]\ndependencies = { python = \"^3.9\", Authlib = \">=1.9.9,<2\" }\n[tool.poetry.extras]\njwt = []\n",
    );
    check(
        PYP,
        "[tool.poetry]\nname = \"x\"\n\n[build-system]\nrequires = [\"poetry-core\"]\n",
        "+Authlib>=1.9.9,<2",
        "[tool.poetry]\nname = \"x\"\n\n[build-system]\nrequires = [\"poetry-core\"]\n\n[tool.poetry.dependencies]\nAuthlib = \">=1.9.9,<2\"\n",
    );
    check(PYP, "[tool.poetry]\ndependencies.pyjwt = \"^2\"\n", "-pyjwt", "!dotted");
    check(
        PYP,
        "[tool.poetry.dependencies]\npython = \"^3\"\n[tool.poetry.dependencies.pyjwt]\nversion = \"^2\"\n",
        "-pyjwt",
        "[tool.poetry.dependencies]\npython = \"^3\"\n",
    );
    check(
        PYP,
        "[tool.poetry.dependencies]\npython = \"^3\"\n[tool.poetry.dependencies.pyjwt]\nversion = \"^2\"\n",
        "+a>=1",
        "[tool.poetry.dependencies]\npython = \"^3\"\na = \">=1\"\n[tool.poetry.dependencies.pyjwt]\nversion = \"^2\"\n",
    );
    check(PYP, "[tool.poetry.dependencies]\nAuthlib = { git = \"https://x\" }\n", "+Authlib>=1.9.9,<2", "=");
    check(
        PYP,
        "[tool.poetry.dependencies]\nAuthlib = [\n  {version=\"^1.0\", python=\"<3.9\"},\n]\nz = \"^1\"\n",
        "-authlib",
        "[tool.poetry.dependencies]\nz = \"^1\"\n",
    );
}

#[test]
fn pyproject_refusals() {
    check(PYP, "[project]\ndependencies = [\"a\"\n", PYSWAP, "!not valid TOML");
    check(PYP, "[project]\ndependencies = []\n[project]\n", PYSWAP, "!not valid TOML");
    check(PYP, "[tool.black]\nline-length = 88\n", "+a>=1", "!stated elsewhere");
    check(PYP, "[tool.black]\nline-length = 88\n", "-a", "=");
    check(PYP, "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n", "+a>=1", "!dynamic");
    check(PYP, "project.name = \"x\"\n", "+a>=1", "!no table header");
}

#[test]
fn pipfile_tables() {
    check(
        PIP,
        "[packages]\npyjwt = \"*\"\nrequests = \"*\"\n\n[dev-packages]\n\n[requires]\npython_version = \"3.9\"\n",
        PYSWAP,
        "[packages]\nAuthlib = \">=1.9.9,<2\"\nrequests = \"*\"\n\n[dev-packages]\n\n[requires]\npython_version = \"3.9\"\n",
    );
    check(
        PIP,
        "[packages]\n\n[dev-packages]\n",
        "+a>=1 +dev:b>=1",
        "[packages]\na = \">=1\"\n\n[dev-packages]\nb = \">=1\"\n",
    );
    check(
        PIP,
        "[requires]\npython_version = \"3.9\"\n",
        "+a>=1",
        "[requires]\npython_version = \"3.9\"\n\n[packages]\na = \">=1\"\n",
    );
    check(
        PIP,
        "[packages]\npyjwt = \"==2.8.0\"\nrequests = \"==2.31.0\"\n",
        PYSWAP,
        "[packages]\nAuthlib = \"==1.9.9\"\nrequests = \"==2.31.0\"\n",
    );
    check(PIP, "[packages]\n\"zope.interface\" = \"*\"", "-zope-interface", "[packages]");
    check(PIP, "", "+a>=1", "[packages]\na = \">=1\"\n");
    check(PIP, "[packages\n", "+a>=1", "!not valid TOML");
}

#[test]
fn cargo_tables() {
    let plain = "[package]\nname = \"x\"\n\n[dependencies]\nanyhow = \"1\" # errors\njsonwebtoken = \"9\"\nreqwest = { version = \"0.12\", features = [\"json\"] }\n\n[dev-dependencies]\ninsta = \"1\"\n";
    check(CARGO, plain, "-jsonwebtoken +oauth2@5", &plain.replace("jsonwebtoken = \"9\"", "oauth2 = \"5\""));
    check(CARGO, plain, "-jsonwebtoken", &plain.replace("jsonwebtoken = \"9\"\n", ""));
    check(CARGO, plain, "-nobody +anyhow@1", "=");
    check(CARGO, plain, "+reqwest@0.12", "=");
    check(CARGO, plain, "+reqwest@0.13", "!a major version behind");
    check(CARGO, &plain.replace("anyhow = \"1\"", "oauth2 = \"5.0\""), "+oauth2@5", "=");
    check(CARGO, plain, "+anyhow@1.5", &plain.replace("anyhow = \"1\"", "anyhow = \"1.5\""));
    // A dependency under another name, one of the workspace, a table of its own.
    check(
        CARGO,
        "[dependencies]\njwt = { package = \"jsonwebtoken\", version = \"9\" }\nserde.workspace = true\n",
        "-jsonwebtoken -serde",
        "[dependencies]\n",
    );
    check(CARGO, "[package]\n\n[dependencies.jsonwebtoken]\nversion = \"9\"\n", "-jsonwebtoken", "[package]\n");
    let own = "[dependencies]\nanyhow = \"1\"\n\n# signs\n[dependencies.jsonwebtoken]\nversion = \"9\" # old\nfeatures = [\n  \"use_pem\",\n]\n\n# asks\n[dependencies.reqwest]\nversion = \"0.12\"\n";
    check(
        CARGO,
        own,
        "-jsonwebtoken +oauth2@5",
        "[dependencies]\nanyhow = \"1\"\noauth2 = \"5\"\n\n# asks\n[dependencies.reqwest]\nversion = \"0.12\"\n",
    );
    check(
        CARGO,
        own,
        "-reqwest",
        own.split("\n\n# asks").next().map(|kept| format!("{kept}\n")).as_deref().unwrap_or(own),
    );
    check(
        CARGO,
        &own.replace('\n', "\r\n"),
        "-jsonwebtoken",
        &own.replace(
            "# signs\n[dependencies.jsonwebtoken]\nversion = \"9\" # old\nfeatures = [\n  \"use_pem\",\n]\n\n",
            "",
        )
        .replace('\n', "\r\n"),
    );
    check(
        CARGO,
        "[dependencies.jsonwebtoken]\nversion = \"9\"\n\n[dependencies.serde]\nversion = \"1\"\n",
        "-jsonwebtoken",
        "[dependencies.serde]\nversion = \"1\"\n",
    );
    check(
        CARGO,
        "[dependencies.jsonwebtoken]\nversion = \"9\"\n\n[dependencies.serde]\nversion = \"1\"\n",
        "-jsonwebtoken +oauth2@5",
        "!a table of its own",
    );
    check(
        CARGO,
        "[dependencies.jwt]\npackage = \"jsonwebtoken\"\n[dependencies.jwt.x]\ny = 1\n",
        "-jsonwebtoken",
        "!a table of its own",
    );
    check(
        CARGO,
        "[dependencies]\njsonwebtoken = { version = \"9\", optional = true }\n\n[features]\ndefault = [\"jwt\"]\njwt = [\"dep:jsonwebtoken\", \"jsonwebtoken?/use_pem\"]\n",
        "-jsonwebtoken",
        "[dependencies]\n\n[features]\ndefault = [\"jwt\"]\njwt = []\n",
    );
    check(
        CARGO,
        "[package]\nname = \"x\"\n",
        "+oauth2@5",
        "[package]\nname = \"x\"\n\n[dependencies]\noauth2 = \"5\"\n",
    );
    check(
        CARGO,
        "[workspace.dependencies]\njsonwebtoken = \"9\"\n[target.'cfg(unix)'.dependencies]\njsonwebtoken = { workspace = true }\n",
        "-jsonwebtoken",
        "[workspace.dependencies]\n[target.'cfg(unix)'.dependencies]\n",
    );
}
