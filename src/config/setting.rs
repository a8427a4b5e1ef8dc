//! Settings, and who set them.

use std::fmt;

/// Who set something. Later ones come on top of earlier ones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum By {
    /// The program.
    #[default]
    BuiltIn,
    /// The administrator, in the file of this name.
    Administrator(String),
    /// The repository, in the file of this name.
    Repository(String),
    /// The command line or the environment.
    CommandLine,
}

impl By {
    /// The name for messages: the file, or what stands in its place.
    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn => "built in",
            Self::Administrator(file) | Self::Repository(file) => file,
            Self::CommandLine => "command line",
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value and who set it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Who set it.
    pub by: By,
}

impl<T> Setting<T> {
    /// What the program itself sets.
    pub fn built_in(value: T) -> Self {
        Self { value, by: By::BuiltIn }
    }
}

/// Whether the gate stops anything.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    /// What blocks, blocks.
    Enforce,
    /// What would block is reported as a warning.
    Audit,
}

impl Mode {
    /// The name in configs and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
        }
    }
}

/// What an entry of the baseline needs to excuse something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Approvals {
    /// The names of those who decided.
    Named,
    /// The approver's signature, unless it is only not looked at yet.
    Signed,
}

impl Approvals {
    /// The name in configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Signed => "signed",
        }
    }
}

/// What happens where something could not be judged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Exit code 2.
    Block,
    /// It is said, and changes no exit code.
    Warn,
}

impl Action {
    /// The name in configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

/// `on-incomplete`: an [`Action`] for every reason of the coverage receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnIncomplete {
    /// Where the reason is not listed.
    pub default: Action,
    /// By reason, in kebab-case.
    pub reasons: std::collections::BTreeMap<String, Action>,
}

impl OnIncomplete {
    /// The same for every reason.
    pub fn all(default: Action) -> Self {
        Self { default, reasons: Default::default() }
    }

    /// What happens for a reason.
    pub fn action(&self, reason: &str) -> Action {
        self.reasons.get(reason).copied().unwrap_or(self.default)
    }

    /// Whether some reason that blocks in `other` only warns here.
    pub(super) fn weaker_than(&self, other: &Self) -> bool {
        let weaker = |mine, theirs| mine == Action::Warn && theirs == Action::Block;
        let named = self.reasons.keys().chain(other.reasons.keys());
        weaker(self.default, other.default) || named.into_iter().any(|r| weaker(self.action(r), other.action(r)))
    }
}

/// Whose comments excuse a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dialect {
    /// `keyward:allow`.
    Keyward,
    /// `gitleaks:allow`.
    Gitleaks,
    /// `betterleaks:allow`.
    Betterleaks,
    /// `kingfisher:ignore`.
    Kingfisher,
    /// `trufflehog:ignore`.
    Trufflehog,
    /// `pragma: allowlist secret`.
    DetectSecrets,
    /// `secretlint-disable-line`.
    Secretlint,
    /// `ggignore`.
    Ggshield,
}

impl Dialect {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Keyward,
        Self::Gitleaks,
        Self::Betterleaks,
        Self::Kingfisher,
        Self::Trufflehog,
        Self::DetectSecrets,
        Self::Secretlint,
        Self::Ggshield,
    ];

    /// The key under `[pragmas]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyward => "keyward",
            Self::Gitleaks => "gitleaks",
            Self::Betterleaks => "betterleaks",
            Self::Kingfisher => "kingfisher",
            Self::Trufflehog => "trufflehog",
            Self::DetectSecrets => "detect-secrets",
            Self::Secretlint => "secretlint",
            Self::Ggshield => "ggshield",
        }
    }
}
