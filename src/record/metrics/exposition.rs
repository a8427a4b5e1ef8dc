//! The text that Prometheus reads.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Labels and their values, in the order that they are written.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// Builds the text family by family.
#[derive(Default)]
pub(super) struct Exposition {
    text: String,
    /// Labels of every sample.
    constant: Vec<(String, String)>,
}

/// Counts of values up to some bounds.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Histogram {
    bounds: &'static [f64],
    counts: Vec<u64>,
    count: u64,
    sum: f64,
}

impl Histogram {
    /// One that has seen nothing; the bounds rise.
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len()], count: 0, sum: 0.0 }
    }

    pub(super) fn observe(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        let above = self.bounds.partition_point(|bound| *bound < value);
        self.counts.iter_mut().skip(above).for_each(|count| *count += 1);
    }
}

impl Exposition {
    /// A text of whose samples each has these labels, too.
    pub(super) fn labelled(constant: &[(String, String)]) -> Self {
        Self { text: String::new(), constant: constant.to_vec() }
    }

    /// Begins a family of metrics; `kind` is `counter`, `gauge` or `histogram`. `help` has no line feed.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: f64) {
        self.text.push_str(name);
        let constant = self.constant.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let pairs: Vec<String> = constant
            .chain(labels.iter().copied())
            .map(|(key, value)| format!("{key}=\"{}\"", escaped(value)))
            .collect();
        if !pairs.is_empty() {
            _ = write!(self.text, "{{{}}}", pairs.join(","));
        }
        _ = writeln!(self.text, " {value}");
    }

    /// A histogram for each value of one label.
    pub(super) fn histograms(&mut self, name: &str, label: &str, all: &BTreeMap<&'static str, Histogram>) {
        for (value, histogram) in all {
            let (bucket, own) = (format!("{name}_bucket"), (label, *value));
            for (bound, count) in histogram.bounds.iter().zip(&histogram.counts) {
                self.sample(&bucket, &[own, ("le", &bound.to_string())], *count as f64);
            }
            self.sample(&bucket, &[own, ("le", "+Inf")], histogram.count as f64);
            self.sample(&format!("{name}_sum"), &[own], histogram.sum);
            self.sample(&format!("{name}_count"), &[own], histogram.count as f64);
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_numbers_plain() {
        let mut out = Exposition::default();
        out.family("a_total", "counter", "What it counts.");
        out.sample("a_total", &[("x", "a\"b\\c\nd"), ("y", "1")], 3.0);
        out.sample("a_total", &[], 0.25);
        let expected = "# HELP a_total What it counts.\n# TYPE a_total counter\n\
                        a_total{x=\"a\\\"b\\\\c\\nd\",y=\"1\"} 3\na_total 0.25\n";
        assert_eq!(out.finish(), expected);
    }

    #[test]
    fn buckets_add_up_and_a_bound_belongs_to_its_bucket() {
        let mut histogram = Histogram::new(&[1.0, 2.0]);
        [0.5, 1.0, 1.5, 9.0].into_iter().for_each(|value| histogram.observe(value));
        let mut out = Exposition::default();
        out.histograms("h", "edge", &BTreeMap::from([("ci", histogram)]));
        let expected = "h_bucket{edge=\"ci\",le=\"1\"} 2\nh_bucket{edge=\"ci\",le=\"2\"} 3\n\
                        h_bucket{edge=\"ci\",le=\"+Inf\"} 4\nh_sum{edge=\"ci\"} 12\nh_count{edge=\"ci\"} 4\n";
        assert_eq!(out.finish(), expected);
    }
}
