"""Certificates byte by byte, so that they can be wrong in ways no tool would make them.

Keys and signatures are openssl's; everything around them is written here.
"""

import datetime
import hashlib
import os
import subprocess

DAY = 86400


def openssl(*args, data=None):
    r = subprocess.run(("openssl",) + args, input=data, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    if r.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(args)}: {r.stderr.decode()}")
    return r.stdout


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 0x80:
        return bytes((tag, n)) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def seq(*parts):
    return tlv(0x30, *parts)


def contents(whole):
    """The contents of the first element, and what stands behind it."""
    n, at = whole[1], 2
    if n & 0x80:
        at = 2 + (n & 0x7F)
        n = int.from_bytes(whole[2:at], "big")
    return whole[at:at + n], whole[at + n:]


def integer(n):
    return tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    first, second, *rest = (int(x) for x in text.split("."))
    out = b""
    for n in [first * 40 + second] + rest:
        chunk = bytes((n & 0x7F,))
        while n > 0x7F:
            n >>= 7
            chunk = bytes((0x80 | n & 0x7F,)) + chunk
        out += chunk
    return tlv(0x06, out)


def bits(data, spare=0):
    return tlv(0x03, bytes((spare,)) + data)


def moment(unix, kind=None):
    """UTCTime up to 2049, as RFC 5280 wants it, or the kind given; bytes stand for themselves."""
    if isinstance(unix, bytes):
        return unix
    t = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=unix)
    kind = kind or ("utc" if 1950 <= t.year < 2050 else "general")
    text = t.strftime("%y%m%d%H%M%SZ" if kind == "utc" else "%Y%m%d%H%M%SZ")
    return tlv(0x17 if kind == "utc" else 0x18, text.encode())


UTF8, PRINTABLE, TELETEX, IA5, BMP, UNIVERSAL = 0x0C, 0x13, 0x14, 0x16, 0x1E, 0x1C
ENCODING = {UTF8: "utf-8", PRINTABLE: "ascii", TELETEX: "latin-1", IA5: "ascii",
            BMP: "utf-16-be", UNIVERSAL: "utf-32-be"}


def name(cn, kind=UTF8, org="Zoo"):
    """O=Zoo, CN=cn."""
    parts = [("2.5.4.10", org)] if org else []
    parts += [("2.5.4.3", cn)] if cn else []
    return seq(*(tlv(0x31, seq(oid(o), tlv(kind, text.encode(ENCODING[kind]))))
                 for o, text in parts))


# ---- extensions ----

def extension(dotted, value, critical=False):
    return seq(oid(dotted), tlv(0x01, b"\xff") if critical else b"", tlv(0x04, value))


def basic(ca=True, path_len=None, critical=True):
    return extension("2.5.29.19", seq(tlv(0x01, b"\xff") if ca else b"",
                                      integer(path_len) if path_len is not None else b""), critical)


USAGES = ("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
          "keyAgreement", "keyCertSign", "cRLSign")


def usage(*wanted, critical=True):
    value = last = 0
    for w in wanted:
        value |= 0x80 >> USAGES.index(w)
        last = max(last, USAGES.index(w))
    return extension("2.5.29.15", bits(bytes((value,)), 7 - last), critical)


SERVER, CLIENT, ANY = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"


def purposes(*dotted, critical=False):
    return extension("2.5.29.37", seq(*(oid(d) for d in dotted)), critical)


def general(kind, value):
    if kind == "dns":
        return tlv(0x82, value if isinstance(value, bytes) else value.encode())
    if kind == "ip":
        return tlv(0x87, value)
    if kind == "mail":
        return tlv(0x81, value.encode())
    if kind == "dir":
        return tlv(0xA4, value)
    if kind == "uri":
        return tlv(0x86, value.encode())
    if kind == "other":
        return tlv(0xA0, oid("1.2.3"), tlv(0xA0, tlv(UTF8, value.encode())))
    if kind == "id":
        return tlv(0x88, oid(value)[2:])
    raise ValueError(kind)


def san(*names, critical=False):
    return extension("2.5.29.17", seq(*(general(*n) for n in names)), critical)


def constraints(permitted=(), excluded=(), critical=True):
    def trees(tag, names):
        return tlv(tag, *(seq(general(*n)) for n in names)) if names else b""
    return extension("2.5.29.30", seq(trees(0xA0, permitted), trees(0xA1, excluded)), critical)


def key_id(key):
    return hashlib.sha1(key.info).digest()


def subject_id(key):
    return extension("2.5.29.14", tlv(0x04, key_id(key)))


def issuer_id(key):
    return extension("2.5.29.35", seq(tlv(0x80, key_id(key))))


# ---- keys and certificates ----

class Key:
    """A private key of openssl's in `directory`, made once."""

    def __init__(self, directory, label, kind):
        """`kind`: a curve, "ed25519", or "rsa", its bits and perhaps "e" and its exponent."""
        self.path = os.path.join(directory, f"{label}.key")
        self.rsa = kind.startswith("rsa")
        if not os.path.exists(self.path):
            size, _, exponent = kind[3:].partition("e")
            what = (["RSA", f"rsa_keygen_bits:{size}", f"rsa_keygen_pubexp:{exponent or 65537}"]
                    if self.rsa else ["ED25519"] if kind == "ed25519"
                    else ["EC", f"ec_paramgen_curve:{kind}"])
            openssl("genpkey", "-algorithm", what[0], "-out", self.path + ".new",
                    *(x for option in what[1:] for x in ("-pkeyopt", option)))
            os.rename(self.path + ".new", self.path)
        self.info = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")

    def sign(self, data, digest, *options):
        more = [x for o in options for x in ("-sigopt", o)]
        return openssl("dgst", f"-{digest}", "-sign", self.path, *more, data=data)

    def seal(self, data):
        """PKCS #1 padding of type 1 around what stands for a DigestInfo."""
        return openssl("pkeyutl", "-sign", "-inkey", self.path, "-pkeyopt", "rsa_padding_mode:pkcs1",
                       data=data)

    def public(self):
        """What the BIT STRING of the key's SubjectPublicKeyInfo holds."""
        _, bit_string = contents(contents(self.info)[0])
        return contents(bit_string)[0][1:]


RSA_SIGNED = {"md5": 4, "sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13}
ECDSA_SIGNED = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2",
                "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}


def algorithm(key, digest):
    if key.rsa:
        return seq(oid(f"1.2.840.113549.1.1.{RSA_SIGNED[digest]}"), tlv(0x05))
    return seq(oid(ECDSA_SIGNED[digest]))


class Info:
    """A public key that nobody has the private one of."""

    def __init__(self, kind, parameters, public):
        self.info = seq(seq(oid(kind), parameters), bits(public))


def rsa_info(n, e, parameters=b"\x05\0"):
    return Info("1.2.840.113549.1.1.1", parameters, seq(integer(n), integer(e)))


def ec_info(parameters, point):
    return Info("1.2.840.10045.2.1", parameters, point)


def certificate(subject, key, issuer, signer, start, end, extensions=(), version=3, serial=1,
                digest="sha256", times=(None, None), inner=None, tail=b"", spoil=False, outer=None,
                sign=None, spare=0, before=b"", behind=b"", numbered=None):
    """
    `inner`, `outer`: other algorithms inside and outside; `tail`: bytes behind; `spoil`: a bit of
    the signature; `sign`: instead of the signer, bytes to signature; `spare`: bits of the BIT
    STRING it is in; `before`, `behind`: elements around the extensions; `numbered`: the version's
    element. Times, serial and extensions may be given as bytes.
    """
    outer = outer or algorithm(signer, digest)
    if numbered is None:
        numbered = tlv(0xA0, integer(version - 1)) if version > 1 else b""
    if not isinstance(extensions, bytes):
        extensions = tlv(0xA3, seq(*extensions)) if extensions else b""
    tbs = seq(
        numbered, serial if isinstance(serial, bytes) else integer(serial), inner or outer, issuer,
        seq(moment(start, times[0]), moment(end, times[1])),
        subject, key.info, before, extensions, behind)
    signature = bytearray(sign(tbs) if sign else signer.sign(tbs, digest))
    if spoil:
        signature[-1] ^= 1
    return seq(tbs, outer, bits(bytes(signature), spare)) + tail


def pem(der, label="CERTIFICATE"):
    import base64
    text = base64.b64encode(der).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return f"-----BEGIN {label}-----\n" + "\n".join(lines) + f"\n-----END {label}-----\n"
