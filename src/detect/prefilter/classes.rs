//! The bytes as the automaton knows them. Shared with the build script.

/// The width of a row.
pub(crate) const WIDTH: usize = 32;

/// The class of each byte: a letter of either case, any digit, `_`, `-`, other printable characters, the rest.
pub(crate) static CLASSES: [u8; 256] = {
    let mut classes = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            letter @ b'a'..=b'z' => letter - b'a' + 1,
            letter @ b'A'..=b'Z' => letter - b'A' + 1,
            b'0'..=b'9' => 27,
            b'_' => 28,
            b'-' => 29,
            b':' | b'/' | b'.' => 30,
            b' '..=b'~' => 31,
            _ => 0,
        };
        byte += 1;
    }
    classes
};
