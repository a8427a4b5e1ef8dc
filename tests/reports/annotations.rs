//! What a pull request shows.

use crate::sample::*;
use insta::assert_snapshot;
use keyward::report::{Github, Markdown};

#[test]
fn every_finding_and_every_gap_is_an_annotation() {
    assert_snapshot!(text(&Github, &rich()), @r#"
    ::error title=keyward blocks%3A github-personal-access-token::GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: nearly all that matches it is real%0Ain commit cccccccccccc:5:3%0Arotate it at https://docs.example.com/rotate?a=1&b=2%0Afingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec
    ::error file=deploy/prod.env,line=3,endLine=3,col=12,endColumn=52,title=keyward blocks%3A github-personal-access-token::GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: its checksum proves it%0Arotate it at https://docs.example.com/rotate?a=1&b=2%0Afingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec
    ::warning file=deploy/prod.env,line=9,endLine=9,col=8,endColumn=29,title=keyward warns%3A generic-password::Password given to a name that says so: c0rr***ry. rule generic-password (decoded from percent, then base64): db_password is a name for a secret, and the value looks random%0Afingerprint kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8
    ::error file=keys/id_rsa,title=keyward blocks%3A github-personal-access-token::GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: nearly all that matches it is real%0Arotate it at https://docs.example.com/rotate?a=1&b=2%0Afingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec
    ::error file=src/a b.rs,line=12,endLine=12,col=9,endColumn=49,title=keyward blocks%3A github-personal-access-token::GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: nearly all that matches it is real%0Arotate it at https://docs.example.com/rotate?a=1&b=2%0Athe baseline entry for it expired on 2026-01-31%0Afingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec
    ::notice file=tests/fixture.json,line=2,endLine=2,col=2,endColumn=42,title=keyward excused%3A github-personal-access-token::GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: nearly all that matches it is real%0Arotate it at https://docs.example.com/rotate?a=1&b=2%0Abaseline: the vendor's published test key (owner Ann Lee, until 2027-01-31)%0Afingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec
    ::error title=keyward incomplete::could not be judged: 1 shallow: 0123456789ab; remedy: git fetch --unshallow (in CI: a checkout with the full history)
    ::error title=keyward incomplete::could not be judged: 7 too-large: a.bin, b.bin, …; remedy: raise the size limit in keyward.toml, or admit the object with an [[unscanned]] entry
    ::warning title=keyward::gate.block-on is locked by /etc/keyward/config.toml; keyward.toml cannot weaken it
    block: 4 findings block, 1 warns, 1 is excused; not judged: 1 shallow, 7 too-large; 3 files, 12 kB read
    "#);
}

#[test]
fn a_hostile_path_cannot_end_a_property() {
    let text = text(&Github, &outcome(vec![at("a,line=1::error title=x::%0A,%.rs", 1, 1)]));
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("::error file=a%2Cline=1%3A%3Aerror title=x%3A%3A%250A%2C%25.rs,line=1,"), "{first}");
}

#[test]
fn a_secret_over_several_lines_has_no_columns() {
    let mut key = at("id_rsa", 1, 1);
    key.finding.location.line_end = 27;
    let text = text(&Github, &outcome(vec![key]));
    assert!(text.starts_with("::error file=id_rsa,line=1,endLine=27,title="), "{text}");
}

#[test]
fn a_comment_has_a_table_and_folded_details() {
    assert_snapshot!(text(&Markdown::default(), &rich()), @r#"
    <!-- keyward -->
    ### keyward: block

    block: 4 findings block, 1 warns, 1 is excused; not judged: 1 shallow, 7 too-large; 3 files, 12 kB read

    Could not be judged:

    - <code>1 shallow&#58; 0123456789ab</code>: <code>git fetch --unshallow &#40;in CI&#58; a checkout with the full history&#41;</code>
    - <code>7 too-large&#58; a&#46;bin, b&#46;bin, …</code>: <code>raise the size limit in keyward&#46;toml, or admit the object with an &#91;&#91;unscanned&#93;&#93; entry</code>

    | | where | what | value |
    |---|---|---|---|
    | **blocks** | <code>commit cccccccccccc&#58;5&#58;3</code> | GitHub personal access token &#40;classic&#41; | <code>ghp&#95;&#42;&#42;&#42;17</code> |
    | **blocks** | <code>deploy/prod&#46;env&#58;3&#58;12</code> | GitHub personal access token &#40;classic&#41; | <code>ghp&#95;&#42;&#42;&#42;17</code> |
    | warns | <code>deploy/prod&#46;env&#58;9&#58;8</code> | Password given to a name that says so | <code>c0rr&#42;&#42;&#42;ry</code> |
    | **blocks** | <code>keys/id&#95;rsa &#40;the file&#39;s name&#41;</code> | GitHub personal access token &#40;classic&#41; | <code>ghp&#95;&#42;&#42;&#42;17</code> |
    | **blocks** | <code>src/a b&#46;rs&#58;12&#58;9</code> | GitHub personal access token &#40;classic&#41; | <code>ghp&#95;&#42;&#42;&#42;17</code> |

    <details><summary>Why, and what to do</summary>

    A real secret: revoke it first (whoever has the history has the secret), then take it out.
    No secret: `keyward baseline add FINGERPRINT --status false-positive --reason "why it is no secret"`, and commit `keyward.baseline`.

    - <code>commit cccccccccccc&#58;5&#58;3</code>: rule github-personal-access-token&#58; nearly all that matches it is real; severity high, confidence high; <code>kw1&#58;c932435bdd00c122485c46e7ff2fb8ec</code>; [rotate it](https://docs.example.com/rotate?a=1&amp;b=2)
    - <code>deploy/prod&#46;env&#58;3&#58;12</code>: rule github-personal-access-token&#58; its checksum proves it; severity high, confidence certain; <code>kw1&#58;c932435bdd00c122485c46e7ff2fb8ec</code>; [rotate it](https://docs.example.com/rotate?a=1&amp;b=2)
    - <code>deploy/prod&#46;env&#58;9&#58;8</code>: rule generic-password &#40;decoded from percent, then base64&#41;&#58; db&#95;password is a name for a secret, and the value looks random; severity medium, confidence medium; <code>kw1&#58;b0eeaa4cdb3aa4f7a9c2e465132affe8</code>
    - <code>keys/id&#95;rsa &#40;the file&#39;s name&#41;</code>: rule github-personal-access-token&#58; nearly all that matches it is real; severity high, confidence high; <code>kw1&#58;c932435bdd00c122485c46e7ff2fb8ec</code>; [rotate it](https://docs.example.com/rotate?a=1&amp;b=2)
    - <code>src/a b&#46;rs&#58;12&#58;9</code>: rule github-personal-access-token&#58; nearly all that matches it is real; severity high, confidence high; <code>kw1&#58;c932435bdd00c122485c46e7ff2fb8ec</code>; [rotate it](https://docs.example.com/rotate?a=1&amp;b=2); the baseline entry for it expired on 2026-01-31

    </details>

    3 findings under the least confidence (2 low, 1 medium), not shown

    warning: gate&#46;block-on is locked by /etc/keyward/config&#46;toml; keyward&#46;toml cannot weaken it

    <details><summary>1 finding excused</summary>

    - <code>tests/fixture&#46;json&#58;2&#58;2</code>: baseline&#58; the vendor&#39;s published test key &#40;owner Ann Lee, until 2027-01-31&#41;

    </details>

    <sub>keyward 0.1.0, rules a1a1a1a1a1a1, policy b2b2b2b2b2b2</sub>
    "#);
}

#[test]
fn a_comment_on_a_clean_run_has_no_table() {
    assert_snapshot!(text(&Markdown::default(), &outcome(Vec::new())), @r#"
    <!-- keyward -->
    ### keyward: pass

    pass: no findings; 3 files, 12 kB read

    <sub>keyward 0.1.0, rules a1a1a1a1a1a1, policy b2b2b2b2b2b2</sub>
    "#);
}

#[test]
fn a_comment_stays_within_what_github_takes() {
    let found = |n| at(&"*".repeat(200), n, 1);
    let mut all: Vec<_> = (1..500).map(found).collect();
    all.extend((1..500).map(|n| excused(found(n))));
    let text = text(&Markdown::default(), &outcome(all));
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains(" more findings; the job's log has all of them\n"), "{text}");
    assert!(text.contains("- and more; the job's log has all of them\n"), "{text}");
}
