package rules["VSPHERE-003"]

overrides := {
	"netflowOverrideAllowed": "the record of its flows",
	"securityPolicyOverrideAllowed": "its security policy",
	"trafficFilterOverrideAllowed": "its traffic filter",
	"uplinkTeamingOverrideAllowed": "its uplinks",
	"vlanOverrideAllowed": "its VLAN",
}

allowed[name] := data.values.truth(data.values.property(input.inputs, name), false) if some name, _ in overrides

problems contains sprintf("lets a single port have %s changed by hand", [overrides[name]]) if {
	some name, answer in allowed
	answer in {true, "malformed"}
}

unknowns contains name if {
	some name, answer in allowed
	answer == "unknown"
}
