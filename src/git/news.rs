//! What a tree holds that another one does not: most of two versions of a folder is the same.

use super::parse::{TreeLine, TreeLines};

/// Trees are compared in pieces of this many bytes.
const CHUNK: usize = 32;

/// The lines of a new tree that are not in an old one, and perhaps some that are; `None` where the new one is malformed,
/// and nothing behind. An old one counts up to where it is malformed.
pub(super) struct News<'t> {
    old: TreeLines<'t>,
    new: TreeLines<'t>,
    /// Both may go on with the same bytes.
    alike: bool,
}

impl<'t> News<'t> {
    /// Compares trees whose ids have `width` bytes.
    pub(super) fn new(old: &'t [u8], new: &'t [u8], width: usize) -> Self {
        Self { old: TreeLines::new(old, width), new: TreeLines::new(new, width), alike: true }
    }
}

impl<'t> Iterator for News<'t> {
    type Item = Option<TreeLine<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if std::mem::take(&mut self.alike) {
                let same = self.new.skip_within(common(self.old.rest(), self.new.rest()));
                self.old.pass(same);
            }
            let Some(new) = self.new.peek()? else {
                self.new.next();
                return Some(None);
            };
            let old = self.old.peek().flatten();
            match old {
                Some(old) if old.name == new.name => {
                    self.alike = true;
                    self.old.pass(old.raw.len());
                    self.new.pass(new.raw.len());
                    if old.raw != new.raw {
                        return Some(Some(new));
                    }
                }
                Some(old) if old.before(&new) => {
                    self.alike = true;
                    self.old.pass(old.raw.len());
                }
                Some(_) => {
                    self.alike = true;
                    self.new.pass(new.raw.len());
                    return Some(Some(new));
                }
                None => {
                    self.new.pass(new.raw.len());
                    return Some(Some(new));
                }
            }
        }
    }
}

/// How many bytes two texts begin with in common.
fn common(a: &[u8], b: &[u8]) -> usize {
    let (chunks, others) = (a.as_chunks::<CHUNK>().0, b.as_chunks::<CHUNK>().0);
    let same = CHUNK * chunks.iter().zip(others).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    same + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(lines: &[(&str, &str, u8)]) -> Vec<u8> {
        let line = |(mode, name, id): &(&str, &str, u8)| [format!("{mode} {name}\0").as_bytes(), &[*id; 20]].concat();
        lines.iter().flat_map(line).collect()
    }

    fn names(old: &[(&str, &str, u8)], new: &[(&str, &str, u8)]) -> Vec<String> {
        let (old, new) = (raw(old), raw(new));
        News::new(&old, &new, 20).map(|line| String::from_utf8(line.unwrap().name.to_vec()).unwrap()).collect()
    }

    #[test]
    fn only_lines_that_are_new_or_changed_are_given() {
        let (a, b, c) = (("100644", "a", 1), ("40000", "b", 2), ("100644", "c", 3));
        assert_eq!(names(&[], &[a, b, c]), ["a", "b", "c"]);
        assert_eq!(names(&[a, b, c], &[a, b, c]), [""; 0]);
        assert_eq!(names(&[a, b, c], &[a, c]), [""; 0]);
        assert_eq!(names(&[a, c], &[a, b, c]), ["b"]);
        assert_eq!(names(&[a, b, c], &[a, ("40000", "b", 9), c]), ["b"]);
        assert_eq!(names(&[a, b, c], &[("100755", "a", 1), b, c]), ["a"]);
        assert_eq!(names(&[c], &[a, b, c]), ["a", "b"]);
        assert_eq!(names(&[a], &[a, b, c]), ["b", "c"]);
        // A folder sorts as if a slash followed its name.
        let (file, folder) = (("100644", "b.c", 4), ("40000", "b", 2));
        assert_eq!(names(&[file, folder, c], &[a, file, folder, c]), ["a"]);
    }

    #[test]
    fn a_malformed_line_is_told_behind_the_sound_ones() {
        let mut new = raw(&[("100644", "a", 1), ("100644", "b", 2)]);
        new.truncate(new.len() - 1);
        let given: Vec<bool> = News::new(&[], &new, 20).map(|line| line.is_some()).collect();
        assert_eq!(given, [true, false]);
    }
}
