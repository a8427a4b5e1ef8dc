//! A content that is searched only where it differs from its base holds what a search of all of it finds: over made
//! texts with secrets of every reach, and made edits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "cli/secrets.rs"]
mod secrets;

use keyward::blob::{Blob, Origin, Piece};
use keyward::detect::{DecodeLimits, DetectError, Detection, Detector, Trace};
use keyward::rule::Catalogue;
use proptest::prelude::*;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&Catalogue::builtin().unwrap(), DecodeLimits::default()).unwrap());
/// Limits that some of the texts reach.
static NARROW: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&Catalogue::builtin().unwrap(), DecodeLimits { bytes: 300, depth: 1 }).unwrap());

/// Secrets of every reach, and what stands around them.
static PLANTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(secrets::of_every_reach);

const FILL: &[&str] = &[
    "\n",
    " ",
    "aws ",
    "key",
    "_secret",
    "password",
    "token",
    "# example\n",
    "\"",
    "'",
    "=",
    ": ",
    "{",
    "}",
    "%20",
    "\\u0041",
    "\\/",
    "\\",
    "a_rather_long_identifier_that_means_nothing_at_all(",
    "def f(user, host):\n    return 1\n",
    "0",
    "-----",
    "@",
    "The quick brown fox jumps over the lazy dog and then some more of it, until the line is long enough to count.\n",
    "login ",
    "ENV ",
    "value: ",
    "https://",
    "bearer ",
];

fn part() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => proptest::sample::select(FILL).prop_map(|text| text.as_bytes().to_vec()),
        2 => (0..PLANTS.len()).prop_map(|at| PLANTS[at].clone()),
        2 => (1_usize..40).prop_map(|lines| "    let x = some_function(argument, other);\n".repeat(lines).into_bytes()),
        // A piece of a secret, to be made whole or wrong by an edit.
        1 => (0..PLANTS.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(at, from, to)| {
            let plant = &PLANTS[at];
            let (from, to) = (from.index(plant.len()), to.index(plant.len()));
            plant[from.min(to)..from.max(to)].to_vec()
        }),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(part(), 1..24).prop_map(|parts| parts.concat())
}

/// An edit: where, how many bytes go, what comes; and perhaps a part of the base once more.
type Edit = (prop::sample::Index, usize, Vec<u8>, Option<(prop::sample::Index, prop::sample::Index)>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let new = prop_oneof![
        2 => Just(Vec::new()),
        3 => proptest::sample::select(FILL).prop_map(|text| text.as_bytes().to_vec()),
        2 => proptest::collection::vec(part(), 1..3).prop_map(|parts| parts.concat()),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ];
    let gone = prop_oneof![Just(0_usize), 1_usize..4, 0_usize..400];
    let again = proptest::option::weighted(0.2, (any::<prop::sample::Index>(), any::<prop::sample::Index>()));
    proptest::collection::vec((any::<prop::sample::Index>(), gone, new, again), 1..4)
}

/// A version of `base`, and how it is made of it.
fn edited(base: &[u8], edits: &[Edit]) -> (Vec<u8>, Vec<Piece>) {
    let mut places: Vec<_> = edits.iter().map(|edit| (edit.0.index(base.len() + 1), edit)).collect();
    places.sort_by_key(|place| place.0);
    let (mut text, mut pieces, mut done) = (Vec::new(), Vec::new(), 0);
    let mut push = |text: &mut Vec<u8>, from: Option<usize>, bytes: &[u8]| {
        if !bytes.is_empty() {
            text.extend_from_slice(bytes);
            pieces.push(Piece { from, len: bytes.len() });
        }
    };
    for (at, (_, gone, new, again)) in places {
        let at = at.max(done);
        push(&mut text, Some(done), &base[done..at]);
        push(&mut text, None, new);
        if let Some((a, b)) = again {
            let (a, b) = (a.index(base.len() + 1), b.index(base.len() + 1));
            push(&mut text, Some(a.min(b)), &base[a.min(b)..a.max(b)]);
        }
        done = (at + gone).min(base.len());
    }
    push(&mut text, Some(done), &base[done..]);
    (text, pieces)
}

fn told(detection: &Detection) -> (bool, Vec<String>) {
    let one = |c: &keyward::candidate::Candidate| {
        format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            c.rule.id,
            c.span,
            c.place,
            c.decoded,
            c.confidence,
            c.severity,
            c.because,
            c.secret.expose()
        )
    };
    (detection.limited, detection.candidates.iter().map(one).collect())
}

fn version(
    detector: &Detector,
    blob: &Blob<'_>,
    made_of: Option<(&Trace, &[Piece])>,
    is_base: bool,
) -> Result<(Detection, Trace), DetectError> {
    detector.version(blob, &detector.aspect(&blob.origin).unwrap(), made_of, is_base)
}

fn blob(bytes: &[u8]) -> Blob<'_> {
    Blob { bytes: bytes.into(), origin: Origin::file(*b"config/settings.yml") }
}

fn every_version_is_found_whole(detector: &Detector, first: Vec<u8>, chain: &[Vec<Edit>]) {
    let mut text = first;
    let (found, mut trace): (Detection, Trace) = version(detector, &blob(&text), None, true).unwrap();
    assert_eq!(told(&found), told(&detector.scan(&blob(&text)).unwrap()));
    for edits in chain {
        let (next, pieces) = edited(&text, edits);
        let (found, known) = version(detector, &blob(&next), Some((&trace, &pieces)), true).unwrap();
        let shown = String::from_utf8_lossy(&next).into_owned();
        assert_eq!(told(&found), told(&detector.scan(&blob(&next)).unwrap()), "{pieces:?}\n{shown}");
        (text, trace) = (next, known);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_version_holds_what_a_search_of_all_of_it_finds(
        first in text(), chain in proptest::collection::vec(edits(), 1..6)
    ) {
        every_version_is_found_whole(&DETECTOR, first, &chain);
    }

    #[test]
    fn a_version_at_the_limits_of_decoding_is_searched_whole(
        first in text(), chain in proptest::collection::vec(edits(), 1..4)
    ) {
        every_version_is_found_whole(&NARROW, first, &chain);
    }
}

/// Every place of an edit around and in each secret: one byte goes, one comes, or one is replaced.
#[test]
fn an_edit_at_any_byte_of_a_secret_is_seen() {
    let filler = "    let x = some_function(argument, other);\n".repeat(120).into_bytes();
    for plant in PLANTS.iter() {
        let text = [&filler[..], plant, &filler].concat();
        let (_, trace) = version(&DETECTOR, &blob(&text), None, true).unwrap();
        let (from, to) = (filler.len() - 3, filler.len() + plant.len() + 3);
        let step = (plant.len() / 40).max(1);
        for at in (from..to).step_by(step) {
            for (gone, new) in [(1, &b""[..]), (0, b"x"), (1, b"\n")] {
                let next = [&text[..at], new, &text[at + gone..]].concat();
                let piece = |from, len| Piece { from, len };
                let rest = piece(Some(at + gone), text.len() - at - gone);
                let pieces = [piece(Some(0), at), piece(None, new.len()), rest];
                let (found, _) = version(&DETECTOR, &blob(&next), Some((&trace, &pieces)), false).unwrap();
                assert_eq!(told(&found), told(&DETECTOR.scan(&blob(&next)).unwrap()));
            }
        }
    }
}

/// Where a content begins or ends is something that a secret there depends on.
#[test]
fn what_comes_before_the_first_or_behind_the_last_byte_is_seen() {
    let filler = "    let x = some_function(argument, other);\n".repeat(120).into_bytes();
    for plant in PLANTS.iter() {
        let plant = plant.strip_suffix(b"\n").unwrap_or(plant);
        for (text, at) in
            [([plant, b"\n", &filler].concat(), 0), ([&filler[..], plant].concat(), filler.len() + plant.len())]
        {
            let (_, trace) = version(&DETECTOR, &blob(&text), None, true).unwrap();
            for new in [&b"x"[..], b"0", b"=", b"@db.example.com/", b"\"", &filler] {
                let (before, behind) = text.split_at(at);
                let next = [before, new, behind].concat();
                let piece = |from, len: usize| Piece { from, len };
                let pieces = [piece(Some(0), at), piece(None, new.len()), piece(Some(at), behind.len())];
                let (found, known) = version(&DETECTOR, &blob(&next), Some((&trace, &pieces)), true).unwrap();
                assert_eq!(told(&found), told(&DETECTOR.scan(&blob(&next)).unwrap()));
                // And back again.
                let pieces = [piece(Some(0), at), piece(Some(at + new.len()), behind.len())];
                let (found, _) = version(&DETECTOR, &blob(&text), Some((&known, &pieces)), false).unwrap();
                assert_eq!(told(&found), told(&DETECTOR.scan(&blob(&text)).unwrap()));
            }
        }
    }
}
