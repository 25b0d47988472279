/*
 * Unit tests of codex/token: every kind, every shape that is none, every source, and that no
 * refusal shows eight bytes in a row of what was given.
 */
#include "codex/token.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "base/limits.h"
#include "codex/token_file.h"
#include "codex/token_shape.h"
#include "failing.h"
#include "tap.h"
#include "wire/b64.h"

#define AT "at-cAnArY0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"

static int64_t fixed_wall(void *ctx)
{
	(void)ctx;
	return (int64_t)1795467600 * 1000; /* 2026-11-23 21:00 UTC */
}

static int64_t real_mono(void *ctx)
{
	(void)ctx;
	return clock_mono_ms(&clock_system);
}

static const struct clock held = {real_mono, fixed_wall, NULL};

/* Does `text` show eight bytes in a row of `given`? Paths and our own words are not given. */
static bool shows(const char *text, struct span given)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + 8 <= given.n; i++)
		for (size_t k = 0; k + 8 <= n; k++)
			if (memcmp(given.p + i, text + k, 8) == 0)
				return true;
	return false;
}

/* ---- JWTs ---- */

static void add_part(struct buf *out, const char *json)
{
	struct err e;

	if (!b64_encode(span_str(json), B64_URL, out, &e))
		tap_ok(false, "a token part is made");
}

static void make_jwt(struct buf *out, const char *claims)
{
	struct err e;

	buf_init_wiping(out, 64 * 1024, "token");
	add_part(out, "{\"alg\":\"RS256\"}");
	tap_ok(buf_add_byte(out, '.', &e), "jwt %s", claims);
	add_part(out, claims);
	if (!buf_add_str(out, ".c2lnbmF0dXJl", &e))
		tap_ok(false, "a signature is made");
}

#define AUTH(members) "\"https://api.openai.com/auth\":{" members "}"
#define ACCOUNT "\"chatgpt_account_id\":\"acc-1\""

static const struct jwt_row {
	const char *claims;
	enum err_kind kind; /* ERR_NONE: taken */
	const char *account;
	bool fedramp;
	int64_t expires_s;
	const char *text; /* of a refusal, a part of it */
} jwts[] = {
	{"{" AUTH(ACCOUNT) "}", ERR_NONE, "acc-1", false, 0, NULL},
	{"{" ACCOUNT "}", ERR_NONE, "acc-1", false, 0, NULL},
	{"{" AUTH(ACCOUNT) ",\"chatgpt_account_id\":\"other\"}", ERR_NONE, "acc-1", false, 0, NULL},
	{"{" AUTH(ACCOUNT ",\"chatgpt_account_is_fedramp\":true") "}", ERR_NONE, "acc-1", true, 0,
	 NULL},
	{"{" ACCOUNT ",\"chatgpt_account_is_fedramp\":true}", ERR_NONE, "acc-1", true, 0, NULL},
	{"{" ACCOUNT ",\"chatgpt_account_is_fedramp\":\"true\"}", ERR_NONE, "acc-1", false, 0,
	 NULL},
	{"{" ACCOUNT ",\"exp\":1795467601}", ERR_NONE, "acc-1", false, 1795467601, NULL},
	{"{" ACCOUNT ",\"exp\":1795467600.5}", ERR_NONE, "acc-1", false, 1795467600, NULL},
	{"{" ACCOUNT ",\"exp\":1.795467601e9}", ERR_NONE, "acc-1", false, 1795467601, NULL},
	{"{" ACCOUNT ",\"exp\":1e30}", ERR_NONE, "acc-1", false, 253402300799, NULL},
	{"{" ACCOUNT ",\"nbf\":9999999999,\"iat\":\"x\"}", ERR_NONE, "acc-1", false, 0, NULL},
	{"{" ACCOUNT ",\"iss\":\"https://auth.openai.com\"}", ERR_NONE, "acc-1", false, 0, NULL},
	{"{" ACCOUNT ",\"exp\":1795467600}", ERR_AUTH, NULL, false, 0,
	 "expired on 2026-11-23 21:00 UTC"},
	{"{" ACCOUNT ",\"exp\":1795467599.999}", ERR_AUTH, NULL, false, 0,
	 "expired on 2026-11-23 20:59 UTC"},
	{"{" ACCOUNT ",\"exp\":0}", ERR_AUTH, NULL, false, 0, "expired on 1970-01-01 00:00 UTC"},
	{"{" ACCOUNT ",\"exp\":-1e30}", ERR_AUTH, NULL, false, 0, "expired on 1970"},
	{"{" ACCOUNT ",\"exp\":\"1795467601\"}", ERR_CREDENTIAL, NULL, false, 0,
	 "exp is not a number"},
	{"{" ACCOUNT ",\"exp\":null}", ERR_CREDENTIAL, NULL, false, 0, "exp is not a number"},
	{"{}", ERR_CREDENTIAL, NULL, false, 0, "without the claim chatgpt_account_id"},
	{"{\"sub\":\"x\",\"email\":\"a@b.c\"}", ERR_CREDENTIAL, NULL, false, 0, "ID token"},
	{"{" AUTH("") "}", ERR_CREDENTIAL, NULL, false, 0, "without the claim"},
	{"{\"https://api.openai.com/auth\":[]}", ERR_CREDENTIAL, NULL, false, 0,
	 "without the claim"},
	{"{\"chatgpt_account_id\":null}", ERR_CREDENTIAL, NULL, false, 0, "without the claim"},
	{"{\"chatgpt_account_id\":\"\"}", ERR_CREDENTIAL, NULL, false, 0, "without the claim"},
	{"{\"chatgpt_account_id\":7}", ERR_CREDENTIAL, NULL, false, 0, "not a string"},
	{"{\"chatgpt_account_id\":\"a\\r\\nX: 1\"}", ERR_CREDENTIAL, NULL, false, 0,
	 "does not belong"},
	{"{\"chatgpt_account_id\":\"a b\"}", ERR_CREDENTIAL, NULL, false, 0, "does not belong"},
	{"{\"iss\":\"https://chatgpt.com/codex-backend/agent-identity\"}", ERR_CREDENTIAL, NULL,
	 false, 0,
	 "agent identity"},
	{"{\"iss\":\"https://chatgpt.com/codex-backend/agent-identity\"," ACCOUNT ",\"exp\":1}",
	 ERR_CREDENTIAL,
	 NULL, false, 0, "agent identity"},
	{"{" ACCOUNT "," ACCOUNT "}", ERR_CREDENTIAL, NULL, false, 0, "twice"},
	{"{" AUTH(ACCOUNT "," ACCOUNT) "}", ERR_CREDENTIAL, NULL, false, 0, "twice"},
	{"[]", ERR_CREDENTIAL, NULL, false, 0, "not a JSON object"},
	{"{\"a\":", ERR_CREDENTIAL, NULL, false, 0, "not JSON"},
};

static void test_jwts(void)
{
	for (size_t i = 0; i < sizeof jwts / sizeof jwts[0]; i++) {
		const struct jwt_row *r = &jwts[i];
		struct token t = {.secret = NULL};
		struct span s;
		struct buf jwt;
		struct err e = {.kind = ERR_NONE};
		bool ok;

		make_jwt(&jwt, r->claims);
		s = tap_guard(buf_span(&jwt));
		ok = token_classify(&t, s, &held, &e);
		if (r->kind == ERR_NONE) {
			tap_good(ok, &e, "... is taken");
			tap_ok(t.kind == TOKEN_JWT, "... kind");
			tap_is_str(span_str(t.account_id), r->account, "... account");
			tap_ok(t.fedramp == r->fedramp, "... FedRAMP");
			tap_is_int(t.expires_s, r->expires_s, "... end");
		} else {
			tap_fails(ok, &e, r->kind, "... is refused");
			tap_ok(strstr(e.text, r->text) != NULL, "... saying \"%s\": %s", r->text,
			       e.text);
			tap_ok(!shows(e.text, s), "... and shows nothing");
		}
		tap_unguard(s);
		buf_free(&jwt);
	}
}

/* ---- shapes ---- */

#define RAW(s) {(const unsigned char *)(s), sizeof(s) - 1}

static const struct shape_row {
	const char *name;
	struct span text;
	const char *hint; /* a part of the refusal; NULL: taken */
} shapes[] = {
	{"a personal token", RAW(AT), NULL},
	{"every character a token may have", RAW("at-ABCxyz019-._~+/abcdefgh=="), NULL},
	{"empty", RAW(""), "is empty"},
	{"NUL inside", RAW("at-cAnArY01\00023456789abcdef"), "NUL"},
	{"NUL at the end", RAW(AT "\0"), "NUL"},
	{"UTF-8 BOM", RAW("\xef\xbb\xbf" AT), "byte order mark"},
	{"UTF-16 BOM", RAW("\xff\xfe" "a\0t\0-\0c\0A\0n\0A\0r\0Y\0"), "byte order mark"},
	{"UTF-16 BOM, the other way", RAW("\xfe\xff" "\0a\0t\0-\0c\0A\0n\0A\0r\0Y"), "byte order mark"},
	{"UTF-16 without BOM", RAW("a\0t\0-\0c\0A\0n\0A\0r\0Y\0"), "UTF-16"},
	{"double quotes", RAW("\"" AT "\""), "quotes"},
	{"single quotes", RAW("'" AT "'"), "quotes"},
	{"an opening quote only", RAW("\"" AT), "quotes"},
	{"a backtick", RAW("`" AT "`"), "quotes"},
	{"typographic quotes", RAW("\xe2\x80\x9c" AT "\xe2\x80\x9d"), "beyond ASCII"},
	{"Bearer", RAW("Bearer " AT), "Bearer"},
	{"bearer", RAW("bearer " AT), "Bearer"},
	{"a whole header", RAW("Authorization: Bearer " AT), "header"},
	{"export", RAW("export CODEX_ACCESS_TOKEN=" AT), "export"},
	{"set", RAW("set CODEX_ACCESS_TOKEN=" AT), "shell command"},
	{"setenv", RAW("setenv CODEX_ACCESS_TOKEN " AT), "shell command"},
	{"NAME=value", RAW("CODEX_ACCESS_TOKEN=" AT), "NAME=value"},
	{"name=\"value\"", RAW("token=\"" AT "\""), "NAME=value"},
	{"JSON", RAW("{\"access_token\":\"" AT "\"}"), "JSON"},
	{"a JSON list", RAW("[\"" AT "\"]"), "JSON"},
	{"PEM", RAW("-----BEGIN PRIVATE KEY-----\nMIIcAnArY0123456789"), "PEM"},
	{"an unresolved variable", RAW("$CODEX_ACCESS_TOKEN_cAnArY"), "nobody resolved"},
	{"an unresolved template", RAW("${{ secrets.CODEX_cAnArY }}"), "nobody resolved"},
	{"an unresolved reference", RAW("op://vault/item/cAnArY012345"), "nobody resolved"},
	{"an unresolved path in a vault", RAW("vault:secret/data/cAnArY012"), "nobody resolved"},
	{"two lines", RAW(AT "\n" AT), "several lines"},
	{"two lines, CR", RAW(AT "\r" AT), "several lines"},
	{"a blank inside", RAW("at-cAnArY0123456789 abcdefghijkl"), "white space"},
	{"a tab inside", RAW("at-cAnArY0123456789\tabcdefghijkl"), "white space"},
	{"a form feed", RAW(AT "\f"), "white space"},
	{"a non-breaking space", RAW(AT "\xc2\xa0"), "beyond ASCII"},
	{"a zero-width space", RAW("\xe2\x80\x8b" AT), "beyond ASCII"},
	{"ill-formed UTF-8", RAW(AT "\xff"), "beyond ASCII"},
	{"an escape", RAW("\x1b[200~" AT), "no token has"},
	{"a semicolon", RAW(AT ";"), "no token has"},
	{"= inside", RAW("at-cAnArY0123456789==abcdefghijk"), "no token has"},
	{"masked by a CI system", RAW("************************"), "no token has"},
	{"only =", RAW("===================="), "no token has"},
	{"too short", RAW("at-cAnArY0123456789"), "too short"},
	{"OpenAI key", RAW("sk-proj-cAnArY0123456789abcdefgh"), "OpenAI API key"},
	{"a short OpenAI key", RAW("sk-cAnArY01"), "OpenAI API key"},
	{"session token", RAW("sess-cAnArY0123456789abcdefgh"), "session token"},
	{"Anthropic", RAW("sk-ant-api03-cAnArY0123456789"), "Anthropic"},
	{"GitHub, classic", RAW("ghp_cAnArY0123456789abcdefghijkl"), "GitHub"},
	{"GitHub, Actions", RAW("ghs_cAnArY0123456789abcdefghijkl"), "GitHub"},
	{"GitHub, fine-grained", RAW("github_pat_cAnArY0123456789abcdef"), "GitHub"},
	{"GitLab", RAW("glpat-cAnArY0123456789ab"), "GitLab"},
	{"GitLab job", RAW("glcbt-64_cAnArY0123456789ab"), "GitLab"},
	{"Slack", RAW("xoxb-cAnArY0123456789abcdef"), "Slack"},
	{"Hugging Face", RAW("hf_cAnArY0123456789abcdefgh"), "Hugging Face"},
	{"npm", RAW("npm_cAnArY0123456789abcdefgh"), "npm"},
	{"PyPI", RAW("pypi-cAnArY0123456789abcdefgh"), "PyPI"},
	{"AWS", RAW("AKIAcAnArY0123456789"), "AWS"},
	{"Google", RAW("AIzaSycAnArY0123456789abcdefgh"), "Google"},
	{"Vault", RAW("hvs.cAnArY0123456789abcdefgh"), "Vault"},
	{"a refresh token", RAW("rt_cAnArY0123456789abcdefghijkl"), "refresh"},
	{"a key with a line end inside", RAW("sk-proj-cAnArY\n0123456789abcdef"), "several lines"},
	{"AT in upper case", RAW("AT-cAnArY0123456789abcdefghijkl"), "no kind octavo knows"},
	{"a UUID", RAW("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), "no kind octavo knows"},
	{"one dot", RAW("eyJhbGciOiJSUzI1NiJ9.eyJhY2NvdW50IjoiY0FuQXJZIn0"),
	 "no kind octavo knows"},
	{"three dots", RAW("eyJhbGciOiJSUzI1NiJ9.e30.e30.e30cAnArY"), "no kind octavo knows"},
	{"five parts", RAW("eyJhbGciOiJSU0EtT0FFUCJ9.cAnArY01.cAnArY02.cAnArY03.cAnArY04"),
	 "encrypted"},
	{"three parts that are no JWT", RAW("www.chatgpt-canary-domain.example"),
	 "not a JSON Web Token"},
	{"an empty signature", RAW("eyJhbGciOiJub25lIn0.eyJjaGF0Z3B0X2FjY291bnRfaWQiOiJhIn0."),
	 "signature"},
	{"three empty parts", RAW("..cAnArY0123456789abcdefgh"), "not a JSON Web Token"},
};

static void test_shapes(void)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape_row *r = &shapes[i];
		struct span s = tap_guard(r->text);
		struct token t = {.secret = NULL};
		struct err e = {.kind = ERR_NONE};
		bool ok = token_classify(&t, s, &held, &e);

		if (r->hint == NULL) {
			tap_good(ok, &e, r->name);
		} else if (tap_fails(ok, &e, ERR_CREDENTIAL, r->name)) {
			tap_ok(strstr(e.text, r->hint) != NULL, "... saying \"%s\": %s", r->hint,
			       e.text);
			tap_ok(!shows(e.text, s), "... and shows nothing");
		}
		tap_unguard(s);
	}
}

/* Every byte at every place of a token: allowed ones are taken, others refused, none is shown. */
static void test_every_byte(void)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
	long wrong = 0;

	for (int c = 0; c < 256; c++)
		for (size_t at = 3; at < sizeof AT - 1; at += 7) {
			unsigned char text[sizeof AT - 1];
			struct token t = {.secret = NULL};
			struct err e = {.kind = ERR_NONE};
			bool want = c != 0 && strchr(allowed, c) != NULL;

			memcpy(text, AT, sizeof text);
			text[at] = (unsigned char)c;
			if (token_classify(&t, span_of(text, sizeof text), &held, &e) != want ||
			    (!want && (e.kind != ERR_CREDENTIAL ||
			               shows(e.text, span_of(text, sizeof text)))))
				wrong++;
		}
	tap_is_int(wrong, 0, "256 bytes at several places of a token");
}

static void test_lengths(void)
{
	static char text[TOKEN_MAX + 1];
	struct token t = {.secret = NULL};
	struct err e;

	memset(text, 'x', sizeof text);
	memcpy(text, "at-", 3);
	tap_fails(token_classify(&t, span_of(text, TOKEN_MIN - 1), &held, &e), &e, ERR_CREDENTIAL,
	          "19 bytes");
	tap_good(token_classify(&t, span_of(text, TOKEN_MIN), &held, &e), &e, "20 bytes");
	tap_good(token_classify(&t, span_of(text, TOKEN_MAX), &held, &e), &e, "16 KiB");
	tap_fails(token_classify(&t, span_of(text, TOKEN_MAX + 1), &held, &e), &e, ERR_CREDENTIAL,
	          "and one more");
	tap_ok(strstr(e.text, "too long") != NULL, "... is too long");
}

/* ---- sources ---- */

static char dir[] = "/tmp/token-test-XXXXXX";

static const char *path_of(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s", dir, name);
	return p;
}

static const char *make_file(const char *name, const void *text, size_t n, mode_t mode)
{
	const char *path = path_of(name);
	int fd;

	unlink(path); /* its mode may keep its own maker from writing to it */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n || fchmod(fd, mode) != 0)
		tap_ok(false, "a file is made: %s", strerror(errno));
	close(fd);
	return path;
}

static const char *make_text(const char *name, const char *text)
{
	return make_file(name, text, strlen(text), 0600);
}

static struct token_options nowhere(void)
{
	return (struct token_options){.fd = -1, .stdin_fd = -1, .fifo_ms = 200};
}

static void check_found(const struct token_options *o, const char *source, const char *want,
                        const char *name)
{
	struct token t;
	struct secret *expected = NULL;
	struct buf b;
	struct err e;

	if (tap_good(token_load(&t, o, &held, &e), &e, name)) {
		buf_init_wiping(&b, 64 * 1024, "token");
		tap_ok(buf_add_str(&b, want, &e) && secret_take(&expected, &b, &e) &&
		               secret_equal(t.secret, expected),
		       "... these bytes");
		tap_is_str(span_str(t.source), source, "... source");
		secret_free(&expected);
	}
	token_free(&t);
	token_free(&t);
}

static void check_refused(const struct token_options *o, enum err_kind kind, const char *text,
                          const char *name)
{
	struct token t;
	struct err e = {.kind = ERR_NONE};

	tap_fails(token_load(&t, o, &held, &e), &e, kind, name);
	tap_ok(strstr(e.text, text) != NULL, "... saying \"%s\": %s", text, e.text);
	tap_ok(!shows(e.text, span_str(AT)) && strpbrk(e.text, "\r\n") == NULL,
	       "... and shows nothing");
	tap_ok(t.secret == NULL, "... and keeps nothing");
	token_free(&t);
}

static void test_environment(void)
{
	char value[] = AT, blank[] = " \t\r\n" AT "\r\n", empty[] = "", white[] = " \n",
	     key[] = "sk-cAnArY0123456789abc";
	static const char zeros[sizeof value];
	struct token_options o = nowhere();

	check_refused(&o, ERR_CREDENTIAL, "no credential: set CODEX_ACCESS_TOKEN", "nothing given");
	o.api_key = true;
	check_refused(&o, ERR_CREDENTIAL, "CODEX_API_KEY is ignored", "... but an API key");
	o.api_key = false;
	o.env_token = value;
	check_found(&o, "CODEX_ACCESS_TOKEN", AT, "CODEX_ACCESS_TOKEN");
	tap_ok(memcmp(value, zeros, sizeof value) == 0, "... is overwritten");
	o.env_token = blank;
	check_found(&o, "CODEX_ACCESS_TOKEN", AT, "white space around it");
	o.env_token = empty;
	check_refused(&o, ERR_CREDENTIAL,
	              "CODEX_ACCESS_TOKEN: set but empty: was the secret withheld? jobs from forks",
	              "set but empty");
	o.env_token = white;
	check_refused(&o, ERR_CREDENTIAL, "CODEX_ACCESS_TOKEN: it is empty", "white space only");
	o.env_token = key;
	check_refused(&o, ERR_CREDENTIAL, "an OpenAI API key", "of another kind");
	tap_ok(memcmp(key, zeros, sizeof key) == 0, "... is overwritten too");
	strcpy(value, AT);
	o.env_token = value;
	o.federation = true;
	check_refused(&o, ERR_CREDENTIAL, "workload identity", "workload identity");
	tap_ok(memcmp(value, zeros, sizeof value) == 0, "... overwrites as well");
	o.env_token = NULL;
	o.federation = false;
	o.env_file = "";
	check_refused(&o, ERR_CREDENTIAL, "CODEX_ACCESS_TOKEN_FILE: set but empty",
	              "the file's variable, empty");
}

static void test_files(void)
{
	static const struct mode_row {
		mode_t mode;
		bool ok;
	} modes[] = {
		{0600, true}, {0400, true}, {0700, true}, {0640, false}, {0604, false}, {0666,
		 false}, {0620, false},
		{0601, false}, {0610, false},
	};
	struct token_options o = nowhere();
	char source[300], cure[300], slashes[64], up[128];

	o.file = make_text("token", AT "\n");
	snprintf(source, sizeof source, "--token-file %s", o.file);
	check_found(&o, source, AT, "--token-file");
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		o.file = make_file("mode", AT, strlen(AT), modes[i].mode);
		snprintf(source, sizeof source, "--token-file %s", o.file);
		snprintf(cure, sizeof cure, "chmod 600 %s", o.file);
		if (modes[i].ok)
			check_found(&o, source, AT, "a private file");
		else
			check_refused(&o, ERR_CREDENTIAL, cure, "a file others can use");
	}
	o.credentials_dir = dir;
	check_found(&o, source, AT, "... is fine in $CREDENTIALS_DIRECTORY");
	o.credentials_dir = "/tmp/token-tes";
	check_refused(&o, ERR_CREDENTIAL, cure, "... not in one whose name only begins so");
	o.credentials_dir = "/";
	check_refused(&o, ERR_CREDENTIAL, cure, "... not in one that is everywhere");
	o.credentials_dir = "";
	check_refused(&o, ERR_CREDENTIAL, cure, "... nor in one without a name");
	snprintf(slashes, sizeof slashes, "%s//", dir);
	o.credentials_dir = slashes;
	check_found(&o, source, AT, "... slashes behind its name are passed over");
	snprintf(up, sizeof up, "%s/../%s/mode", dir, strrchr(dir, '/') + 1);
	o.file = up;
	o.credentials_dir = dir;
	check_refused(&o, ERR_CREDENTIAL, "chmod 600", "... a way back up leads out of it");
	o.credentials_dir = NULL;
	o.file = path_of("link");
	if (symlink(path_of("token"), o.file) != 0)
		tap_ok(false, "a link is made");
	snprintf(source, sizeof source, "--token-file %s", o.file);
	check_found(&o, source, AT, "a link is followed");
	o.file = path_of("nowhere");
	check_refused(&o, ERR_CREDENTIAL, "/nowhere: cannot open it: No such file", "no such file");
	o.file = dir;
	check_refused(&o, ERR_CREDENTIAL, "is a directory", "a directory");
	o.file = "/dev/null";
	check_refused(&o, ERR_CREDENTIAL, "is a device", "a device");
	o.file = "";
	check_refused(&o, ERR_CREDENTIAL, "cannot open it", "an empty path");
	o.file = make_text("empty", "");
	check_refused(&o, ERR_CREDENTIAL, "it is empty", "an empty file");
	o.file = make_text("newlines", "\n\n");
	check_refused(&o, ERR_CREDENTIAL, "it is empty", "a file of line ends");
	o.file = make_file("nul", AT "\0", sizeof AT, 0600);
	check_refused(&o, ERR_CREDENTIAL, "NUL", "a NUL in a file");
	o.file = AT;
	check_refused(&o, ERR_CREDENTIAL, "looks like a credential itself", "a token for a path");
	o.file = "eyJhbGciOiJSUzI1NiJ9.cAnArY";
	check_refused(&o, ERR_CREDENTIAL, "looks like a credential itself", "a JWT for a path");
	o.file = "sk-proj-cAnArY0123456789";
	check_refused(&o, ERR_CREDENTIAL, "looks like a credential itself", "a key for a path");
	o.file = NULL;
	o.env_file = AT;
	check_refused(&o, ERR_CREDENTIAL, "CODEX_ACCESS_TOKEN_FILE: wants a path",
	              "... in the environment");
	o.env_file = make_text("env", AT);
	snprintf(source, sizeof source, "CODEX_ACCESS_TOKEN_FILE %s", o.env_file);
	check_found(&o, source, AT, "CODEX_ACCESS_TOKEN_FILE");
}

/* Where the system has a read-only mount with a file in it, its mode is not judged. */
static void test_read_only_mount(void)
{
	const char *path = "/sys/kernel/uevent_seqnum";
	struct token_options o = nowhere();
	struct statvfs vfs;
	struct token t;
	struct err e;

	if (statvfs(path, &vfs) != 0 || (vfs.f_flag & ST_RDONLY) == 0) {
		tap_ok(true, "a read-only mount # SKIP there is none");
		return;
	}
	o.file = path;
	tap_fails(token_load(&t, &o, &held, &e), &e, ERR_CREDENTIAL, "a file on a read-only mount");
	tap_ok(strstr(e.text, "chmod") == NULL, "... is read: %s", e.text);
	token_free(&t);
}

static void test_big_file(void)
{
	static char text[TOKEN_MAX + 2048];
	struct token_options o = nowhere();

	memset(text, ' ', sizeof text);
	memset(text, 'x', TOKEN_MAX);
	memcpy(text, AT, sizeof AT - 1);
	o.file = make_file("big", text, TOKEN_MAX + 1000, 0600);
	{
		struct token t;
		struct err e;

		tap_good(token_load(&t, &o, &held, &e), &e, "16 KiB and much white space");
		token_free(&t);
	}
	o.file = make_file("big", text, sizeof text, 0600);
	check_refused(&o, ERR_CREDENTIAL, "exceeds", "too much white space");
	memset(text, 'x', sizeof text);
	o.file = make_file("big", text, TOKEN_MAX + 1, 0600);
	check_refused(&o, ERR_CREDENTIAL, "too long", "a token that is too long");
}

static void test_sockets(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct token_options o = nowhere();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), pair[2];

	o.file = path_of("socket");
	snprintf(a.sun_path, sizeof a.sun_path, "%.100s", o.file);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
		tap_ok(false, "sockets are made");
		return;
	}
	check_refused(&o, ERR_CREDENTIAL, "cannot open it", "a socket's path");
	o.file = NULL;
	o.fd = pair[0];
	check_refused(&o, ERR_CREDENTIAL, "is a socket", "a socket as descriptor");
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

/* ---- pipes ---- */

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		tap_ok(false, "a pipe is written");
}

static void check_late(const struct token_options *o, const char *name)
{
	int64_t before = clock_mono_ms(&clock_system), took;

	check_refused(o, ERR_CREDENTIAL, "within 200 ms", name);
	took = clock_mono_ms(&clock_system) - before;
	tap_ok(took >= 200 && took < 2000, "... after %lld ms", (long long)took);
}

static void test_descriptors(void)
{
	struct token_options o = nowhere();
	int p[2];

	if (pipe(p) != 0)
		return;
	put(p[1], AT "\n");
	close(p[1]);
	o.fd = p[0];
	char source[32];
	snprintf(source, sizeof source, "--token-fd %d", p[0]);
	check_found(&o, source, AT, "a pipe");
	check_refused(&o, ERR_CREDENTIAL, "it is empty", "a pipe at its end");
	close(p[0]);
	check_refused(&o, ERR_CREDENTIAL, "Bad file descriptor", "a descriptor that is not open");
	if (pipe(p) != 0)
		return;
	o.fd = p[0];
	put(p[1], "at-half-a-token-an");
	check_late(&o, "a pipe that stays open");
	close(p[0]);
	close(p[1]);
	if (pipe(p) != 0)
		return;
	for (int i = 0; i < (TOKEN_MAX + 1024) / 64 + 1; i++)
		put(p[1], AT "12345");
	o.fd = p[0];
	check_refused(&o, ERR_CREDENTIAL, "exceeds", "a pipe that gives too much");
	close(p[0]);
	close(p[1]);
	o.fd = open(make_file("public", AT, strlen(AT), 0666), O_RDONLY);
	snprintf(source, sizeof source, "--token-fd %d", o.fd);
	check_found(&o, source, AT, "a regular file somebody opened for us");
	close(o.fd);
	o.fd = open("/dev/null", O_RDONLY);
	check_refused(&o, ERR_CREDENTIAL, "is a device", "a device");
	close(o.fd);
	o.fd = open(dir, O_RDONLY);
	check_refused(&o, ERR_CREDENTIAL, "is a directory", "a directory");
	close(o.fd);
}

static void test_stdin(void)
{
	struct token_options o = nowhere();
	int p[2];

	o.file = "-";
	check_refused(&o, ERR_CREDENTIAL, "--token-file - (stdin)", "stdin that is closed");
	o.stdin_fd = open("/dev/null", O_RDONLY);
	check_refused(&o, ERR_CREDENTIAL, "it is empty", "stdin that is /dev/null");
	close(o.stdin_fd);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, p) != 0)
		return;
	put(p[1], AT);
	close(p[1]);
	o.stdin_fd = p[0];
	check_found(&o, "--token-file - (stdin)", AT, "stdin that is a socket");
	close(p[0]);
	if (pipe(p) != 0)
		return;
	put(p[1], AT);
	close(p[1]);
	o.stdin_fd = p[0];
	check_found(&o, "--token-file - (stdin)", AT, "stdin that is a pipe");
	close(p[0]);
}

/* Writes `text` into `fifo` in two halves, late, from another process. */
static pid_t write_late(const char *fifo, const char *text)
{
	pid_t pid;

	fflush(stdout); /* or the child's end may write it a second time */
	pid = fork();
	if (pid == 0) {
		struct timespec little = {0, 20 * 1000 * 1000};
		int fd;

		nanosleep(&little, NULL);
		fd = open(fifo, O_WRONLY);
		put(fd, "at-cAnArY0");
		nanosleep(&little, NULL);
		put(fd, text + strlen("at-cAnArY0"));
		_exit(0);
	}
	return pid;
}

static void test_fifos(void)
{
	struct token_options o = nowhere();
	char source[300], fd_path[32];
	int p[2];
	pid_t pid;

	o.file = path_of("fifo");
	if (mkfifo(o.file, 0644) != 0)
		return;
	check_late(&o, "a FIFO without a writer");
	o.fifo_ms = 5000;
	pid = write_late(o.file, AT "\n");
	snprintf(source, sizeof source, "--token-file %s", o.file);
	check_found(&o, source, AT, "a FIFO written late and in pieces");
	waitpid(pid, NULL, 0);
	if (pipe(p) != 0)
		return;
	put(p[1], AT);
	close(p[1]);
	snprintf(fd_path, sizeof fd_path, "/dev/fd/%d", p[0]);
	o.file = fd_path;
	snprintf(source, sizeof source, "--token-file %s", fd_path);
	check_found(&o, source, AT, "a process substitution");
	close(p[0]);
}

/* ---- which source wins ---- */

static void test_order(void)
{
	static const char *const texts[] = {
		"at-file-0123456789abcdef", "at-descriptor-0123456789", "at-environment-0123456789",
		"at-env-file-0123456789ab", "at-credentials-0123456789",
		 "at-auth-json-0123456789ab",
	};
	static const char *const sources[] = {
		"--token-file /", "--token-fd ", "CODEX_ACCESS_TOKEN", "CODEX_ACCESS_TOKEN_FILE /",
		 "/tmp/", "/tmp/",
	};
	char env[64], json[128];

	if (mkdir(path_of("creds"), 0700) != 0 || mkdir(path_of("home"), 0700) != 0)
		return;
	make_text("creds/codex-access-token", texts[4]);
	snprintf(json, sizeof json, "{\"personal_access_token\":\"%s\"}", texts[5]);
	make_text("home/auth.json", json);
	for (int first = 0; first < 6; first++) {
		struct token_options o = nowhere();
		struct token t;
		struct secret *want = NULL;
		struct buf b;
		struct err e;
		int fd = open(make_text("by-fd", texts[1]), O_RDONLY);

		strcpy(env, texts[2]);
		o.file = first <= 0 ? make_text("by-file", texts[0]) : NULL;
		o.fd = first <= 1 ? fd : -1;
		o.env_token = first <= 2 ? env : NULL;
		o.env_file = first <= 3 ? make_text("by-env", texts[3]) : NULL;
		o.credentials_dir = first <= 4 ? path_of("creds") : NULL;
		o.codex_home = path_of("home");
		buf_init_wiping(&b, 1024, "token");
		tap_good(token_load(&t, &o, &held, &e), &e, "several sources");
		tap_ok(buf_add_str(&b, texts[first], &e) && secret_take(&want, &b, &e) &&
		               t.secret != NULL && secret_equal(t.secret, want),
		       "... number %d wins", first + 1);
		tap_ok(span_starts(span_str(t.source), sources[first]), "... named %s", t.source);
		tap_ok((t.notes[0][0] != '\0') == (first <= 2), "... differing: \"%s\"",
		       t.notes[0]);
		secret_free(&want);
		token_free(&t);
		close(fd);
	}
}

static void test_notes(void)
{
	struct token_options o = nowhere();
	char env[] = AT, same[] = " " AT "\n", rubbish[] = "   ";
	struct token t;
	int64_t before;
	struct err e;

	o.file = make_text("token", "at-another-0123456789");
	o.env_token = env;
	o.api_key = true;
	tap_good(token_load(&t, &o, &held, &e), &e, "a file and the environment");
	tap_ok(strstr(t.notes[0], "--token-file") != NULL &&
	               strstr(t.notes[0], "CODEX_ACCESS_TOKEN") != NULL,
	       "... differ: %s", t.notes[0]);
	tap_ok(strstr(t.notes[1], "CODEX_API_KEY is set and ignored") != NULL, "... and: %s",
	       t.notes[1]);
	tap_ok(!shows(t.notes[0], span_str(AT)) &&
	               !shows(t.notes[0], span_str("at-another-0123456789")),
	       "... without a byte");
	token_free(&t);
	o.file = make_text("token", AT);
	o.env_token = same;
	o.api_key = false;
	tap_good(token_load(&t, &o, &held, &e), &e, "the same twice");
	tap_ok(t.notes[0][0] == '\0' && t.notes[1][0] == '\0', "... needs no note");
	token_free(&t);
	o.env_token = rubbish;
	o.env_file = path_of("nowhere");
	tap_good(token_load(&t, &o, &held, &e), &e, "others that cannot be read");
	tap_ok(t.notes[0][0] == '\0', "... need no note");
	token_free(&t);
	o.env_token = NULL;
	o.env_file = path_of("fifo");
	o.fifo_ms = 5000;
	before = clock_mono_ms(&clock_system);
	tap_good(token_load(&t, &o, &held, &e), &e, "a FIFO beside");
	tap_ok(clock_mono_ms(&clock_system) - before < 4000, "... is not waited for");
	token_free(&t);
}

static const struct auth_row {
	const char *name, *json;
	bool codex_jwt;
	const char *text; /* of the refusal; NULL: AT is found */
} auths[] = {
	{"a personal token", "{\"personal_access_token\":\"" AT "\"}", false, NULL},
	{"a personal token, escaped",
	 "{\"personal_access_token\":\"\\u0061" "t-cAnArY0123456789abcdefghijklmnopqrstuv"
	 "wxyzABCDEFGHIJKLMN\"}", false, NULL},
	{"a personal token before a login",
	 "{\"tokens\":{\"access_token\":\"x\"},\"personal_access_token\":\"" AT "\"}",
	 true, NULL},
	{"a login that may be used",
	 "{\"personal_access_token\":null,\"tokens\":{\"access_token\":\"" AT "\","
	 "\"refresh_token\":\"rt_x\"}}", true, NULL},
	{"a login that may not", "{\"tokens\":{\"access_token\":\"" AT "\"}}", false,
	 "a person's login"},
	{"a refresh token only", "{\"tokens\":{\"refresh_token\":\"" AT "\"}}", true,
	 "holds no access token"},
	{"an API key only", "{\"OPENAI_API_KEY\":\"" AT "\"}", true, "holds no access token"},
	{"nothing", "{}", true, "holds no access token"},
	{"a number", "{\"personal_access_token\":7}", true, "holds no access token"},
	{"an empty one", "{\"personal_access_token\":\"\"}", true, "is empty"},
	{"a list", "[\"" AT "\"]", true, "holds no access token"},
	{"one twice", "{\"personal_access_token\":\"" AT "\",\"personal_access_token\":\"" AT "\"}",
	 true, "twice"},
	{"no JSON", AT, true, "is not JSON"},
	{"cut JSON", "{\"personal_access_token\":\"" AT, true, "is not JSON"},
	{"empty", "", true, "is not JSON"},
};

static void test_auth_json(void)
{
	struct token_options o = nowhere();
	char source[300], home[300], far[400];

	snprintf(home, sizeof home, "%s", path_of("home"));
	o.codex_home = home;
	for (size_t i = 0; i < sizeof auths / sizeof auths[0]; i++) {
		snprintf(source, sizeof source, "%s", make_text("home/auth.json", auths[i].json));
		o.codex_jwt = auths[i].codex_jwt;
		if (auths[i].text == NULL)
			check_found(&o, source, AT, auths[i].name);
		else
			check_refused(&o, ERR_CREDENTIAL, auths[i].text, auths[i].name);
	}
	make_file("home/auth.json", "{}", 2, 0644);
	check_refused(&o, ERR_CREDENTIAL, "chmod 600", "a login others can read");
	o.codex_home = path_of("no-home");
	check_refused(&o, ERR_CREDENTIAL, "no credential", "no auth.json is no source");
	memset(far, 'x', sizeof far - 1);
	far[sizeof far - 1] = '\0';
	o.codex_home = far;
	check_refused(&o, ERR_CREDENTIAL, "too long", "a path that is too long");
	o.codex_home = "";
	check_refused(&o, ERR_CREDENTIAL, "no credential", "an empty CODEX_HOME is none");
	o.codex_home = NULL;
	o.credentials_dir = path_of("home");
	check_refused(&o, ERR_CREDENTIAL, "no credential", "a credentials directory for others");
}

static void test_jwt_source(void)
{
	struct token_options o = nowhere();
	struct token t;
	struct buf jwt;
	struct err e;

	make_jwt(&jwt, "{" ACCOUNT ",\"exp\":1}");
	o.file = make_file("jwt", jwt.p, jwt.n, 0600);
	tap_fails(token_load(&t, &o, &held, &e), &e, ERR_AUTH, "an expired JWT from a file");
	tap_ok(strstr(e.text, "/jwt: the token expired on 1970-01-01") != NULL, "... is told: %s",
	       e.text);
	buf_free(&jwt);
	token_free(&t);
	make_jwt(&jwt, "{" ACCOUNT "}");
	o.file = make_file("jwt", jwt.p, jwt.n, 0600);
	tap_good(token_load(&t, &o, &held, &e), &e, "a JWT from a file");
	tap_is_str(span_str(t.account_id), "acc-1", "... with its account");
	buf_free(&jwt);
	token_free(&t);
}

static void test_caller(void)
{
	struct token t;
	struct err e;

	tap_good(token_load_caller(&t, make_text("caller", "sk-1234\n"), 200, &held, &e), &e,
	         "a gateway's own key, whatever its kind");
	tap_ok(t.kind == TOKEN_CALLER && t.account_id[0] == '\0', "... is a caller's");
	token_free(&t);
	tap_fails(token_load_caller(&t, make_text("caller", "abc"), 200, &held, &e), &e,
	          ERR_CREDENTIAL, "one too short to be kept out of the output");
	tap_fails(token_load_caller(&t, make_text("caller", "Bearer " AT), 200, &held, &e), &e,
	          ERR_CREDENTIAL, "one with Bearer");
	tap_ok(!shows(e.text, span_str(AT)), "... is not shown: %s", e.text);
	tap_fails(token_load_caller(&t, make_file("caller", AT, 20, 0644), 200, &held, &e), &e,
	          ERR_CREDENTIAL, "one that others can read");
	tap_fails(token_load_caller(&t, AT, 200, &held, &e), &e, ERR_CREDENTIAL,
	          "one in the place of a path");
	tap_ok(!shows(e.text, span_str(AT)), "... is not shown: %s", e.text);
}

/* Removes what the tests made; two levels are all there is. */
static void clean_up(void)
{
	static const char *const names[] = {
		"token", "mode", "link", "empty", "newlines", "nul", "env", "big", "socket",
		 "public", "fifo", "by-fd",
		"by-file", "by-env", "jwt", "caller", "creds/codex-access-token", "home/auth.json",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(path_of(names[i]));
	rmdir(path_of("creds"));
	rmdir(path_of("home"));
	tap_ok(rmdir(dir) == 0, "nothing is left behind");
}

/* ---- when the system fails ---- */

static struct token_options tried;
static const char *env_value;

static bool load_once(struct err *e)
{
	char env[2048];
	struct token t;
	bool ok;

	if (env_value != NULL) {
		snprintf(env, sizeof env, "%s", env_value);
		tried.env_token = env;
	}
	ok = token_load(&t, &tried, &held, e);
	if (!ok && t.secret != NULL)
		err_set(e, ERR_BUG, 0, "a secret after a failure");
	token_free(&t);
	tried.env_token = NULL;
	return ok;
}

static bool load_caller(struct err *e)
{
	struct token t;
	bool ok = token_load_caller(&t, tried.file, 200, &held, e);

	token_free(&t);
	return ok;
}

static void test_failures(void)
{
	struct buf jwt;

	make_jwt(&jwt, "{\"exp\":1795500000," AUTH(ACCOUNT) "}");
	if (!buf_add_byte(&jwt, '\0', &(struct err){0}))
		exit(99);
	tried = nowhere();
	env_value = (const char *)jwt.p;
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_once), "a JWT without memory");
	tried.codex_home = dir;
	env_value = AT;
	make_text("auth.json", "{\"personal_access_token\":\"at-auth-json-0123456789ab\"}");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, load_once),
		"two that differ: the second may stay unseen");
	env_value = NULL;
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_once),
		"auth.json without memory");
	unlink(path_of("auth.json"));
	tried = nowhere();
	tried.file = make_text("failing", AT);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_once),
		"a file without memory");
	tap_ok(failing_each("read", EIO, ERR_CREDENTIAL, false, load_once),
		"... that cannot be read");
	tap_ok(failing_each("read", EINTR, ERR_NONE, true, load_once), "... interrupted");
	tap_ok(failing_each("fstat", EIO, ERR_CREDENTIAL, false, load_once), "... not looked at");
	tap_ok(failing_each("open", EACCES, ERR_CREDENTIAL, false, load_once), "... not opened");
	tap_ok(failing_each("open", ENOENT, ERR_CREDENTIAL, false, load_once), "... not there");
	tap_ok(failing_each("open", ENOTDIR, ERR_CREDENTIAL, false, load_once), "... below a file");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_caller), "a caller's secret");
	tap_ok(failing_each("open", EACCES, ERR_CREDENTIAL, false, load_caller), "... not opened");
	tried.file = make_file("failing", AT, strlen(AT), 0644);
	failing_start("fstatvfs", 1, false, EIO);
	check_refused(&tried, ERR_CREDENTIAL, "chmod 600", "a public file on a mount unknown");
	failing_stop();
	unlink(tried.file);
	buf_free(&jwt);
}

int main(void)
{
	if (mkdtemp(dir) == NULL)
		return 99;
	test_jwts();
	test_shapes();
	test_every_byte();
	test_lengths();
	test_environment();
	test_files();
	test_read_only_mount();
	test_big_file();
	test_sockets();
	test_descriptors();
	test_stdin();
	test_fifos();
	test_order();
	test_notes();
	test_auth_json();
	test_jwt_source();
	test_caller();
	test_failures();
	clean_up();

	return tap_done();
}
