//! CODEOWNERS: who answers for a path. Two hosts read files of this name, each in its own way:
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>,
//! <https://docs.gitlab.com/user/project/codeowners/reference/>.
//!
//! As on the hosts themselves a line that makes no sense is left out and all others count; it is told with its number.

mod line;

#[cfg(test)]
mod tests;

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};
use line::{Heading, Words};

/// Whose rules a file follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// As `.gitignore`, without `!` and `[]`; the last line that fits a path counts.
    Github,
    /// With sections, in each of which the last line that fits counts; `!` takes a path out of its section.
    Gitlab,
}

/// A line that was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// What is wrong; quotes nothing of the file.
    pub what: &'static str,
}

/// The owners of a repository's files.
#[derive(Clone, Debug, Default)]
pub struct Codeowners {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, Default)]
struct Section {
    name: String,
    /// Those of lines that name nobody.
    owners: Vec<String>,
    rules: Vec<Rule>,
    /// The patterns of all rules; the numbers lead to them.
    set: GlobSet,
    numbers: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Rule {
    owners: Vec<String>,
    globs: Vec<String>,
    excludes: bool,
}

impl Syntax {
    /// What a file probably follows: only GitLab reads one below `.gitlab`, and only GitLab knows sections.
    pub fn of(path: &str, text: &[u8]) -> Self {
        let heading = |line: &[u8]| {
            let line = line.strip_prefix(b"^").unwrap_or(line);
            line.starts_with(b"[") && line.contains(&b']')
        };
        let gitlab = path.split(['/', '\\']).any(|part| part == ".gitlab");
        if gitlab || text.split(|&byte| byte == b'\n').any(heading) { Self::Gitlab } else { Self::Github }
    }
}

impl Codeowners {
    /// Reads a file, and tells every line that counts for nothing.
    pub fn parse(text: &[u8], syntax: Syntax) -> (Self, Vec<Problem>) {
        let mut sections = vec![Section::default()];
        let mut at = 0;
        let mut problems = Vec::new();
        for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let mut tell = |what| problems.push(Problem { line: number + 1, what });
            let Ok(line) = std::str::from_utf8(line) else {
                tell("it is not UTF-8");
                continue;
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match Heading::read(line).filter(|_| syntax == Syntax::Gitlab) {
                Some(Ok(heading)) => at = enter(&mut sections, heading, &mut tell),
                Some(Err(what)) => tell(what),
                None => match rule(line, syntax, &mut tell) {
                    Ok(rule) => {
                        sections.iter_mut().skip(at).take(1).for_each(|section| section.rules.push(rule.clone()))
                    }
                    Err(what) => tell(what),
                },
            }
        }
        sections.iter_mut().for_each(Section::compile);
        (Self { sections }, problems)
    }

    /// The owners of a raw path, as they are written; of several sections all, each once. Empty: nobody.
    pub fn owners(&self, path: &[u8]) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let candidate = Candidate::from_bytes(path);
        for section in &self.sections {
            let matched = section.set.matches_candidate(&candidate);
            let fits = matched.into_iter().filter_map(|at| section.numbers.get(at)).copied();
            let rules: Vec<&Rule> = section.rules.iter().collect();
            let numbers: Vec<usize> = fits.collect();
            // What is taken out once stays out.
            if numbers.iter().any(|number| rules.get(*number).is_some_and(|rule| rule.excludes)) {
                continue;
            }
            let last = numbers.into_iter().max().and_then(|number| rules.get(number).copied());
            let Some(rule) = last else { continue };
            let owners = if rule.owners.is_empty() { &section.owners } else { &rule.owners };
            owners.iter().for_each(|owner| {
                if !found.contains(&owner.as_str()) {
                    found.push(owner);
                }
            });
        }
        found
    }
}

/// The section of a heading; one of the same name goes on.
fn enter(sections: &mut Vec<Section>, heading: Heading, tell: &mut impl FnMut(&'static str)) -> usize {
    let mut owners = heading.owners;
    owners.retain(|owner| {
        let fits = line::is_owner(owner, Syntax::Gitlab);
        if !fits {
            tell("an owner of the section is neither @name, @@role nor an address");
        }
        fits
    });
    if let Some(at) = sections.iter().position(|section| section.name == heading.name) {
        return at;
    }
    sections.push(Section { name: heading.name, owners, ..Section::default() });
    sections.len() - 1
}

fn rule(line: &str, syntax: Syntax, tell: &mut impl FnMut(&'static str)) -> Result<Rule, &'static str> {
    let words = Words::read(line);
    let (pattern, excludes) = match words.pattern.strip_prefix('!') {
        Some(_) if syntax == Syntax::Github => return Err("a pattern cannot be negated with !"),
        Some(rest) => (rest, true),
        None => (words.pattern.as_str(), false),
    };
    if syntax == Syntax::Github && pattern.contains(['[', ']']) {
        return Err("a pattern cannot hold [ or ]");
    }
    if syntax == Syntax::Github && pattern.starts_with("\\#") {
        return Err("a pattern cannot begin with an escaped #");
    }
    let globs = line::globs(pattern, syntax);
    if globs.iter().any(|glob| compile(glob).is_none()) {
        return Err("the pattern is malformed");
    }
    let before = words.owners.len();
    let mut owners = words.owners;
    owners.retain(|owner| line::is_owner(owner, syntax));
    if owners.len() < before {
        // GitHub skips the whole line, GitLab the owner.
        let what = "an owner is neither @name nor an address";
        if syntax == Syntax::Github {
            return Err(what);
        }
        tell(what);
    }
    Ok(Rule { owners, globs, excludes })
}

fn compile(glob: &str) -> Option<globset::Glob> {
    GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build().ok()
}

impl Section {
    fn compile(&mut self) {
        let mut builder = GlobSetBuilder::new();
        for (number, rule) in self.rules.iter().enumerate() {
            for glob in rule.globs.iter().filter_map(|glob| compile(glob)) {
                builder.add(glob);
                self.numbers.push(number);
            }
        }
        // Each was compiled before; together they can be too many, and then nobody owns anything here.
        self.set = builder.build().unwrap_or_default();
    }
}
