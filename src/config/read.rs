//! Reads the keys of a TOML table one by one, so that every error points at its place and an unknown key is one.

use super::error::{Faults, did_you_mean};
use super::value::{parse_date, parse_size};
use jiff::civil::Date;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A table whose keys are taken out one by one; what is left at the end is unknown.
pub(super) struct Section<'t> {
    name: String,
    span: Range<usize>,
    entries: Vec<(Spanned<String>, Value<'t>)>,
    known: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// The table called `name`; the file itself has an empty name.
    pub(super) fn new(name: &str, span: Range<usize>, table: DeTable<'t>) -> Self {
        let own = |key: Spanned<std::borrow::Cow<'t, str>>| {
            let span = key.span();
            Spanned::new(span, key.into_inner().into_owned())
        };
        let entries = table.into_iter().map(|(key, value)| (own(key), value)).collect();
        Self { name: name.to_owned(), span, entries, known: Vec::new() }
    }

    /// The table that a value is.
    pub(super) fn from_value(name: &str, value: Value<'t>, faults: &mut Faults) -> Option<Self> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(Self::new(name, span, table)),
            other => {
                faults.add(span, format!("`{name}` is a table, not {}", a(other.type_str())), None);
                None
            }
        }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The place of a key that is there.
    pub(super) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(name, _)| name.span())
    }

    /// Takes a key out.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value<'t>> {
        self.known.push(key);
        let at = self.entries.iter().position(|(name, _)| name.get_ref() == key)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// Drops a key that is wrong in a way of its own, and says where it was.
    pub(super) fn discard(&mut self, key: &str) -> Option<Range<usize>> {
        let at = self.entries.iter().position(|(name, _)| name.get_ref() == key)?;
        Some(self.entries.swap_remove(at).0.span())
    }

    pub(super) fn section(&mut self, key: &'static str, faults: &mut Faults) -> Option<Section<'t>> {
        let name = self.path(key);
        Section::from_value(&name, self.take(key)?, faults)
    }

    /// The tables of an array of tables.
    pub(super) fn sections(&mut self, key: &'static str, faults: &mut Faults) -> Vec<Section<'t>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) => {
                let name = format!("[[{}]]", self.path(key));
                items.into_iter().filter_map(|item| Section::from_value(&name, item, faults)).collect()
            }
            other => {
                let hint = Some(format!("write it as [[{key}]]"));
                faults.add(span, format!("`{key}` is a list of tables, not {}", a(other.type_str())), hint);
                Vec::new()
            }
        }
    }

    pub(super) fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<Spanned<String>> {
        let path = self.path(key);
        text(&path, self.take(key)?, faults)
    }

    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Faults) -> Option<Vec<Spanned<String>>> {
        let path = self.path(key);
        let value = self.take(key)?;
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) => items.into_iter().map(|item| text(&path, item, faults)).collect(),
            other => {
                faults.add(span, format!("`{path}` is a list of strings, not {}", a(other.type_str())), None);
                None
            }
        }
    }

    pub(super) fn truth(&mut self, key: &'static str, faults: &mut Faults) -> Option<bool> {
        let value = self.take(key)?;
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.refuse(key, &value, "`true` or `false`", faults);
        }
        truth
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, of: &[(&str, T)], faults: &mut Faults) -> Option<T> {
        let path = self.path(key);
        word(&path, &self.take(key)?, of, faults)
    }

    /// A list of some words.
    pub(super) fn words<T: Copy>(
        &mut self,
        key: &'static str,
        of: &[(&str, T)],
        faults: &mut Faults,
    ) -> Option<Vec<T>> {
        let path = self.path(key);
        let value = self.take(key)?;
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) => items.iter().map(|item| word(&path, item, of, faults)).collect(),
            other => {
                faults.add(span, format!("`{path}` is a list of strings, not {}", a(other.type_str())), None);
                None
            }
        }
    }

    /// Bytes, as a number or with a unit.
    pub(super) fn size(&mut self, key: &'static str, faults: &mut Faults) -> Option<u64> {
        let value = self.take(key)?;
        let size = match value.get_ref() {
            DeValue::String(text) => parse_size(text),
            DeValue::Integer(number) => integer(number),
            _ => None,
        };
        if size.is_none() {
            self.refuse(key, &value, "a number of bytes or a size such as \"256MiB\"", faults);
        }
        size
    }

    pub(super) fn count(&mut self, key: &'static str, faults: &mut Faults) -> Option<u64> {
        let value = self.take(key)?;
        let count = value.get_ref().as_integer().and_then(integer);
        if count.is_none() {
            self.refuse(key, &value, "a whole number, 0 or more", faults);
        }
        count
    }

    /// A day, as a TOML date or a string.
    pub(super) fn date(&mut self, key: &'static str, faults: &mut Faults) -> Option<Date> {
        let value = self.take(key)?;
        let date = match value.get_ref() {
            DeValue::String(text) => parse_date(text),
            DeValue::Datetime(when) if when.time.is_none() => when.date.and_then(|day| {
                let year = i16::try_from(day.year).ok()?;
                Date::new(year, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
            }),
            _ => None,
        };
        if date.is_none() {
            self.refuse(key, &value, "a date such as 2027-06-30", faults);
        }
        date
    }

    /// Says what a key takes instead of what it has.
    pub(super) fn refuse(&self, key: &str, value: &Value<'_>, takes: &str, faults: &mut Faults) {
        faults.add(value.span(), format!("`{}` takes {takes}, not {}", self.path(key), found(value)), None);
    }

    /// Every key that nobody took is unknown.
    pub(super) fn finish(self, faults: &mut Faults) {
        for (key, _) in self.entries {
            let word = key.get_ref();
            let place = if self.name.is_empty() { "at the top level".to_owned() } else { format!("in {}", self.name) };
            let known = || format!("known {place}: {}", self.known.join(", "));
            let hint = did_you_mean(word, self.known.iter().copied()).unwrap_or_else(known);
            faults.add(key.span(), format!("unknown key {word:?} {place}"), Some(hint));
        }
    }

    /// `section.key`, for messages.
    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// One of some words.
pub(super) fn word<T: Copy>(path: &str, value: &Value<'_>, of: &[(&str, T)], faults: &mut Faults) -> Option<T> {
    let text = value.get_ref().as_str();
    if let Some((_, found)) = of.iter().find(|(name, _)| Some(*name) == text) {
        return Some(*found);
    }
    let names: Vec<String> = of.iter().map(|(name, _)| format!("{name:?}")).collect();
    let hint = text.and_then(|text| did_you_mean(text, of.iter().map(|(name, _)| *name)));
    faults.add(value.span(), format!("`{path}` takes {}, not {}", one_of(&names), found(value)), hint);
    None
}

fn text(path: &str, value: Value<'_>, faults: &mut Faults) -> Option<Spanned<String>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::String(text) => Some(Spanned::new(span, text.into_owned())),
        other => {
            faults.add(span, format!("`{path}` takes a string, not {}", a(other.type_str())), None);
            None
        }
    }
}

fn integer(number: &toml::de::DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn one_of(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn found(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        other => a(other.type_str()),
    }
}

fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {noun}")
}
