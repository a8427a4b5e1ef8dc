use super::*;

/// Path and text; `@` stands for a random value that must stay quiet there.
const LOOK_ALIKES: &[(&str, &str)] = &[
    // Placeholders, templates, references.
    ("app.yml", "password: changeme"),
    ("app.yml", "password: <your password>"),
    ("app.yml", "password: your-password-here"),
    ("app.yml", "password: ${DB_PASSWORD}"),
    ("app.yml", "password: {{ .Values.password }}"),
    ("app.yml", "password: !vault-encrypted"),
    ("app.yml", "password: ENC(@)"),
    ("app.yml", "password: xxxxxxxxxxxxxxxx"),
    ("app.yml", "password: ********"),
    ("app.yml", "password: 123456789"),
    ("app.yml", "api_key: 0123456789abcdef0123456789ABCDEF"),
    ("app.yml", "secret: abcdefghijklmnopqrstuvwxyz"),
    ("app.yml", "secretName: database-credentials"),
    ("app.yml", "password: password"),
    (".env", "DB_PASSWORD=$DB_PASSWORD"),
    (".env", "API_KEY="),
    ("run.sh", "TOKEN=$(cat /run/token)"),
    ("run.sh", "TOKEN_FILE=/run/secrets/deploy-token"),
    ("README.md", "Set the token: it is shown once on the settings page."),
    ("README.md", "The password must be at least eight characters long."),
    ("README.md", "postgres://username:password@localhost"),
    ("README.md", "key: Vaterlandsliebe und Donaudampfschiff"),
    // Code, where a bare word is a name.
    ("a.js", "const token = getToken(request);"),
    ("a.js", "password: user.password,"),
    ("a.ts", "access_token: string;"),
    ("a.go", "password := testPassword"),
    ("a.py", "password = self.config['password']"),
    ("a.py", "token = f'{prefix}-{suffix}'"),
    ("a.py", "password = getpass('Password: ')"),
    ("a.py", "os.environ['SECRET_KEY_BASE']"),
    ("a.py", "os.getenv('AWS_SECRET_ACCESS_KEY')"),
    ("a.rb", "'secret' => params[:secret]"),
    ("a.py", "AUTH_OLD_PASSWORD = \"mysql_old_password\""),
    ("a.java", "private static final String PASSWORD_KEY = \"user.password\";"),
    ("a.c", "if (key == KEY_ENTER) return;"),
    ("a.js", "const ALPHABET_KEY = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';"),
    // Names that say that it is something else.
    ("a.json", "\"public_key\": \"@\""),
    ("a.json", "\"key_id\": \"@\""),
    ("a.json", "\"token_type\": \"bearer\""),
    ("a.json", "\"author\": \"@\""),
    ("a.config", "publicKeyToken=\"b77a5c561934e089\""),
    ("a.sql", "password_sha2 = '@'"),
    ("a.rb", "foreign_key: 'customer_account_id'"),
    ("a.py", "cache_key = '@'"),
    ("a.py", "sort_key = 'created_at'"),
    ("a.js", "keyboard: 'qwertz-de-latin1'"),
    ("a.json", "\"encrypted_key\": \"@\""),
    // Hashes, checksums, ids.
    ("a.yml", "password: $2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"),
    ("a.yml", "password: '{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3'"),
    ("package-lock.json", "\"token\": \"@\", \"integrity\": \"sha512-@\""),
    ("Cargo.lock", "checksum = \"9f8c1d7e5b3a2064f1e8d7c6b5a49382719f8c1d7e5b3a2064f1e8d7c6b5a493\""),
    ("go.sum", "golang.org/x/crypto/token v0.1.0 h1:@="),
    ("a.html", "<script integrity=\"sha384-@\" crossorigin=\"use-credentials\">"),
    ("a.yml", "commit_key: 1f0e3dad99908345f7439f8ffabdffc4"),
    ("a.json", "\"session\": \"0b1f8a52-6c1d-4a0e-9b7f-2d3c4e5f6a7b\""),
    ("a.yml", "aws_secret: da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    // Translations and texts of user interfaces.
    ("en.json", "\"LABEL_NEW_PASSWORD\": \"New Password\""),
    ("de.json", "\"password\": \"Kennwort\""),
    ("locale/fr.json", "\"forgot_password\": \"Mot de passe oublié ?\""),
    ("locale/ja.json", "\"password\": \"パスワード\""),
    ("strings.xml", "<string name=\"password\">Enter your password</string>"),
    // Styles, pictures, places.
    ("a.css", ".token-key: #EAE6FF;"),
    ("a.svg", "<path key=\"@\" d=\"M10 10h80v80\"/>"),
    ("a.xaml", "<Color x:Key=\"LavenderSecret\">#EAE6FF</Color>"),
    ("a.yml", "private_key: ~/.ssh/id_rsa"),
    ("a.yml", "private_key: /etc/ssl/private/server.pem"),
    ("a.yml", "auth_url: https://login.example.org/oauth2/token"),
    ("a.yml", "secret: arn:aws:secretsmanager:eu-west-1"),
    ("a.yml", "key: team/service/production/name"),
    ("a.py", "preferred_keys = ('ecdsa-sha2-nistp256', 'ssh-rsa')"),
    ("known_hosts", "key = ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"),
];

#[test]
fn look_alikes_stay_quiet() {
    let loud: Vec<_> = LOOK_ALIKES
        .iter()
        .filter(|(path, text)| {
            let text = if text.contains("postgres:") { (*text).to_owned() } else { text.replace('@', &made()) };
            !values(&text, path).is_empty()
        })
        .collect();
    assert!(loud.is_empty(), "{loud:#?}");
}
