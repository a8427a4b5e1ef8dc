//! A report that was read back as the outcome that it was written from, as far as a report holds it.

use crate::blob::{CommitInfo, ObjectId, ObjectKind, Origin};
use crate::candidate::Encoding;
use crate::cli::error::Unmasked;
use crate::coverage::{Coverage, Skip, Tally, Unread};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::{Decision, ExcusedBy, Judgement, Suppression, Verdict};
use crate::report::document::{self, Fate, Reason, Report, Word};
use crate::rule::{AppliesTo, Catalogue, Examples, Kind, PathFilter, Reach, Rule, Shape};
use crate::scan::{Age, Below, Engine, Gap, Judged, Outcome, Part, Seam, Shard};
use crate::secret::{Preview, Secret};
use crate::text::{Location, Shown};
use std::collections::HashMap;
use std::sync::Arc;

/// The outcome; an error says what in the report cannot be. The texts of a report that was read are safe already.
pub(super) fn outcome(report: &Report) -> Result<Outcome, String> {
    let engine = report.engine.as_ref().ok_or("`engine` is missing")?;
    let coverage = report.coverage.as_ref().ok_or("`coverage` is missing")?;
    let below = report.below.unwrap_or_default();
    let mode = match report.mode.as_deref() {
        Some("enforce") => "enforce",
        Some("audit") => "audit",
        _ => return Err("`mode` is neither enforce nor audit".to_owned()),
    };
    let skipped: Vec<Gap> = gaps(&coverage.skipped, &Skip::ALL.map(Skip::as_str))?;
    let unread: Vec<Gap> = gaps(&coverage.unread, &Unread::ALL.map(Unread::as_str))?;
    let rules = Catalogue::builtin().map_err(|error| error.to_string())?;
    let known = rules.rules().iter().map(|rule| (rule.id.clone(), Arc::clone(rule))).collect();
    let mut reviver = Reviver { rules: known };
    let judged = report.findings.iter().map(|finding| reviver.judged(finding)).collect::<Result<_, _>>()?;
    Ok(Outcome {
        decision: decision(report.verdict),
        would: decision(report.would.unwrap_or(report.verdict)),
        mode,
        exit: report.exit.ok_or("`exit` is missing")?,
        judged,
        unlisted: report.unlisted.unwrap_or(0),
        below: Below::of(below.low, below.medium, below.high),
        coverage: receipt(coverage, &skipped, &unread),
        skipped,
        unread,
        engine: Engine {
            version: env!("CARGO_PKG_VERSION"),
            rules_digest: engine.rules_digest.clone(),
            policy_digest: engine.policy_digest.clone(),
            salt: engine.salt.clone(),
        },
        shard: report.shard.as_ref().map(|shard| Shard {
            part: Part { index: shard.index, of: shard.of },
            tips: shard.tips.clone(),
            plan: shard.plan.clone(),
        }),
        most: report.shard.as_ref().map_or(u64::MAX, |shard| shard.most),
        warnings: report.warnings.iter().flatten().map(|text| safe(text)).collect(),
    })
}

fn safe(text: &str) -> Shown {
    Shown::new(text.as_bytes(), &Unmasked)
}

fn decision(word: Word) -> Decision {
    match word {
        Word::Pass => Decision::Pass,
        Word::Incomplete => Decision::Incomplete,
        Word::Block => Decision::Block,
    }
}

fn gaps(reasons: &[Reason], known: &[&'static str]) -> Result<Vec<Gap>, String> {
    let gap = |reason: &Reason| {
        let name = known.iter().copied().find(|known| *known == reason.reason);
        let reason_name = name.ok_or_else(|| format!("the reason {:?} is unknown", reason.reason))?;
        let examples = reason.examples.iter().map(|text| safe(text)).collect();
        Ok(Gap { reason: reason_name, count: reason.count, examples })
    };
    reasons.iter().map(gap).collect()
}

fn receipt(told: &document::Coverage, skipped: &[Gap], unread: &[Gap]) -> Coverage {
    let mut coverage = Coverage::default();
    (coverage.refs, coverage.commits) = (told.refs, told.commits);
    (coverage.blobs, coverage.bytes) = (told.blobs, told.bytes);
    let tally = |gap: &Gap| Tally {
        count: gap.count,
        examples: gap.examples.iter().map(|example| example.as_str().as_bytes().to_vec()).collect(),
    };
    for gap in skipped {
        let reason = Skip::ALL.into_iter().find(|reason| reason.as_str() == gap.reason);
        reason.into_iter().for_each(|reason| coverage.add_skipped(reason, tally(gap)));
    }
    for gap in unread {
        let reason = Unread::ALL.into_iter().find(|reason| reason.as_str() == gap.reason);
        reason.into_iter().for_each(|reason| coverage.add_unread(reason, tally(gap)));
    }
    coverage
}

/// Revives findings. Rules that are not built in are made up from what the findings say of them.
struct Reviver {
    rules: HashMap<String, Arc<Rule>>,
}

impl Reviver {
    fn judged(&mut self, told: &document::Finding) -> Result<Judged, String> {
        let text = |text: &Option<String>| text.as_ref().map(|text| safe(text));
        let kind = ObjectKind::ALL.into_iter().find(|kind| kind.as_str() == told.object);
        let kind = kind.ok_or_else(|| format!("`object` is {:?}", told.object))?;
        let id = match kind {
            ObjectKind::Commit => &told.commit,
            ObjectKind::Tag => &told.tag,
            _ => &told.blob,
        };
        let seconds = told.date.map_or(i64::MAX, |date| date.as_second());
        let by = object(&told.commit)?;
        let offset = told.seam.map_or(0, |seam| usize::try_from(seam.offset).unwrap_or(usize::MAX));
        let encoding = |name: &String| Encoding::ALL.into_iter().find(|encoding| encoding.as_str() == name);
        let finding = Finding {
            rule: self.rule(told),
            severity: told.severity,
            confidence: told.confidence,
            origin: Origin {
                kind,
                path: told.path.as_ref().map(|path| path.as_bytes().into()),
                id: object(id)?,
                commit: by.map(|id| Arc::new(CommitInfo { id, author: Arc::from([]), seconds })),
                unreferenced: told.unreferenced,
            },
            location: Location {
                line_start: told.line_start,
                column_start: told.column_start,
                line_end: told.line_end,
                column_end: told.column_end,
            },
            span: offset..offset,
            secret: Secret::new([]),
            fingerprint: told.fingerprint.parse::<Fingerprint>().map_err(|error| error.to_string())?,
            preview: Preview::stored(&told.preview).ok_or("a preview is no preview")?,
            decoded_from: told.decoded_from.iter().map(encoding).collect::<Option<_>>().ok_or("`decoded_from`")?,
            because: told.because.clone(),
            occurrences: told.occurrences,
            in_head: told.in_head,
        };
        let suppression = told.suppression.as_ref();
        let seam = told.seam.map(|seam| Seam {
            age: seam.age.map(|(date, generation)| Age { date, generation }),
            objects: seam.objects,
            nameless: seam.nameless,
        });
        Ok(Judged {
            finding,
            judgement: judgement(told)?,
            path: text(&told.path),
            author: text(&told.author),
            reason: suppression.and_then(|suppression| text(&suppression.reason)),
            owner: suppression.and_then(|suppression| text(&suppression.owner)),
            because: text(&told.because),
            note: text(&told.note),
            seam,
        })
    }

    fn rule(&mut self, told: &document::Finding) -> Arc<Rule> {
        let rule = self.rules.entry(told.rule.clone()).or_insert_with(|| {
            Arc::new(Rule {
                id: told.rule.clone(),
                provider: told.provider.clone(),
                kind: told.kind.unwrap_or(Kind::Token),
                description: told.description.clone(),
                severity: told.severity,
                confidence: told.confidence,
                keywords: Vec::new(),
                data_class: None,
                shape: Shape::Pattern(String::new()),
                applies_to: AppliesTo::Content,
                reach: Reach { before: 0, after: 0 },
                entropy: None,
                min_digits: None,
                min_distinct: None,
                not_words: Vec::new(),
                checksum: None,
                path: PathFilter::default(),
                near: Vec::new(),
                allow: Vec::new(),
                components: Vec::new(),
                rotate: told.rotate.clone(),
                since: (0, 0, 0),
                references: Vec::new(),
                examples: Examples::default(),
            })
        });
        Arc::clone(rule)
    }
}

fn object(id: &Option<String>) -> Result<Option<ObjectId>, String> {
    let parse = |id: &String| ObjectId::from_hex(id.as_bytes()).ok_or_else(|| "an object id is none".to_owned());
    id.as_ref().map(parse).transpose()
}

fn judgement(told: &document::Finding) -> Result<Judgement, String> {
    let excuse = || -> Result<Suppression, String> {
        let told = told.suppression.as_ref().ok_or("`suppression` is missing")?;
        let by = ExcusedBy::ALL.into_iter().find(|by| by.as_str() == told.by);
        Ok(Suppression {
            by: by.ok_or_else(|| format!("`suppression.by` is {:?}", told.by))?,
            reason: told.reason.clone().unwrap_or_default(),
            owner: told.owner.clone(),
            expires: told.expires,
            bound_to_place: false,
        })
    };
    let verdict = |fate: Fate| match fate {
        Fate::Block => Ok(Verdict::Block),
        Fate::Warn => Ok(Verdict::Warn),
        Fate::Suppressed => excuse().map(Verdict::Suppressed),
    };
    let would = verdict(told.would.unwrap_or(told.verdict))?;
    Ok(Judgement { verdict: verdict(told.verdict)?, would, note: told.note.clone(), lapsed: None })
}
