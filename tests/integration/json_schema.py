"""Validates JSON against the part of JSON Schema 2020-12 that api/openapi.yaml uses."""
import re

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def has_type(value, name):
    if name in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return name == "number" or float(value).is_integer()
    return isinstance(value, TYPES[name])


class Validator:
    KNOWN = set(
        "type enum required properties additionalProperties items oneOf allOf minimum maximum minLength maxLength pattern "
        "description default format $ref".split()
    )

    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def faults(self, value, schema, path="$"):
        """Every way in which `value` is not what `schema` says."""
        schema = self.resolve(schema)
        unknown = set(schema) - self.KNOWN
        assert not unknown, f"the validator does not know {unknown}"
        found = []
        if "type" in schema and not has_type(value, schema["type"]):
            return [f"{path} is {value!r:.60}, not {schema['type']}"]
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{path} is {value!r}, not one of {schema['enum']}")
        for part in schema.get("allOf", []):
            found += self.faults(value, part, path)
        if "oneOf" in schema:
            fits = [option for option in schema["oneOf"] if not self.faults(value, option, path)]
            if len(fits) != 1:
                found.append(f"{path} fits {len(fits)} of oneOf")
        if isinstance(value, dict):
            found += self.object_faults(value, schema, path)
        elif isinstance(value, list):
            for index, element in enumerate(value):
                found += self.faults(element, schema.get("items", {}), f"{path}[{index}]")
        else:
            found += self.scalar_faults(value, schema, path)
        return found

    def object_faults(self, value, schema, path):
        found = [f"{path} lacks {name}" for name in schema.get("required", []) if name not in value]
        properties = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        for name, member in value.items():
            if name in properties:
                found += self.faults(member, properties[name], f"{path}.{name}")
            elif more is False:
                found.append(f"{path} has the undescribed field {name}")
            elif more is not True:
                found += self.faults(member, more, f"{path}.{name}")
        return found

    def scalar_faults(self, value, schema, path):
        found = []
        if "minimum" in schema and value < schema["minimum"]:
            found.append(f"{path} is below {schema['minimum']}")
        if "maximum" in schema and value > schema["maximum"]:
            found.append(f"{path} is above {schema['maximum']}")
        if "minLength" in schema and len(value) < schema["minLength"]:
            found.append(f"{path} is shorter than {schema['minLength']}")
        if "maxLength" in schema and len(value) > schema["maxLength"]:
            found.append(f"{path} is longer than {schema['maxLength']}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{path} does not match {schema['pattern']}")
        return found
