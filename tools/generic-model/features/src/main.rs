//! Prints the features of every candidate of the generic tier, for `train.py`.
//!
//! `generic-features ROOT < PATHS` reads one path below ROOT a line. It prints a line with the names of the features,
//! then one a candidate, divided by tabs: path, line (from 1), first and last column of the value (characters, from 0,
//! the end not included), the same of the name, and the features.

use keyward::detect::generic;
use std::fs;
use std::io::{self, BufRead, BufWriter, Write};
use std::ops::Range;
use std::path::Path;

fn main() -> io::Result<()> {
    let root = std::env::args().nth(1).unwrap_or_default();
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "path\tline\tfrom\tto\tname\tend\t{}", generic::FEATURES.join("\t"))?;
    for path in io::stdin().lock().lines() {
        let path = path?;
        let text = fs::read(Path::new(&root).join(&path))?;
        let mut lines = Lines::default();
        for found in generic::describe(&text, Some(path.as_bytes())) {
            let (line, value) = lines.place(&text, &found.value);
            let (at, name) = lines.place(&text, &found.name);
            let name = if at == line { name } else { 0..0 };
            let head = [line, value.start, value.end, name.start, name.end];
            write!(out, "{path}")?;
            for number in head {
                write!(out, "\t{number}")?;
            }
            for number in found.features {
                write!(out, "\t{number}")?;
            }
            writeln!(out)?;
        }
    }
    out.flush()
}

/// Counts lines; `\n`, `\r\n` and `\r` end one.
#[derive(Default)]
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The line of a range (from 1), and its columns in characters.
    fn place(&mut self, text: &[u8], range: &Range<usize>) -> (usize, Range<usize>) {
        if self.starts.is_empty() {
            let ends = |(at, b): (usize, &u8)| match b {
                b'\n' => Some(at + 1),
                b'\r' if text.get(at + 1) != Some(&b'\n') => Some(at + 1),
                _ => None,
            };
            self.starts.push(0);
            self.starts.extend(text.iter().enumerate().filter_map(ends));
        }
        let line = self.starts.partition_point(|start| *start <= range.start);
        let start = self.starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let column = |at: usize| String::from_utf8_lossy(text.get(start..at).unwrap_or_default()).chars().count();
        (line, column(range.start)..column(range.end))
    }
}
