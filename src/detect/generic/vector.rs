//! The features as numbers: the input of the model, in training and in use.

use super::Features;
use super::assign::{Operator, Quote};
use super::name::{Promise, Role};
use super::place::File;
use super::shape::Shape;

/// Names the features, in the order of the vector, and reads each from `$features`. A name begins with what it is of.
macro_rules! vector {
    ($features:ident: $($name:literal = $value:expr,)*) => {
        /// What each number of a vector is, beginning with `name.`, `value.` or `place.`.
        pub const FEATURES: &[&str] = &[$($name),*];

        /// A candidate as numbers, in the order of [`FEATURES`]. Yes is 1 and no 0; shares are percentages.
        pub type Vector = [i16; FEATURES.len()];

        impl Features {
            /// The features as numbers.
            pub(super) fn vector(&self) -> Vector {
                let $features = self;
                [$(Number::of($value)),*]
            }
        }
    };
}

vector! { f:
    "name.promise" = match f.name.promise {
        Promise::Not => 0usize,
        Promise::Weak => 1,
        Promise::Fair => 2,
        Promise::Strong => 3,
    },
    "name.password" = f.name.role == Role::Password,
    "name.secret" = f.name.role == Role::Secret,
    "name.token" = f.name.role == Role::Token,
    "name.key" = f.name.role == Role::Key,
    "name.loose" = f.name.role == Role::Loose,
    "name.weak" = f.name.role == Role::Weak,
    "name.ends" = f.name.ends,
    "name.interface" = f.name.interface,
    "name.digest" = f.name.digest,
    "name.sample" = f.name.sample,
    "name.length" = f.name.len,
    "name.head" = f.name.head,
    "name.tail" = f.name.tail,
    "name.qualified" = f.name.qualified,
    "name.person" = f.name.person,
    "name.service" = f.name.service,
    "name.test" = f.name.test,
    "name.random" = f.name.random,
    "name.scheme" = f.name.scheme,
    "name.upper" = f.name.upper,
    "name.dashed" = f.name.dashed,
    "name.dotted" = f.name.dotted,
    "value.length" = f.value.len,
    "value.lower" = share(f.value.lower, f),
    "value.upper" = share(f.value.upper, f),
    "value.digits" = share(f.value.digits, f),
    "value.other" = share(f.value.other, f),
    "value.spaces" = f.value.spaces,
    "value.foreign" = share(f.value.foreign, f),
    "value.classes" = f.value.classes,
    "value.changes" = f.value.changes,
    "value.entropy" = f.value.entropy as usize,
    "value.distinct" = f.value.distinct,
    "value.covered" = f.value.covered,
    "value.cost" = f.value.cost as usize,
    "value.placeholder" = f.value.placeholder,
    "value.echo" = f.value.echo,
    "value.base64" = f.value.base64,
    "value.speaks" = f.texture.speaks,
    "value.hexadecimal" = f.value.shape == Shape::Hex,
    "value.uuid" = f.value.shape == Shape::Uuid,
    "value.number" = f.value.shape == Shape::Number,
    "value.identifier" = f.value.shape == Shape::Identifier,
    "value.place" = f.value.shape == Shape::Place,
    "value.sealed" = f.value.shape == Shape::Sealed,
    "value.sentence" = f.value.shape == Shape::Sentence,
    "value.sequence" = f.value.shape == Shape::Sequence,
    "value.words" = f.texture.words,
    "value.letter-run" = f.texture.letters,
    "value.digit-run" = f.texture.digits,
    "value.case" = f.texture.case,
    "value.mixed" = f.texture.mixed,
    "value.run-cost" = f.texture.cost as usize,
    "value.worst-cost" = f.texture.worst as usize,
    "value.meant" = f.texture.meant,
    "value.vowels" = f.texture.vowels,
    "value.steps" = f.texture.steps,
    "value.same" = f.texture.same,
    "value.hex-digits" = f.texture.hex,
    "value.dashes" = f.texture.dashes,
    "value.underscores" = f.texture.underscores,
    "value.dots" = f.texture.dots,
    "value.slashes" = f.texture.slashes,
    "value.colons" = f.texture.colons,
    "value.loud" = f.texture.loud,
    "value.syntax" = f.texture.syntax,
    "value.padding" = f.texture.padding,
    "value.tail" = f.texture.tail,
    "place.code" = f.place.file == File::Code,
    "place.config" = f.place.file == File::Config,
    "place.json" = f.place.file == File::Json,
    "place.prose-file" = f.place.file == File::Prose,
    "place.shell" = f.place.file == File::Shell,
    "place.markup" = f.place.file == File::Markup,
    "place.equals" = f.place.operator == Operator::Equals,
    "place.colon" = f.place.operator == Operator::Colon,
    "place.compare" = f.place.operator == Operator::Compare,
    "place.call" = f.place.operator == Operator::Call,
    "place.argument" = f.place.operator == Operator::Comma,
    "place.default" = f.place.operator == Operator::Default,
    "place.space" = f.place.operator == Operator::Space,
    "place.flag" = f.place.operator == Operator::Flag,
    "place.directive" = f.place.operator == Operator::Directive,
    "place.element" = f.place.operator == Operator::Element,
    "place.member" = f.place.operator == Operator::Member,
    "place.scheme" = f.place.operator == Operator::Scheme,
    "place.bare" = f.place.quote == Quote::Bare,
    "place.escaped" = f.place.quote == Quote::Escaped,
    "place.wrapped" = f.place.wrapped,
    "place.comment" = f.place.comment,
    "place.in-string" = f.place.in_string,
    "place.prose" = f.place.prose,
    "place.joined" = f.place.joined,
    "place.digest" = f.place.digest,
    "place.test" = f.place.test,
    "place.locale" = f.place.locale,
    "place.generated" = f.place.generated,
    "place.left" = f.around.left,
    "place.right" = f.around.right,
    "place.indent" = f.around.indent,
    "place.last" = f.around.last,
    "place.closes" = f.around.closes,
    "place.comma" = f.around.comma,
    "place.quoted-name" = f.around.quoted,
    "place.member-name" = f.around.member,
    "place.inside" = f.around.inside,
    "place.quotes" = f.around.quotes,
    "place.equals-signs" = f.around.equals,
    "place.person" = f.around.person,
    "place.checked" = f.around.checked,
    "place.shown" = f.around.shown,
    "place.defines" = f.around.defines,
    "place.url" = f.around.url,
    "place.near-person" = f.around.near_person,
    "place.near-machine" = f.around.near_machine,
    "place.near-checked" = f.around.near_checked,
    "place.near-secrets" = f.around.near_secrets,
}

fn share(part: usize, f: &Features) -> usize {
    part * 100 / f.value.len.clamp(1, super::value::LOOKED_AT)
}

/// What becomes a number of the vector; too great a number is the greatest.
trait Number {
    fn of(self) -> i16;
}

impl Number for bool {
    fn of(self) -> i16 {
        i16::from(self)
    }
}

impl Number for usize {
    fn of(self) -> i16 {
        i16::try_from(self).unwrap_or(i16::MAX)
    }
}
