/* The opaque secret. */
#include "base/secret.h"

#include "base/secret_open.h"
#include "failing.h"
#include "tap.h"

static struct err err;

static struct secret *take(struct span s)
{
	struct secret *out = NULL;
	struct buf b;

	buf_init_wiping(&b, 100000, "secret");
	if (!buf_add(&b, s, &err) || !secret_take(&out, &b, &err))
		exit(99);
	tap_ok(b.p == NULL && b.n == 0, "a secret of %zu bytes is taken, not copied", s.n);
	return out;
}

static bool take_and_open(struct err *e)
{
	struct secret *s = NULL;
	struct buf b;
	bool ok;

	buf_init_wiping(&b, 100, "secret");
	ok = buf_add_str(&b, "at-secret", e) && secret_take(&s, &b, e);
	if (b.p != NULL || (ok ? !span_equal_str(secret_open(s), "at-secret") : s != NULL))
		err_set(e, ERR_BUG, 0, "half a secret");
	secret_free(&s);
	return ok;
}

static void take_nothing(void)
{
	struct secret *s;
	struct buf b;

	buf_init_wiping(&b, 100, "secret");
	(void)!secret_take(&s, &b, &err);
}

static void take_unwiped(void)
{
	struct secret *s;
	struct buf b;

	buf_init(&b, 100, "secret");
	(void)!(buf_add_str(&b, "at-secret", &err) && secret_take(&s, &b, &err));
}

int main(void)
{
	static unsigned char big[50000];
	struct secret *a, *b;

	a = take(span_str("at-secret"));
	tap_is_str(secret_open(a), "at-secret", "its bytes");
	b = take(span_str("at-secret"));
	tap_ok(secret_equal(a, b) && secret_equal(a, a), "equal");
	secret_free(&b);
	tap_ok(b == NULL, "freed");
	secret_free(&b);
	b = take(span_str("at-secreT"));
	tap_ok(!secret_equal(a, b) && !secret_equal(b, a), "other in the last byte");
	secret_free(&b);
	b = take(span_str("bt-secret"));
	tap_ok(!secret_equal(a, b), "other in the first byte");
	secret_free(&b);
	b = take(span_str("at-secret!"));
	tap_ok(!secret_equal(a, b) && !secret_equal(b, a), "other in length");
	secret_free(&b);
	b = take(span_of("at-\0ecret", 9));
	tap_ok(!secret_equal(a, b) && secret_open(b).n == 9, "a NUL is a byte like others");
	secret_free(&b);
	secret_free(&a);

	a = take(span_str("at-secret"));
	b = secret_hold(a);
	tap_ok(a == b && secret_open(a).p == secret_open(b).p, "another holder, the same bytes");
	secret_free(&a);
	tap_is_str(secret_open(b), "at-secret", "which stay for the other");
	secret_free(&b);

	memset(big, 'x', sizeof big);
	a = take(span_of(big, sizeof big));
	tap_is_span(secret_open(a), span_of(big, sizeof big), "many pages");
	secret_free(&a);
	a = take(span_str("x"));
	tap_is_str(secret_open(a), "x", "one byte");
	secret_free(&a);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, take_and_open), "without memory");
	tap_ok(failing_each("mlock", EPERM, ERR_NONE, true, take_and_open), "without locked memory");
	tap_aborts(take_nothing, "an empty secret");
	tap_aborts(take_unwiped, "a secret from a buffer that is not wiped");
	return tap_done();
}
