package rules["VSPHERE-001"]

problems contains "lets every guest on it read the traffic of all others" if promiscuous in {true, "malformed"}

unknowns contains "allowPromiscuous" if promiscuous == "unknown"

promiscuous := data.values.truth(data.values.property(input.inputs, "allowPromiscuous"), false)
