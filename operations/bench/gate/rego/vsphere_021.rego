package rules["VSPHERE-021"]

openings := {
	"isolation.device.connectable.disable": ["false", "lets the guest connect devices by itself"],
	"isolation.device.edit.disable": ["false", "lets the guest change its devices"],
	"isolation.tools.copy.disable": ["false", "shares what the guest copies with the console"],
	"isolation.tools.diskshrink.disable": ["false", "lets the guest shrink its disks until they fail"],
	"isolation.tools.diskwiper.disable": ["false", "lets the guest wipe its disks"],
	"isolation.tools.dnd.disable": ["false", "takes files dropped on the console"],
	"isolation.tools.hgfsserverset.disable": ["false", "opens a file share between the guest and the console"],
	"isolation.tools.paste.disable": ["false", "takes what the console pastes"],
	"isolation.tools.setguioptions.enable": ["true", "lets the console turn on copy and paste"],
	"remotedisplay.vnc.enabled": ["true", "shows its screen to whoever reaches the host's VNC port"],
	"tools.guestlib.enablehostinfo": ["true", "tells the guest about the host it is on"],
}

settings := data.values.property(input.inputs, "extraConfig")

drives := data.values.items(data.values.property(input.inputs, "cdroms"))

problems contains opening[1] if {
	some key, value in data.values.entries(settings)
	opening := openings[lower(key)]
	lower(data.values.text(value)) == opening[0]
}

problems contains "has a drive that is whatever the console's user puts in" if {
	some drive in drives
	data.values.truth(data.values.property(drive, "clientDevice"), false) in {true, "malformed"}
}

unknowns contains "extraConfig" if data.values.hidden(settings)

unknowns contains key if {
	some key, value in data.values.entries(settings)
	openings[lower(key)]
	data.values.hidden(value)
}

unknowns contains sprintf("cdroms[%d]", [index]) if {
	some index, drive in drives
	data.values.hidden(drive)
}

unknowns contains sprintf("cdroms[%d].clientDevice", [index]) if {
	some index, drive in drives
	data.values.truth(data.values.property(drive, "clientDevice"), false) == "unknown"
}
