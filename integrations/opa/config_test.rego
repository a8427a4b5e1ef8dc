package keyward.config_test

import rego.v1

import data.keyward.config

allow(paths) := {"allow": [{"paths": paths, "rules": ["jwt"], "reason": "samples", "expires": "2027-01-01"}]}

test_a_narrow_path_passes if {
	count(config.deny) == 0 with input as allow(["tests/fixtures/**", "docs/sample.env", "tests/*.json", "**/.env.sample", "**/fixtures/*.pem"])
	count(config.deny) == 0 with input as {}
}

test_a_wide_path_does_not if {
	every path in ["**", "*", "src/**", "*.py", "**/*.json", "./", "{*,**}"] {
		count(config.deny) == 1 with input as allow([path])
	}
}

test_an_entry_without_paths_or_end_does_not if {
	count(config.deny) == 1 with input as {"allow": [{"rules": ["jwt"], "reason": "r", "expires": "2027-01-01"}]}
	count(config.deny) == 1 with input as {"allow": [{"paths": ["a/b"], "rules": ["jwt"], "reason": "r"}]}
}

test_a_gate_that_stands_open_does_not if {
	count(config.deny) == 1 with input as {"gate": {"mode": "audit"}}
	count(config.deny) == 1 with input as {"gate": {"block-on": "critical"}}
	count(config.deny) == 1 with input as {"gate": {"override": [{"paths": ["**"], "mode": "audit"}]}}
	count(config.deny) == 0 with input as {"gate": {"override": [{"paths": ["legacy/**"], "mode": "audit"}]}}
	count(config.deny) == 1 with input as {"record": {"runs": false}}
}
