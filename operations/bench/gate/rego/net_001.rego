package rules["NET-001"]

ports := [22, 23, 3389, 5900, 5985, 5986, 8443, 9443]

problems contains sprintf("lets %v reach an administrative port", [found.text]) if {
	some opening in openings
	opening.concerned == true
	some found in reached(opening)
	found.what == "everybody"
}

problems contains "has no block of addresses where one belongs" if {
	some opening in openings
	opening.concerned != false
	some found in reached(opening)
	found.what == "malformed"
}

problems contains "has ports that are no numbers" if {
	some opening in openings
	opening.concerned == "malformed"
}

unknowns contains opening.concerned if {
	some opening in openings
	opening.concerned == "unknown"
	some found in reached(opening)
	found.what != "nobody"
}

unknowns contains "source" if {
	some opening in openings
	opening.concerned == true
	some found in reached(opening)
	found.what == "unknown"
}

openings contains opening if {
	input.type == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	opening := {
		"concerned": concerned(input.inputs, "ipProtocol"),
		"sources": [data.values.property(input.inputs, "cidrIpv4"), data.values.property(input.inputs, "cidrIpv6")],
	}
}

openings contains opening if {
	input.type == "aws:ec2/securityGroup:SecurityGroup"
	some rule in data.values.items(data.values.property(input.inputs, "ingress"))
	opening := inline(rule)
}

openings contains opening if {
	input.type == "aws:ec2/securityGroupRule:SecurityGroupRule"
	rule := input.inputs
	leads_in := direction(data.values.property(rule, "type"))
	leads_in != false
	opening := {
		"concerned": both(leads_in, concerned(rule, "protocol")),
		"sources": [data.values.property(rule, "cidrBlocks"), data.values.property(rule, "ipv6CidrBlocks")],
	}
}

inline(rule) := {"concerned": true, "sources": [rule]} if data.values.hidden(rule)

else := {
	"concerned": concerned(rule, "protocol"),
	"sources": [data.values.property(rule, "cidrBlocks"), data.values.property(rule, "ipv6CidrBlocks")],
}

direction(type) := "unknown" if data.values.hidden(type)

else := type == "ingress"

both(one, other) := "malformed" if "malformed" in {one, other}

else := data.values.all_true({one, other})

concerned(rule, protocol_name) := within(rule, data.values.property(rule, protocol_name))

within(rule, protocol) := "unknown" if data.values.hidden(protocol)

else := true if data.values.text(protocol) in {"-1", "all"}

else := in_range(
	data.values.number(data.values.property(rule, "fromPort"), 0),
	data.values.number(data.values.property(rule, "toPort"), 65535),
) if lower(data.values.text(protocol)) in {"tcp", "udp", "6", "17"}

else := false

in_range(first, last) := "unknown" if first == "unknown"

else := "malformed" if first == "malformed"

else := "unknown" if last == "unknown"

else := "malformed" if last == "malformed"

else if {
	some port in ports
	first <= port
	port <= last
}

else := false

reached(opening) := {found |
	some sources in opening.sources
	some source in data.values.items(sources)
	found := {"what": who(source), "text": data.values.text(source)}
} | {{"what": "unknown", "text": ""} |
	some sources in opening.sources
	some source in data.values.items(sources)
	data.values.hidden(source)
}

who(source) := "malformed" if not is_block(data.values.text(source))

else := "everybody" if endswith(data.values.text(source), "/0")

else := "nobody"

is_block(text) if net.cidr_is_valid(text)

is_block(text) if {
	not contains(text, "/")
	net.cidr_is_valid(sprintf("%s/32", [text]))
}
