//! OpenSSH's pattern lists (ssh_config(5), PATTERNS): comma-separated, `*` for any characters, `?` for one, `!` in
//! front of a pattern that must not match.

/// Whether a list matches: a pattern of it does, and no negated one.
pub(super) fn list_matches(list: &str, text: &str) -> bool {
    let mut found = false;
    for pattern in list.split(',') {
        match pattern.strip_prefix('!') {
            Some(not) if matches(not.as_bytes(), text.as_bytes()) => return false,
            Some(_) => {}
            None => found |= matches(pattern.as_bytes(), text.as_bytes()),
        }
    }
    found
}

/// In time of at most the product of the lengths: on a mismatch only the last `*` takes one character more.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(want) if *want == b'?' || want == byte => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                Some((behind, taken)) => {
                    retry = Some((behind, taken + 1));
                    (at, from) = (behind, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::list_matches;

    #[test]
    fn a_list_matches_as_openssh_has_it() {
        for (list, text) in [
            ("ann@example.com", "ann@example.com"),
            ("*@example.com", "ann@example.com"),
            ("ann@*,bob@*", "bob@x"),
            ("a?n@x", "ann@x"),
            ("*", ""),
            ("*,!eve@x", "ann@x"),
            ("a*b*c", "axxbyybzzc"),
        ] {
            assert!(list_matches(list, text), "{list} {text}");
        }
        for (list, text) in [
            ("ann@example.com", "ann@example.com.evil"),
            ("*,!eve@x", "eve@x"),
            ("!eve@x", "ann@x"),
            ("!eve@x,*", "eve@x"),
            ("a?n@x", "an@x"),
            ("Ann@x", "ann@x"),
            ("", "ann"),
            ("a*b*c", "axxbyy"),
        ] {
            assert!(!list_matches(list, text), "{list} {text}");
        }
    }

    #[test]
    fn many_stars_cost_no_more_than_the_product_of_lengths() {
        let list = format!("{}b", "a*".repeat(2_000));
        assert!(!list_matches(&list, &"a".repeat(5_000)));
    }
}
