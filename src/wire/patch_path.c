#include "wire/patch_parts.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "wire/glob.h"

/* ---- parts of a path as the loosest file system reads them ---- */

enum { FOLDED_MAX = 64 };

/* Code points that HFS+ leaves out of names; each is three bytes: the last ones of a range. */
static const struct {
	unsigned char lead[2], low, high;
} ignored[] = {
	{{0xe2, 0x80}, 0x8c, 0x8f}, /* U+200C to U+200F */
	{{0xe2, 0x80}, 0xaa, 0xae}, /* U+202A to U+202E */
	{{0xe2, 0x81}, 0xaa, 0xaf}, /* U+206A to U+206F */
	{{0xef, 0xbb}, 0xbf, 0xbf}, /* U+FEFF */
};

static bool is_ignored(struct span s)
{
	for (size_t i = 0; s.n >= 3 && i < sizeof ignored / sizeof ignored[0]; i++)
		if (memcmp(s.p, ignored[i].lead, 2) == 0 && s.p[2] >= ignored[i].low &&
			s.p[2] <= ignored[i].high)
			return true;
	return false;
}

/*
 * ASCII letters made small, ignored code points dropped, cut at the ':' of an NTFS stream, dots and
 * spaces gone at the end. What is longer is cut: no word that is looked for is as long.
 */
static struct span fold(struct span part, unsigned char out[FOLDED_MAX])
{
	size_t n = 0, end = 0;

	for (size_t i = 0; i < part.n && part.p[i] != ':'; i++) {
		unsigned char c = part.p[i];

		if (is_ignored(span_cut(part, i, part.n))) {
			i += 2;
			continue;
		}
		if (n < FOLDED_MAX)
			out[n++] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
		if (c != '.' && c != ' ')
			end = n;
	}
	return span_of(out, end);
}

/* The short name that NTFS gives to .git, whatever its number. */
static bool is_short_git(struct span folded)
{
	uint64_t number;

	return span_starts(folded, "git~") && span_to_u64(span_cut(folded, 4, folded.n), &number);
}

/* ---- CI configuration ---- */

/* Parts of paths, folded; '*' at the end stands for any more. */
static const char ci_names[][24] = {
	".github", ".gitlab", ".gitlab-ci*", ".gitea", ".forgejo", "jenkinsfile*", ".jenkins*",
	"azure-pipelines*", ".azure-pipelines*", ".azuredevops", ".circleci", "circle.yml",
	".travis*", "bitbucket-pipelines*", ".drone.*", ".woodpecker*", ".buildkite", ".teamcity",
	"appveyor*", ".appveyor*", ".cirrus.*", "cloudbuild*", "buildspec*", ".semaphore", ".tekton",
	".builds", ".build.yml", ".zuul*", "zuul.yaml", "zuul.d", ".prow*", ".vela*", "wercker.yml",
	"codefresh.yml", ".codefresh", ".harness", "bitrise.yml", "codemagic.yaml", "screwdriver.yaml",
	".scrutinizer.yml", "shippable.yml", ".onedev-buildspec*", ".space.kts",
};

static bool is_ci(struct span folded)
{
	for (size_t i = 0; i < sizeof ci_names / sizeof ci_names[0]; i++) {
		size_t n = strlen(ci_names[i]);
		bool more = ci_names[i][n - 1] == '*';
		size_t kept = more ? n - 1 : n;

		if ((more ? folded.n >= kept : folded.n == kept) &&
			memcmp(folded.p, ci_names[i], kept) == 0)
			return true;
	}
	return false;
}

/* ---- what is wrong with a path ---- */

static const char *byte_fault(struct span path)
{
	if (path.p[0] == ' ' || path.p[path.n - 1] == ' ')
		return "a space at the beginning or end of a name";
	for (size_t i = 0, n = 1; i < path.n; i += n) {
		unsigned char c = path.p[i];

		n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		if (c == '"')
			return "a quote in a name; write a name that needs no quotes";
		if (c == '\\')
			return "a backslash in a name";
		if (text_is_control(utf8_decode(path.p + i, n)))
			return "a control character in a name";
	}
	return NULL;
}

static const char *part_fault(const struct patch_rules *rules, struct span part)
{
	unsigned char space[FOLDED_MAX];
	struct span folded = fold(part, space);

	if (part.n == 0)
		return "an absolute path, or one with an empty part";
	if (folded.n == 0)
		return "a path with a part of dots ('..')";
	if (span_equal_str(folded, ".git") || is_short_git(folded))
		return "a path into '.git'";
	if (!rules->ci_files && is_ci(folded))
		return "CI configuration, which needs --patch-ci";
	return NULL;
}

static const char *parts_fault(const struct patch_rules *rules, struct span path)
{
	const char *fault = NULL;

	for (size_t at = 0, end; at <= path.n && fault == NULL; at = end + 1) {
		end = span_find(path, '/', at);
		fault = part_fault(rules, span_cut(path, at, end));
	}
	return fault;
}

static const char *glob_fault(const struct patch_rules *rules, struct span path)
{
	for (size_t i = 0; i < rules->globs_n; i++)
		if (glob_matches(rules->globs[i], path))
			return NULL;
	return rules->globs_n == 0 ? NULL : "outside the paths that --patch-paths allows";
}

bool patch_use_path(struct patch_reader *r, size_t number, struct span path)
{
	char text[PATCH_PATH_MAX + 1];
	const char *fault;

	if (path.n > PATCH_PATH_MAX)
		return patch_fail_at(r, number, "a path of more than 4095 bytes");
	if (path.n == 0)
		return patch_fail_at(r, number, "an empty name");
	if (utf8_valid(path) < path.n)
		return patch_fail_at(r, number, "a name that is not UTF-8");
	fault = byte_fault(path);
	if (fault != NULL)
		return patch_fail_at(r, number, fault);
	memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	fault = parts_fault(r->rules, path);
	if (fault == NULL)
		fault = glob_fault(r->rules, path);
	if (fault != NULL)
		return err_set(r->e, ERR_MISFIT, 0, "line %zu: %s: %s", number, text, fault);
	return r->each(r->ctx, text, r->e);
}
