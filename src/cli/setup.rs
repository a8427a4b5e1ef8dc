//! Brings configuration, rules, baseline and policy together for a run.

use super::args::{Mode as ModeArg, PolicyArgs};
use super::error::{CommandError, ErrorKind, Place};
use super::{problems, signers};
use crate::config::{By, Config, Layer, Mode, Reader, Version, parse_duration};
use crate::coverage::Unread;
use crate::detect::{DecodeLimits, Detector};
use crate::fingerprint::{Fingerprinter, Salt, SaltBytes};
use crate::git::{Config as GitConfig, Repository, Scope};
use crate::policy::{Baseline, Policy};
use crate::rule::{Catalogue, load};
use crate::text::Shown;
use crate::trust::{BASELINE, POLICY, Side, Trust, TrustError};
use bstr::ByteSlice;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The administrator's file, where git's system configuration names no other.
const ADMINISTRATOR: &str = "/etc/keyward/config.toml";

/// All that judges.
#[derive(Debug)]
pub struct Gear {
    /// Finds.
    pub detector: Detector,
    /// Judges.
    pub policy: Policy,
    /// Names.
    pub fingerprinter: Fingerprinter,
    /// The rules.
    pub catalogue: Catalogue,
    /// What the user should know besides.
    pub warnings: Vec<Shown>,
    /// How long the run may take.
    pub budget: Option<Duration>,
}

/// Where the parts of a policy come from.
pub struct Origin<'a> {
    /// The repository, if there is one.
    pub repository: Option<&'a Repository>,
    /// git's configuration.
    pub git: &'a GitConfig,
    /// Which side's files count.
    pub side: &'a Side,
    /// What day it is.
    pub today: Date,
}

impl Gear {
    /// Reads every part; one that is named or there and cannot be read is an error.
    pub fn new(origin: &Origin<'_>, args: &PolicyArgs) -> Result<Self, CommandError> {
        let trust = Trust::new(origin.side, origin.repository).map_err(|error| lost(&error))?;
        let mut layers: Vec<Layer> = administrator(origin.git, None)?.into_iter().collect();
        layers.extend(repository_layer(&trust, args.config.as_deref())?);
        layers.push(command_line(args)?);
        Self::of(layers, &trust, args.baseline.as_deref(), origin.today)
    }

    /// Puts layers on top of each other, weakest first; rule files and baseline come from `trust`.
    pub fn of(
        layers: Vec<Layer>,
        trust: &Trust<'_>,
        named_baseline: Option<&Path>,
        today: Date,
    ) -> Result<Self, CommandError> {
        let (config, refused) = Config::resolve(layers.iter().cloned());
        let signers = signers::of(&layers, &config, trust)?;
        let mut catalogue =
            Catalogue::builtin().map_err(|error| CommandError::new(ErrorKind::Internal, error.to_string()))?;
        enable(&mut catalogue, &config)?;
        add_rules(&mut catalogue, &config, trust)?;
        let mut warnings: Vec<String> = refused.iter().map(ToString::to_string).collect();
        let disabled: Vec<&str> = config.disable.iter().map(|setting| setting.value.as_str()).collect();
        let unknown = catalogue.disable(&disabled).map_err(|error| clash(&error))?;
        warnings.extend(unknown.iter().map(|id| format!("`rules.disable` names {id:?}, which no rule is called")));
        let named = config.overrides.iter().flat_map(|setting| &setting.value.rules);
        let unknown_there = named.filter(|id| catalogue.get(id).is_none());
        warnings.extend(unknown_there.map(|id| format!("`gate.override` names {id:?}, which no rule is called")));
        let limits = DecodeLimits {
            bytes: usize::try_from(config.decoded.value).unwrap_or(usize::MAX),
            depth: u32::try_from(config.decode_depth.value).unwrap_or(u32::MAX),
        };
        let detector = Detector::new(&catalogue, limits)
            .map_err(|error| CommandError::new(ErrorKind::Config, error.to_string()))?;
        let fingerprinter = Fingerprinter::new(salt(&config)?);
        let baseline = baseline(trust, named_baseline)?;
        let budget = config.budget.value;
        let warnings = warnings.iter().map(|text| Shown::new(text.as_bytes(), &detector)).collect();
        let policy = Policy::new(config, baseline, today).with_signers(signers);
        Ok(Self { detector, policy, fingerprinter, catalogue, warnings, budget })
    }
}

fn reasons() -> Vec<&'static str> {
    Unread::ALL.iter().map(|reason| reason.as_str()).collect()
}

fn version() -> Version {
    Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version(0, 0, 0))
}

/// One file as a layer.
pub fn parse(by: By, text: &[u8]) -> Result<Layer, CommandError> {
    let Ok(text) = std::str::from_utf8(text) else {
        let file = Shown::new(by.name().as_bytes(), problems::builtin_mask().as_ref());
        return Err(CommandError::new(ErrorKind::Config, format!("{file}: the file is not UTF-8")));
    };
    let reasons = reasons();
    Reader { version: version(), reasons: &reasons }.parse(by, text).map_err(|errors| problems::config(&errors, text))
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|error| problems::io(path, "read", &error))
}

/// The file that is named, else the one that git's *system* configuration names, else the usual one if it is there.
/// Nobody but the machine's owner writes the last two.
pub fn administrator(git: &GitConfig, file: Option<&Path>) -> Result<Option<Layer>, CommandError> {
    let named = git.get_at(Scope::System, "keyward.config").and_then(|setting| setting.value.as_ref());
    let path = match (file, named) {
        (Some(file), _) => file.to_owned(),
        (None, Some(path)) => path.to_path_lossy().into_owned(),
        (None, None) => PathBuf::from(ADMINISTRATOR),
    };
    let usual = file.is_none() && named.is_none();
    // A folder that cannot be entered may hold it.
    if usual && matches!(path.try_exists(), Ok(false)) {
        return Ok(None);
    }
    let text = read(&path)?;
    parse(By::Administrator(path.to_string_lossy().into_owned()), &text).map(Some)
}

/// The configuration of a side, or the file that is named in its place.
pub fn repository_layer(trust: &Trust<'_>, named: Option<&Path>) -> Result<Option<Layer>, CommandError> {
    if let Some(path) = named {
        return parse(By::Repository(path.to_string_lossy().into_owned()), &read(path)?).map(Some);
    }
    match trust.policy().map_err(|error| lost(&error))? {
        Some(file) => parse(By::Repository(POLICY.to_owned()), &file.bytes).map(Some),
        None => Ok(None),
    }
}

fn command_line(args: &PolicyArgs) -> Result<Layer, CommandError> {
    let mut layer = Layer::new(By::CommandLine);
    layer.mode = args.mode.map(|mode| match mode {
        ModeArg::Audit => Mode::Audit,
        ModeArg::Enforce => Mode::Enforce,
    });
    layer.block_on = args.block_on;
    layer.min_confidence = args.min_confidence;
    layer.enforce_since = args.enforce_since;
    layer.budget = args.budget.as_deref().map(budget).transpose()?;
    Ok(layer)
}

/// What `--budget` says; none is no limit.
pub fn budget(text: &str) -> Result<Option<Duration>, CommandError> {
    parse_duration(text)
        .ok_or_else(|| CommandError::new(ErrorKind::Usage, "--budget takes a number and ms, s, m or h, or none"))
}

fn salt(config: &Config) -> Result<Salt, CommandError> {
    if let Some(file) = &config.key_file.value {
        let path = Path::new(file);
        let key = SaltBytes::new(read(path)?.trim_ascii().to_vec());
        let short =
            || CommandError::new(ErrorKind::Config, format!("{}: the key has under 16 bytes", problems::shown(path)));
        return key.map(Salt::Key).ok_or_else(short);
    }
    match &config.salt.value {
        None => Ok(Salt::Public),
        Some(text) => SaltBytes::new(text.as_bytes())
            .map(Salt::Repository)
            .ok_or_else(|| CommandError::new(ErrorKind::Config, "`fingerprint.salt` has under 16 bytes")),
    }
}

/// A rule that is asked for and is not there finds nothing: that is no matter for a warning.
fn enable(catalogue: &mut Catalogue, config: &Config) -> Result<(), CommandError> {
    if config.regulated.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = config.regulated.iter().map(|setting| setting.value.as_str()).collect();
    let unknown = catalogue.enable(&ids).map_err(|error| clash(&error))?;
    let Some(id) = unknown.first() else { return Ok(()) };
    let mask = problems::builtin_mask();
    let told = format!("`regulated.enable` names {id:?}, which no rule for regulated data is called");
    let known: Vec<String> = Catalogue::optional().map_err(|error| clash(&error))?.into_iter().map(|r| r.id).collect();
    Err(CommandError::foreign(ErrorKind::Config, told, mask.as_ref()).hint(format!("known: all, {}", known.join(", "))))
}

fn add_rules(catalogue: &mut Catalogue, config: &Config, trust: &Trust<'_>) -> Result<(), CommandError> {
    let patterns: Vec<String> = config.include.iter().map(|setting| setting.value.clone()).collect();
    if patterns.is_empty() {
        return Ok(());
    }
    for file in trust.rules(&patterns).map_err(|error| lost(&error))? {
        let shown = Shown::new(&file.name, problems::builtin_mask().as_ref());
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            return Err(CommandError::new(ErrorKind::Config, format!("{shown}: the file is not UTF-8")));
        };
        let rules = load(shown.as_str(), text).map_err(|errors| problems::rules(&errors, text))?;
        catalogue.extend(rules).map_err(|error| clash(&error))?;
    }
    Ok(())
}

fn clash(error: &crate::rule::CatalogueError) -> CommandError {
    CommandError::foreign(ErrorKind::Config, error, problems::builtin_mask().as_ref())
}

fn baseline(trust: &Trust<'_>, named: Option<&Path>) -> Result<Baseline, CommandError> {
    let (name, text) = match named {
        Some(path) => (path.to_string_lossy().into_owned(), Some(read(path)?)),
        None => {
            let file = trust.baseline().map_err(|error| lost(&error))?;
            (BASELINE.to_owned(), file.map(|file| file.bytes))
        }
    };
    match text {
        Some(text) => Baseline::parse(&name, &text).map_err(|error| problems::baseline(&error)),
        None => Ok(Baseline::default()),
    }
}

/// A side that cannot be read.
pub fn lost(error: &TrustError) -> CommandError {
    if let TrustError::Git(error) = error {
        return problems::git(error);
    }
    let told = CommandError::new(ErrorKind::Config, error.to_string());
    match error.name() {
        Some(name) => {
            told.at(Place { file: Shown::new(name, problems::builtin_mask().as_ref()), line: None, column: None })
        }
        None => told,
    }
}
