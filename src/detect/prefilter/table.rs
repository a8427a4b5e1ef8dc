//! The automaton's rows in a block whose size is a power of two, so that a masked index needs no bounds check.

use super::builtin;
use super::classes::WIDTH;
use super::plan::{Row, TooManyKeywords};

/// Rows that fit.
const SIZES: [usize; 3] = [1 << 12, 1 << 14, 1 << 16];

/// Rows, each a cache line of its own.
pub(super) type Rows<const N: usize> = [Line; N];

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Line(Row);

const BLANK: Line = Line([[0; 2]; WIDTH]);

#[derive(Debug)]
pub(super) enum Table {
    Builtin(&'static Rows<{ builtin::SIZE }>),
    Small(Box<Rows<{ SIZES[0] }>>),
    Medium(Box<Rows<{ SIZES[1] }>>),
    Large(Box<Rows<{ SIZES[2] }>>),
}

impl Table {
    pub(super) fn of(rows: &[Row]) -> Result<Self, TooManyKeywords> {
        Ok(match rows.len() {
            few if few <= SIZES[0] => Self::Small(boxed(rows)?),
            some if some <= SIZES[1] => Self::Medium(boxed(rows)?),
            _ => Self::Large(boxed(rows)?),
        })
    }
}

fn boxed<const N: usize>(rows: &[Row]) -> Result<Box<Rows<N>>, TooManyKeywords> {
    let mut lines: Vec<Line> = rows.iter().map(|row| Line(*row)).collect();
    lines.resize(N.max(lines.len()), BLANK);
    lines.into_boxed_slice().try_into().map_err(|_| TooManyKeywords)
}

/// Reads rows one after another; what is missing is blank.
pub(super) const fn read<const N: usize>(bytes: &[u8]) -> Rows<N> {
    let (mut rest, _) = bytes.as_chunks::<2>();
    let mut rows = [BLANK; N];
    let mut row = 0;
    while let Some((first, more)) = rest.split_first_chunk::<WIDTH>() {
        rows[row] = Line(*first);
        row += 1;
        rest = more;
    }
    rows
}

/// The state behind `state` and a byte of this class.
#[inline(always)]
pub(super) fn next<const N: usize>(rows: &Rows<N>, state: u16, class: u8) -> u16 {
    const { assert!(N.is_power_of_two() && WIDTH.is_power_of_two()) };
    u16::from_le_bytes(rows[usize::from(state) & (N - 1)].0[usize::from(class) & (WIDTH - 1)])
}
