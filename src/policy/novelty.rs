//! What is new in a change, decided by content.

use super::{Judgement, Verdict};
use crate::finding::Finding;

/// Whether a finding was there before the change: among the occurrences in *one* version before (one parent's version
/// of the path, or one path that the same change deletes) there is one
///
/// - of the same rule and the same secret bytes,
/// - that was no less severe and no less sure than it is now, so that a context word added above an old value, or a
///   file that is renamed to one where the rule counts for more, makes it new,
/// - and that neither something bound to its place excused (a pragma, an allowed path, an entry bound to paths) nor
///   anything that has expired or was withdrawn since, unless the same kind of thing excuses the new one at its place.
///   What speaks of the secret as such (a false positive, an allowed rule) moves with it,
/// - and that was not only reported where the new one blocks, because its path has another mode or severity.
///
/// Where it stands in the file plays no part: shifted lines, another line ending, another encoding around the same
/// decoded secret change nothing.
///
/// Call it once for every version before; it is old if any of them says so.
pub fn is_old<'f>(
    new: &Finding,
    new_judgement: &Judgement,
    before: impl IntoIterator<Item = (&'f Finding, &'f Judgement)>,
) -> bool {
    before.into_iter().any(|(old, judgement)| {
        old.rule.id == new.rule.id
            && old.severity >= new.severity
            && old.confidence >= new.confidence
            && old.secret.expose() == new.secret.expose()
            && still_excused_alike(judgement, new_judgement)
            && !stricter(&new_judgement.verdict, &judgement.verdict)
            && !stricter(&new_judgement.would, &judgement.would)
    })
}

/// Whether something blocks here that was only reported there.
fn stricter(here: &Verdict, there: &Verdict) -> bool {
    *here == Verdict::Block && *there == Verdict::Warn
}

/// True also where no such thing excused the old one.
fn still_excused_alike(old: &Judgement, new: &Judgement) -> bool {
    let bound = |judgement: &Judgement| match &judgement.verdict {
        Verdict::Suppressed(suppression) if suppression.bound_to_place => Some(suppression.by),
        _ => None,
    };
    match bound(old).or(old.lapsed) {
        Some(excuse) => bound(new) == Some(excuse),
        None => true,
    }
}
