//! The lines in which two raw trees differ: what both begin with and what both end with is passed over.

use super::parse::{TreeLine, TreeLines};

/// Lines of two trees. What is left out of both is the same in both; some of what is not may be too.
pub(crate) struct Differing<'t> {
    /// Of the old tree, up to where it is malformed.
    pub(crate) old: Vec<TreeLine<'t>>,
    /// Of the new tree.
    pub(crate) new: Vec<TreeLine<'t>>,
    /// Whether the new tree is malformed where it differs.
    pub(crate) malformed: bool,
}

/// Compares two trees whose ids have `width` bytes.
pub(crate) fn differing<'t>(old: &'t [u8], new: &'t [u8], width: usize) -> Differing<'t> {
    let same =
        common(old.chunks(CHUNK).zip(new.chunks(CHUNK)), |a, b| a.iter().zip(b).take_while(|(a, b)| a == b).count());
    let mut news = TreeLines::new(new, width);
    let begin = news.skip_within(same);
    let (old, new) = (old.get(begin..).unwrap_or_default(), new.get(begin..).unwrap_or_default());
    let mut olds = TreeLines::new(old, width);
    let tail = common(old.rchunks(CHUNK).zip(new.rchunks(CHUNK)), |a, b| {
        a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
    });
    let mut found = Differing { old: Vec::new(), new: Vec::new(), malformed: false };
    // Where both have come to the same place in what they both end with, the rest is the same lines.
    while !(olds.left() == news.left() && news.left() <= tail) {
        let from_new = news.left() >= olds.left();
        match if from_new { news.next() } else { olds.next() } {
            Some(Some(line)) if from_new => found.new.push(line),
            Some(Some(line)) => found.old.push(line),
            Some(None) => found.malformed |= from_new,
            None => break,
        }
    }
    found
}

/// Trees are compared in pieces of this many bytes.
const CHUNK: usize = 64;

/// How many bytes are the same in pieces that stand side by side, up to the first that differs.
fn common<'t>(pieces: impl Iterator<Item = (&'t [u8], &'t [u8])>, within: impl Fn(&[u8], &[u8]) -> usize) -> usize {
    let mut count = 0;
    for (a, b) in pieces {
        if a != b {
            return count + within(a, b);
        }
        count += a.len();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(lines: &[(&str, u8)]) -> Vec<u8> {
        lines.iter().flat_map(|(name, id)| [b"100644 ", name.as_bytes(), b"\0", &[*id; 20]].concat()).collect()
    }

    fn names(lines: &[TreeLine<'_>]) -> Vec<(String, u8)> {
        lines.iter().map(|line| (String::from_utf8_lossy(line.name).into_owned(), line.id.as_bytes()[0])).collect()
    }

    #[test]
    fn only_the_lines_between_what_is_the_same_are_given() {
        let old = tree(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
        for (new, gone, came) in [
            (vec![("a", 1), ("b", 9), ("c", 3), ("d", 4)], vec![("b", 2)], vec![("b", 9)]),
            (vec![("a", 1), ("c", 3), ("d", 4)], vec![("b", 2)], vec![]),
            (vec![("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)], vec![], vec![("e", 5)]),
            (vec![("a", 1), ("b", 2), ("bb", 2), ("c", 3), ("d", 4)], vec![], vec![("bb", 2)]),
            (vec![], vec![("a", 1), ("b", 2), ("c", 3), ("d", 4)], vec![]),
        ] {
            let new = tree(&new);
            let found = differing(&old, &new, 20);
            let owned =
                |list: &[(&str, u8)]| list.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect::<Vec<_>>();
            assert_eq!((names(&found.old), names(&found.new)), (owned(&gone), owned(&came)));
            assert!(!found.malformed);
        }
    }

    #[test]
    fn whatever_differs_is_given_and_a_new_tree_that_is_cut_is_malformed() {
        let old = tree(&[("a", 1), ("b", 2), ("c", 3)]);
        let new = tree(&[("a", 1), ("x", 2), ("c", 3)]);
        for end in 0..new.len() {
            let found = differing(&old, &new[..end], 20);
            let whole = end % 29 == 0;
            assert_eq!(found.malformed, !whole, "{end}");
            assert_eq!(names(&found.new).contains(&("x".to_owned(), 2)), end >= 58, "{end}");
        }
        assert!(!differing(&new[..30], &new, 20).malformed);
    }
}
