use super::*;
use proptest::prelude::*;

fn github(text: &str) -> (Codeowners, Vec<usize>) {
    let (owners, problems) = Codeowners::parse(text.as_bytes(), Syntax::Github);
    (owners, problems.iter().map(|problem| problem.line).collect())
}

fn gitlab(text: &str) -> (Codeowners, Vec<usize>) {
    let (owners, problems) = Codeowners::parse(text.as_bytes(), Syntax::Gitlab);
    (owners, problems.iter().map(|problem| problem.line).collect())
}

fn of(owners: &Codeowners, path: &str) -> String {
    owners.owners(path.as_bytes()).join(" ")
}

#[test]
fn on_github_the_last_line_that_fits_counts() {
    // The examples of GitHub's documentation.
    let (owners, problems) = github(
        "*       @global-owner1 @global-owner2\n*.js    @js-owner #This is an inline comment.\n*.go docs@example.com\n\
         *.txt @octo-org/octocats\n/build/logs/ @doctocat\ndocs/* docs2@example.com\napps/ @octocat\n/docs/ @doctocat\n\
         /scripts/ @doctocat @octocat\n**/logs @logger\n/apps/github\n",
    );
    assert_eq!(problems, Vec::<usize>::new());
    for (path, expected) in [
        ("a", "@global-owner1 @global-owner2"),
        ("x/y.js", "@js-owner"),
        ("x/y.go", "docs@example.com"),
        ("build/logs.txt", "@octo-org/octocats"),
        ("x/apps/y", "@octocat"),
        ("docs/a/b", "@doctocat"),
        ("scripts/a", "@doctocat @octocat"),
        ("deeply/nested/logs/a", "@logger"),
        ("apps/github", ""),
        ("apps/github/a", ""),
    ] {
        assert_eq!(of(&owners, path), expected, "{path}");
    }
    let (owners, _) = github("docs/* @writer\n");
    assert_eq!((of(&owners, "docs/a").as_str(), of(&owners, "docs/a/b").as_str()), ("@writer", ""));
    assert_eq!(of(&owners, "x/docs/a"), "");
}

#[test]
fn what_github_skips_is_told_by_line_and_the_rest_counts() {
    let text = "* @all\n!a @b\n[ab] @c\n\\#x @d\nsrc/ nobody\n\nsrc/ @e @f/g\n*.md @h not-an-owner\n";
    let (owners, problems) = github(text);
    assert_eq!(problems, [2, 3, 4, 5, 8]);
    assert_eq!((of(&owners, "src/x").as_str(), of(&owners, "a.md").as_str()), ("@e @f/g", "@all"));
    let (_, problems) = Codeowners::parse(b"* @a\n\xff\xfe @b\n", Syntax::Github);
    assert_eq!((problems.len(), problems[0].line), (1, 2));
}

#[test]
fn on_gitlab_every_section_has_its_say() {
    let (owners, problems) = gitlab(
        "* @all\n[Docs][2] @writers\n*.md\n/docs/ @docs-team\n^[Database] @dba\nmodel/db/\nconfig/db/x @special\n\
         [DOCS]\n*.rst @rst\n[Go]\n*.go @go @@maintainer\n!vendor/ \n",
    );
    assert_eq!(problems, Vec::<usize>::new());
    for (path, expected) in [
        ("README.md", "@all @writers"),
        ("docs/x.txt", "@all @docs-team"),
        ("a/docs/x.txt", "@all"),
        ("x/model/db/y", "@all @dba"),
        ("config/db/x", "@all @special"),
        ("x.rst", "@all @rst"),
        ("a/x.go", "@all @go @@maintainer"),
        ("a/vendor/x.go", "@all"),
    ] {
        assert_eq!(of(&owners, path), expected, "{path}");
    }
    assert_eq!(gitlab("[open @a\n[] @a\n[x][y] @a\n[ok] nobody\n").1, [1, 2, 3, 4]);
}

#[test]
fn blanks_and_braces_in_paths_are_what_they_are() {
    let (owners, problems) = gitlab("/a\\ b/ @x\n/{c}/ @y\n");
    assert_eq!(problems, Vec::<usize>::new());
    assert_eq!((of(&owners, "a b/c").as_str(), of(&owners, "{c}/d").as_str()), ("@x", "@y"));
}

#[test]
fn the_host_is_told_by_the_folder_or_by_sections() {
    assert_eq!(Syntax::of(".gitlab/CODEOWNERS", b"* @a"), Syntax::Gitlab);
    assert_eq!(Syntax::of("CODEOWNERS", b"* @a\n^[X]\n"), Syntax::Gitlab);
    assert_eq!(Syntax::of("docs/CODEOWNERS", b"* @a"), Syntax::Github);
}

proptest! {
    #[test]
    fn no_file_and_no_path_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..200), line in "[\\[\\]^!*?/\\\\a@# {}-]{0,30}", path in prop::collection::vec(any::<u8>(), 0..20)) {
        for syntax in [Syntax::Github, Syntax::Gitlab] {
            for text in [text.as_slice(), line.as_bytes()] {
                _ = Codeowners::parse(text, syntax).0.owners(&path);
            }
        }
    }
}
