use super::*;
use crate::detect::generic::model;

/// Path and text; `@` stands for the value.
const LINES: &[(&str, &str)] = &[
    ("app.yml", "db:\n  password: @\n"),
    ("app.yml", "title: \"@\"\nkey: \"@\"\n"),
    ("app.properties", "jwt.secret = @"),
    (".env", "API_TOKEN=@"),
    ("app.json", r#"{"client_secret": "@"}"#),
    ("log.json", r#"{"body": "{\"password\": \"@\"}"}"#),
    ("a.py", "PASSWORD = '@'"),
    ("a.py", "if session_key == '@':"),
    ("a.js", "const apiKey = process.env.API_KEY || '@';"),
    ("a.go", "req.Header.Set(\"X-Auth-Token\", \"@\")"),
    ("Client.java", "client.setPassword(\"@\");"),
    ("tests/client_test.py", "def test_login():\n    assert login(password='@') is None"),
    ("settings.xml", "<password>@</password>"),
    ("init.sql", "CREATE USER app IDENTIFIED BY '@';"),
    ("run.sh", "mysql --user admin --password @ app"),
    ("README.md", "Then sign in with the password: @"),
    ("client.http", "Authorization: Bearer @"),
    ("main.tf", "variable \"db_password\" { default = \"@\" }"),
    ("en.json", r#"{"forgot_password": "@"}"#),
    ("a.c", "#define WIFI_PASSWORD \"@\""),
];

/// What the values are, and the pieces that they are joined from.
const VALUES: &[(&str, &[&str])] = &[
    ("random", &["vR7kQz", "2mW9xT", "b4Lp8H", "sJ3c"]),
    ("hexadecimal", &["9f8c1d7e", "5b3a2064", "f1e8d7c6", "b5a49382"]),
    ("uuid", &["0b1f8a52-6c1d", "-4a0e-9b7f-", "2d3c4e5f6a7b"]),
    ("season", &["Summer", "2019!"]),
    ("leet", &["tr0ub4", "dor&3"]),
    ("phrase", &["correct-horse", "-battery-", "staple"]),
    ("random letters", &["kqvz", "wxjh"]),
    ("word", &["produc", "tion"]),
    ("identifier", &["customer_", "account_id"]),
    ("digits", &["2026", "0117"]),
];

/// 200 lines with their scores: a change of the extractor, the features or the model shows what it moves.
#[test]
fn scores_move_only_on_purpose() {
    let mut table = String::new();
    for (path, line) in LINES {
        for (kind, pieces) in VALUES {
            let text = line.replace('@', &pieces.concat());
            let found = describe(text.as_bytes(), Some(path.as_bytes()));
            let best = found.iter().filter_map(|one| model::score(&one.features, i32::MIN)).max();
            let score = best.map_or("ruled out".to_owned(), |score| score.to_string());
            table += &format!("{score:>9} {kind:14} {path}: {}\n", line.escape_debug());
        }
    }
    insta::assert_snapshot!(table);
}
