package keyward.report_test

import rego.v1

import data.keyward.report

clean := {"schema": "keyward/report/v1", "verdict": "pass", "findings": [], "unlisted": 0, "coverage": {"unread": []}}

finding := {
	"rule": "aws-access-key-pair", "severity": "critical", "verdict": "warn", "path": "a.env", "line_start": 2,
	"object": "blob", "fingerprint": "kw1:00112233445566778899aabbccddeeff",
}

with_finding(fields) := object.union(clean, {"findings": [object.union(finding, fields)]})

excused(by, fields) := with_finding({"verdict": "suppressed", "suppression": object.union({"by": by}, fields)})

test_a_clean_report_passes if count(report.deny) == 0 with input as clean

test_grave_findings_block_even_as_warnings if {
	report.deny == {"a.env:2: aws-access-key-pair (critical, kw1:00112233445566778899aabbccddeeff)"} with input as with_finding({})
}

test_lesser_findings_only_warn if {
	count(report.deny) == 0 with input as with_finding({"severity": "medium"})
	count(report.warn) == 1 with input as with_finding({"severity": "medium"})
}

test_an_exception_needs_an_owner if {
	count(report.deny) == 1 with input as excused("baseline", {"expires": "2027-01-01"})
	count(report.deny) == 1 with input as excused("baseline", {"owner": "  "})
	count(report.deny) == 0 with input as excused("baseline", {"owner": "ops"})
}

test_a_waiver_and_an_allow_entry_need_an_end if {
	count(report.deny) == 1 with input as excused("waiver", {"owner": "ops"})
	count(report.deny) == 0 with input as excused("waiver", {"owner": "ops", "expires": "2027-01-01"})
	count(report.deny) == 1 with input as excused("allow", {})
	count(report.deny) == 0 with input as excused("allow", {"expires": "2027-01-01"})
}

test_a_broken_glass_is_looked_at if count(report.deny) > 0 with input as excused("break-glass", {"expires": "2027-01-01"})

test_what_was_not_read_or_listed_blocks if {
	gap := {"coverage": {"unread": [{"reason": "shallow", "count": 1}]}}
	count(report.deny) == 1 with input as object.union(clean, gap)
	count(report.deny) == 1 with input as object.union(clean, {"unlisted": 3})
}

test_an_error_and_another_format_block if {
	count(report.deny) == 1 with input as object.union(clean, {"error": {"message": "no"}})
	count(report.deny) == 1 with input as object.union(clean, {"schema": "keyward/report/v2"})
	count(report.deny) > 0 with input as {}
}

test_a_finding_in_a_message_has_no_path if {
	commit := {"schema": "keyward/report/v1", "findings": [object.union(object.remove(finding, ["path"]), {"object": "commit"})]}
	some msg in report.deny with input as commit
	startswith(msg, "commit: ")
}
