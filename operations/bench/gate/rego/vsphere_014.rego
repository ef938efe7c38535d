package rules["VSPHERE-014"]

leads_to_all := {
	"Authorization.ModifyPermissions": "gives itself any role anywhere",
	"Authorization.ModifyPrivileges": "changes what privileges mean",
	"Authorization.ModifyRoles": "adds any privilege to itself",
	"Authorization.ReassignRolePermissions": "turns a small role of everybody's into a large one",
	"Extension.Register": "registers a program that vCenter runs with rights of its own",
	"Extension.Update": "replaces a program that vCenter runs with rights of its own",
	"Global.Settings": "changes the vCenter's own settings",
	"Host.Config.AdvancedConfig": "changes any setting of a host",
	"Host.Local.ManageUserGroups": "makes itself an account on a host",
	"Sessions.ImpersonateUser": "acts under anybody's name",
}

privileges := data.values.items(data.values.property(input.inputs, "rolePrivileges"))

problems contains sprintf("holds %s: whoever has the role %s", [name, leads_to_all[name]]) if {
	some name in privileges
}

unknowns contains sprintf("rolePrivileges[%d]", [index]) if {
	some index, privilege in privileges
	data.values.hidden(privilege)
}
