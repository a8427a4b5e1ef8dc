//! The judgement over the features, written by hand. Reads nothing but [`Features`], so that a learned model can
//! take its place.

use super::Features;
use super::assign::{Operator, Quote};
use super::name::Promise;
use super::place::File;
use super::shape::Shape;
use crate::rule::Confidence;

/// A verdict over features that speak of a secret.
pub(super) struct Judged {
    pub(super) confidence: Confidence,
    /// What spoke for it, in words; nothing of name or value.
    pub(super) because: String,
}

/// Points from which on a candidate has a confidence.
const LOW: i32 = 30;
const MEDIUM: i32 = 50;
const HIGH: i32 = 85;

/// Judges a candidate; `None` is no secret.
pub(super) fn judge(features: &Features) -> Option<Judged> {
    if ruled_out(features) {
        return None;
    }
    let points = name(features) + value(features) + place(features);
    let confidence = match points {
        HIGH.. => Confidence::High,
        MEDIUM.. => Confidence::Medium,
        LOW.. => Confidence::Low,
        _ => return None,
    };
    Some(Judged { confidence, because: because(features) })
}

/// What no other evidence outweighs.
fn ruled_out(Features { name, value, place }: &Features) -> bool {
    let never = matches!(value.shape, Shape::Sealed | Shape::Place | Shape::Sequence);
    never
        || value.placeholder
        || value.echo
        || value.foreign * 3 > value.len
        || name.interface && value.shape != Shape::Hex
        || name.digest
        || place.generated
        || place.joined && value.len < 24
}

fn name(Features { name, .. }: &Features) -> i32 {
    let promise = match name.promise {
        Promise::Not => -100,
        Promise::Weak => 0,
        Promise::Fair => 18,
        Promise::Strong => 30,
    };
    promise - if name.ends { 0 } else { 10 } - if name.sample { 20 } else { 0 }
}

fn value(Features { name, value, place }: &Features) -> i32 {
    let password = name.kind == super::GenericKind::Password;
    let mut points = match value.shape {
        Shape::Hex if value.len >= 20 => 35,
        Shape::Hex => 25,
        Shape::Uuid if name.promise < Promise::Strong => -25,
        Shape::Uuid => -5,
        // Versions, dates, object ids.
        Shape::Number if value.other > 0 => -60,
        Shape::Number if password => 0,
        Shape::Number => -20,
        Shape::Identifier => -12,
        Shape::Sentence if value.spaces > 2 => -50,
        Shape::Sentence => -25,
        _ => 0,
    };
    // Letters that no language has; words that one has.
    if value.letters() >= 3 && value.shape != Shape::Hex {
        points += match value.cost {
            0..50 => -25,
            50..62 => -10,
            62..74 => 8,
            74..88 => 22,
            _ => 32,
        };
        points -= i32::try_from(value.covered).unwrap_or(100) / 3;
        // `Summer2019!`: what people choose where letters alone do not do.
        if password && value.classes >= 3 && value.digits >= 2 && value.len >= 8 && !place.test {
            points = points.max(-10) + 12;
        }
    }
    if value.digits > 0 && value.letters() > 0 {
        points += 10;
    }
    points += match (value.classes, value.changes) {
        (3.., 20..) => 14,
        (3.., _) => 8,
        (_, 25..) => 8,
        _ => 0,
    };
    points += match (value.len, value.entropy) {
        (20.., 56..) => 22,
        (16.., 52..) => 16,
        (8.., 40..) => 8,
        (..6, _) => -8,
        _ => 0,
    };
    if !password && value.len < 12 && place.operator != Operator::Scheme {
        points -= 18;
    }
    points
}

fn place(Features { place, value, .. }: &Features) -> i32 {
    let mut points = match (place.file, place.quote) {
        (File::Code, Quote::Bare) => -12,
        (File::Prose | File::Other, Quote::Bare) => -6,
        _ => 6,
    };
    points += match place.operator {
        Operator::Equals | Operator::Colon | Operator::Scheme | Operator::Flag | Operator::Member => 4,
        Operator::Call | Operator::Comma => -8,
        Operator::Compare | Operator::Default => -4,
        Operator::Element | Operator::Directive => 0,
        Operator::Space => -10,
    };
    if place.prose && place.operator != Operator::Equals && place.operator != Operator::Flag {
        points -= 22;
    }
    if place.locale {
        points -= 25;
    }
    if place.digest {
        points -= 20;
    }
    if place.wrapped {
        points -= 6;
    }
    if place.test && value.len < 12 {
        points -= 3;
    }
    points
}

fn because(Features { value, place, .. }: &Features) -> String {
    let what = match value.shape {
        Shape::Hex => "hexadecimal value",
        Shape::Number => "digits only",
        _ if value.base64 && value.len >= 20 => "random value",
        _ if value.cost >= 74 || value.letters() < 3 => "value unlike words",
        _ if value.digits > 0 => "words and digits mixed",
        _ => "value of few words",
    };
    let how = match place.quote {
        Quote::Quoted => "quoted literal",
        Quote::Escaped => "literal in a string",
        Quote::Bare => "bare value",
    };
    let file = match place.file {
        File::Code => " in code",
        File::Config => " in config",
        File::Json => " in JSON",
        File::Prose => " in prose",
        File::Shell => " in a script",
        File::Markup => " in markup",
        File::Other => "",
    };
    format!("{what}, {how}{file}")
}
