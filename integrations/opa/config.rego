# What a repository's keyward.toml may say.
#
#   conftest test --namespace keyward.config --policy integrations/opa keyward.toml
package keyward.config

import rego.v1

# Patterns that speak of nearly everything.
wide := {"*", "**", "**/*", "/**", ".", "./", "*/**", "src/**", "*.*"}

deny contains msg if {
	some entry in input.allow
	some path in entry.paths
	is_wide(path)
	msg := sprintf("[[allow]] %q is too wide: name a folder for fixtures, or files", [path])
}

deny contains msg if {
	some entry in input.allow
	not entry.paths
	msg := sprintf("[[allow]] of %s holds everywhere: name paths", [concat(", ", entry.rules)])
}

deny contains msg if {
	some entry in input.allow
	not entry.expires
	msg := sprintf("[[allow]] %q has no end: give it an expires", [entry.reason])
}

deny contains msg if {
	some entry in input.gate.override
	entry.mode == "audit"
	some path in entry.paths
	is_wide(path)
	msg := sprintf("[[gate.override]] watches %q only: that is nearly everything", [path])
}

deny contains "[gate] mode is audit: nothing blocks" if input.gate.mode == "audit"

deny contains "[gate] block-on is critical: high findings pass" if input.gate["block-on"] == "critical"

deny contains "[record] runs is false: there are no numbers" if input.record.runs == false

is_wide(path) if path in wide

# One star at the top, or only an ending: `*/x`, `*.py`, `**/*.py`.
is_wide(path) if {
	startswith(path, "*")
	contains(path, "*.")
	rest := trim_left(path, "*/")
	startswith(rest, ".")
	not contains(rest, "/")
}

# Nothing but wildcards.
is_wide(path) if trim(path, "*?/.{},") == ""
