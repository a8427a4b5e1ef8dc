use super::super::testing::{TODAY, VALUE, at, entry, finding, finding_of, message};
use super::*;
use crate::finding::Finding;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn found() -> Finding {
    finding(VALUE)
}

fn entry_of(status: Status, rev: u32, paths: &[&str]) -> Entry {
    Entry { rev, ..entry(&found(), paths, status) }
}

/// The status that holds at a path.
fn holds(entries: &[Entry], path: Option<&str>) -> Option<Status> {
    let baseline = Baseline::of(entries.to_vec());
    let known = baseline.find(found().fingerprint, path.map(str::as_bytes), TODAY)?;
    Some(known.entry.status)
}

#[test]
fn a_line_is_written_in_the_order_of_the_format_and_read_back() {
    let line = format!(
        "{{\"fingerprint\":\"{}\",\"rule\":\"some-token\",\"paths\":[\"a.txt\"],\"status\":\"accepted\",\
         \"reason\":\"because\",\"owner\":\"ann\",\"approver\":\"bob\",\"opened\":\"2027-01-01\",\
         \"until\":\"2027-03-01\",\"rev\":1}}\n",
        found().fingerprint
    );
    let baseline = Baseline::parse("keyward.baseline", line.as_bytes()).unwrap();
    assert_eq!(baseline.entries(), [entry_of(Status::Accepted, 1, &["a.txt"])]);
    assert_eq!(baseline.serialise(), line);
}

#[test]
fn a_line_that_cannot_be_read_is_an_error_with_file_line_and_remedy() {
    let good = Baseline::of(vec![entry_of(Status::Unaudited, 1, &["a.txt"])]).serialise();
    let error = |line: &str| Baseline::parse("kb", format!("{good}\n{line}\n").as_bytes()).unwrap_err();
    let broken = error("{\"fingerprint\":");
    assert_eq!((broken.file.as_str(), broken.line), ("kb", 3));
    assert!(broken.to_string().starts_with("kb:3: not an entry") && broken.to_string().contains("baseline add"));
    for marker in ["<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> topic"] {
        assert!(error(marker).to_string().contains("merge conflict"), "{marker}");
        assert!(error(marker).hint.contains("merge=union"));
    }
    let unknown = good.trim_end().replace("\"rule\"", "\"colour\":\"red\",\"rule\"");
    assert!(error(&unknown).message.contains("colour"));
    assert!(Baseline::parse("kb", b"\xff\n").unwrap_err().message.contains("UTF-8"));
}

#[test]
fn an_entry_that_says_too_little_for_its_status_is_an_error() {
    let without = |status, change: fn(&mut Entry)| {
        let mut entry = entry_of(status, 1, &["a.txt"]);
        change(&mut entry);
        Baseline::parse("kb", Baseline::of(vec![entry]).serialise().as_bytes()).map(|_| ()).map_err(|e| e.message)
    };
    assert!(without(Status::Accepted, |e| e.owner = None).unwrap_err().contains("`owner`"));
    assert!(without(Status::Accepted, |e| e.until = None).unwrap_err().contains("`until`"));
    assert!(without(Status::Accepted, |e| e.reason = Some(" ".to_owned())).unwrap_err().contains("`reason`"));
    assert!(without(Status::FalsePositive, |e| e.reason = None).unwrap_err().contains("`reason`"));
    assert!(without(Status::Unaudited, |e| e.rev = 0).unwrap_err().contains("`rev`"));
    assert_eq!(without(Status::Unaudited, |e| e.reason = None), Ok(()));
}

#[test]
fn empty_lines_and_crlf_and_repeated_lines_are_fine() {
    let line = Baseline::of(vec![entry_of(Status::Unaudited, 1, &["a.txt"])]).serialise();
    let text = format!("\r\n{}\r\n{line}", line.trim_end());
    assert_eq!(Baseline::parse("kb", text.as_bytes()).unwrap().serialise(), line);
    assert_eq!(Baseline::parse("kb", b"").unwrap().serialise(), "");
}

#[test]
fn the_highest_revision_holds_and_on_a_tie_the_strictest() {
    let a = ["a.txt"];
    let here = Some("a.txt");
    let newer = [entry_of(Status::Withdrawn, 1, &a), entry_of(Status::Accepted, 2, &a)];
    assert_eq!(holds(&newer, here), Some(Status::Accepted));
    let mut expired = entry_of(Status::Accepted, 1, &a);
    expired.until = Some(date(2027, 1, 2));
    let ladder = [
        entry_of(Status::Withdrawn, 1, &a),
        expired,
        entry_of(Status::Unaudited, 1, &a),
        entry_of(Status::Revoked, 1, &a),
        entry_of(Status::Accepted, 1, &a),
        entry_of(Status::FalsePositive, 1, &a),
    ];
    for pair in ladder.windows(2) {
        let baseline = Baseline::of(vec![pair[1].clone(), pair[0].clone()]);
        assert_eq!(baseline.find(found().fingerprint, Some(b"a.txt"), TODAY).unwrap().entry, &pair[0]);
    }
}

#[test]
fn a_false_positive_reaches_every_path_until_one_of_its_own_is_taken_back() {
    let known = entry_of(Status::FalsePositive, 1, &["a.txt", "b.txt"]);
    assert_eq!(holds(std::slice::from_ref(&known), Some("c.txt")), Some(Status::FalsePositive));
    assert_eq!(holds(std::slice::from_ref(&known), None), Some(Status::FalsePositive));
    let both = [known.clone(), entry_of(Status::Withdrawn, 2, &["a.txt"])];
    assert_eq!(holds(&both, Some("a.txt")), Some(Status::Withdrawn));
    assert_eq!(holds(&both, Some("b.txt")), Some(Status::FalsePositive));
    assert_eq!(holds(&both, Some("c.txt")), None);
    let newer = [entry_of(Status::Unaudited, 1, &["c.txt"]), entry_of(Status::FalsePositive, 2, &["a.txt"])];
    assert_eq!(holds(&newer, Some("c.txt")), Some(Status::FalsePositive));
    let older = [entry_of(Status::Unaudited, 2, &["c.txt"]), known];
    assert_eq!(holds(&older, Some("c.txt")), Some(Status::Unaudited));
}

#[test]
fn an_entry_without_paths_is_for_what_is_in_no_file() {
    let outside = [entry_of(Status::Accepted, 1, &[])];
    assert_eq!((holds(&outside, None), holds(&outside, Some("a.txt"))), (Some(Status::Accepted), None));
}

#[test]
fn unaudited_holds_until_its_date_or_for_ninety_days() {
    let mut unaudited = entry_of(Status::Unaudited, 1, &["a.txt"]);
    unaudited.opened = date(2027, 1, 1);
    assert_eq!(unaudited.last_day(), Some(date(2027, 4, 1)));
    assert!(!unaudited.expired(date(2027, 4, 1)) && unaudited.expired(date(2027, 4, 2)));
    unaudited.until = Some(date(2027, 1, 10));
    assert!(unaudited.expired(date(2027, 1, 11)));
    unaudited.opened = Date::MAX;
    assert!(unaudited.expired(TODAY), "an `until` before `opened` is expired");
    unaudited.until = None;
    assert_eq!(unaudited.last_day(), Some(Date::MAX));
}

#[test]
fn a_path_of_any_bytes_has_one_text() {
    assert_eq!(path_text(b"a/\xc3\xa4\\x\xff"), "a/\u{e4}\\\\x\\xff");
    let odd = at("a\\b", found());
    let baseline = Baseline::default().create([&odd], TODAY);
    assert!(baseline.find(odd.fingerprint, Some(b"a\\b"), TODAY).is_some());
    assert!(baseline.find(odd.fingerprint, Some(b"a\\\\b"), TODAY).is_none());
}

#[test]
fn create_twice_gives_the_same_bytes_and_moves_no_date() {
    let findings = [at("b.txt", found()), found(), message(found()), finding_of("other", "other")];
    let once = Baseline::default().create(&findings, TODAY);
    assert_eq!(once.serialise().lines().count(), 3);
    let read = Baseline::parse("kb", once.serialise().as_bytes()).unwrap();
    let twice = read.create(findings.iter().rev(), date(2027, 6, 1));
    assert_eq!(twice.serialise(), once.serialise());
    let more = twice.create([&at("c.txt", found())], date(2027, 6, 1));
    assert_eq!(more.serialise().lines().count(), 4);
    let late = date(2028, 1, 1);
    assert_eq!(more.create(&findings, late).serialise(), more.serialise(), "not even when it has expired");
}

#[test]
fn add_writes_the_next_revision_and_says_what_is_missing() {
    let baseline = Baseline::default().create([&found()], date(2026, 12, 1));
    let mut new = entry_of(Status::FalsePositive, 1, &["a.txt"]);
    let added = baseline.add(new.clone(), true).unwrap();
    let newest = added.find(found().fingerprint, Some(b"a.txt"), TODAY).unwrap().entry;
    assert_eq!((newest.rev, newest.opened, newest.status), (2, date(2026, 12, 1), Status::FalsePositive));
    new.approver = None;
    assert!(baseline.add(new.clone(), true).unwrap_err().to_string().contains("`approver`"));
    assert!(baseline.add(new.clone(), false).is_ok());
    new.status = Status::Accepted;
    new.until = None;
    let error = baseline.add(new, false).unwrap_err();
    assert_eq!(error.to_string(), "an entry of status accepted needs a date in `until`");
}

#[test]
fn withdraw_takes_it_back_wherever_it_held() {
    let lines = vec![
        entry_of(Status::FalsePositive, 1, &["a.txt"]),
        entry_of(Status::Accepted, 2, &["b.txt"]),
        entry_of(Status::Unaudited, 1, &[]),
    ];
    let withdrawn = Baseline::of(lines).withdraw(found().fingerprint, None).unwrap();
    for path in [Some("a.txt"), Some("b.txt"), None] {
        assert_eq!(holds(withdrawn.entries(), path), Some(Status::Withdrawn));
    }
    assert_eq!(holds(withdrawn.entries(), Some("c.txt")), None);
    assert_eq!(withdrawn.entries().len(), 5, "nothing is deleted");
    let unknown = finding_of("other", "other").fingerprint;
    assert_eq!(withdrawn.withdraw(unknown, None), Err(OperationError::Unknown(unknown)));
}

#[test]
fn the_last_revision_is_an_error_and_no_overflow() {
    let last = Baseline::of(vec![entry_of(Status::Unaudited, u32::MAX, &["a.txt"])]);
    assert!(matches!(last.withdraw(found().fingerprint, None), Err(OperationError::Revisions(_))));
}

#[test]
fn audit_lists_what_is_unaudited_and_not_replaced_oldest_first() {
    let mut old = entry_of(Status::Unaudited, 1, &["old.txt"]);
    old.opened = date(2026, 1, 1);
    let lines = vec![
        entry_of(Status::Unaudited, 1, &["a.txt"]),
        entry_of(Status::Unaudited, 1, &["b.txt"]),
        entry_of(Status::Accepted, 2, &["b.txt"]),
        old,
    ];
    let baseline = Baseline::of(lines);
    let open: Vec<&str> = baseline.audit().iter().map(|entry| entry.paths[0].as_str()).collect();
    assert_eq!(open, ["old.txt", "a.txt"]);
}

#[test]
fn false_positives_and_revoked_secrets_are_not_open_and_the_future_is_no_age() {
    let dated = |status, path, opened| Entry { opened, ..entry_of(status, 1, &[path]) };
    let debt = Baseline::of(vec![
        dated(Status::FalsePositive, "a", date(2020, 1, 1)),
        dated(Status::Revoked, "b", date(2020, 1, 1)),
        dated(Status::Unaudited, "c", date(2030, 1, 1)),
    ])
    .report(TODAY);
    assert_eq!((debt.exceptions, debt.open, debt.open_over_30_days, debt.oldest_open_days), (2, 1, 0, Some(0)));
    assert_eq!(debt.aged(Status::FalsePositive, "older"), 1);
}

#[test]
fn an_entry_matches_at_its_own_places_and_one_about_the_secret_anywhere() {
    let at = |status, path| entry_of(status, 1, &[path]);
    let baseline = Baseline::of(vec![at(Status::Unaudited, "a"), at(Status::Unaudited, "b"), at(Status::Revoked, "c")]);
    let fingerprint = baseline.entries()[0].fingerprint;
    let gone = |found: &[&str]| -> Vec<String> {
        let found = found.iter().map(|path| (fingerprint, Some((*path).to_owned()))).collect();
        baseline.unmatched(&found).into_iter().flat_map(|entry| entry.paths).collect()
    };
    assert_eq!(gone(&["a"]), ["b"]);
    assert_eq!(gone(&["x"]), ["a", "b"]);
    assert_eq!(gone(&[]).len(), 3);
}

#[test]
fn the_report_counts_by_status_and_age() {
    let dated = |status, path, opened, until| Entry { opened, until, ..entry_of(status, 1, &[path]) };
    let baseline = Baseline::of(vec![
        dated(Status::Unaudited, "a", date(2026, 12, 1), None),
        dated(Status::Unaudited, "a", date(2026, 12, 1), None),
        dated(Status::Unaudited, "b", date(2027, 1, 10), None),
        dated(Status::Accepted, "c", date(2027, 1, 1), Some(date(2027, 1, 22))),
        dated(Status::Accepted, "d", date(2027, 1, 1), Some(date(2027, 1, 14))),
        dated(Status::Withdrawn, "e", date(2026, 1, 1), None),
    ]);
    let debt = baseline.report(TODAY);
    assert_eq!((debt.exceptions, debt.open, debt.open_over_30_days, debt.oldest_open_days), (4, 4, 1, Some(45)));
    assert_eq!((debt.expired, debt.aged(Status::Unaudited, "90d"), debt.aged(Status::Accepted, "30d")), (1, 1, 2));
    assert_eq!(debt.expiring.iter().map(|entry| entry.paths[0].as_str()).collect::<Vec<_>>(), ["c"]);
    let accepted = debt.by_status.iter().find(|row| row.status == Status::Accepted).unwrap();
    assert_eq!((accepted.count, accepted.expired, accepted.oldest_days), (2, 1, Some(14)));
    assert_eq!(debt.open_over_30_days_percent(), 25.0);
    assert_eq!(Baseline::default().report(TODAY).open_over_30_days_percent(), 0.0);
}

#[test]
fn a_hundred_thousand_entries_are_read_and_looked_up_one_by_one() {
    let fingerprint = |n: u32| format!("kw1:{n:032x}").parse::<Fingerprint>().unwrap();
    let template = entry_of(Status::Unaudited, 1, &["a.txt"]);
    let entries = (0..100_000).map(|n| Entry { fingerprint: fingerprint(n), ..template.clone() }).collect();
    let text = Baseline::of(entries).serialise();
    let baseline = Baseline::parse("kb", text.as_bytes()).unwrap();
    assert!((0..100_000).all(|n| baseline.find(fingerprint(n), Some(b"a.txt"), TODAY).is_some()));
    assert_eq!(baseline.prune().serialise(), text);
}

fn any_status() -> impl Strategy<Value = Status> {
    prop::sample::select(Status::ALL.to_vec())
}

/// Few secrets, paths and revisions, so that they meet.
fn any_entry() -> impl Strategy<Value = Entry> {
    let path = prop::sample::select(vec!["a.txt", "b/c.txt", "d\\\\e", "f\\xff"]);
    let paths = prop::collection::btree_set(path, 0..3);
    let day = (0_i8..28).prop_map(|day| date(2027, 1, day + 1));
    (0_u8..3, paths, any_status(), 1_u32..4, day.clone(), prop::option::of(day), "[ -~\u{e4}\n]{1,8}").prop_map(
        |(secret, paths, status, rev, opened, until, text)| Entry {
            fingerprint: format!("kw1:{secret:032x}").parse().unwrap(),
            rule: "some-token".to_owned(),
            paths: paths.into_iter().map(str::to_owned).collect(),
            opened,
            until: until.or((status == Status::Accepted).then_some(date(2027, 2, 1))),
            reason: Some(format!("because {text}")),
            rev,
            ..entry_of(status, rev, &[])
        },
    )
}

/// What holds of every secret at every place.
fn everything(baseline: &Baseline, today: Date) -> Vec<Option<(Entry, bool)>> {
    let mut all = Vec::new();
    for secret in 0..3 {
        for path in [Some("a.txt"), Some("b/c.txt"), Some("d\\\\e"), Some("elsewhere"), None] {
            let fingerprint = format!("kw1:{secret:032x}").parse().unwrap();
            let known = baseline.find_text(fingerprint, path, today);
            all.push(known.map(|known| (known.entry.clone(), known.names_place)));
        }
    }
    all
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(entries in prop::collection::vec(any_entry(), 0..12)) {
        let text = Baseline::of(entries.clone()).serialise();
        let read = Baseline::parse("kb", text.as_bytes()).unwrap();
        prop_assert!(read.entries().iter().all(|entry| entries.contains(entry)));
        prop_assert!(entries.iter().all(|entry| read.entries().contains(entry)));
        prop_assert_eq!(read.serialise(), text);
    }

    #[test]
    fn a_union_in_any_order_means_the_same(
        (entries, shuffled) in prop::collection::vec(any_entry(), 0..12).prop_flat_map(|entries| {
            let twice = entries.iter().chain(&entries).cloned().collect::<Vec<_>>();
            (Just(entries), Just(twice).prop_shuffle())
        }),
        day in 0_i8..28,
    ) {
        let today = date(2027, 1, day + 1);
        let (one, other) = (Baseline::of(entries), Baseline::of(shuffled));
        prop_assert_eq!(everything(&one, today), everything(&other, today));
        prop_assert_eq!(one.serialise(), other.serialise());
        prop_assert_eq!(one.prune().serialise(), other.prune().serialise());
    }

    #[test]
    fn prune_changes_nothing_that_holds_today_or_later(entries in prop::collection::vec(any_entry(), 0..12)) {
        let baseline = Baseline::of(entries);
        let pruned = baseline.prune();
        prop_assert_eq!(pruned.prune().serialise(), pruned.serialise());
        for today in [date(2027, 1, 1), date(2027, 1, 15), date(2027, 3, 1), date(2028, 1, 1)] {
            prop_assert_eq!(everything(&baseline, today), everything(&pruned, today));
        }
    }

    #[test]
    fn after_withdraw_nothing_holds_anywhere(entries in prop::collection::vec(any_entry(), 1..12)) {
        let fingerprint = entries[0].fingerprint;
        let withdrawn = Baseline::of(entries).withdraw(fingerprint, None).unwrap();
        for path in [Some("a.txt"), Some("b/c.txt"), Some("elsewhere"), None] {
            let known = withdrawn.find_text(fingerprint, path, TODAY);
            prop_assert!(known.is_none_or(|known| known.entry.status == Status::Withdrawn));
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        _ = Baseline::parse("kb", &bytes);
    }
}
