/* files - certificates of the unit tests as files in a directory of their own. */
#ifndef FILES_H
#define FILES_H

#include <sys/stat.h>

#include "base/file.h"
#include "certs.h"
#include "tap.h"
#include "wire/b64.h"

#define CERT(c) span_of(c, sizeof c)

static char files_dir[] = "/tmp/octavo-unit-XXXXXX";
static char files_path[64];

static void files_start(void)
{
	if (mkdtemp(files_dir) == NULL) {
		perror(files_dir);
		exit(99);
	}
}

static const char *files_name(const char *name)
{
	snprintf(files_path, sizeof files_path, "%s/%s", files_dir, name);
	return files_path;
}

static void files_write(const char *name, struct span text)
{
	FILE *f = fopen(files_name(name), "wb");

	if (f == NULL || (text.n > 0 && fwrite(text.p, text.n, 1, f) != 1) || fclose(f) != 0) {
		perror(name);
		exit(99);
	}
}

/* Appends one PEM block. */
static void files_pem(struct buf *out, const char *label, struct span der)
{
	struct err e;

	if (!buf_add_str(out, "-----BEGIN ", &e) || !buf_add_str(out, label, &e) ||
	    !buf_add_str(out, "-----\n", &e) || !b64_encode(der, B64_STANDARD, out, &e) ||
	    !buf_add_str(out, "\n-----END ", &e) || !buf_add_str(out, label, &e) ||
	    !buf_add_str(out, "-----\n", &e))
		exit(99);
}

static void files_write_pem(const char *name, struct span der)
{
	struct buf text;

	buf_init(&text, 1 << 20, "a file");
	files_pem(&text, "CERTIFICATE", der);
	files_write(name, buf_span(&text));
	buf_free(&text);
}

static void files_end(void)
{
	char command[96];

	snprintf(command, sizeof command, "rm -r %s", files_dir);
	if (system(command) != 0)
		exit(99);
}

#endif
