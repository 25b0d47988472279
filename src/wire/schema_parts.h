/*
 * schema_parts - the inside of wire/schema.
 *
 *   schema_fix.c     writes the schema as it is to be sent
 *   schema_words.c   the keywords
 *   schema_read.c    makes a node of each schema in the document, its keywords' values well-formed
 *   schema_lint.c    what keywords say together, and the limits of strict mode
 *   schema_index.c   the properties of an object, by name
 *   schema_ref.c     where references point
 *   schema_check.c   an answer against the nodes; schema_match.c: one keyword of one value
 *   schema_equal.c   deep equality
 *   schema_format.c  what "format" can ask for
 *   schema_say.c     places and values, made fit to show
 */
#ifndef WIRE_SCHEMA_PARTS_H
#define WIRE_SCHEMA_PARTS_H

#include "base/limits.h"
#include "wire/json.h"
#include "wire/jsonw.h"
#include "wire/pattern.h"
#include "wire/schema.h"

/* ---- keywords ---- */

enum schema_key {
	KEY_TYPE,
	KEY_ENUM,
	KEY_CONST,
	KEY_PROPERTIES,
	KEY_REQUIRED,
	KEY_ADDITIONAL,
	KEY_ITEMS,
	KEY_ANY_OF,
	KEY_REF,
	KEY_DEFS,
	KEY_DEFINITIONS,
	KEY_MINIMUM,
	KEY_MAXIMUM,
	KEY_ABOVE, /* exclusiveMinimum */
	KEY_BELOW, /* exclusiveMaximum */
	KEY_MULTIPLE,
	KEY_MIN_LENGTH,
	KEY_MAX_LENGTH,
	KEY_MIN_ITEMS,
	KEY_MAX_ITEMS,
	KEY_PATTERN,
	KEY_FORMAT,
	SCHEMA_KEYS,
	KEY_NOTE = SCHEMA_KEYS, /* says nothing about an answer */
	KEY_ROOT_NOTE,          /* ... and stands at the root */
};

/* What the value of a keyword must be. */
enum schema_form {
	FORM_ANY,
	FORM_TYPES,   /* a type's name, or several in an array */
	FORM_VALUES,  /* an array that is not empty */
	FORM_STRINGS, /* an array of strings */
	FORM_FALSE,
	FORM_SCHEMA,
	FORM_SCHEMAS, /* in an array that is not empty */
	FORM_NAMED,   /* schemas, by name */
	FORM_STRING,
	FORM_NUMBER,
	FORM_DIVISOR, /* above zero, of DECIMAL_DIVISOR_MAX digits at most */
	FORM_COUNT,   /* a whole number, not negative */
};

struct schema_word {
	const char *name;
	enum schema_key key;
	enum schema_form form;
};

/* NULL when strict mode does not have it. */
const struct schema_word *schema_find_word(const struct json *j, int name);
const struct schema_word *schema_word_of(enum schema_key key);

/* Types, one bit each; a whole number has two. */
enum { SCHEMA_TYPES = 7 };
enum {
	TYPE_OBJECT = 1 << 0,
	TYPE_INTEGER = 1 << 5,
	TYPE_ANY = (1 << SCHEMA_TYPES) - 1,
};
extern const char *const schema_type_names[SCHEMA_TYPES];

/* 0 when there is no such type. */
unsigned schema_type_named(const struct json *j, int name);
unsigned schema_types_of(const struct json *j, int value);

/* ---- the schema ---- */

/* One schema in the document; in its order. */
struct schema_node {
	int value;               /* in the document */
	int keys[SCHEMA_KEYS];   /* the keywords' values, JSON_NONE of those it does not have */
	unsigned types;          /* what `type` allows */
	size_t properties;       /* where its own begin among all */
	unsigned format;
	int ref;                 /* the node it points to */
	unsigned char hops;      /* to the end of its $ref and anyOf, itself too; 0 = unknown */
	bool entered;            /* while that is being found out */
	struct pattern *pattern; /* owned */
};

/* Both in the document. */
struct schema_property {
	int name, value;
};

struct schema {
	struct buf text;
	struct json doc; /* of the text */
	struct buf nodes;
	struct buf properties; /* of all objects; those of one in the order of their names */
};

struct schema_reader {
	struct schema *s;
	size_t nesting; /* objects we are in */
	size_t names, enums, states; /* so far, in all */
	struct buf scratch;
	struct err *e;
};

/* Until the next one is made. */
struct schema_node *schema_node(const struct schema *s, int node);
int schema_nodes(const struct schema *s);

/* The node of that value, JSON_NONE when it is no schema. */
int schema_find_node(const struct schema *s, int value);

/* The properties of a node, once. */
MUST bool schema_add_properties(struct schema_reader *r, int node);

/* Which of the node's properties has that name; JSON_NONE. */
int schema_find_property(const struct schema *s, int node, const struct json *j, int name);

/* A zero for each of the node's properties, into what is emptied first. */
MUST bool schema_see_none(const struct schema *s, int node, struct buf *seen, struct err *e);

/* The `at`-th in that order, until the next node's are added. */
struct schema_property *schema_property(const struct schema *s, int node, int at);

/* ERR_USAGE at that place of the document; returns false. */
bool schema_fail(struct schema_reader *r, int value, const char *fmt, ...) PRINTF(3, 4);

/* Copies a document into a value; with `fix`, mends the schemas in it. */
MUST bool schema_write(const struct json *from, bool fix, struct buf *out, struct err *e);

MUST bool schema_read_nodes(struct schema_reader *r);
MUST bool schema_lint(struct schema_reader *r);
MUST bool schema_resolve(struct schema_reader *r);

/* ---- both documents ---- */

/*
 * The member or element of `parent` whose name, or own text, is that of `name`. The search begins
 * behind *cursor (JSON_NONE: at the first), goes round, and leaves *cursor at what was found: things
 * in the same order on both sides are found at once. *looked grows by what that cost, in steps.
 */
int schema_find(const struct json *j, int parent, const struct json *k, int name, int *cursor,
                uint64_t *looked);

enum schema_fit { FITS, MISFITS, STOPPED };

/* Are they the same value? Takes what it does from *steps, STOPPED when they do not suffice. */
enum schema_fit schema_equal(
	const struct json *j, int a, const struct json *k, int b, uint64_t *steps);

/* Characters of well-formed UTF-8. */
size_t schema_length(struct span utf8);

/* ---- formats ---- */

enum { SCHEMA_NO_FORMAT = 0 };

/* SCHEMA_NO_FORMAT when there is none of that name. */
unsigned schema_format_named(const struct json *j, int name);
bool schema_format_fits(unsigned format, struct span text);

/* ---- an answer ---- */

/* Why a value does not fit a node. */
struct schema_misfit {
	enum schema_key key;
	int node, value;
	int missing;           /* of `required`: the property's name */
	unsigned alternatives; /* none of them was entered at `around` */
	int around;
	unsigned rank;         /* schema_rank */
};

struct schema_checker {
	const struct schema *s;
	struct json answer;
	struct buf text; /* a string of it */
	struct buf seen; /* which properties an object has */
	uint64_t steps;  /* left */
	unsigned level;  /* in the answer */
	unsigned depth;  /* ... with references and alternatives on the way */
	struct schema_misfit misfit;
	struct err *e;
};

/*
 * How close a misfit is to a fit: by its level, and then, what is of another type is further off
 * than what is meant for an object with another constant.
 */
enum { RANK_TYPE, RANK_CONST, RANK_INSIDE, RANKS };

static inline unsigned schema_rank(const struct schema_checker *c, unsigned rank)
{
	return c->level * RANKS + rank;
}

/* Returns MISFITS. */
enum schema_fit schema_misfits(struct schema_checker *c, int node, int value, enum schema_key key);

/* FITS, or STOPPED when that is more than there are. */
enum schema_fit schema_spend(struct schema_checker *c, uint64_t steps);

/* What the node says of that value without looking into it. */
enum schema_fit schema_match(struct schema_checker *c, int node, int value);

/* ---- words ---- */

/* Text in the making; what fails first is kept. */
struct schema_text {
	struct buf out;
	struct err *e;
	bool failed;
};

void schema_say_begin(struct schema_text *t, struct err *e);
void schema_say(struct schema_text *t, const char *s);
void schema_say_count(struct schema_text *t, size_t n);

/* A JSON Pointer; names that are long or hold control characters are told by their size. */
void schema_say_place(struct schema_text *t, const struct json *j, int value);

/* As it stands when that is short and plain; else what it is. */
void schema_say_value(struct schema_text *t, const struct json *j, int value);

/* Makes an error of it and frees it; returns false. */
bool schema_say_end(struct schema_text *t, enum err_kind kind);

/* ERR_MISFIT; returns false. */
bool schema_say_misfit(const struct schema_checker *c);

#endif
