/*
 * limits - every ceiling of the program on one page.
 *
 * Sizes in bytes unless the name ends in _MS (milliseconds) or _MAX of something
 * countable. Whoever crosses one is told its name.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	/* credential */
	TOKEN_MIN = 20,
	TOKEN_MAX = 16 * 1024,
	SECRETS_MAX = 24,           /* distinct secrets the redactor can learn */
	REDACT_SECRET_MIN = 4,      /* shorter ones would blot out ordinary text */

	/* what the user hands in */
	STDIN_MAX = 4 * 1024 * 1024,
	INPUT_MAX = 16 * 1024 * 1024,
	STDIN_WAIT_MS = 60 * 1000,
	TRANSCRIPT_MAX = 2 * INPUT_MAX, /* the file; what is sent of it counts as input */
	CONVERSATION_ITEMS_MAX = 4096,

	/* HTTP/1.1 */
	H1_LINE_MAX = 8 * 1024,     /* status line or one field line */
	H1_HEAD_MAX = 64 * 1024,
	H1_FIELDS_MAX = 128,
	H1_CHUNK_LINE_MAX = 4 * 1024,
	H1_TRAILER_MAX = 16 * 1024,
	H1_INTERIM_MAX = 8,         /* 1xx responses before the final one */
	URL_MAX = 4 * 1024,
	REQUEST_HEAD_MAX = 64 * 1024,
	REQUEST_MAX = 7 * INPUT_MAX, /* every byte of the input escaped, and instructions */

	/* certificates */
	CHAIN_MAX = 64 * 1024,      /* all a server sends */
	CHAIN_CERTS_MAX = 32,
	CHAIN_DEPTH_MAX = 10,       /* from the server's own, without the trust anchor */
	CHAIN_SIGNATURES_MAX = 64,  /* verified in search of a path; of large curves half as many */
	CHAIN_NAMES_MAX = 16 * 1024 * 1024, /* compared with name constraints, in all */
	CERT_EXTENSIONS_MAX = 100,
	CERT_MAX = 64 * 1024,       /* one trust anchor */
	DN_MAX = 8 * 1024,          /* a distinguished name */
	DN_SHOWN_MAX = 80,          /* ... of which one attribute is shown */
	ANCHORS_MAX = 32,           /* with a name that matters to one chain */
	TRUST_HELD_MAX = 4 * 1024 * 1024, /* of a pipe, or of a directory in all */
	TRUST_DIR_FILES_MAX = 4096,
	RSA_BITS_MIN = 2048,
	RSA_BITS_MAX = 4096,
	RSA_EXPONENT_MAX = 4,

	/* event stream and JSON */
	EVENT_MAX = 8 * 1024 * 1024,
	JSON_TOKENS_MAX = 131072,
	JSON_DEPTH_MAX = 64,
	JSON_TEXT_MAX = 32 * 1024 * 1024,
	ITEMS_MAX = 256,            /* output items of one answer */

	/* documents of the service */
	DOCUMENT_MAX = 1024 * 1024, /* whoami, routing, policy */
	MODELS_MAX = 4 * 1024 * 1024,
	MODELS_LISTED_MAX = 1024,   /* models in it */
	ERROR_BODY_MAX = 64 * 1024,
	SERVER_TEXT_MAX = 4 * 1024, /* server text shown to the user */

	/* policy documents, /etc's too */
	TOML_MAX = 256 * 1024,
	TOML_VALUES_MAX = 8192,
	TOML_DEPTH_MAX = 32,

	/* schemas: the ceilings that strict structured outputs are documented to have (November 2026) */
	SCHEMA_PROPERTIES_MAX = 5000,
	SCHEMA_NESTING_MAX = 10,     /* objects in objects */
	SCHEMA_NAMES_MAX = 120000,   /* characters of names and of strings in enum and const */
	SCHEMA_ENUM_MAX = 1000,      /* values of all enums */
	SCHEMA_LONG_ENUM = 250,      /* an enum of more strings than this ... */
	SCHEMA_LONG_ENUM_MAX = 15000, /* ... has at most so many characters */

	/* ... and our own */
	SCHEMA_MAX = 1024 * 1024,
	SCHEMA_HOPS_MAX = 16,        /* $ref and anyOf one behind the other, for one value */
	SCHEMA_LEVELS_MAX = 256,     /* ... and in all, over the levels of an answer */
	SCHEMA_STATES_MAX = 65536,   /* of all patterns */
	SCHEMA_STEPS_MAX = 20 * 1000 * 1000, /* to check one answer; some ten nanoseconds each */
	PATTERN_STATES_MAX = 10000,
	PATTERN_DEPTH_MAX = 64,      /* groups in groups */
	DECIMAL_EXPONENT_MAX = 1000 * 1000 * 1000,
	DECIMAL_DIVISOR_MAX = 18,    /* digits of multipleOf */

	/* answer */
	BUFFERED_ANSWER_MAX = 8 * 1024 * 1024,
	PATCH_MAX = BUFFERED_ANSWER_MAX, /* also the most lines and files in it */
	PATCH_PATH_MAX = 4095,      /* of a file that it touches */
	PATCH_LINE_MAX = 1000000000, /* the highest line number or count that it may name */
	PATCH_SAID_MAX = 64 * 1024, /* kept of what git says of it */
	GLOB_MAX = 1024,            /* one of --patch-paths */

	/* time */
	CONNECT_MS = 10 * 1000,     /* per address */
	HEAD_MS = 120 * 1000,       /* from the last request byte */
	LOOKUP_HEAD_MS = 10 * 1000, /* ... of whoami, routing, policy, models */
	LOOKUP_BODY_MS = 30 * 1000, /* of a whole look-up's body, from its head */
	ERROR_BODY_MS = 5 * 1000,   /* of an error's page: what has come by then will do */
	IDLE_MS = 300 * 1000,       /* re-armed by any byte */
	WRITE_STALL_MS = 60 * 1000,
	RUN_MS = 30 * 60 * 1000,
	DOCTOR_MS = 10 * 1000,      /* ... of doctor */
	LOG_WAIT_MS = 1000,         /* for a stderr that takes nothing, once */
	STAGGER_MS = 250,           /* between connects to several addresses (RFC 8305) */

	/* retries */
	RETRIES_MAX = 4,
	BACKOFF_FIRST_MS = 500,
	BACKOFF_MAX_MS = 8 * 1000,
	RETRY_AFTER_MAX_MS = 60 * 1000,
};

#endif
