"""Verifies bundles of evidence with nothing of keyward's: DSSE by securesystemslib, the statement by the published
protobuf definitions of in-toto, digests by hashlib. Takes a public key in PEM and the bundles' folders; started by
tests/e2e/evidence.rs."""

import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives import serialization
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

key = serialization.load_pem_public_key(pathlib.Path(sys.argv[1]).read_bytes())
der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
public = SSlibKey.from_crypto(key, keyid=hashlib.sha256(der).hexdigest())
for folder in map(pathlib.Path, sys.argv[2:]):
    envelope = Envelope.from_dict(json.loads((folder / "statement.dsse.json").read_bytes()))
    envelope.verify([public], 1)
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert envelope.payload == (folder / "statement.json").read_bytes()
    # An unknown field or a wrong type is an error.
    parsed = json_format.Parse(envelope.payload, statement_pb2.Statement())
    statement = Statement.copy_from_pb(parsed)
    statement.validate()
    files = {one.name: one.digest["sha256"] for one in parsed.subject if "sha256" in one.digest}
    for name, digest in files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    others = {"manifest.json", "statement.json", "statement.dsse.json"}
    assert set(files) == {path.name for path in folder.iterdir()} - others
    changed = Envelope.from_dict(json.loads((folder / "statement.dsse.json").read_bytes()))
    changed.payload += b" "
    try:
        changed.verify([public], 1)
    except Exception:
        pass
    else:
        raise SystemExit("a changed payload was accepted")
    print(folder.name, parsed.predicate_type, len(files))
log = pathlib.Path(sys.argv[2])
while not (log / "log.sig").exists():
    log = log.parent
envelope = Envelope.from_dict(json.loads((log / "log.sig").read_bytes()))
envelope.verify([public], 1)
assert envelope.payload == (log / "log.jsonl").read_bytes().splitlines()[-1]
