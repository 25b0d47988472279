#include "wire/b64.h"

/* Where the alphabets differ: the digits 62 and 63. */
static const char last_two[][3] = {[B64_STANDARD] = "+/", [B64_URL] = "-_"};

static unsigned char to_digit(unsigned v, enum b64_alphabet a)
{
	if (v < 26)
		return (unsigned char)('A' + v);
	if (v < 52)
		return (unsigned char)('a' + v - 26);
	if (v < 62)
		return (unsigned char)('0' + v - 52);
	return (unsigned char)last_two[a][v - 62];
}

static int from_digit(unsigned char c, enum b64_alphabet a)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == last_two[a][0])
		return 62;
	return c == last_two[a][1] ? 63 : -1;
}

/* Up to three bytes as two to four digits. */
static void encode_group(struct span in, enum b64_alphabet a, struct buf *out)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 3; i++)
		v = v << 8 | (i < in.n ? in.p[i] : 0u);
	for (size_t i = 0; i < 4; i++)
		if (i <= in.n)
			out->p[out->n++] = to_digit(v >> (18 - 6 * i) & 63, a);
		else if (a == B64_STANDARD)
			out->p[out->n++] = '=';
}

bool b64_encode(struct span in, enum b64_alphabet a, struct buf *out, struct err *e)
{
	size_t rest = in.n % 3 == 0 ? 0 : a == B64_STANDARD ? 4 : in.n % 3 + 1;

	if (!buf_reserve(out, in.n / 3 * 4 + rest, e))
		return false;
	for (size_t i = 0; i < in.n; i += 3)
		encode_group(span_cut(in, i, i + 3), a, out);
	return true;
}

static bool refuse(struct err *e, const char *what)
{
	return err_set(e, ERR_PROTOCOL, 0, "bad base64: %s", what);
}

/* Takes the padding off the end. What is left of the last group must be two digits or more. */
static bool strip_padding(struct span *in, enum b64_alphabet a, struct err *e)
{
	size_t pad = 0;

	while (pad < 2 && pad < in->n && in->p[in->n - 1 - pad] == '=')
		pad++;
	if ((a == B64_STANDARD || pad > 0) && in->n % 4 != 0)
		return refuse(e, "wrong padding");
	in->n -= pad;
	return in->n % 4 != 1 || refuse(e, "a digit is missing");
}

/* Two to four digits as one to three bytes. */
static bool decode_group(struct span in, enum b64_alphabet a, struct buf *out, struct err *e)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < in.n ? from_digit(in.p[i], a) : 0;

		if (digit < 0)
			return refuse(e, "a byte outside the alphabet");
		v = v << 6 | (uint32_t)digit;
	}
	if ((v & 0xffffffu >> 8 * (in.n - 1)) != 0)
		return refuse(e, "stray bits at the end");
	for (size_t i = 0; i + 1 < in.n; i++)
		out->p[out->n++] = (unsigned char)(v >> (16 - 8 * i));
	return true;
}

bool b64_decode(struct span in, enum b64_alphabet a, struct buf *out, struct err *e)
{
	size_t was = out->n;

	if (!strip_padding(&in, a, e) || !buf_reserve(out, in.n / 4 * 3 + in.n % 4 * 3 / 4, e))
		return false;
	for (size_t i = 0; i < in.n; i += 4)
		if (!decode_group(span_cut(in, i, i + 4), a, out, e)) {
			wipe(out->p + was, out->n - was);
			out->n = was;
			return false;
		}
	return true;
}
