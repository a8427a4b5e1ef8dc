//! The words that names, values and paths are told apart by. Lower case.

use super::bytes::Needles;

/// Words for a password.
#[rustfmt::skip]
pub(super) const PASSWORD: &[&str] = &[
    "password", "passwords", "passwd", "passphrase", "passcode", "passwort", "pwd", "pass", "pw", "passw", "pswd",
    "psswd", "pswrd", "psswrd", "psword", "passwrd",
    "requirepass", "identified",
];

/// Words for a secret.
#[rustfmt::skip]
pub(super) const SECRET: &[&str] = &[
    "secret", "secrets",
];

/// Words for a token.
#[rustfmt::skip]
pub(super) const TOKEN: &[&str] = &[
    "token", "tokens", "bearer", "jwt", "authorization",
];

/// Words for a key.
#[rustfmt::skip]
pub(super) const KEY: &[&str] = &[
    "key", "keys", "apikey", "apikeys",
];

/// Words for other things that are kept secret.
#[rustfmt::skip]
pub(super) const LOOSE: &[&str] = &[
    "salt", "nonce", "cred", "creds", "credential", "credentials",
];

/// Words that often name something else.
#[rustfmt::skip]
pub(super) const WEAK: &[&str] = &[
    "auth", "oauth", "cookie", "cookies", "session", "basic", "masterauth",
];

/// Words that make of `key` a secret one.
#[rustfmt::skip]
pub(super) const KEY_OF: &[&str] = &[
    "api", "access", "secret", "private", "auth", "account", "shared", "master", "encryption", "encrypt", "signing",
    "sign", "session", "consumer", "app", "application", "client", "license", "storage", "service", "admin", "jwt",
    "crypto", "cipher", "aes", "des", "hmac", "rsa", "host", "integration", "write", "subscription", "oauth",
    "server", "security", "secure", "webhook", "deploy", "merchant", "cookie", "salt", "user", "pass", "password",
    "token",
];

/// Parts of names of keys that people choose, or that programs do for themselves.
#[rustfmt::skip]
pub(super) const CHOSEN: &[&str] = &[
    "secret", "priv", "crypt", "sign", "master", "salt", "cipher", "aes", "app", "session", "cookie", "mac", "secur",
    "hash", "pass", "auth", "machine", "valid", "share",
];

/// Words that make of `key` something else.
#[rustfmt::skip]
pub(super) const KEY_NOT: &[&str] = &[
    "public", "pub", "foreign", "primary", "sort", "partition", "cache", "map", "hash", "row", "index", "object",
    "group", "routing", "registry", "unique", "parent", "hot", "short", "publishable", "site", "composite",
    "natural", "translation", "message", "label", "ssh", "gpg", "pgp", "ed25519", "known", "arrow", "tab", "enter",
    "escape", "shift", "meta", "ctrl", "alt", "storage-name", "json", "dict", "property", "field", "column",
    "config", "data", "sample", "socket", "recv", "receive", "contains", "spreadsheet", "sheet", "document",
];

/// Parts of the names of algorithms.
pub(super) const ALGORITHMS: &[&str] = &[
    "hmac", "sha", "rsa", "aes", "gcm", "cbc", "ecdsa", "ecdh", "ed25519", "dsa", "pkcs", "oaep", "pbkdf", "nistp",
    "md5",
];

/// What stands behind a keyword and says that the value is about the secret, not it.
#[rustfmt::skip]
pub(super) const ABOUT: &[&str] = &[
    "name", "names", "id", "ids", "identifier", "url", "urls", "uri", "path", "paths", "file", "filename", "files",
    "type", "types", "field", "fields", "length", "len", "size", "count", "label", "title", "hint", "prompt",
    "param", "params", "parameter", "header", "headers", "format", "policy", "store", "storage", "manager",
    "provider", "providers", "service", "class", "index", "map", "code", "expiry", "expires", "expiration",
    "expire", "lifetime", "ttl", "timeout", "age", "at", "in", "regex", "regexp", "pattern", "message", "error",
    "errors", "endpoint", "endpoints", "env", "version", "mode", "method", "methods", "column", "ref", "reference",
    "algorithm", "alg", "strength", "rounds", "scheme", "schema", "required", "enabled", "disabled", "changed",
    "valid", "invalid", "dir", "directory", "folder", "prefix", "suffix", "input", "placeholder", "description",
    "desc", "text", "help", "info", "status", "state", "scope", "scopes", "issuer", "audience", "realm", "location",
    "link", "page", "form", "view", "controller", "handler", "helper", "factory", "builder", "module", "plugin",
    "strategy", "domain", "host", "port", "server", "user", "username", "email", "max", "min", "limit", "num",
    "number", "bits", "kind", "group", "usage", "ops", "iterations", "attribute", "attributes", "property",
    "confirm", "reset", "response", "request", "created", "date", "time", "duration", "backend", "driver", "db",
    "engine", "config", "settings", "options", "words", "word", "board", "event", "cert", "certificate",
    "fingerprint", "thumbprint", "digest", "checksum", "source", "arn", "region", "set", "list", "menu", "icon",
    "color", "style", "tag", "tags", "position", "offset", "start", "end", "chars", "char", "encoding", "charset",
    "generator", "validator", "filter", "middleware", "model", "entity", "table", "test", "tests", "spec",
    "rotation", "exists", "missing",
];

/// Words in names of texts of a user interface.
#[rustfmt::skip]
pub(super) const INTERFACE: &[&str] = &[
    "label", "title", "msg", "message", "text", "forgot", "confirm", "hint", "tooltip", "caption", "mandatory",
    "notice", "desc", "help", "button", "placeholder", "heading", "warning", "error", "invalid", "change", "prompt",
];

/// Words behind a keyword in names of digests.
#[rustfmt::skip]
pub(super) const DIGEST: &[&str] = &[
    "hash", "hashed", "sha", "sha1", "sha2", "sha256", "sha512", "md5", "digest", "checksum", "integrity",
    "crypted", "encrypted", "hashes", "etag", "fingerprint", "commit",
];

/// Words before a keyword in names of sealed values.
pub(super) const SEALED: &[&str] =
    &["crypted", "encrypted", "hashed", "digested", "commit", "etag", "integrity", "checksum"];

/// Words in names of values that are no good.
#[rustfmt::skip]
pub(super) const SAMPLE: &[&str] = &[
    "example", "sample", "dummy", "fake", "mock", "placeholder", "invalid", "wrong", "bad", "matching",
];

/// Parts of names of tokens that stand in a page, against forged requests.
pub(super) const FORGERY: &[&str] = &["csrf", "xsrf", "authenticity", "antiforgery", "requestverification"];

/// Words that make of `token` a secret one for sure.
#[rustfmt::skip]
pub(super) const TOKEN_OF: &[&str] = &[
    "access", "auth", "refresh", "api", "bearer", "secret", "oauth", "bot", "private", "personal",
];

/// Words for people and their accounts.
#[rustfmt::skip]
pub(super) const PERSON: &[&str] = &[
    "user", "admin", "root", "account", "login", "username", "owner", "guest", "member", "customer",
];

/// Words for what a secret opens.
#[rustfmt::skip]
pub(super) const SERVICE: &[&str] = &[
    "db", "database", "mysql", "postgres", "pg", "mongo", "redis", "smtp", "mail", "ftp", "ldap", "proxy", "wifi",
    "rabbitmq", "elastic", "keystore", "truststore", "store", "ssh", "aws", "azure", "s3", "jwt", "django", "rails",
    "flask", "github", "gitlab", "slack", "stripe", "google", "twitter", "facebook",
];

/// Words before a keyword that make a question, a count or a paging mark of it.
#[rustfmt::skip]
pub(super) const ASIDE: &[&str] = &[
    "one", "two", "first", "second", "last", "single", "multi", "final", "render",
    "no", "is", "has", "require", "use", "allow", "show", "enable", "skip", "max", "min", "csrf", "next", "page",
    "can", "should", "num", "count", "xsrf", "authenticity", "antiforgery", "verification",
];

/// Digests of the empty text.
#[rustfmt::skip]
pub(super) const EMPTY_DIGESTS: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Values that stand for nothing, for a type, or for the secret that everybody knows.
#[rustfmt::skip]
pub(super) const NOTHING: &[&str] = &[
    "null", "none", "nil", "true", "false", "undefined", "string", "str", "text", "int", "bool", "boolean", "any",
    "object", "bytes", "byte", "number", "char", "void", "self", "this", "required", "optional", "password",
    "passwd", "pass", "secret", "token", "key", "user", "username", "admin", "root", "guest", "hidden", "public",
    "private", "basic", "bearer", "pwd", "yes", "no", "on", "off", "default", "value", "new", "old", "env",
    "passphrase", "hello", "world", "postgres", "mysql", "sa", "qwerty", "letmein", "s3cr3t", "s3cret", "passw0rd",
    "p@ssw0rd", "p@ssword", "pa55word",
];

/// Endings of hosts and files.
#[rustfmt::skip]
pub(super) const FILES: &[&str] = &[
    ".json", ".yml", ".yaml", ".txt", ".pem", ".key", ".crt", ".php", ".html", ".js", ".py", ".rb", ".go", ".java",
    ".xml", ".md", ".png", ".svg", ".css", ".com", ".org", ".net", ".io",
];

/// Parts of values that stand for a value.
#[rustfmt::skip]
pub(super) static PLACEHOLDERS: Needles = Needles::new(&[
    "example", "sample", "dummy", "fake", "changeme", "change_me", "change-me", "changeit", "your", "placeholder",
    "xxx", "***", "...", "todo", "redacted", "foobar", "insert", "replace", "default", "undefined", "masked",
    "hidden", "secret_here", "here>", "_here", "-here", "unset", "the_", "the-", "my_", "my-", "some_", "some-",
    "test", "mock", "lorem", "foo", "bar", "not_", "not-", "invalid", "empty", "…", "•", "asdf", "blah", "abc123",
    "goes",
]);

/// Marks of templates, references and calls.
#[rustfmt::skip]
pub(super) static MARKS: Needles = Needles::new(&[
    "(?:", "(?p", "[a-z", "[0-9", "\\d", "\\w", "\\s",
    "${", "{{", "<%", "%(", "#{", "$(", "%{", "@{", "\\(", "\\u", "\\x", "[[", "->", "::", "=>",
]);

/// Parts of paths of tests and examples.
#[rustfmt::skip]
pub(super) static TEST: Needles = Needles::new(&[
    "test", "spec", "example", "sample", "mock", "fixture", "demo",
]);

/// Parts of paths of translations.
#[rustfmt::skip]
pub(super) static LOCALE: Needles = Needles::new(&[
    "i18n", "l10n", "locale", "lang/", "language", "translat", "messages", "strings.",
]);

/// Parts of paths of lock files, checksums, styles, pictures and code of others.
#[rustfmt::skip]
pub(super) static GENERATED: Needles = Needles::new(&[
    ".lock", "-lock.", ".sum", ".min.", ".snap", "vendor/", "node_modules/", ".svg", ".map", ".css", ".scss",
    ".less",
]);

/// What stands before a digest or a public key.
#[rustfmt::skip]
pub(super) static DIGESTS: Needles = Needles::new(&[
    "sha", "etag", "commit", "digest", "hash", "checksum", "integrity", "md5", "gravatar", "revision",
    "fingerprint", "thumbprint", "publickey", "public key", "public_key",
]);
