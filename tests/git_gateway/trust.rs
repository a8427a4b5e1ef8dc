//! Where policy comes from.

use crate::sandbox::Sandbox;
use keyward::trust::{PolicyFile, Side, Trust, TrustError};

fn names(files: Vec<PolicyFile>) -> Vec<String> {
    files.into_iter().map(|file| String::from_utf8(file.name).unwrap()).collect()
}

fn text(file: Option<PolicyFile>) -> Option<String> {
    file.map(|file| String::from_utf8(file.bytes).unwrap())
}

#[test]
fn each_side_has_its_own_policy_and_rules() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("rules/a.toml", "a");
    sandbox.stage("rules/deep/b.toml", "b");
    sandbox.commit("keyward.toml", "committed");
    sandbox.stage("keyward.toml", "staged");
    sandbox.stage("rules/new.toml", "new");
    sandbox.git(&["rm", "-q", "--cached", "rules/a.toml"]);
    sandbox.write("keyward.toml", "working");
    sandbox.write("keyward.baseline", "{}");
    let patterns = ["rules/*.toml".to_owned()];
    for repository in sandbox.both() {
        let side = |side: Side| {
            let trust = Trust::new(&side, Some(&repository)).unwrap();
            let rules = names(trust.rules(&patterns).unwrap());
            (text(trust.policy().unwrap()).unwrap(), text(trust.baseline().unwrap()), rules)
        };
        let committed = ("committed".to_owned(), None, vec!["rules/a.toml".to_owned()]);
        assert_eq!(side(Side::Tree("HEAD".to_owned())), committed);
        assert_eq!(side(Side::Tree("main".to_owned())), committed);
        assert_eq!(side(Side::Index), ("staged".to_owned(), None, vec!["rules/new.toml".to_owned()]));
        let working = side(Side::Worktree(sandbox.top.clone()));
        assert_eq!((working.0.as_str(), working.1.as_deref()), ("working", Some("{}")));
        assert_eq!(working.2, ["rules/a.toml", "rules/new.toml"]);
        let nowhere = Trust::new(&Side::Nowhere, None).unwrap();
        assert!(nowhere.policy().unwrap().is_none());
        let deep = ["rules/**/*.toml".to_owned()];
        let tree = Trust::new(&Side::Tree("HEAD".to_owned()), Some(&repository)).unwrap();
        assert_eq!(names(tree.rules(&deep).unwrap()), ["rules/a.toml", "rules/deep/b.toml"]);
    }
}

#[test]
fn before_the_first_commit_the_index_has_the_policy_and_head_has_none() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("keyward.toml", "staged");
    let repository = sandbox.open();
    let index = Trust::new(&Side::Index, Some(&repository)).unwrap();
    assert_eq!(text(index.policy().unwrap()).as_deref(), Some("staged"));
    let head = Trust::new(&Side::Tree("HEAD".to_owned()), Some(&repository)).unwrap();
    assert!(head.policy().unwrap().is_none());
    assert!(Trust::new(&Side::Tree("gone".to_owned()), Some(&repository)).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_is_no_policy() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("elsewhere", "text");
    std::os::unix::fs::symlink("elsewhere", sandbox.top.join("keyward.toml")).unwrap();
    std::fs::create_dir(sandbox.top.join("real")).unwrap();
    sandbox.write("real/a.toml", "a");
    std::os::unix::fs::symlink("real", sandbox.top.join("rules")).unwrap();
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "-m", "links"]);
    let repository = sandbox.open();
    for side in [Side::Index, Side::Tree("HEAD".to_owned()), Side::Worktree(sandbox.top.clone())] {
        let trust = Trust::new(&side, Some(&repository)).unwrap();
        assert!(matches!(trust.policy(), Err(TrustError::NotAFile(_))), "{side:?}");
        assert!(trust.rules(&["rules/a.toml".to_owned()]).is_err(), "{side:?}");
    }
}

#[test]
fn a_pattern_that_leads_out_or_matches_nothing_is_an_error() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a.toml", "a");
    let repository = sandbox.open();
    for side in [Side::Index, Side::Tree("HEAD".to_owned()), Side::Worktree(sandbox.top.clone())] {
        let trust = Trust::new(&side, Some(&repository)).unwrap();
        for pattern in ["../a.toml", "/etc/*.toml", "x/../a.toml", "["] {
            assert!(matches!(trust.rules(&[pattern.to_owned()]), Err(TrustError::Pattern(_))), "{pattern}");
        }
        for pattern in ["b.toml", "rules/*.toml"] {
            assert!(matches!(trust.rules(&[pattern.to_owned()]), Err(TrustError::NoMatch(_))), "{pattern}");
        }
        assert_eq!(trust.rules(&["*.toml".to_owned(), "a.toml".to_owned()]).unwrap().len(), 1);
    }
}

#[test]
fn a_policy_whose_object_is_missing_is_an_error() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("keyward.toml", "text");
    let id = sandbox.git(&["rev-parse", "HEAD:keyward.toml"]);
    std::fs::remove_file(sandbox.top.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    for repository in sandbox.both() {
        let trust = Trust::new(&Side::Tree("HEAD".to_owned()), Some(&repository)).unwrap();
        assert!(matches!(trust.policy(), Err(TrustError::Object { .. })));
    }
}
