package rules["NET-006"]

problems contains "gives whatever starts in it a public address" if public in {true, "malformed"}

unknowns contains "mapPublicIpOnLaunch" if public == "unknown"

public := data.values.truth(
	data.values.property(input.inputs, "mapPublicIpOnLaunch"),
	input.type == "aws:ec2/defaultSubnet:DefaultSubnet",
)
