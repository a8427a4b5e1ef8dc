use super::*;

/// Path and text; `@` stands for the value.
const FORMS: &[(&str, &str)] = &[
    ("app.json", r#"{"password": "@"}"#),
    ("notes.txt", "Acme API token - '@'"),
    ("notes.txt", "host 10.1.2.3, ID: deploy, PW: @"),
    ("notes.txt", "deploy@10.1.2.3(pw:@)"),
    ("settings.ini", "DB_PSWD=@"),
    ("credentials.xml", "<secret>{production @}</secret>"),
    ("app.json", r#"{ "db": { "userPassword" : "@", "port": 1 } }"#),
    ("log.json", r#"{"body": "{\"password\": \"@\"}"}"#),
    ("log.json", r#"{"a": "{\"b\": \"{\\\"token\\\": \\\"@\\\"}\"}"}"#),
    ("app.yml", "db:\n  password: @\n"),
    ("app.yml", "password: \"@\" # production"),
    ("app.yml", "password: '@'"),
    ("app.yml", "client_secret: |\n  @\n"),
    ("app.yml", "client_secret: >-\n    @\n"),
    ("deploy.yaml", "env:\n  - name: DB_PASSWORD\n    value: @\n"),
    ("deploy.yaml", "- name: \"API_TOKEN\"\n  value: \"@\"\n"),
    ("task.json", r#"{"name": "DB_PASSWORD", "value": "@"}"#),
    ("task.json", "{\n \"key\": \"ApiToken\",\n \"value\": \"@\"\n}"),
    ("app.properties", "spring.datasource.password=@"),
    ("app.properties", "jwt.secret = @"),
    ("app.properties", "password=${DB_PASSWORD:@}"),
    (".env", "SECRET_KEY=@\n"),
    (".env", "export API_TOKEN='@'\n"),
    ("compose.yml", "- POSTGRES_PASSWORD=@"),
    ("compose.yml", "PASSWORD: ${PASSWORD:-@}"),
    ("README.md", "docker run -e MYSQL_ROOT_PASSWORD=@ -d mysql:5.7"),
    ("README.md", "tool login --user admin --password @ --host db"),
    ("README.md", "tool login --auth-token=@ --verbose"),
    ("README.md", "**Password:** `@`"),
    ("README.md", "Authorization: Bearer @"),
    ("README.md", "curl -H 'Authorization: token @' https://example.org"),
    ("run.sh", "heroku config:set SMTP_PASSWORD=@"),
    ("run.sh", "DB_PASS=\"@\" ./migrate"),
    ("run.ps1", "$Password = \"@\""),
    ("Dockerfile", "ENV DB_PASSWORD @"),
    ("init.sql", "CREATE USER app IDENTIFIED BY '@';"),
    ("init.sql", "ALTER ROLE app WITH PASSWORD '@';"),
    ("init.sql", "\\set POSTGRES_PASS @"),
    ("redis.conf", "requirepass @"),
    ("x.http", "X-Api-Key: @"),
    ("client.js", "request({ headers: { Authorization: 'Bearer @' } })"),
    ("client.js", "const opts = { auth: { apiKey: '@' } };"),
    ("client.js", "const token = process.env.API_TOKEN || '@';"),
    ("client.js", "const token = process.env['API_TOKEN'] ?? '@';"),
    ("client.ts", "private readonly apiSecret: string = '@';"),
    ("client.ts", "const secrets = ['@'];"),
    ("client.py", "conn = connect(user='a', password='@')"),
    ("client.py", "PASSWORD = b'@'"),
    ("client.py", "password = os.getenv(\"DB_PASSWORD\", \"@\")"),
    ("client.py", "SECRETS = {0: '@'}"),
    ("client.py", "if password == '@':"),
    ("client.py", "# password: @"),
    ("client.py", "config['SECRET_KEY'] = '@'"),
    ("client.py", "url = '/login?user=a&password=@&next=b'"),
    ("client.rb", "{ :password => '@' }"),
    ("client.rb", "user.password = '@'"),
    ("client.rb", "set(:api_key, '@')"),
    ("client.php", "$config['db_password'] = '@';"),
    ("client.php", "define('DB_PASSWORD', '@');"),
    ("client.go", "password := \"@\""),
    ("client.go", "const apiToken string = \"@\""),
    ("client.go", "cfg := Config{Password: \"@\"}"),
    ("client.go", "req.Header.Set(\"X-Auth-Token\", \"@\")"),
    ("client.rs", "let token: &'static str = \"@\";"),
    ("client.kt", "val password: String? = \"@\""),
    ("client.cs", "var secret = @\"@\";"),
    ("client.cs", "\"Server=db;User=sa;Password=@;Encrypt=true\""),
    ("client.c", "static const char password[] = \"@\";"),
    ("client.h", "#define WIFI_PASSWORD \"@\""),
    ("Client.java", "client.setPassword(\"@\");"),
    ("Client.java", "Token token = new Token(\"@\");"),
    ("Client.java", "char[] password = \"@\".toCharArray();"),
    ("main.tf", "  password = \"@\""),
    ("main.tf", "variable \"db_password\" { default = \"@\" }"),
    ("app.config", "<add key=\"ApiSecret\" value=\"@\" />"),
    ("app.config", "<connection password=\"@\" />"),
    ("settings.xml", "<password>@</password>"),
    ("settings.xml", "<entry key=\"password\">@</entry>"),
    ("settings.xml", "<db:password><![CDATA[@]]></db:password>"),
    ("bean.xml", "<property name=\"password\" value=\"@\"/>"),
    ("nested.url", "next=%2Flogin%3Ftoken%3D@"),
    ("build.gradle", "storePassword \"@\""),
];

#[test]
fn every_way_of_quoting_is_read() {
    let missed: Vec<_> = FORMS
        .iter()
        .filter(|(path, form)| {
            // In C# an `@` before the quotation mark is part of the string's mark.
            let text =
                form.replacen("@\"@", "\u{1}", 1).replace('@', &made()).replace('\u{1}', &format!("@\"{}", made()));
            values(&text, path) != [made()]
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn several_values_of_a_list_are_found() {
    let (a, b) = (made(), made().chars().rev().collect::<String>());
    assert_eq!(values(&format!("tokens: [\"{a}\", \"{b}\"]"), "a.yml"), [a, b]);
}

#[test]
fn a_value_comes_out_once_however_many_keywords_its_name_holds() {
    let found = scan(format!("api_secret_auth_token = '{}'", made()).as_bytes(), "a.py");
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().map(|found| found.kind), Some(GenericKind::Token));
}

#[test]
fn passwords_that_people_choose_are_found() {
    for value in [["Summer", "2019!"], ["hunt3r", "Xk9"], ["tr0ub4", "dor&3"], ["druid", "7391"], ["K4tz3n", "haus!"]] {
        let value = value.concat();
        assert_eq!(values(&format!("db_password = \"{value}\""), "app.toml"), [value.as_str()], "{value}");
    }
}

#[test]
fn the_reason_names_the_name_and_never_the_value() {
    let found = scan(format!("db_password: '{}'", made()).as_bytes(), "a.yml").pop().unwrap();
    assert!(found.because.starts_with("name \"db_password\", "), "{}", found.because);
    assert!(found.because.ends_with("in config"), "{}", found.because);
    assert!(!found.because.contains(&made()));
    assert_eq!(found.confidence, Confidence::High);
}

#[test]
fn a_random_word_behind_a_blank_or_in_an_url_is_found_and_prose_is_not() {
    let random = ["5f0a91", "c27be4", "d83f06", "1ab9e7"].concat();
    for text in ["Using the access token @ from now on", "curl https://api.acme.io/v1/users?page=2&key=@"] {
        assert_eq!(values(&text.replace('@', &random), "run.log"), std::slice::from_ref(&random), "{text}");
    }
    assert!(values("The API key internationalization-strategy-guide says more.", "a.md").is_empty());
}

#[test]
fn marks_that_no_service_issues_and_altered_digits_speak_against_a_token() {
    for value in [["vR7kQz?2m", "W9xTb4Lp8H"].concat(), ["9f86d081884c7d65", "9a2feaa0c55gd015"].concat()] {
        assert!(values(&format!("acme_token = '{value}'"), "a.py").is_empty());
    }
}
