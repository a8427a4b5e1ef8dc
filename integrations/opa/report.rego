# What a report of `keyward scan --format json` (keyward/report/v1) must be like for a change to go on.
#
#   conftest test --namespace keyward.report --policy integrations/opa report.json
#   opa eval --data integrations/opa --input report.json 'data.keyward.report.deny'
package keyward.report

import rego.v1

# Severities that stop a change, even where keyward.toml lets them pass with a warning.
grave := {"high", "critical"}

# What may excuse a finding without a date on which that ends: a false positive stays one.
endless := {"pragma", "baseline"}

deny contains msg if {
	input.schema != "keyward/report/v1"
	msg := sprintf("this policy reads keyward/report/v1, not %v", [input.schema])
}

deny contains "the report has no schema: it is none of keyward" if not input.schema

deny contains msg if {
	input.error
	msg := sprintf("the run ended in an error: %s", [input.error.message])
}

deny contains msg if {
	some gap in input.coverage.unread
	msg := sprintf("not everything was read: %s, %d times", [gap.reason, gap.count])
}

deny contains msg if {
	input.unlisted > 0
	msg := sprintf("%d findings are not listed, so that nobody can judge them", [input.unlisted])
}

deny contains msg if {
	some finding in input.findings
	finding.verdict != "suppressed"
	finding.severity in grave
	msg := sprintf("%s: %s (%s, %s)", [place(finding), finding.rule, finding.severity, finding.fingerprint])
}

deny contains msg if {
	some finding in input.findings
	finding.verdict == "suppressed"
	finding.severity in grave
	finding.suppression.by in {"baseline", "waiver"}
	not says(finding.suppression, "owner")
	msg := sprintf("%s: %s is excused by a %s that nobody owns", [place(finding), finding.rule, finding.suppression.by])
}

deny contains msg if {
	some finding in input.findings
	finding.verdict == "suppressed"
	finding.severity in grave
	not finding.suppression.by in endless
	not says(finding.suppression, "expires")
	msg := sprintf("%s: %s is excused by %s for ever", [place(finding), finding.rule, finding.suppression.by])
}

deny contains msg if {
	some finding in input.findings
	finding.suppression.by == "break-glass"
	msg := sprintf("%s: %s came through a broken glass: look at it before it goes further", [place(finding), finding.rule])
}

warn contains msg if {
	some finding in input.findings
	finding.verdict == "warn"
	not finding.severity in grave
	msg := sprintf("%s: %s (%s)", [place(finding), finding.rule, finding.severity])
}

place(finding) := sprintf("%s:%d", [finding.path, finding.line_start])

place(finding) := finding.object if not finding.path

says(object, field) if trim_space(object[field]) != ""
