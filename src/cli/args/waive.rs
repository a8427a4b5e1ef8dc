//! `keyward waive`.

use clap::Args;
use std::path::PathBuf;

/// `keyward waive`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward waive kw1:0123456789abcdef0123456789abcdef --reason \"revoked, the history cannot change\" --expires 1d --ref refs/heads/main --principal ann@example.com --key ~/.ssh/id_ed25519\n  keyward waive --payload waiver.json --signature waiver.json.sig"
)]
pub struct WaiveArgs {
    /// The secrets to let through, as the refusal shows them.
    #[arg(value_name = "FINGERPRINT", required_unless_present_any = ["loosening", "payload"])]
    pub fingerprints: Vec<String>,
    /// Let a weaker policy through instead: on the trust ref, with the baseline entries that it brings.
    #[arg(long, conflicts_with = "fingerprints")]
    pub loosening: bool,
    /// Why.
    #[arg(long, required_unless_present = "payload")]
    pub reason: Option<String>,
    /// How long it holds: a time such as 12h or 1d, or the last day (UTC).
    #[arg(long, value_name = "DATE", required_unless_present = "payload")]
    pub expires: Option<String>,
    /// The reference that it is for, by its full name, * for anything; repeatable.
    #[arg(long = "ref", value_name = "PATTERN", required_unless_present = "payload")]
    pub refs: Vec<String>,
    /// The commit that the reference shall name, or any.
    #[arg(long, value_name = "ID", default_value = "HEAD")]
    pub commit: String,
    /// The server that it is for, by the name that its refusals tell.
    #[arg(long, value_name = "ID")]
    pub server_id: Option<String>,
    /// It counts once only.
    #[arg(long)]
    pub single_use: bool,
    /// The salt of the fingerprints, by the name that a report gives [default: that of this repository].
    #[arg(long, value_name = "NAME", conflicts_with = "loosening")]
    pub salt: Option<String>,
    /// Who signs, as the server's allowed signers name them.
    #[arg(long, value_name = "NAME", required_unless_present = "payload")]
    pub principal: Option<String>,
    /// The private key that signs, in OpenSSH's format; or a public one whose private half ssh-agent has.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["print_payload", "payload"])]
    pub key: Option<PathBuf>,
    /// Print what is to be signed, for `ssh-keygen -Y sign -n keyward-waiver`.
    #[arg(long, conflicts_with_all = ["key", "payload"])]
    pub print_payload: bool,
    /// Put together what --print-payload printed ...
    #[arg(long, value_name = "FILE", requires = "signature")]
    #[arg(conflicts_with_all = ["fingerprints", "loosening", "reason", "expires", "refs", "server_id", "single_use", "salt", "principal", "key"])]
    pub payload: Option<PathBuf>,
    /// ... and what ssh-keygen signed.
    #[arg(long, value_name = "FILE", requires = "payload")]
    pub signature: Option<PathBuf>,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
