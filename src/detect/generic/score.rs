//! The judgement over the features: what rules a secret out whatever else speaks for it, then the model.

use super::assign::Quote;
use super::model::{self, Group};
use super::name::Name;
use super::place::{File, Place};
use super::shape::Shape;
use super::value::Value;
use super::{Features, GenericKind};
use crate::rule::Confidence;

/// A verdict over features that speak of a secret.
pub(super) struct Judged {
    pub(super) confidence: Confidence,
    /// What spoke for it, in words; of the name and the value nothing but `name`.
    pub(super) because: String,
}

/// Judges a candidate that nothing rules out; `None` is no secret. `name` is how the name is shown.
pub(super) fn judge(features: &Features, name: &dyn Fn() -> String) -> Option<Judged> {
    let vector = features.vector();
    let [low, medium, high] = model::thresholds();
    let confidence = match model::score(&vector, low)? {
        score if score >= high => Confidence::High,
        score if score >= medium => Confidence::Medium,
        // An URL says what its parameter is for.
        _ if features.place.query && features.value.random => Confidence::Medium,
        _ => Confidence::Low,
    };
    // Who calls a token fake has written down what it is; who altered one has, too.
    let fake = features.name.sample
        || features.name.issued && features.value.marked
        || features.value.flawed
        || features.name.kind != GenericKind::Password && features.value.garbled
        || features.value.untrue;
    let most = match (fake, features.place.documents) {
        (true, _) => Confidence::Low,
        (_, true) => Confidence::Medium,
        _ => Confidence::Certain,
    };
    let confidence = confidence.min(most);
    Some(Judged { confidence, because: because(features, model::moved_most(&vector), &name()) })
}

/// What no other evidence outweighs.
pub(super) fn ruled_out(name: &Name, value: &Value, place: &Place) -> bool {
    let never = matches!(value.shape, Shape::Sealed | Shape::Place | Shape::Sequence);
    never
        || value.placeholder
        || value.echo
        || value.foreign * 3 > value.len
        || name.interface && value.shape != Shape::Hex
        || name.digest
        || name.kind != GenericKind::Password && value.len < 6
        || place.generated
        || place.joined && value.len < 24
}

/// Name, value and place in words; `above all` stands before what moved the score most.
fn because(Features { value, place, .. }: &Features, most: Group, name: &str) -> String {
    let what = match value.shape {
        Shape::Hex => "hexadecimal value",
        Shape::Uuid => "UUID",
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
    let mark = |group: Group| if most == group { "above all " } else { "" };
    let (of_name, of_value, of_place) = (mark(Group::Name), mark(Group::Value), mark(Group::Place));
    format!("{of_name}name \"{name}\", {of_value}{what}, {of_place}{how}{file}")
}
