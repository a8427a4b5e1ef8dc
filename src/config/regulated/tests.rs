use super::super::{By, Config, Layer, Reader, Version};
use super::*;

fn layer(by: By, text: &str) -> Layer {
    Reader { version: Version(9, 0, 0), reasons: &[] }.parse(by, text).unwrap()
}

fn config(text: &str) -> Config {
    Config::resolve([layer(By::Repository("keyward.toml".to_owned()), text)]).0
}

fn fault(text: &str) -> String {
    let reader = Reader { version: Version(9, 0, 0), reasons: &[] };
    let errors = reader.parse(By::Repository("keyward.toml".to_owned()), text).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].to_string()
}

const MAP: &str = "[[regulated.path]]\npaths = [\"vault/**\"]\ndemand = \"restricted\"\nreason = \"encrypted\"\n\
    [[regulated.path]]\npaths = [\"public/**\", \"vault/public/**\"]\nforbid = \"internal\"\n";

#[test]
fn a_demanded_class_stands_at_its_paths_and_nowhere_else_and_what_is_forbidden_is() {
    use DataClass::*;
    let config = config(MAP);
    let at = |class, path: &str| config.standing(class, Some(path.as_bytes()));
    assert_eq!(at(Restricted, "vault/a"), Standing::Admitted("encrypted"));
    assert_eq!(at(Internal, "vault/a"), Standing::Admitted("encrypted"));
    assert_eq!(at(Restricted, "src/a"), Standing::Misplaced);
    assert_eq!(at(Internal, "src/a"), Standing::Unsaid);
    assert_eq!(at(Internal, "public/a"), Standing::Forbidden);
    assert_eq!(at(Public, "public/a"), Standing::Unsaid);
    assert_eq!(at(Restricted, "vault/public/a"), Standing::Forbidden);
    assert_eq!(config.standing(Restricted, None), Standing::Misplaced);
}

#[test]
fn under_a_lock_a_map_can_forbid_and_not_demand() {
    let lock = layer(By::Administrator("admin".to_owned()), "[administrator]\nlock = [\"regulated.path\"]\n");
    let (config, warnings) = Config::resolve([lock, layer(By::Repository("keyward.toml".to_owned()), MAP)]);
    assert_eq!((config.placements.len(), warnings.len()), (1, 1));
    assert!(!config.placements[0].value.demands());
}

#[test]
fn less_that_is_searched_or_forbidden_and_more_that_is_admitted_is_a_loosening() {
    let weaker = |new: &str, old: &str| config(new).weaker_than(&config(old));
    let on = "[regulated]\nenable = [\"all\"]\n";
    assert_eq!(weaker("", on), ["regulated.enable"]);
    assert_eq!(weaker(on, ""), Vec::<&str>::new());
    let forbid = "[[regulated.path]]\npaths = [\"a\"]\nforbid = \"public\"\n";
    assert_eq!(weaker("", forbid), ["regulated.path"]);
    assert_eq!(weaker(forbid, ""), Vec::<&str>::new());
    assert_eq!(weaker(MAP, forbid), ["regulated.path"]);
}

#[test]
fn an_entry_that_makes_no_sense_is_an_error() {
    for (text, word) in [
        ("[[regulated.path]]\npaths = [\"a\"]\n", "either `demand` or `forbid`"),
        ("[[regulated.path]]\npaths = [\"a\"]\nforbid = \"public\"\ndemand = \"public\"\nreason = \"r\"", "either"),
        ("[[regulated.path]]\nforbid = \"public\"", "needs `paths`"),
        ("[[regulated.path]]\npaths = [\"a\"]\ndemand = \"public\"", "a `reason` is required"),
        ("[[regulated.path]]\npaths = [\"**\"]\ndemand = \"public\"\nreason = \"r\"", "everywhere"),
        ("[[regulated.path]]\npaths = [\"a\"]\nforbid = \"secret\"", "\"restricted\""),
    ] {
        assert!(fault(text).contains(word), "{text}: {}", fault(text));
    }
}
