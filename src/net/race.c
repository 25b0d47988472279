#include "net/race.h"

#include "base/limits.h"
#include "net/sock.h"

void race_start(struct race *r, const struct addresses *to, const struct clock *clock,
                int64_t connect_ms)
{
	*r = (struct race){.to = *to, .clock = clock, .connect_ms = connect_ms};
	r->next_ms = clock_mono_ms(clock);
}

void race_free(struct race *r)
{
	for (size_t i = 0; i < r->begun; i++)
		conn_close(&r->trying[i]);
}

static void begin(struct race *r, int64_t now_ms)
{
	size_t i = r->begun++;
	const struct sockaddr *to = (const struct sockaddr *)&r->to.at[i];

	if (!sock_connect(&r->trying[i], to, r->to.len[i], &r->last))
		return;
	r->give_up_ms[i] = clock_after(now_ms, r->connect_ms);
	r->next_ms = clock_after(now_ms, STAGGER_MS);
}

/* Looks after one address; true when it is connected. If it fails the next begins at once. */
static bool check(struct race *r, size_t i, int64_t now_ms)
{
	char t[CLOCK_TEXT_MAX];
	enum io io;

	if (r->trying[i] == NULL)
		return false;
	io = sock_connected(r->trying[i], &r->last);
	if (io == IO_DONE)
		return true;
	if (io == IO_WANT_WRITE && now_ms < r->give_up_ms[i])
		return false;
	if (io == IO_WANT_WRITE)
		err_set(&r->last, ERR_TIME_CONNECT, 0, "no answer within %s",
		        clock_format_ms(r->connect_ms, t));
	conn_close(&r->trying[i]);
	r->next_ms = now_ms;
	return false;
}

static bool is_over(const struct race *r)
{
	for (size_t i = 0; i < r->begun; i++)
		if (r->trying[i] != NULL)
			return false;
	return r->begun == r->to.n;
}

enum io race_step(struct race *r, struct conn **out, size_t *winner, struct err *e)
{
	int64_t now_ms = clock_mono_ms(r->clock);

	for (size_t i = 0; i < r->to.n; i++) {
		if (i == r->begun && now_ms >= r->next_ms)
			begin(r, now_ms);
		if (i < r->begun && check(r, i, now_ms)) {
			*winner = i;
			*out = r->trying[i];
			r->trying[i] = NULL;
			race_free(r);
			return IO_DONE;
		}
	}
	if (!is_over(r))
		return IO_WANT_WRITE;
	*e = r->last;
	return IO_FAIL;
}

size_t race_poll(const struct race *r, struct pollfd set[RESOLVE_ADDRESSES], int64_t *deadline_ms)
{
	size_t n = 0;

	*deadline_ms = r->begun < r->to.n ? r->next_ms : CLOCK_NEVER;
	for (size_t i = 0; i < r->begun; i++) {
		if (r->trying[i] == NULL)
			continue;
		set[n++] = (struct pollfd){.fd = conn_fd(r->trying[i]), .events = POLLOUT};
		if (r->give_up_ms[i] < *deadline_ms)
			*deadline_ms = r->give_up_ms[i];
	}
	return n;
}
