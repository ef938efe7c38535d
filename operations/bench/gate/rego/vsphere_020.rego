package rules["VSPHERE-020"]

unfit_modes := {
	"append": "drops what was written when the guest is powered off",
	"independent_nonpersistent": "drops what was written when the guest is powered off",
	"independent_persistent": "is left out of snapshots, hence of the backups made from them",
	"nonpersistent": "drops what was written when the guest is powered off",
	"undoable": "drops what was written when somebody answers so at power off",
}

disks := data.values.items(data.values.property(input.inputs, "disks"))

problems contains sprintf("disk %d %s", [index, unfit_modes[mode]]) if {
	some index, disk in disks
	mode := data.values.property(disk, "diskMode")
}

problems contains sprintf("disk %d is written by several guests at once, which no snapshot can hold", [index]) if {
	some index, disk in disks
	data.values.property(disk, "diskSharing") == "sharingMultiWriter"
}

unknowns contains sprintf("disks[%d]", [index]) if {
	some index, disk in disks
	not_known(disk)
}

not_known(disk) if data.values.hidden(disk)

not_known(disk) if data.values.hidden(data.values.property(disk, "diskMode"))

not_known(disk) if data.values.hidden(data.values.property(disk, "diskSharing"))
