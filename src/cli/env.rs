//! Every environment variable that keyward reads, in one place. Nothing else in the program reads any.
//!
//! | variable | what for |
//! |---|---|
//! | `KEYWARD_BREAK_GLASS` | the reason for which a refused commit shall pass (commit hooks, pre-push) |
//! | `PRE_COMMIT_FROM_REF`, `PRE_COMMIT_TO_REF` | the range that the pre-commit framework asks to check |
//! | `GITHEAD_<id>` | the commits that a merge brings, while MERGE_HEAD is not written yet |
//! | `NO_COLOR`, `TERM` | no colours |
//! | `HOME`, `XDG_CONFIG_HOME` | where `install --global` puts its hooks |
//! | `PATH` | where programs are found (doctor, drill) |
//! | `GIT_EDITOR` | whether a message was edited |
//! | `GIT_QUARANTINE_PATH` | where the objects of a push lie while a server's hook runs |
//! | `GIT_PUSH_OPTION_COUNT`, `GIT_PUSH_OPTION_<n>` | what a pusher hands to a server's hook: waivers |
//! | `SSH_AUTH_SOCK` | the agent that signs waivers and approvals |
//! | `TZ` | the zone of times in allowed-signers that name none |
//! | `GITHUB_VIA`, `GITHUB_REPO_NAME`, `GITHUB_USER_LOGIN` | GitHub Enterprise Server runs the hook: it gives it 5 s |
//! | `GL_PROJECT_PATH`, `GL_REPOSITORY` | GitLab runs the hook: it shows marked lines only |
//! | `CI` | whether evidence was made in CI |
//! | `GITHUB_ACTOR`, `GITLAB_USER_LOGIN` | who asked for evidence |
//! | `GITHUB_SERVER_URL`, `GITHUB_REPOSITORY`, `GITHUB_SHA`; `CI_PROJECT_URL`, `CI_COMMIT_SHA` | where reports link to |
//! | all | handed to git, which reads its own |

use crate::blob::ObjectId;
use std::ffi::OsString;
use std::path::PathBuf;

/// No more push options are looked at.
const MOST_OPTIONS: u32 = 64;

/// The environment, read once.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `KEYWARD_BREAK_GLASS`, where it is set, even if empty.
    pub break_glass: Option<OsString>,
    /// `PRE_COMMIT_FROM_REF` and `PRE_COMMIT_TO_REF`, where both are set.
    pub pre_commit_range: Option<(OsString, OsString)>,
    /// The ids of all `GITHEAD_<id>` variables, sorted.
    pub merging: Vec<ObjectId>,
    /// `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    pub plain: bool,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, where it is an absolute path.
    pub xdg_config_home: Option<PathBuf>,
    /// `PATH`.
    pub path: Option<OsString>,
    /// `GIT_EDITOR` is `:`: git opens no editor for the message.
    pub no_editor: bool,
    /// `GIT_QUARANTINE_PATH`.
    pub quarantine: Option<PathBuf>,
    /// `GIT_PUSH_OPTION_<n>`, as many as `GIT_PUSH_OPTION_COUNT` says, at most 64.
    pub push_options: Vec<OsString>,
    /// `SSH_AUTH_SOCK`.
    pub agent: Option<PathBuf>,
    /// A variable of GitHub Enterprise Server's hooks is set.
    pub github_server: bool,
    /// A variable of GitLab's hooks is set.
    pub gitlab_server: bool,
    /// `CI` is set.
    pub ci: bool,
    /// `GITHUB_ACTOR`, else `GITLAB_USER_LOGIN`.
    pub ci_user: Option<OsString>,
    /// The address of a line on the pages of GitHub or GitLab, as `--link` takes it, and the commit that CI runs on.
    pub ci_pages: Option<(String, String)>,
    /// All variables, for git.
    pub variables: Vec<(OsString, OsString)>,
}

impl Environment {
    /// Reads the process's environment.
    pub fn read() -> Self {
        let get = |name: &str| std::env::var_os(name);
        let filled = |name: &str| get(name).filter(|value| !value.is_empty());
        let mut merging: Vec<ObjectId> = std::env::vars_os()
            .filter_map(|(name, _)| ObjectId::from_hex(name.to_str()?.strip_prefix("GITHEAD_")?.as_bytes()))
            .collect();
        merging.sort();
        let options = get("GIT_PUSH_OPTION_COUNT").and_then(|count| count.to_str()?.parse().ok()).unwrap_or(0);
        Self {
            break_glass: get("KEYWARD_BREAK_GLASS"),
            pre_commit_range: filled("PRE_COMMIT_FROM_REF").zip(filled("PRE_COMMIT_TO_REF")),
            merging,
            plain: filled("NO_COLOR").is_some() || get("TERM").is_some_and(|term| term == "dumb"),
            home: filled("HOME").map(PathBuf::from),
            xdg_config_home: filled("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute()),
            path: filled("PATH"),
            no_editor: get("GIT_EDITOR").is_some_and(|editor| editor == ":"),
            quarantine: filled("GIT_QUARANTINE_PATH").map(PathBuf::from),
            push_options: (0..options.min(MOST_OPTIONS))
                .filter_map(|number| get(&format!("GIT_PUSH_OPTION_{number}")))
                .collect(),
            agent: filled("SSH_AUTH_SOCK").map(PathBuf::from),
            github_server: ["GITHUB_VIA", "GITHUB_REPO_NAME", "GITHUB_USER_LOGIN"]
                .iter()
                .any(|name| filled(name).is_some()),
            gitlab_server: ["GL_PROJECT_PATH", "GL_REPOSITORY"].iter().any(|name| filled(name).is_some()),
            ci: filled("CI").is_some(),
            ci_user: filled("GITHUB_ACTOR").or_else(|| filled("GITLAB_USER_LOGIN")),
            ci_pages: ci_pages(filled),
            variables: std::env::vars_os().collect(),
        }
    }
}

fn ci_pages(get: impl Fn(&str) -> Option<OsString>) -> Option<(String, String)> {
    let text = |name: &str| get(name)?.into_string().ok();
    let github = || {
        let project = format!("{}/{}", text("GITHUB_SERVER_URL")?, text("GITHUB_REPOSITORY")?);
        Some((format!("{project}/blob/{{commit}}/{{path}}#L{{line}}"), text("GITHUB_SHA")?))
    };
    let gitlab = || {
        let project = text("CI_PROJECT_URL")?;
        Some((format!("{project}/-/blob/{{commit}}/{{path}}#L{{line}}"), text("CI_COMMIT_SHA")?))
    };
    github().or_else(gitlab)
}
