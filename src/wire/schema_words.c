#include "wire/schema_parts.h"

#include "wire/decimal.h"

static const struct schema_word words[] = {
	{"type", KEY_TYPE, FORM_TYPES},
	{"enum", KEY_ENUM, FORM_VALUES},
	{"const", KEY_CONST, FORM_ANY},
	{"properties", KEY_PROPERTIES, FORM_NAMED},
	{"required", KEY_REQUIRED, FORM_STRINGS},
	{"additionalProperties", KEY_ADDITIONAL, FORM_FALSE},
	{"items", KEY_ITEMS, FORM_SCHEMA},
	{"anyOf", KEY_ANY_OF, FORM_SCHEMAS},
	{"$ref", KEY_REF, FORM_STRING},
	{"$defs", KEY_DEFS, FORM_NAMED},
	{"definitions", KEY_DEFINITIONS, FORM_NAMED},
	{"minimum", KEY_MINIMUM, FORM_NUMBER},
	{"maximum", KEY_MAXIMUM, FORM_NUMBER},
	{"exclusiveMinimum", KEY_ABOVE, FORM_NUMBER},
	{"exclusiveMaximum", KEY_BELOW, FORM_NUMBER},
	{"multipleOf", KEY_MULTIPLE, FORM_DIVISOR},
	{"minLength", KEY_MIN_LENGTH, FORM_COUNT},
	{"maxLength", KEY_MAX_LENGTH, FORM_COUNT},
	{"minItems", KEY_MIN_ITEMS, FORM_COUNT},
	{"maxItems", KEY_MAX_ITEMS, FORM_COUNT},
	{"pattern", KEY_PATTERN, FORM_STRING},
	{"format", KEY_FORMAT, FORM_STRING},
	{"title", KEY_NOTE, FORM_STRING},
	{"description", KEY_NOTE, FORM_STRING},
	{"$comment", KEY_NOTE, FORM_STRING},
	{"examples", KEY_NOTE, FORM_ANY},
	{"deprecated", KEY_NOTE, FORM_ANY},
	{"readOnly", KEY_NOTE, FORM_ANY},
	{"writeOnly", KEY_NOTE, FORM_ANY},
	{"$schema", KEY_ROOT_NOTE, FORM_STRING},
	{"$id", KEY_ROOT_NOTE, FORM_STRING},
};

const struct schema_word *schema_find_word(const struct json *j, int name)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (json_is_str(j, name, words[i].name))
			return &words[i];
	return NULL;
}

const struct schema_word *schema_word_of(enum schema_key key)
{
	return &words[key]; /* the first SCHEMA_KEYS are in their order */
}

const char *const schema_type_names[SCHEMA_TYPES] = {
	"object", "array", "string", "boolean", "null", "integer", "number",
};

unsigned schema_type_named(const struct json *j, int name)
{
	for (unsigned i = 0; i < SCHEMA_TYPES; i++)
		if (json_is_str(j, name, schema_type_names[i]))
			return 1u << i;
	return 0;
}

unsigned schema_types_of(const struct json *j, int value)
{
	struct decimal d;

	switch (json_type(j, value)) {
	case JSON_OBJECT:
		return TYPE_OBJECT;
	case JSON_ARRAY:
		return 1 << 1;
	case JSON_STRING:
		return 1 << 2;
	case JSON_TRUE:
	case JSON_FALSE:
		return 1 << 3;
	case JSON_NULL:
		return 1 << 4;
	case JSON_NUMBER:
		break;
	}
	if (decimal_read(json_raw(j, value), &d) && decimal_is_whole(&d))
		return TYPE_INTEGER | 1 << 6;
	return 1 << 6;
}
