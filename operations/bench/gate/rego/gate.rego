# Which rule is asked of which resource, and what they answer.
package gate

answers[id] := {"answer": data.values.answer(problems, data.rules[id].unknowns), "problems": problems} if {
	some id in by_type[input.type]
	problems := data.rules[id].problems
}

all := [found | some resource in input; found := answers with input as resource]

by_type := {
	"aws:ec2/defaultSubnet:DefaultSubnet": ["NET-006"],
	"aws:ec2/securityGroup:SecurityGroup": ["NET-001"],
	"aws:ec2/securityGroupRule:SecurityGroupRule": ["NET-001"],
	"aws:ec2/subnet:Subnet": ["NET-006"],
	"aws:iam/groupPolicy:GroupPolicy": ["IAM-001"],
	"aws:iam/policy:Policy": ["IAM-001"],
	"aws:iam/role:Role": ["IAM-001"],
	"aws:iam/rolePolicy:RolePolicy": ["IAM-001"],
	"aws:iam/userPolicy:UserPolicy": ["IAM-001"],
	"aws:sns/topic:Topic": ["CRYPTO-005"],
	"aws:sqs/queue:Queue": ["CRYPTO-005"],
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ["IAM-001"],
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["NET-001"],
	"vsphere:index/distributedPortGroup:DistributedPortGroup": ["VSPHERE-001", "VSPHERE-003", "VSPHERE-006"],
	"vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch": ["VSPHERE-001"],
	"vsphere:index/hostPortGroup:HostPortGroup": ["VSPHERE-001"],
	"vsphere:index/hostVirtualSwitch:HostVirtualSwitch": ["VSPHERE-001"],
	"vsphere:index/role:Role": ["VSPHERE-014"],
	"vsphere:index/virtualMachine:VirtualMachine": ["VSPHERE-020", "VSPHERE-021"],
}
