//! The HTML report in a real browser. `tests/setup/browser` installs what this needs; the pictures that it takes lie in
//! target/test-tools/pictures afterwards.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const TOP: &str = env!("CARGO_MANIFEST_DIR");
const PATH: &str = "tests/\"><img src=x onerror=alert(1)>/<script>alert(2)</script>.txt";

/// The report of a history in which paths and names are hostile, with two earlier ones.
fn page(sandbox: &mut Sandbox) -> std::path::PathBuf {
    let token = |seed: &str| format!("token = {}\n", secrets::github_token_of(seed));
    sandbox.set("GIT_AUTHOR_NAME", "\"><svg onload=alert(3)>");
    sandbox.committed("config/prod.env", format!("one\n{}", token("a")));
    let earlier = |name: &str| {
        let file = sandbox.root().join(name);
        sandbox.keyward(&["scan", "--history", "--format", "json", "--output", file.to_str().unwrap()]).exits(1);
        file
    };
    let first = earlier("1.json");
    sandbox.committed(PATH, token("b"));
    sandbox.committed("config/keys", secrets::aws_lines());
    let second = earlier("</title><b>2.json".replace('/', "-").as_str());
    sandbox
        .committed("known.txt", format!("{}# keyward:allow a test key <i>\n", token("c").trim_end().to_owned() + " "));
    sandbox.committed("medium.yaml", format!("a: 1\nemail: x\n{}", secrets::password_line()));
    let file = sandbox.root().join("page.html");
    let link = "https://git.example.com/shop/blob/{commit}/{path}#L{line}";
    let words = ["scan", "--history", "--format", "html", "--link", link, "--page", "https://wiki.example.com/a?b&c"];
    let files = ["--output", file.to_str().unwrap(), "--earlier", first.to_str().unwrap()];
    let more = ["--earlier", second.to_str().unwrap()];
    sandbox.keyward(&[&words[..], &files, &more].concat()).exits(1);
    file
}

fn opened(page: &Path) -> Value {
    let tools = Path::new(TOP).join("target/test-tools");
    let python = tools.join("browser/bin/python");
    assert!(python.is_file(), "{} is missing: bash tests/setup/browser", python.display());
    let output = Command::new(python)
        .arg(Path::new(TOP).join("tests/e2e/page.py"))
        .args([page, &tools.join("pictures")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One column of the rows that are seen.
fn column(rows: &Value, at: usize) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row[at].as_str().unwrap()).collect()
}

#[test]
fn the_page_works_in_a_browser_and_hostile_names_stay_text() {
    let mut sandbox = Sandbox::new();
    let file = page(&mut sandbox);
    assert!(!fs::read_to_string(&file).unwrap().contains(&secrets::github_token()[6..]));
    let said = opened(&file);
    let none = Value::Array(Vec::new());
    assert_eq!((&said["console"], &said["requests"]), (&none, &none), "{said:#}");
    assert_eq!(said["title"], "keyward: block");
    let elements = &said["elements"];
    assert_eq!((&elements["script"], &elements["style"]), (&1.into(), &1.into()));
    for name in ["img", "iframe", "link", "form", "object"] {
        assert_eq!(elements[name], 0, "{name}");
    }
    let places = column(&said["rows"], 2);
    assert!(places.contains(&format!("{PATH}:1:9").as_str()), "{places:?}");
    let all = places.len();
    assert!(all >= 5, "{places:?}");

    assert_eq!(column(&said["by_text"][0], 2), ["config/prod.env:2:9"]);
    assert_eq!(said["by_text"][1], format!("1 of {all} shown"));
    assert_eq!(column(&said["by_verdict"], 0), ["excused"]);
    let severities = column(&said["by_severity"], 1);
    assert!(
        severities.iter().all(|one| ["high", "critical"].contains(one)) && severities.len() < all,
        "{severities:?}"
    );
    assert_eq!(
        (&said["after_reset"], &said["focus_after_reset"]),
        (&format!("{all} of {all} shown").into(), &"text".into())
    );

    let order = |severity: &&str| ["critical", "high", "medium", "low", "info"].iter().position(|one| one == severity);
    let list = |name: &str| -> Vec<String> {
        said[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    assert!(list("up").is_sorted_by_key(|one| order(&one.as_str())), "{:?}", said["up"]);
    assert!(list("down").iter().rev().is_sorted_by_key(|one| order(&one.as_str())), "{:?}", said["down"]);
    assert_eq!(said["aria_sort"][1], "ascending");
    assert!(list("by_place").is_sorted());
    assert_eq!(said["unlabelled"], 0);
    let stops = list("stops");
    for name in ["skip", "text", "verdict", "severity", "rule", "reset", "summary"] {
        assert!(stops.iter().any(|stop| stop == name), "{name}: {stops:?}");
    }
    assert_ne!(said["light"], said["dark"]);
    assert_eq!((&said["overflow"], &said["print_hides_controls"]), (&0.into(), &true.into()));
}
