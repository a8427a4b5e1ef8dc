# What the exceptions of a repository must be like.
#
#   keyward baseline report --format json --entries > exceptions.json
#   conftest test --namespace keyward.exceptions --policy integrations/opa exceptions.json
package keyward.exceptions

import rego.v1

# Days that an accepted risk may last, from the day it was opened.
longest := 180

# Percent of exceptions that may be open for over 30 days.
goal := 5

# Statuses of entries about secrets that are real.
real := {"accepted", "revoked"}

deny contains msg if {
	input.schema != "keyward/baseline-report/v1"
	msg := sprintf("this policy reads keyward/baseline-report/v1, not %v", [input.schema])
}

deny contains "there are no entries: make the report with --entries" if not is_array(input.entries)

deny contains msg if {
	some entry in input.entries
	entry.status in real
	not says(entry, "owner")
	msg := sprintf("%s (%s): nobody owns it", [entry.fingerprint, entry.status])
}

deny contains msg if {
	some entry in input.entries
	entry.status == "accepted"
	not says(entry, "until")
	msg := sprintf("%s: it is accepted for ever", [entry.fingerprint])
}

deny contains msg if {
	some entry in input.entries
	entry.status == "accepted"
	entry.lasts_days > longest
	msg := sprintf("%s: it is accepted for more than %d days", [entry.fingerprint, longest])
}

deny contains msg if {
	some entry in input.entries
	entry.expired
	entry.open
	msg := sprintf("%s (%s): it expired on %s", [entry.fingerprint, entry.status, entry.until])
}

deny contains msg if {
	input.open_over_30_days_percent > goal
	msg := sprintf("%v %% of the exceptions have been open for over 30 days", [round(input.open_over_30_days_percent)])
}

warn contains msg if {
	is_array(input.unmatched)
	some entry in input.unmatched
	msg := sprintf("%s (%s): it matches nothing any more", [entry.fingerprint, entry.status])
}

says(object, field) if {
	is_string(object[field])
	trim_space(object[field]) != ""
}
