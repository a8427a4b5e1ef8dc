//! JSON Web Tokens (RFC 7519).

use super::alphabet::base64;
use super::encoded::json_object;
use super::{Checked, Input, Proof, decoded};
use crate::rule::{Confidence, Severity};
use serde_json::{Map, Value};

/// Header and payload are JSON objects and the header names an algorithm. A token without signature is hardly a
/// secret; Supabase's anonymous key is made to be public, its service key opens everything; the subject of a
/// Kubernetes token says what it is
/// (<https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>).
/// Whether one has expired is not asked: the same bytes get the same verdict on every day.
pub(super) fn check(input: &Input<'_>) -> Checked {
    let mut parts = input.subject().split(|b| *b == b'.');
    let mut object = || parts.next().and_then(base64).and_then(|bytes| json_object(&bytes));
    let (Some(header), Some(payload)) = (object(), object()) else { return decoded(false) };
    let Some(algorithm) = text(&header, "alg") else { return decoded(false) };
    let unsigned = parts.next().unwrap_or_default().is_empty() || algorithm.eq_ignore_ascii_case("none");
    let plausible = Checked::from(Proof::Plausible);
    if unsigned {
        return plausible.confidence(Confidence::Low, "the token has no signature");
    }
    match (text(&payload, "iss"), text(&payload, "role")) {
        (Some("supabase" | "supabase-demo"), Some("anon")) => {
            plausible.severity(Severity::Info, "Supabase's anonymous key, made to be public")
        }
        (Some("supabase"), Some("service_role")) => {
            plausible.severity(Severity::Critical, "Supabase's service key, which passes row level security")
        }
        _ if text(&payload, "sub").is_some_and(|sub| sub.starts_with("system:serviceaccount:")) => {
            plausible.severity(Severity::High, "signs in to Kubernetes as a service account")
        }
        _ => plausible,
    }
}

fn text<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    object.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64URL_NOPAD;

    fn jwt(header: &str, payload: &str, signature: &str) -> Checked {
        let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        let token = format!("{}.{}.{signature}", part(header), part(payload));
        check(&Input { secret: token.as_bytes(), over: None, equals: None })
    }

    const SIGNED: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn a_signed_token_is_plausible() {
        assert_eq!(jwt(SIGNED, r#"{"sub":"1"}"#, "c2ln"), Proof::Plausible.into());
    }

    #[test]
    fn a_token_without_signature_is_of_low_confidence() {
        assert_eq!(jwt(SIGNED, "{}", "").confidence, Some(Confidence::Low));
        assert_eq!(jwt(r#"{"alg":"none"}"#, "{}", "c2ln").confidence, Some(Confidence::Low));
    }

    #[test]
    fn what_is_not_two_objects_with_an_algorithm_fails() {
        assert_eq!(jwt("{}", "{}", "c2ln").proof, Proof::Fails);
        assert_eq!(jwt(SIGNED, "[]", "c2ln").proof, Proof::Fails);
        assert_eq!(jwt(SIGNED, "{\"sub\":", "c2ln").proof, Proof::Fails);
    }

    #[test]
    fn the_subject_of_a_kubernetes_token_tells_what_it_is() {
        let token = |subject: &str| jwt(SIGNED, &format!(r#"{{"sub":"{subject}"}}"#), "c2ln").note;
        assert_eq!(token("system:serviceaccount:prod:deployer"), Some("signs in to Kubernetes as a service account"));
        assert_eq!(token("prod:deployer"), None);
    }

    #[test]
    fn the_role_of_a_supabase_key_tells_its_severity() {
        let key = |role: &str| jwt(SIGNED, &format!(r#"{{"iss":"supabase","role":"{role}"}}"#), "c2ln");
        assert_eq!(key("anon").severity, Some(Severity::Info));
        assert_eq!(key("service_role").severity, Some(Severity::Critical));
        assert_eq!(key("other").severity, None);
    }
}
