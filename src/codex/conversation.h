/*
 * conversation - the text of a conversation: what --transcript keeps from one run to the next.
 *
 * JSON lines: UTF-8, a JSON object a line (RFC 8259; no name twice), each line ended by a newline,
 * of the last one it may be missing. The first line is the header:
 *
 *   {"type":"octavo.transcript","version":1,"id":"<UUID>","created_at":<seconds since 1970>}
 *
 * `id` is the conversation's: session-id and prompt_cache_key of all its calls. Every further line
 * is an item as it stands in `input` of the Responses API, in the order of the conversation: the
 * user's messages as they were sent, with all data attached to them, and what the service answered,
 * each item as it came (encrypted reasoning, too), but on one line, and escaped where a terminal or
 * a CI runner would take offence (wire/jsonw). src/app/transcript.schema.json says the same.
 *
 * What is sent again (observed 2026-11 with codex-cli 0.169.0, whose second turn is the model for
 * this): messages of user, assistant and developer, with type, status, id, role, content and phase;
 * reasoning with type, id, summary, content and encrypted_content, without its status; other
 * members stay in the file. Reasoning without encrypted_content stays there too: its id alone means
 * nothing to a service that stores nothing. So do items of other types, calls of tools first of
 * all: octavo has no tools, and half a call is refused. They are counted, so that it can be told.
 *
 * Of the header, members that are not known here are passed over, another version is refused: what
 * it means is not ours to guess.
 */
#ifndef CODEX_CONVERSATION_H
#define CODEX_CONVERSATION_H

#include "base/rand.h"

struct conversation {
	char id[UUID_TEXT + 1];
	size_t items;
	size_t kept;      /* of them are not sent, for their type, */
	size_t kept_line; /* the first of which stands on this line */
};

/*
 * Reads all of it; appends what is sent to `history` (NULL = not wanted), an item a line, as
 * codex/request wants it. ERR_USAGE names the line that is wrong, the first one above
 * CONVERSATION_ITEMS_MAX too; ERR_CEILING of `history`, ERR_MEMORY.
 */
MUST bool conversation_read(
	struct conversation *c, struct span text, struct buf *history, struct err *e);

/* Appends the header. ERR_CEILING, ERR_MEMORY, as the next. */
MUST bool conversation_begin(struct buf *out, const char *id, int64_t created_s, struct err *e);

/* Appends an item, which is known to be JSON, as a line. */
MUST bool conversation_add(struct buf *out, struct span item, struct err *e);

#endif
