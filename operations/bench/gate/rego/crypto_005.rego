package rules["CRYPTO-005"]

key := data.values.property(input.inputs, "kmsMasterKeyId")

problems contains "names no key for its messages" if is_null(key)

problems contains "names the provider's own key for its messages" if {
	parts := split(key, ":")
	startswith(parts[count(parts) - 1], "alias/aws/")
}

unknowns contains "kmsMasterKeyId" if data.values.hidden(key)
