/* wire/h1: every row whole, at every two-part cut, byte by byte, and ended at every offset. */
#include "wire/h1.h"
#include "tap.h"

/* What a response must come to. */
struct row {
	const char *name;
	const char *in;
	size_t in_n;
	enum err_kind fail; /* ERR_NONE: all is well, and the following says how */
	int status;
	bool keep_alive;
	const char *body;
	size_t rest;        /* bytes of the input behind the message */
	bool close;         /* the end of the connection ends the body */
	enum h1_request request;
};

#define IN(s) s, sizeof(s) - 1
#define OK "HTTP/1.1 200 OK\r\n"
#define BAD(title, s) {.name = title, IN(s), .fail = ERR_PROTOCOL}
#define GOOD(title, s, text) {.name = title, IN(s), ERR_NONE, 200, true, text}
#define LENGTH(title, s) GOOD(title, OK s "\r\nhello", "hello")
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"
#define EIGHT_INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define CHUNKS(title, s, text) GOOD(title, CHUNKED s, text)
#define BAD_CHUNKS(title, s) BAD(title, CHUNKED s)
#define FIELD(title, s) GOOD(title, OK s "\r\nContent-Length: 0\r\n\r\n", "")
#define BAD_FIELD(title, s) BAD(title, OK s "\r\nContent-Length: 0\r\n\r\n")

static const struct row rows[] = {
	/* status line */
	GOOD("reason", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("reason of several words", "HTTP/1.1 200 All is well\r\nContent-Length: 0\r\n\r\n",
	     ""),
	GOOD("empty reason behind a space", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("no reason and no space", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("tab in the reason", "HTTP/1.1 200 a\tb\r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("obs-text in the reason", "HTTP/1.1 200 \xe4\xff\r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("HTTP/1.2 is read as 1.1", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
	GOOD("HTTP/1.9 is read as 1.1", "HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
	{.name = "HTTP/1.0 closes", IN("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"), 0, 200,
	 false, "hi"},
	{.name = "status 599", IN("HTTP/1.1 599 ?\r\nContent-Length: 0\r\n\r\n"), 0, 599, true, ""},
	{.name = "status 404", IN("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"), 0, 404,
	 true, "{}"},
	{.name = "status 200 is not 299", IN("HTTP/1.1 299 OK\r\nContent-Length: 0\r\n\r\n"), 0,
	 299, true, ""},
	BAD("HTTP/2 status line", "HTTP/2 200 OK\r\n\r\n"),
	BAD("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"),
	BAD("HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n"),
	BAD("HTTP/1.", "HTTP/1. 200 OK\r\n\r\n"),
	BAD("HTTP/1. and nothing", "HTTP/1.\r\n\r\n"),
	BAD("HTTP/1.1 and nothing", "HTTP/1.1\r\n"),
	BAD("HTTP/1.10", "HTTP/1.10 200 OK\r\n\r\n"),
	BAD("HTTP/11", "HTTP/11 200 OK\r\n\r\n"),
	BAD("HTTP/1.x", "HTTP/1.x 200 OK\r\n\r\n"),
	BAD("HTTP/1,1", "HTTP/1,1 200 OK\r\n\r\n"),
	BAD("lower-case http", "http/1.1 200 OK\r\n\r\n"),
	BAD("another protocol", "ICY 200 OK\r\n\r\n"),
	BAD("SSH banner", "SSH-2.0-OpenSSH_9.2\r\n"),
	BAD("SMTP banner", "220 mail ready\r\n"),
	BAD("TLS alert", "\x15\x03\x01\x00\x02\x02\x0a"),
	BAD("HTTP/2 settings frame", "\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
	BAD("a page and no head", "<html>sorry</html>\r\n"),
	BAD("a request", "GET / HTTP/1.1\r\n\r\n"),
	BAD("leading empty line", "\r\nHTTP/1.1 200 OK\r\n\r\n"),
	BAD("leading space", " HTTP/1.1 200 OK\r\n\r\n"),
	BAD("BOM", "\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\n"),
	BAD("no status", "HTTP/1.1\r\n\r\n"),
	BAD("no status but a space", "HTTP/1.1 \r\n\r\n"),
	BAD("two digits", "HTTP/1.1 20 OK\r\n\r\n"),
	BAD("two digits at the end", "HTTP/1.1 20\r\n\r\n"),
	BAD("four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
	BAD("two spaces", "HTTP/1.1  200 OK\r\n\r\n"),
	BAD("tab for space", "HTTP/1.1\t200 OK\r\n\r\n"),
	BAD("tab behind the status", "HTTP/1.1 200\tOK\r\n\r\n"),
	BAD("signed status", "HTTP/1.1 +20 OK\r\n\r\n"),
	BAD("status of letters", "HTTP/1.1 2oo OK\r\n\r\n"),
	BAD("letter behind the status", "HTTP/1.1 200OK\r\n\r\n"),
	BAD("status 000", "HTTP/1.1 000 OK\r\n\r\n"),
	BAD("status 099", "HTTP/1.1 099 OK\r\n\r\n"),
	BAD("status 600", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n"),
	BAD("status 999", "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"),
	BAD("NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"),
	GOOD("controls in the reason", "HTTP/1.1 200 \x1b[2J\x7f\r\nContent-Length: 2\r\n\r\nhi", "hi"),
	BAD("bare CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n"),
	GOOD("LF alone ends the status line", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi", "hi"),
	GOOD("LF alone behind a trailer", CHUNKED "0\r\nA: b\n\n", ""),
	GOOD("LF alone everywhere in the head", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi"),
	BAD("CR CR LF", "HTTP/1.1 200 OK\r\r\nContent-Length: 0\r\n\r\n"),
	BAD("LF CR", "HTTP/1.1 200 OK\n\rContent-Length: 0\r\n\r\n"),

	/* interim responses */
	GOOD("100 first",
	     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
	GOOD("103 with fields first",
	     "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK "Content-Length: 0\r\n\r\n", ""),
	GOOD("an interim's framing fields count for nothing",
	     "HTTP/1.1 102 Wait\r\nContent-Length: 5\r\nConnection: close\r\n\r\n" OK
	     "Content-Length: 2\r\n\r\nhi", "hi"),
	GOOD("199", "HTTP/1.1 199 ?\r\n\r\n" OK "Content-Length: 0\r\n\r\n", ""),
	GOOD("eight interim responses", EIGHT_INTERIM OK "Content-Length: 0\r\n\r\n", ""),
	{.name = "nine interim responses", IN(EIGHT_INTERIM INTERIM), ERR_CEILING},
	BAD("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
	BAD("101 behind 100",
	    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n"),
	BAD("bad field in an interim", "HTTP/1.1 100 Continue\r\nA : b\r\n\r\n"),
	BAD("a body behind an interim", "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nhi\r\n"),

	/* fields */
	FIELD("no blank behind the colon", "A:b"),
	FIELD("blanks around the value", "A: \t b \t "),
	FIELD("empty value", "A:"),
	FIELD("value of blanks", "A:  \t "),
	FIELD("colons in the value", "A: b:c:d"),
	FIELD("tab inside a value", "A: b\tc"),
	FIELD("obs-text in a value", "A: \x80\xff"),
	FIELD("every odd byte a token may have", "!#$%&'*+-.^_`|~09azAZ: b"),
	FIELD("same name twice", "A: b\r\nA: c"),
	BAD_FIELD("space before the colon", "A : b"),
	BAD_FIELD("tab before the colon", "A\t: b"),
	FIELD("folded line", "A: b\r\n c"),
	FIELD("line folded by a tab", "A: b\r\n\tc"),
	FIELD("folded twice, once to nothing", "A: b\r\n \r\n c"),
	FIELD("folded from the colon on", "A:\r\n b"),
	FIELD("control byte in a fold", "A: b\r\n \x01"),
	BAD_FIELD("NUL in a fold", "A: b\r\n \0"),
	BAD("a folded length", OK "Content-Length: 1\r\n 2\r\n\r\n"),
	BAD("fold behind the status line", OK " A: b\r\n\r\n"),
	BAD("line of a space", OK " \r\n\r\n"),
	BAD_FIELD("no colon", "A"),
	BAD_FIELD("empty name", ": b"),
	BAD_FIELD("space in a name", "A B: c"),
	BAD_FIELD("NUL in a name", "A\0B: c"),
	BAD_FIELD("parenthesis in a name", "A(b): c"),
	BAD_FIELD("slash in a name", "A/b: c"),
	BAD_FIELD("quote in a name", "\"A\": c"),
	BAD_FIELD("brace in a name", "{A: c"),
	BAD_FIELD("at in a name", "A@b: c"),
	BAD_FIELD("obs-text in a name", "\xc3\xa4: c"),
	BAD_FIELD("NUL in a value", "A: b\0c"),
	BAD_FIELD("NUL ends a value", "A: b\0"),
	FIELD("escape in a value", "A: \x1b[2J"),
	FIELD("DEL in a value", "A: \x7f"),
	FIELD("backspace in a value", "A: \b"),
	BAD_FIELD("bare CR in a value", "A: b\rc"),
	BAD_FIELD("two CR before LF", "A: b\r"),
	BAD_FIELD("bare LF, then no field", "A: b\nc"),
	BAD_FIELD("CR begins a line", "\rA: b"),

	/* length */
	LENGTH("length", "Content-Length: 5\r\n"),
	LENGTH("length in lower case", "content-length: 5\r\n"),
	LENGTH("length in upper case", "CONTENT-LENGTH: 5\r\n"),
	LENGTH("length with zeros in front", "Content-Length: 0005\r\n"),
	LENGTH("length with many zeros in front", "Content-Length: 000000000000000000000000005\r\n"),
	LENGTH("length twice the same", "Content-Length: 5\r\nContent-Length: 5\r\n"),
	LENGTH("another field's length", "X-Content-Length: 9\r\nContent-Length: 5\r\n"),
	{.name = "bytes behind the body", IN(OK "Content-Length: 2\r\n\r\nhi" OK), 0, 200, true,
	 "hi", 17},
	{.name = "bytes behind an empty body", IN(OK "Content-Length: 0\r\n\r\nx"), 0, 200, true,
	 "", 1},
	BAD("a length spelt in two ways", OK "Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello"),
	BAD("two lengths", OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
	BAD("second of two lengths bad", OK "Content-Length: 5\r\nContent-Length: x\r\n\r\nhello"),
	BAD("list of lengths", OK "Content-Length: 5, 5\r\n\r\nhello"),
	BAD("list of different lengths", OK "Content-Length: 5, 6\r\n\r\nhello!"),
	BAD("empty length", OK "Content-Length:\r\n\r\n"),
	BAD("length +5", OK "Content-Length: +5\r\n\r\nhello"),
	BAD("length -5", OK "Content-Length: -5\r\n\r\nhello"),
	BAD("length -0", OK "Content-Length: -0\r\n\r\n"),
	BAD("length 0x5", OK "Content-Length: 0x5\r\n\r\nhello"),
	BAD("length a", OK "Content-Length: a\r\n\r\n0123456789"),
	BAD("length 5.0", OK "Content-Length: 5.0\r\n\r\nhello"),
	BAD("length 5e0", OK "Content-Length: 5e0\r\n\r\nhello"),
	BAD("length 5 5", OK "Content-Length: 5 5\r\n\r\nhello"),
	BAD("length 5;", OK "Content-Length: 5;\r\n\r\nhello"),
	BAD("length in quotes", OK "Content-Length: \"5\"\r\n\r\nhello"),
	BAD("length 1_0", OK "Content-Length: 1_0\r\n\r\n0123456789"),
	BAD("length in wide digits", OK "Content-Length: \xef\xbc\x95\r\n\r\nhello"),
	BAD("length of 2^64 + 5", OK "Content-Length: 18446744073709551621\r\n\r\nhello"),
	BAD("length of 2^64", OK "Content-Length: 18446744073709551616\r\n\r\n"),
	BAD("length of 30 digits",
	    OK "Content-Length: 100000000000000000000000000005\r\n\r\nhello"),

	/* transfer coding */
	CHUNKS("empty", "0\r\n\r\n", ""),
	CHUNKS("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"),
	CHUNKS("several chunks", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "abcdef"),
	CHUNKS("size in lower case", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
	CHUNKS("size in upper case", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
	CHUNKS("size with zeros in front", "0000000000000000000005\r\nhello\r\n000\r\n\r\n",
	       "hello"),
	CHUNKS("two-digit size", "10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef"),
	CHUNKS("CRLF as data", "2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
	CHUNKS("a last chunk as data", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
	CHUNKS("extension without a value", "5;a\r\nhello\r\n0\r\n\r\n", "hello"),
	CHUNKS("extension", "5;a=b\r\nhello\r\n0;c=d\r\n\r\n", "hello"),
	CHUNKS("extension in quotes", "5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n", "hello"),
	CHUNKS("blanks around an extension", "5 ; a = b \r\nhello\r\n0\r\n\r\n", "hello"),
	CHUNKS("blanks behind a size", "5  \t\r\nhello\r\n0 \r\n\r\n", "hello"),
	CHUNKS("trailer", "5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", "hello"),
	CHUNKS("framing fields in a trailer count for nothing",
	       "1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n", "a"),
	GOOD("coding in upper case", OK "transfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n",
	     "a"),
	{.name = "bytes behind the last chunk", IN(CHUNKED "1\r\na\r\n0\r\n\r\nHTTP"), 0, 200, true,
	 "a", 4},
	BAD_CHUNKS("no size", "\r\nhello"),
	BAD_CHUNKS("extension and no size", ";a=b\r\n"),
	BAD_CHUNKS("size -5", "-5\r\nhello\r\n"),
	BAD_CHUNKS("size +5", "+5\r\nhello\r\n"),
	BAD_CHUNKS("size 0x5", "0x5\r\nhello\r\n"),
	BAD_CHUNKS("size 5h", "5h\r\nhello\r\n"),
	BAD_CHUNKS("size g", "g\r\n"),
	BAD_CHUNKS("size 5_0", "5_0\r\n"),
	BAD_CHUNKS("size 5 0", "5 0\r\n"),
	BAD_CHUNKS("blank before a size", " 5\r\nhello\r\n"),
	BAD_CHUNKS("size of 2^64", "10000000000000000\r\n"),
	BAD_CHUNKS("size of 2^64 + 5", "10000000000000005\r\nhello\r\n"),
	BAD_CHUNKS("size of 2^64 - 1", "ffffffffffffffff\r\n"),
	BAD_CHUNKS("size of 2^63", "8000000000000000\r\n"),
	BAD_CHUNKS("size of 40 digits", "fffffffffffffffffffffffffffffffffffffff5\r\n"),
	BAD_CHUNKS("LF alone ends a size", "5\nhello\r\n0\r\n\r\n"),
	BAD_CHUNKS("NUL in a size", "5\0\r\nhello\r\n"),
	BAD_CHUNKS("NUL in an extension", "5;a\0\r\nhello\r\n"),
	BAD_CHUNKS("bare CR in an extension", "5;a\rb\r\nhello\r\n"),
	BAD_CHUNKS("LF in an extension", "5;a=\"\n\"\r\nhello\r\n"),
	CHUNKS("escape in an extension", "5;\x1b\r\nhello\r\n0\r\n\r\n", "hello"),
	BAD_CHUNKS("no CRLF behind data", "5\r\nhello0\r\n\r\n"),
	BAD_CHUNKS("LF alone behind data", "5\r\nhello\n0\r\n\r\n"),
	BAD_CHUNKS("CR alone behind data", "5\r\nhello\r0\r\n\r\n"),
	BAD_CHUNKS("more data than said", "5\r\nhello!\r\n0\r\n\r\n"),
	BAD_CHUNKS("less data than said", "7\r\nhello\r\n0\r\n\r\n"),
	BAD_CHUNKS("LF alone ends the last chunk", "0\n\r\n"),
	BAD_CHUNKS("bad trailer name", "0\r\nA : b\r\n\r\n"),
	CHUNKS("folded trailer", "0\r\nA: b\r\n c\r\n\r\n", ""),
	CHUNKS("trailer folded twice, LF alone", "0\r\nA:\n\tb\n \n\n", ""),
	BAD_CHUNKS("a fold before any trailer", "0\r\n c\r\n\r\n"),
	BAD_CHUNKS("NUL in a folded trailer", "0\r\nA: b\r\n \0\r\n\r\n"),
	BAD_CHUNKS("trailer without a colon", "0\r\nA\r\n\r\n"),
	BAD_CHUNKS("NUL in a trailer", "0\r\nA: \0\r\n\r\n"),
	BAD_CHUNKS("a response for a trailer", "0\r\nHTTP/1.1 200 OK\r\n\r\n"),
	BAD("chunked twice", OK "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
	BAD("chunked in two fields",
	    OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	BAD("gzip, chunked", OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
	BAD("gzip and chunked in two fields",
	    OK "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	BAD("chunked, identity", OK "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
	BAD("identity", OK "Transfer-Encoding: identity\r\n\r\n"),
	BAD("gzip", OK "Transfer-Encoding: gzip\r\n\r\n"),
	BAD("empty coding", OK "Transfer-Encoding:\r\n\r\n"),
	BAD("xchunked", OK "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
	BAD("chunked in quotes", OK "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
	BAD("chunked with a parameter", OK "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
	BAD("chunked behind a vertical tab",
	    OK "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n"),
	{.name = "chunked and length", IN(OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
	    "2\r\nhi\r\n0\r\n\r\n"), ERR_NONE, 200, false, "hi"},
	{.name = "length and chunked", IN(OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\n\r\n"), ERR_NONE, 200, false, "hi"},
	{.name = "length 0 and chunked", IN(OK "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\n\r\n"), ERR_NONE, 200, false, "hi"},
	BAD("chunked in HTTP/1.0",
	    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),

	/* no body */
	{.name = "204", IN("HTTP/1.1 204 No Content\r\n\r\nrest"), 0, 204, true, "", 4},
	{.name = "204 with a length",
	 IN("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nrest"), 0, 204, true, "", 4},
	{.name = "304", IN("HTTP/1.1 304 Not Modified\r\n\r\n"), 0, 304, true, ""},
	{.name = "304 with a length", IN("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
	 0, 304, true, ""},
	{.name = "304 chunked",
	 IN("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"), 0, 304, true, ""},
	BAD("204 with a bad length", "HTTP/1.1 204 No Content\r\nContent-Length: x\r\n\r\n"),
	{.name = "CONNECT 200", IN("HTTP/1.1 200 Connection established\r\n\r\nrest"), 0, 200,
	 false, "", 4,
	 .request = H1_CONNECT},
	{.name = "CONNECT 200 in HTTP/1.0", IN("HTTP/1.0 200 OK\r\n\r\n"), 0, 200, false, "",
	 .request = H1_CONNECT},
	{.name = "CONNECT 299 with a length", IN("HTTP/1.1 299 OK\r\nContent-Length: 5\r\n\r\n"), 0,
	 299, false, "",
	 .request = H1_CONNECT},
	{.name = "CONNECT 200 chunked", IN(CHUNKED "0\r\n\r\n"), 0, 200, false, "", 5,
	 .request = H1_CONNECT},
	{.name = "CONNECT 407 has a body", IN("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"), 0,
	 407, true, "no",
	 .request = H1_CONNECT},
	{.name = "POST 200 without framing has a body", IN(OK "\r\nhi"), 0, 200, false, "hi",
	 .close = true,
	 .request = H1_POST},

	/* body up to the end */
	{.name = "up to the end", IN(OK "\r\nhello"), 0, 200, false, "hello", .close = true},
	{.name = "empty up to the end", IN(OK "\r\n"), 0, 200, false, "", .close = true},
	{.name = "up to the end in spite of keep-alive", IN(OK "Connection: keep-alive\r\n\r\na"),
	 0, 200, false, "a",
	 .close = true},
	{.name = "up to the end in HTTP/1.0",
	 IN("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\na"), 0, 200, false, "a",
	 .close = true},
	{.name = "NULs up to the end", IN(OK "\r\n\r\n0\r\n\r\n"), 0, 200, false, "\r\n0\r\n\r\n",
	 .close = true},
	{.name = "404 up to the end", IN("HTTP/1.1 404 No\r\n\r\nno"), 0, 404, false, "no",
	 .close = true},

	/* persistence */
#define PERSISTS(title, version, s, keep) \
	{.name = title, IN(version " 200 OK\r\nContent-Length: 0\r\n" s "\r\n"), 0, 200, keep, ""}
	PERSISTS("1.1", "HTTP/1.1", "", true),
	PERSISTS("1.1 close", "HTTP/1.1", "Connection: close\r\n", false),
	PERSISTS("1.1 Close", "HTTP/1.1", "connection: Close\r\n", false),
	PERSISTS("1.1 close in a list", "HTTP/1.1", "Connection: x, close , y\r\n", false),
	PERSISTS("1.1 close at a list's end", "HTTP/1.1", "Connection: x,close\r\n", false),
	PERSISTS("1.1 close in the second field", "HTTP/1.1",
	         "Connection: x\r\nConnection: close\r\n", false),
	PERSISTS("1.1 closed is another word", "HTTP/1.1", "Connection: closed\r\n", true),
	PERSISTS("1.1 empty list", "HTTP/1.1", "Connection: , ,\r\n", true),
	PERSISTS("1.1 keep-alive", "HTTP/1.1", "Connection: keep-alive\r\n", true),
	PERSISTS("1.1 keep-alive and close", "HTTP/1.1", "Connection: keep-alive, close\r\n",
	         false),
	PERSISTS("1.1 Proxy-Connection says nothing", "HTTP/1.1", "Proxy-Connection: close\r\n",
	         true),
	PERSISTS("1.0", "HTTP/1.0", "", false),
	PERSISTS("1.0 keep-alive", "HTTP/1.0", "Connection: Keep-Alive\r\n", true),
	PERSISTS("1.0 keep-alive and close", "HTTP/1.0", "Connection: keep-alive, close\r\n",
	         false),
};

/* One response under test, and what came out. */
struct run {
	struct h1 h;
	struct buf body;
	struct err e;
	enum h1_step last;
	bool head;
	int status;     /* as of H1_HEAD */
	size_t rest;    /* input left when the message ended */
};

static void run_begin(struct run *r, enum h1_request request)
{
	memset(r, 0xa5, sizeof *r);
	h1_init(&r->h, request);
	buf_init(&r->body, 1 << 20, "body");
	r->last = H1_MORE;
	r->head = false;
	r->status = 0;
	r->rest = 0;
	r->e.kind = ERR_NONE;
}

static void run_end(struct run *r)
{
	h1_free(&r->h);
	h1_free(&r->h);
	buf_free(&r->body);
}

/* Feeds a copy of the piece that ends at a guard page. */
static void feed(struct run *r, struct span piece)
{
	struct span guarded = tap_guard(piece), in = guarded, body;
	struct err e;

	if (r->last == H1_END)
		r->rest += piece.n;
	while (r->last != H1_FAIL && r->last != H1_END) {
		r->last = h1_step(&r->h, &in, &body, &r->e);
		if (r->last == H1_BODY && (body.n == 0 || !buf_add(&r->body, body, &e)))
			abort();
		if (r->last == H1_HEAD) {
			r->head = true;
			r->status = r->h.status;
		}
		if (r->last == H1_END)
			r->rest = in.n;
		if (r->last == H1_MORE) {
			if (in.n != 0)
				abort();
			break;
		}
	}
	tap_unguard(guarded);
}

static bool is_as_wanted(struct run *r, const struct row *want)
{
	if (want->fail != ERR_NONE)
		return r->last == H1_FAIL && r->e.kind == want->fail && r->e.text[0] != 0;
	if (want->close && r->last == H1_MORE)
		r->last = h1_eof(&r->h, true, &r->e);
	return r->last == H1_END && r->head && r->status == want->status && r->rest == want->rest &&
	       h1_begun(&r->h) && r->h.keep_alive == want->keep_alive &&
	       span_equal_str(buf_span(&r->body), want->body);
}

static bool fits_cut(const struct row *row, struct span in, size_t cut)
{
	struct run r;
	bool ok;

	run_begin(&r, row->request);
	feed(&r, span_cut(in, 0, cut));
	feed(&r, span_cut(in, cut, in.n));
	ok = is_as_wanted(&r, row);
	if (!ok) {
		printf("# cut at %zu: step %d, status %d, keep %d, rest %zu, %s\n", cut,
		       (int)r.last, r.status,
		       r.h.keep_alive, r.rest, r.e.kind == ERR_NONE ? "no error" : r.e.text);
		tap_show("body", buf_span(&r.body));
	}
	run_end(&r);
	return ok;
}

static bool fits_bytes(const struct row *row, struct span in)
{
	struct run r;
	bool ok;

	run_begin(&r, row->request);
	for (size_t i = 0; i < in.n; i++)
		feed(&r, span_cut(in, i, i + 1));
	ok = is_as_wanted(&r, row);
	run_end(&r);
	return ok;
}

/* The connection ends after `cut` bytes: is the verdict right? */
static bool fits_eof(const struct row *row, struct span in, size_t cut, bool clean)
{
	enum err_kind want = ERR_NONE;
	struct run r;
	bool ok;

	run_begin(&r, row->request);
	feed(&r, span_cut(in, 0, cut));
	if (r.last != H1_END && !r.head)
		want = ERR_CONNECT;
	else if (r.last != H1_END && !(row->close && clean))
		want = ERR_CUT;
	if (r.last == H1_FAIL)
		ok = row->fail != ERR_NONE;
	else if (want == ERR_NONE)
		ok = h1_eof(&r.h, clean, &r.e) == H1_END;
	else
		ok = h1_eof(&r.h, clean,
		            &r.e) == H1_FAIL && r.e.kind == want && h1_begun(&r.h) == (cut > 0);
	if (!ok)
		printf("# end at %zu: step %d, %s\n", cut, (int)r.last,
		       r.e.kind == ERR_NONE ? "-" : r.e.text);
	run_end(&r);
	return ok;
}

static void test_row(const struct row *row)
{
	struct span in = span_of(row->in, row->in_n);
	bool cuts = true, ends = true;

	for (size_t i = 0; i <= in.n; i++) {
		cuts = cuts && fits_cut(row, in, i);
		ends = ends && fits_eof(row, in, i, true) && fits_eof(row, in, i, false);
	}
	tap_ok(cuts, "%s: whole and at every cut", row->name);
	tap_ok(fits_bytes(row, in), "%s: byte by byte", row->name);
	tap_ok(ends, "%s: ended at every offset", row->name);
}

/* A response made of a head, `n` times a piece, and a tail: at or over a ceiling. */
static void test_ceiling(const char *name, const char *head, const char *piece, size_t n,
                         const char *tail,
                         bool fits)
{
	struct row row = {.name = name, .fail = fits ? ERR_NONE : ERR_CEILING, .status = 200,
	                  .keep_alive = true, .body = ""};
	struct buf in;
	struct run r;
	struct err e;
	bool ok;

	buf_init(&in, 1 << 20, "input");
	ok = buf_add_str(&in, head, &e);
	while (n-- > 0)
		ok = ok && buf_add_str(&in, piece, &e);
	ok = ok && buf_add_str(&in, tail, &e);
	run_begin(&r, H1_GET);
	feed(&r, buf_span(&in));
	tap_ok(ok && is_as_wanted(&r, &row), "%s: whole", name);
	run_end(&r);
	run_begin(&r, H1_GET);
	for (size_t i = 0; i < in.n; i += 7)
		feed(&r, span_cut(buf_span(&in), i, i + 7));
	tap_ok(is_as_wanted(&r, &row), "%s: in pieces", name);
	tap_ok(r.h.head.cap <= H1_HEAD_MAX && r.h.line.cap <= H1_LINE_MAX,
	       "%s: memory within bounds", name);
	run_end(&r);
	buf_free(&in);
}

/* Another protocol is told as that, whole as well as in pieces. */
static void test_long_stranger(void)
{
	struct row row = {.fail = ERR_PROTOCOL, .body = ""};
	unsigned char in[H1_LINE_MAX + 2];
	struct run r;

	memset(in, 'x', sizeof in);
	for (size_t step = 1; step <= sizeof in; step += sizeof in - 1) {
		run_begin(&r, H1_GET);
		for (size_t i = 0; i < sizeof in; i += step)
			feed(&r, span_cut(span_of(in, sizeof in), i, i + step));
		tap_ok(is_as_wanted(&r, &row), "no HTTP, and a line too long, %zu at a time", step);
		run_end(&r);
	}
}

#define NONE "Content-Length: 0\r\n\r\n"

static void test_ceilings(void)
{
	test_ceiling("status line of H1_LINE_MAX", "HTTP/1.1 200 ", "r", H1_LINE_MAX - 15,
	             "\r\n" NONE, true);
	test_ceiling("status line one longer", "HTTP/1.1 200 ", "r", H1_LINE_MAX - 14, "\r\n" NONE,
	             false);
	test_ceiling("field line of H1_LINE_MAX", OK "A: ", "v", H1_LINE_MAX - 5, "\r\n" NONE,
	             true);
	test_ceiling("field line one longer", OK "A: ", "v", H1_LINE_MAX - 4, "\r\n" NONE, false);
	test_ceiling("field line without an end", OK "A: ", "v", 20 * H1_LINE_MAX, "", false);
	test_ceiling("H1_FIELDS_MAX fields", OK, "A: b\r\n", H1_FIELDS_MAX - 1, NONE, true);
	test_ceiling("one field more", OK, "A: b\r\n", H1_FIELDS_MAX, NONE, false);
	test_ceiling("fields without an end", OK, "A: b\r\n", 20000, "", false);
	/* 17 + 127 * 515 + 21 = 65443 bytes, and with 2 bytes more each it is over. */
	char line[520] = "A: ";
	memset(line + 3, 'v', 510);
	memcpy(line + 513, "\r\n", 3);
	test_ceiling("head just below H1_HEAD_MAX", OK, line, H1_FIELDS_MAX - 1, NONE, true);
	memcpy(line + 513, "vv\r\n", 5);
	test_ceiling("head above H1_HEAD_MAX", OK, line, H1_FIELDS_MAX - 1, NONE, false);
	test_ceiling("chunk line of H1_CHUNK_LINE_MAX", CHUNKED "0;", "x", H1_CHUNK_LINE_MAX - 4,
	             "\r\n\r\n", true);
	test_ceiling("chunk line one longer", CHUNKED "0;", "x", H1_CHUNK_LINE_MAX - 3, "\r\n\r\n",
	             false);
	test_ceiling("chunk line without an end", CHUNKED, "0", 20 * H1_CHUNK_LINE_MAX, "", false);
	test_ceiling("trailer of H1_TRAILER_MAX", CHUNKED "0\r\n", "A: bcd\r\n",
	             H1_TRAILER_MAX / 8 - 1,
	             "A: b\r\n\r\n", true);
	test_ceiling("trailer one longer", CHUNKED "0\r\n", "A: bcd\r\n", H1_TRAILER_MAX / 8 - 1,
	             "A: bc\r\n\r\n", false);
	test_ceiling("trailer without an end", CHUNKED "0\r\n", "A: b\r\n", 20000, "", false);
	test_ceiling("trailer line too long", CHUNKED "0\r\nA: ", "b", H1_LINE_MAX, "\r\n\r\n",
	             false);
}

/* Fields stay where they are while the body and a trailer go by. */
static void test_fields(void)
{
	static const char in[] = "HTTP/1.1 103 Early\r\nGone: x\r\n\r\n" OK
		"X-Request-Id: \tabc \r\nEmpty:\r\nSet-Cookie: a=b\r\nSet-Cookie: c = d\r\n"
		"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nTrailer: x\r\n\r\n";
	struct span name, value, early = {0};
	struct run r;

	run_begin(&r, H1_POST);
	tap_ok(!h1_begun(&r.h), "nothing begun before a byte");
	for (size_t i = 0; i + 1 < sizeof in; i++) {
		feed(&r, span_of(in + i, 1));
		if (r.head && r.body.n == 0)
			early = h1_field(&r.h, "x-request-id");
	}
	tap_ok(r.last == H1_END, "the message is complete");
	tap_is_int((long long)h1_field_count(&r.h), 5, "fields of the final head only");
	tap_is_str(h1_field(&r.h, "X-REQUEST-ID"), "abc", "a field by name, without case");
	tap_ok(early.p == h1_field(&r.h, "x-request-id").p, "where it was when the head came");
	tap_is_str(h1_field(&r.h, "set-cookie"), "a=b", "the first of two");
	tap_ok(h1_field(&r.h, "empty").n == 0 && h1_field(&r.h, "empty").p != NULL,
	       "an empty value is there");
	tap_ok(h1_field(&r.h, "gone").p == NULL, "fields of an interim response are gone");
	tap_ok(h1_field(&r.h, "trailer").p == NULL, "fields of the trailer are not kept");
	tap_ok(h1_field(&r.h, "set").p == NULL && h1_field(&r.h, "").p == NULL, "absent fields");
	h1_field_at(&r.h, 3, &name, &value);
	tap_is_str(name, "Set-Cookie", "the fourth name");
	tap_is_str(value, "c = d", "the fourth value");
	run_end(&r);
}

/* A folded value is one value, its line ends and blanks made spaces. */
static void test_folded(void)
{
	struct span in = span_str(OK "A: b\r\n\t c\n d \r\nB:\r\n e\r\n\r\n"), body;
	struct err e;
	struct h1 h;

	h1_init(&h, H1_GET);
	tap_ok(h1_step(&h, &in, &body, &e) == H1_HEAD, "a head with folded fields");
	tap_is_str(h1_field(&h, "a"), "b    c  d", "folded twice");
	tap_is_str(h1_field(&h, "b"), "e", "folded from the colon on");
	h1_free(&h);
}

/* Body bytes are borrowed from the input, not copied; what follows the message stays there. */
static void test_borrowed(void)
{
	static const char text[] = OK "Content-Length: 5\r\n\r\nhelloHTTP/1.1";
	struct span in = span_of(text, sizeof text - 1), body;
	struct h1 h;
	struct err e;

	h1_init(&h, H1_GET);
	tap_ok(h1_step(&h, &in, &body, &e) == H1_HEAD && h.status == 200 && h.keep_alive, "head");
	tap_ok(h1_step(&h, &in, &body, &e) == H1_BODY && body.n == 5 &&
	       body.p == (const unsigned char *)text + sizeof text - 14, "body, borrowed");
	tap_ok(h1_step(&h, &in, &body, &e) == H1_END, "end");
	tap_is_str(in, "HTTP/1.1", "the rest is left");
	tap_ok(h1_step(&h, &in, &body, &e) == H1_END && in.n == 8, "the end stays the end");
	tap_ok(h1_eof(&h, false, &e) == H1_END, "whatever the connection does");
	h1_free(&h);
}

static void test_fitness(void)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		bool delimiter = c != 0 && strchr("\"(),/:;<=>?@[\\]{}", (int)c) != NULL;
		bool token = digit || letter || (c > 0x20 && c < 0x7f && !delimiter);
		bool text = c != '\0' && c != '\r' && c != '\n';

		if (h1_is_token(span_of(&byte, 1)) != token ||
		    h1_is_field_value(span_of(&byte, 1)) != text)
			tap_ok(false, "byte 0x%02x as token or value", c);
	}
	tap_ok(h1_is_token(span_str("x-a")) && !h1_is_token(span_str("")) &&
	       !h1_is_token(span_str("a b")) && !h1_is_token(span_str("a:")), "tokens");
	tap_ok(h1_is_field_value(span_str("")) && h1_is_field_value(span_str("a b")) &&
	       !h1_is_field_value(span_str("a\r\nb")) && !h1_is_field_value(span_of("a\0", 2)),
	        "field values");
}

static struct h1 *broken(void)
{
	static struct h1 h;
	struct span in = span_str("nonsense\r\n"), body;
	struct err e;

	h1_init(&h, H1_GET);
	h1_step(&h, &in, &body, &e);
	return &h;
}

static void step_on(void)
{
	struct span in = span_str("x"), body;
	struct err e;

	h1_step(broken(), &in, &body, &e);
}

static void end_on(void)
{
	struct err e;

	h1_eof(broken(), true, &e);
}

static void beyond(void)
{
	struct span name, value;
	struct h1 h;

	h1_init(&h, H1_GET);
	h1_field_at(&h, 0, &name, &value);
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		test_row(&rows[i]);
	printf("# %zu rows\n", sizeof rows / sizeof *rows);
	test_ceilings();
	test_long_stranger();
	test_fields();
	test_folded();
	test_borrowed();
	test_fitness();
	tap_aborts(step_on, "a step after a failure");
	tap_aborts(end_on, "an end after a failure");
	tap_aborts(beyond, "a field beyond the last");
	return tap_done();
}
