use crate::sample::*;
use keyward::report::*;

#[test]
fn show() {
    let p = |o: &keyward::scan::Outcome, options: HumanOptions| println!("=====\n{}", text(&Human { options }, o));
    let commit = HumanOptions { edge: Edge::Commit, ..Default::default() };
    p(&outcome(vec![proved(at("deploy/prod.env", 3, 12)), warning("deploy/prod.env", 9), at("src/main.rs", 4, 4)]), commit);
    p(&outcome(vec![]), commit);
    p(&outcome(vec![warning("x", 9)]), commit);
    p(&with_gaps(outcome(vec![])), commit);
    p(&audited(outcome(vec![at("deploy/prod.env", 3, 12)])), commit);
    p(&rich(), HumanOptions { verbose: true, ..Default::default() });
    p(&outcome((0..30).map(|n| at("a", n + 1, 4)).collect()), commit);
    p(&outcome(vec![in_message(at("", 5, 3))]), commit);
    p(&outcome(vec![at("x", 5, 3)]), HumanOptions { edge: Edge::Push, ..Default::default() });
    println!("{}", text(&Json, &rich()));
    println!("{}", text(&Sarif, &rich()));
    println!("{}", text(&Junit, &rich()));
    println!("{}", text(&Github, &rich()));
    println!("{}", text(&Gitlab, &rich()));
    println!("{}", text(&Markdown, &rich()));
}
