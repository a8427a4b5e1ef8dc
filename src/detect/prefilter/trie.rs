//! The automaton while it is built. Shared with the build script.

use super::classes::{CLASSES, WIDTH};
use super::plan::{Row, TooManyKeywords};

/// A tree of the keywords' beginnings, with the longest proper suffix of each that
/// is a beginning too. Rows are filled at the end, each a copy of its suffix's row with its own children put in.
pub(super) struct Trie {
    states: Vec<State>,
    breadth_first: Vec<u32>,
}

#[derive(Clone, Default)]
struct State {
    class: u8,
    first_child: u32,
    next_sibling: u32,
    suffix: u32,
    reports: bool,
    keywords: Vec<u32>,
}

const ROOT: u32 = 0;

impl Trie {
    pub(super) fn new(keywords: &[&[u8]]) -> Self {
        let mut trie = Self { states: vec![State::default()], breadth_first: Vec::new() };
        for (id, word) in keywords.iter().enumerate() {
            let end = word.iter().fold(ROOT, |state, &byte| trie.grow(state, CLASSES[usize::from(byte)]));
            if let Some(state) = trie.states.get_mut(end as usize) {
                state.keywords.push(id as u32);
                state.reports = true;
            }
        }
        trie
    }

    fn state(&self, state: u32) -> &State {
        // Every number that is handed around was given out by `grow`, except for the root, which is always there.
        self.states.get(state as usize).unwrap_or(&self.states[ROOT as usize])
    }

    fn children(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.state(state).first_child;
        let known = |child: u32| (child != ROOT).then_some(child);
        std::iter::successors(known(first), move |&child| known(self.state(child).next_sibling))
    }

    fn child(&self, state: u32, class: u8) -> Option<u32> {
        self.children(state).find(|&child| self.state(child).class == class)
    }

    fn grow(&mut self, state: u32, class: u8) -> u32 {
        if let Some(child) = self.child(state, class) {
            return child;
        }
        let fresh = self.states.len() as u32;
        let next_sibling = self.state(state).first_child;
        self.states.push(State { class, next_sibling, ..State::default() });
        if let Some(state) = self.states.get_mut(state as usize) {
            state.first_child = fresh;
        }
        fresh
    }

    /// Finds each state's suffix, breadth first.
    pub(super) fn link(&mut self) {
        self.breadth_first.push(ROOT);
        let mut at = 0;
        while let Some(&parent) = self.breadth_first.get(at) {
            at += 1;
            let children: Vec<u32> = self.children(parent).collect();
            for child in children {
                let suffix = if parent == ROOT { ROOT } else { self.suffix_of(parent, self.state(child).class) };
                let inherited = self.state(suffix).reports;
                if let Some(child) = self.states.get_mut(child as usize) {
                    child.suffix = suffix;
                    child.reports |= inherited;
                }
                self.breadth_first.push(child);
            }
        }
    }

    fn suffix_of(&self, parent: u32, class: u8) -> u32 {
        let mut state = self.state(parent).suffix;
        loop {
            match self.child(state, class) {
                Some(child) => return child,
                None if state == ROOT => return ROOT,
                None => state = self.state(state).suffix,
            }
        }
    }

    /// The row of each state: those near the root first, so that the hot rows share cache lines; those that report
    /// last, from a power of two on, so that one bit tells them. And which is the first of them.
    pub(super) fn number(&self) -> Result<(Vec<u16>, usize), TooManyKeywords> {
        let (quiet, loud): (Vec<u32>, Vec<u32>) =
            self.breadth_first.iter().partition(|&&state| !self.state(state).reports);
        let reporting = quiet.len().next_power_of_two();
        let mut numbers = vec![0; self.states.len()];
        for (row, &state) in (0..).zip(&quiet).chain((reporting..).zip(&loud)) {
            if let Some(number) = numbers.get_mut(state as usize) {
                *number = u16::try_from(row).map_err(|_| TooManyKeywords)?;
            }
        }
        u16::try_from(reporting).map_err(|_| TooManyKeywords)?;
        Ok((numbers, reporting))
    }

    pub(super) fn rows(&self, numbers: &[u16]) -> Vec<Row> {
        let last = numbers.iter().max().map_or(0, |last| usize::from(*last));
        let mut rows = vec![[[0; 2]; WIDTH]; last + 1];
        let number = |state: u32| numbers.get(state as usize).copied().unwrap_or(0);
        for &state in &self.breadth_first {
            let suffix = usize::from(number(self.state(state).suffix));
            let mut row = rows.get(suffix).copied().unwrap_or([[0; 2]; WIDTH]);
            for child in self.children(state) {
                if let Some(entry) = row.get_mut(usize::from(self.state(child).class)) {
                    *entry = number(child).to_le_bytes();
                }
            }
            if let Some(own) = rows.get_mut(usize::from(number(state))) {
                *own = row;
            }
        }
        rows
    }

    /// The keywords of each row that reports, in the rows' order.
    pub(super) fn reports(&self, numbers: &[u16], reporting: usize) -> Vec<Vec<u32>> {
        let loud = self.states.iter().filter(|state| state.reports).count();
        let mut reports = vec![Vec::new(); loud];
        for &state in self.breadth_first.iter().filter(|&&state| self.state(state).reports) {
            let row = usize::from(numbers.get(state as usize).copied().unwrap_or(0));
            let mut keywords = self.state(state).keywords.clone();
            let mut suffix = self.state(state).suffix;
            while suffix != ROOT {
                keywords.extend_from_slice(&self.state(suffix).keywords);
                suffix = self.state(suffix).suffix;
            }
            if let Some(slot) = reports.get_mut(row - reporting) {
                *slot = keywords;
            }
        }
        reports
    }
}
