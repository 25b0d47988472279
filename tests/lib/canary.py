"""The token every test uses, and the search for it in everything a test produced.

The search is meant to be harder to fool than the redactor it checks: it looks for any long enough
piece of the token, in every spelling a server may echo it in, and forgives bytes put in between.
"""

import base64
import json
import re
import secrets
import string

ALPHABET = string.ascii_letters + string.digits
PIECE = 20          # characters of a piece that counts as a leak
GAP = 3             # foreign bytes forgiven between two characters


def fresh():
    """A personal access token of 60 bytes nobody ever had."""
    return "at-" + "".join(secrets.choice(ALPHABET) for _ in range(57))


def jwt(claims, signature):
    """An unsigned token of three parts; the signature is the canary in it."""
    def part(document):
        text = json.dumps(document, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")
    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{signature}"


def jwts(signature, account, now):
    """The kinds of JWT a scenario can name."""
    auth = {"https://api.openai.com/auth": {"chatgpt_account_id": account,
                                            "chatgpt_plan_type": "business"}}
    claims = {
        "jwt": {"exp": now + 3600, **auth},
        "jwt-root": {"exp": now + 3600, "chatgpt_account_id": account},
        "jwt-expired": {"exp": now - 3600, **auth},
        "jwt-no-account": {"exp": now + 3600, "sub": "someone"},
        "jwt-agent": {"exp": now + 3600, "iss": "https://chatgpt.com/codex-backend/agent-identity"},
    }
    return {name: jwt(c, signature) for name, c in claims.items()}


def pieces(text, n):
    """Pieces of n characters that overlap by half, the last one at the end."""
    starts = list(range(0, max(1, len(text) - n + 1), n // 2)) + [max(0, len(text) - n)]
    return sorted({text[i:i + n] for i in starts})


def spaced(text, ignore_case=False):
    """A pattern for text with up to GAP foreign bytes between its characters."""
    gap = b"[\\x00-\\xff]{0,%d}?" % GAP
    flags = re.IGNORECASE if ignore_case else 0
    return re.compile(gap.join(re.escape(c.encode()) for c in text), flags)


def encodings(token):
    """(spelling, text to look for, case does not matter)"""
    raw = token.encode()
    yield "verbatim", token, False
    yield "reversed", token[::-1], False
    yield "hex", raw.hex(), True
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw).decode()
        # the first characters mix with what stood before, the last with what comes after
        inner = coded[4 if shift else 0:-4]
        yield f"base64 at alignment {shift}", inner, False
        yield f"base64url at alignment {shift}", inner.replace("+", "-").replace("/", "_"), False


def decoded(data):
    """(what was undone, the data with those escapes undone); first the data as it is."""
    def byte(m):
        return bytes([int(m.group(1), 16)])

    def unescaped(form):
        return re.sub(rb"\\(?:u00|x)([0-9A-Fa-f]{2})", byte, form)
    plain = re.sub(rb"%([0-9A-Fa-f]{2})", byte, data)
    yield "", data
    yield "percent ", plain
    yield "escaped ", unescaped(data)
    yield "percent and escaped ", unescaped(plain)
    yield "entity ", re.sub(rb"&#(\d{2,3});", lambda m: bytes([int(m.group(1)) & 255]), data)


class Canary:
    def __init__(self, token):
        self.token = token
        self.patterns = []
        for spelling, text, ignore_case in encodings(token):
            n = PIECE * 2 if spelling == "hex" else PIECE
            for piece in pieces(text, n):
                self.patterns.append((spelling, spaced(piece, ignore_case)))

    def find(self, data):
        """The spellings in which a piece of the token stands in data; [] when it is clean."""
        found = []
        for how, form in decoded(data):
            if how and form == data:
                continue
            for spelling, pattern in self.patterns:
                if how + spelling not in found and pattern.search(form):
                    found.append(how + spelling)
        return found


def without_credentials(log, tokens):
    """A request log without the lines that are meant to carry a credential."""
    any_of = b"|".join(re.escape(t.encode()) for t in tokens)
    wanted = rb"(?im)^(?:authorization: Bearer (?:%s)|proxy-authorization: Basic [^\r]*)\r\n"
    return re.sub(wanted % any_of, b"", log)
