//! What a rule is. Plain data, shared by the build script, the loader and the engine.

use serde::{Deserialize, Serialize};

/// How bad a leak of such a secret is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// An identifier or a key that is made to be public.
    Info,
    /// Little to gain.
    Low,
    /// Test-mode or encrypted keys.
    Medium,
    /// A working credential.
    High,
    /// Private keys, cloud secret keys, live payment keys, administrator tokens.
    Critical,
}

/// How sure it is that a finding is a real secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Most are not.
    Low,
    /// Many are.
    Medium,
    /// Nearly all are.
    High,
    /// Proved by a checksum.
    Certain,
}

/// What kind of secret a rule finds; part of a finding's fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A key or token that a machine made.
    Token,
    /// A password, chosen by a person or made.
    Password,
    /// A private key, armoured or bare.
    PrivateKey,
    /// A connection string that holds a password.
    Connection,
    /// Personal or payment data.
    Regulated,
}

/// How sensitive regulated data is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    /// Anybody may see it.
    Public,
    /// Everybody in the organisation may.
    Internal,
    /// Only those who need it may.
    Restricted,
}

/// How a rule recognises its secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Shape {
    /// A distinctive token: a regular expression with a group `secret`.
    Pattern(String),
    /// The shape of a value (a regular expression without groups) given to a name that holds a keyword.
    Assigned(String),
    /// A value without a shape of its own, given to a name of this kind; `detect::generic` judges it.
    Generic(GenericKind),
}

/// What a value without a shape of its own is given to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GenericKind {
    /// A password or passphrase.
    Password,
    /// A secret, salt, signature or credential.
    Secret,
    /// A token, session or cookie.
    Token,
    /// A key for an interface, for signing or for encryption.
    ApiKey,
}

/// What a rule is applied to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppliesTo {
    /// Contents, messages and names alike.
    #[default]
    Content,
    /// The paths of files only.
    Path,
}

/// An offline proof over the text of a match.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checksum {
    /// The algorithm's name, see `detect::checksum`.
    pub kind: String,
    /// The group that it is computed over; by default `secret`.
    #[serde(default)]
    pub over: Option<String>,
    /// The group that holds the expected value; by default the algorithm finds it itself.
    #[serde(default)]
    pub equals: Option<String>,
}

/// Which paths a rule looks at: globs, see `[[allow]] paths` in the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PathFilter {
    /// Only these.
    #[serde(default)]
    pub only: Vec<String>,
    /// Not these.
    #[serde(default)]
    pub not: Vec<String>,
}

/// What happens to a match whose neighbour is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IfMissing {
    /// No finding.
    #[default]
    Drop,
    /// One level of confidence less.
    Demote,
}

/// Something that must stand near a match.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Near {
    /// A match of this rule.
    #[serde(default)]
    pub rule: Option<String>,
    /// A match of this regular expression, ASCII case-insensitive.
    #[serde(default)]
    pub regex: Option<String>,
    /// How many lines up or down; 0 is the same line.
    pub within_lines: u32,
    /// What happens otherwise.
    #[serde(default)]
    pub if_missing: IfMissing,
}

/// Texts that a rule must and must not find. Each is written in pieces that are joined.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Examples {
    /// Texts in which the rule must find something.
    #[serde(default, rename = "match")]
    pub matches: Vec<Vec<String>>,
    /// Texts in which it must not.
    #[serde(default, rename = "no-match")]
    pub misses: Vec<Vec<String>>,
}

/// How far a match may lie from its keyword, in bytes: before the keyword's first byte, behind its last one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Reach {
    /// Bytes before.
    pub before: u32,
    /// Bytes behind.
    pub after: u32,
}

/// One kind of secret.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// `PROVIDER-KIND` in kebab-case, unique.
    pub id: String,
    /// Who issues the secret, in kebab-case.
    pub provider: String,
    /// What kind of secret it is.
    pub kind: Kind,
    /// One line for people: what it is and what it opens.
    pub description: String,
    /// How bad a leak is.
    pub severity: Severity,
    /// How sure a match is.
    pub confidence: Confidence,
    /// Lower case, 3 bytes or more; every match holds one of them, in any ASCII case.
    pub keywords: Vec<String>,
    /// How the secret is recognised.
    pub shape: Shape,
    /// What it is applied to.
    pub applies_to: AppliesTo,
    /// How far a match may lie from its keyword.
    pub reach: Reach,
    /// Least Shannon entropy of the secret, in hundredths of a bit a byte.
    pub entropy: Option<u32>,
    /// Least number of digits in the secret.
    pub min_digits: Option<u32>,
    /// Least number of different bytes in the secret.
    pub min_distinct: Option<u32>,
    /// Words (lower case) that the secret may not hold, in any ASCII case.
    pub not_words: Vec<String>,
    /// An offline proof.
    pub checksum: Option<Checksum>,
    /// Of a rule for regulated data: how sensitive that is.
    pub data_class: Option<DataClass>,
    /// Which paths it looks at.
    pub path: PathFilter,
    /// What must stand near.
    pub near: Vec<Near>,
    /// Regular expressions for values known to be no secret (matched against the secret).
    pub allow: Vec<String>,
    /// Ids of rules whose match makes a pair with this one: found near, it raises the confidence.
    pub components: Vec<String>,
    /// The provider's page about rotating or revoking it.
    pub rotate: Option<String>,
    /// The version that brought it, as (major, minor, patch).
    pub since: (u32, u32, u32),
    /// Where the format is documented.
    pub references: Vec<String>,
    /// What it must and must not find.
    #[serde(skip)]
    pub examples: Examples,
}

impl PathFilter {
    /// Whether it leaves any path out.
    pub fn chooses(&self) -> bool {
        !self.only.is_empty() || !self.not.is_empty()
    }
}

impl Severity {
    /// The name in rules, configs and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl Confidence {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Certain];

    /// The name in rules, configs and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Certain => "certain",
        }
    }

    /// One level less; low stays low.
    pub fn demoted(self) -> Self {
        match self {
            Self::Low | Self::Medium => Self::Low,
            Self::High => Self::Medium,
            Self::Certain => Self::High,
        }
    }

    /// One level more, up to high: only a checksum makes certain.
    pub fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium | Self::High => Self::High,
            Self::Certain => Self::Certain,
        }
    }
}

impl DataClass {
    /// The name in rules and configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Restricted => "restricted",
        }
    }
}

impl Rule {
    /// The class of what it finds; `None` for secrets. A rule that does not say is about the most sensitive one.
    pub fn class(&self) -> Option<DataClass> {
        (self.kind == Kind::Regulated).then(|| self.data_class.unwrap_or(DataClass::Restricted))
    }
}

impl Kind {
    /// The name in rules and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Password => "password",
            Self::PrivateKey => "private-key",
            Self::Connection => "connection",
            Self::Regulated => "regulated",
        }
    }
}
