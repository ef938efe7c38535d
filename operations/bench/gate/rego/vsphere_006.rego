package rules["VSPHERE-006"]

active := data.values.items(data.values.property(input.inputs, "activeUplinks"))

standby := data.values.items(data.values.property(input.inputs, "standbyUplinks"))

problems contains sprintf("has %d active uplinks where a circuit has one", [count(active)]) if {
	circuit == true
	count(active) > 1
}

problems contains "has a standby uplink, so it moves to another path unseen" if {
	circuit == true
	count(standby) > 0
	not data.values.hidden(data.values.property(input.inputs, "standbyUplinks"))
}

unknowns contains "activeUplinks" if {
	circuit == "unknown"
	count(active) + count(standby) > 1
}

unknowns contains "activeUplinks" if {
	data.values.hidden(data.values.property(input.inputs, "activeUplinks"))
}

unknowns contains "standbyUplinks" if {
	circuit != false
	data.values.hidden(data.values.property(input.inputs, "standbyUplinks"))
}

circuit := data.values.some_true({answer | some uplink in active; answer := has_its_own_name(uplink)})

has_its_own_name(uplink) := "unknown" if data.values.hidden(uplink)

else := false if regex.match(`(?i)(\d|[\s_-][a-z])$`, data.values.text(uplink))

else := true
