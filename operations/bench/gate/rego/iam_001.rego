package rules["IAM-001"]

holders := {
	"aws:iam/groupPolicy:GroupPolicy": "policy",
	"aws:iam/policy:Policy": "policy",
	"aws:iam/rolePolicy:RolePolicy": "policy",
	"aws:iam/userPolicy:UserPolicy": "policy",
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
}

problems contains sprintf("allows everything on everything in %v of %v", [index, number]) if {
	some number, document in contents
	some index, statement in statements(document)
	too_much(statement) == true
}

problems contains "is no policy: it has no Statement" if {
	some document in contents
	document != null
	not data.values.hidden(document)
	is_null(data.values.property(document, "Statement"))
}

problems contains "is no JSON" if {
	some document in documents
	is_string(document)
	not json.is_valid(document)
}

unknowns contains sprintf("%v", [number]) if {
	some number, document in documents
	data.values.hidden(document)
}

unknowns contains sprintf("%v of %v", [index, number]) if {
	some number, document in contents
	some index, statement in statements(document)
	too_much(statement) == "unknown"
}

documents := [data.values.property(input.inputs, holders[input.type])] if holders[input.type]

else := [policy | some inline in inlines; policy := data.values.property(inline, "policy")] if not one_is_hidden

else := [{"$unknown": true}]

inlines := data.values.items(data.values.property(input.inputs, "inlinePolicies"))

one_is_hidden if {
	some inline in inlines
	data.values.hidden(inline)
}

contents := [content | some document in documents; content := parsed(document)]

parsed(document) := json.unmarshal(document) if {
	is_string(document)
	json.is_valid(document)
}

else := null if is_string(document)

else := document

statements(document) := [] if data.values.hidden(document)

else := data.values.items(data.values.property(document, "Statement"))

too_much(statement) := "unknown" if data.values.hidden(statement)

else := data.values.all_true({allows(statement), on_everything(statement), every_action(statement)})

allows(statement) := "unknown" if data.values.hidden(data.values.property(statement, "Effect"))

else := lower(data.values.text(data.values.property(statement, "Effect"))) == "allow"

on_everything(statement) := data.values.some_true({
	data.values.exists(data.values.property(statement, "NotResource")),
	one_of(data.values.property(statement, "Resource"), {"*"}),
})

every_action(statement) := data.values.some_true({
	data.values.exists(data.values.property(statement, "NotAction")),
	one_of(data.values.property(statement, "Action"), {"*", "*:*"}),
})

one_of(value, wanted) := data.values.some_true({answer |
	some item in data.values.items(value)
	answer := is_wanted(item, wanted)
})

is_wanted(item, wanted) := "unknown" if data.values.hidden(item)

else := item in wanted
