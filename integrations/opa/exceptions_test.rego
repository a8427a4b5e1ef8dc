package keyward.exceptions_test

import rego.v1

import data.keyward.exceptions

entry := {
	"fingerprint": "kw1:00112233445566778899aabbccddeeff", "status": "accepted", "owner": "ops", "opened": "2026-11-01",
	"until": "2027-01-31", "lasts_days": 91, "open": true, "expired": false,
}

with_entry(fields) := {
	"schema": "keyward/baseline-report/v1", "open_over_30_days_percent": 0, "unmatched": null,
	"entries": [object.union(entry, fields)],
}

test_a_sound_entry_passes if count(exceptions.deny) == 0 with input as with_entry({})

test_a_real_secret_needs_an_owner if {
	count(exceptions.deny) == 1 with input as with_entry({"owner": null})
	count(exceptions.deny) == 1 with input as with_entry({"status": "revoked", "owner": " "})
	count(exceptions.deny) == 0 with input as with_entry({"status": "false-positive", "owner": null})
}

test_an_accepted_risk_ends_and_soon_enough if {
	count(exceptions.deny) == 1 with input as with_entry({"until": null})
	count(exceptions.deny) == 1 with input as with_entry({"until": "2027-12-31", "lasts_days": 425})
}

test_what_has_expired_is_dealt_with if count(exceptions.deny) == 1 with input as with_entry({"expired": true})

test_the_share_of_old_ones_has_a_goal if {
	count(exceptions.deny) == 1 with input as object.union(with_entry({}), {"open_over_30_days_percent": 12.5})
}

test_what_matches_nothing_is_told if {
	stale := [{"fingerprint": "kw1:00", "status": "unaudited"}]
	count(exceptions.warn) == 1 with input as object.union(with_entry({}), {"unmatched": stale})
}

test_a_report_without_entries_and_another_format_block if {
	count(exceptions.deny) == 1 with input as object.remove(with_entry({}), ["entries"])
	count(exceptions.deny) == 1 with input as object.union(with_entry({}), {"schema": "other"})
}
