# How policies read values: what is not known yet, or secret, is told apart from what is there.
package values

# A map of the program's own never has such a key: a plan wraps it in `$map`.
hidden(value) if value["$unknown"]

hidden(value) if is_object(value["$resource"])

hidden(value) if is_object(value["$asset"])

hidden(value) if is_object(value["$archive"])

hidden(value) if has_key(value, "$secret")

has_key(value, key) if _ = value[key]

# The entries of a map, wrapped or not; none of what is no map.
entries(value) := value["$map"] if is_object(value["$map"])

else := value if is_object(value)

else := {}

property(value, key) := object.get(entries(value), key, null)

# The elements of a list; a single value counts as a list of one, and so does a list that is not known.
items(value) := value if is_array(value)

else := [] if is_null(value)

else := [value]

text(value) := value if is_string(value)

else := "" if is_null(value)

else := sprintf("%v", [value]) if not is_composite(value)

is_composite(value) if is_object(value)

is_composite(value) if is_array(value)

# true, false, "unknown" or "malformed".
truth(value, absent) := value if is_boolean(value)

else := absent if is_null(value)

else := lower(value) == "true" if lower(value) in {"true", "false"}

else := "unknown" if hidden(value)

else := "malformed"

# A number, "unknown" or "malformed".
number(value, absent) := value if is_number(value)

else := absent if is_null(value)

else := to_number(value) if regex.match(`^\s*[+-]?\d+(\.\d+)?\s*$`, value)

else := "unknown" if hidden(value)

else := "malformed"

# true, false or "unknown"; a secret is there.
exists(value) := false if is_null(value)

else := "unknown" if value["$unknown"]

else := true

# Of answers that may be "unknown": whether one is true.
some_true(answers) if true in answers

else := "unknown" if "unknown" in answers

else := false

# Of answers that may be "unknown": whether all are true.
all_true(answers) := false if false in answers

else := "unknown" if "unknown" in answers

else := true

answer(problems, unknowns) := "fail" if count(problems) > 0

else := "undetermined" if count(unknowns) > 0

else := "pass"
