//! People by the name that they want to be called: `.mailmap` and its settings, as git itself reads them (in a bare
//! repository from HEAD's tree).

use super::command::Runner;
use std::collections::HashMap;
use std::io::Write;
use std::process::Stdio;

/// For each `Name <mail>` that the mailmap changes, what it becomes. Only what is shown depends on it: where git does
/// not answer, nothing is changed.
pub(crate) fn read<'a>(runner: &Runner, people: impl Iterator<Item = &'a [u8]>) -> HashMap<Vec<u8>, Vec<u8>> {
    // git ends where a line is no contact.
    let people: Vec<&[u8]> = people.filter(|one| is_contact(one)).collect();
    ask(runner, &people).unwrap_or_default()
}

fn is_contact(text: &[u8]) -> bool {
    let open = memchr::memchr(b'<', text);
    let closed = memchr::memchr(b'>', text);
    let plain = !text.iter().any(|byte| matches!(byte, b'\n' | 0));
    plain && open.zip(closed).is_some_and(|(open, closed)| open < closed && closed + 1 == text.len())
}

fn ask(runner: &Runner, people: &[&[u8]]) -> Option<HashMap<Vec<u8>, Vec<u8>>> {
    if people.is_empty() {
        return None;
    }
    let mut command = runner.command(&["check-mailmap".as_ref(), "--stdin".as_ref()]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut questions = child.stdin.take()?;
    let text = [people.join(&b'\n').as_slice(), b"\n"].concat();
    let asking = std::thread::spawn(move || questions.write_all(&text));
    let output = child.wait_with_output().ok()?;
    let asked = asking.join().ok()?;
    if asked.is_err() || !output.status.success() {
        return None;
    }
    let answers: Vec<&[u8]> = output.stdout.split(|&byte| byte == b'\n').collect();
    // The last answer ends in a line feed too.
    if answers.len() != people.len() + 1 {
        return None;
    }
    let changed = people.iter().zip(answers).filter(|(before, after)| *before != after);
    Some(changed.map(|(before, after)| (before.to_vec(), after.to_vec())).collect())
}
