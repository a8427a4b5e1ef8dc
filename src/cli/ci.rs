//! Waivers for a range, in CI: `keyward scan --history RANGE --waiver FILE`.

use super::args::ScanArgs;
use super::error::{CommandError, ErrorKind};
use super::run::{Clock, Watch, judge_watched};
use super::setup::Gear;
use super::waivers::{How, Offer, Sifted, Wanted};
use super::{input, problems, setup, signers};
use crate::blob::ObjectId;
use crate::config::{Config, Layer};
use crate::git::Repository;
use crate::policy::Occasion;
use crate::policy::signature::AllowedSigners;
use crate::policy::waiver::{Change, Kind, Refusal, Scene, Waivers};
use crate::scan::Outcome;
use crate::source::Range;
use crate::text::Shown;
use crate::trust::{Side, Trust};

/// Judges a range; again with the waivers that were handed over, where it blocks.
pub fn range(
    repository: &Repository,
    words: &[&str],
    args: &ScanArgs,
    gear: Gear,
    clock: &Clock,
    watch: &Watch,
) -> Result<Outcome, CommandError> {
    let (include, exclude) = repository.range(words).map_err(|error| problems::git(&error))?;
    let look = |gear: &Gear| {
        let mut range = Range::new(repository, include.clone(), exclude.clone());
        judge_watched(gear, clock, &mut range, Occasion::New, None, watch)
    };
    let offers = offers(args)?;
    let first = look(&gear)?;
    if offers.is_empty() || first.exit != 1 {
        return Ok(first);
    }
    let with = |mut outcome: Outcome, more: Vec<Shown>| {
        outcome.warnings.extend(more);
        outcome
    };
    let signers = match args.trust {
        Some(_) => gear.policy.signers().cloned(),
        None => administrators(repository)?,
    };
    let Some(signers) = &signers else {
        let text = "no waiver counts: neither the administrator nor the side that --trust names has allowed signers";
        return Ok(with(first, vec![Shown::fixed(text)]));
    };
    let Some(change) = change(repository, &include, args)? else {
        let text = "no waiver counts: no reference names the range's end here; say with --ref where it goes to";
        return Ok(with(first, vec![Shown::fixed(text)]));
    };
    let (salt, changes) = (gear.fingerprinter.salt().name(), [change]);
    let server = gear.policy.config().server_id.value.as_deref();
    let scene = Scene { signers, server, salt: &salt, changes: &changes, now: clock.started };
    // Nothing here remembers what was used.
    let uncounted = |once: bool| once.then_some(Refusal::Uncounted);
    let sifted = Sifted::of(offers, &scene, &Wanted::of(&first, true), &|waiver| {
        let loosening = waiver.payload().kind == Kind::Loosening;
        let refusal = loosening.then_some(Refusal::Loosening);
        Ok::<_, CommandError>(refusal.or(uncounted(waiver.payload().single_use)))
    })?;
    if sifted.valid.is_empty() {
        return Ok(with(first, sifted.refused));
    }
    let waivers = Waivers::new(changes.to_vec(), sifted.valid.into_iter().map(|(_, waiver)| waiver).collect());
    let policy = gear.policy.clone().with_waivers(waivers);
    Ok(with(look(&Gear { policy, ..gear })?, sifted.refused))
}

/// What is judged does not say who may let it through.
fn administrators(repository: &Repository) -> Result<Option<AllowedSigners>, CommandError> {
    let git = repository.config().map_err(|error| problems::git(&error))?;
    let layers: Vec<Layer> = setup::administrator(git, None)?.into_iter().collect();
    let nowhere = Trust::new(&Side::Nowhere, None).map_err(|error| setup::lost(&error))?;
    signers::of(&layers, &Config::default(), &nowhere)
}

/// Every line of the files that are named; empty ones and those that begin with `#` are left out.
fn offers(args: &ScanArgs) -> Result<Vec<Offer>, CommandError> {
    let mut offers = Vec::new();
    for file in &args.waiver {
        let text = match file.as_os_str() == "-" {
            true => input::stdin()?,
            false => std::fs::read(file).map_err(|error| problems::io(file, "read", &error))?,
        };
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
        offers.extend(lines.map(|line| Offer::read(How::File, line)));
    }
    Ok(offers)
}

/// Where the range goes to: what `--ref` names, else the branch that HEAD is on, else another branch or tag, if it names
/// the range's one end.
fn change(repository: &Repository, include: &[ObjectId], args: &ScanArgs) -> Result<Option<Change>, CommandError> {
    let [new] = include else {
        return Err(CommandError::new(ErrorKind::Usage, "--waiver takes a range with one end, such as main..HEAD"));
    };
    if let Some(name) = &args.onto {
        if !name.starts_with("refs/") {
            return Err(CommandError::new(ErrorKind::Usage, "--ref takes the full name of a reference")
                .hint("such as refs/heads/main"));
        }
        return Ok(Some(Change { name: name.clone().into_bytes(), new: *new }));
    }
    let refs = repository.refs().map_err(|error| problems::git(&error))?;
    let head = repository.head_name().map_err(|error| problems::git(&error))?;
    let ours = |name: &[u8]| name.starts_with(b"refs/heads/") || name.starts_with(b"refs/tags/");
    let at_end = refs.refs.iter().filter(|one| one.id == *new && ours(&one.name));
    let names: Vec<&[u8]> = at_end.map(|one| one.name.as_slice()).collect();
    let name = names.iter().find(|name| head.as_deref() == Some(**name)).or(names.first());
    Ok(name.map(|name| Change { name: name.to_vec(), new: *new }))
}
