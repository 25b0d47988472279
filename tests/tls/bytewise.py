"""The zoo's wing for encodings: lengths, versions, keys and signatures that are not quite right."""

import hashlib

from der import DAY, Info, contents, ec_info, integer, oid, rsa_info, seq, tlv
from zoo import NOW

P256, P384 = oid("1.2.840.10045.3.1.7"), oid("1.3.132.0.34")
P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
P256_PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"), tlv(5))


def lengths(z):
    root, leaf = z.root(), z.leaf()
    inside, _ = contents(leaf)

    def one(label, wanted, der, differs=None):
        z.case(f"bytes: {label}", wanted, [root], [der], differs=differs)

    one("indefinite length", "malformed", b"\x30\x80" + inside + b"\0\0", differs="BER is no DER")
    one("length of five bytes", "malformed",
        b"\x30\x84" + len(inside).to_bytes(4, "big") + inside, differs="BER is no DER")
    one("cut by one byte", "malformed", leaf[:-1])
    one("longer than it says", "malformed", b"\x30\x82" + (len(inside) - 1).to_bytes(2, "big") + inside)
    one("a fourth element", "malformed", seq(inside, tlv(5)))
    one("a SET around it", "malformed", b"\x31" + leaf[1:])
    one("nothing inside", "malformed", seq())
    one("text", "malformed", b"-----")
    one("something behind the extensions", "malformed", z.leaf(behind=tlv(5)))
    one("unique identifiers", True, z.leaf(before=tlv(0x81, b"\0\1") + tlv(0x82, b"\0\2")))
    one("unique identifiers in the wrong order", "malformed",
        z.leaf(before=tlv(0x82, b"\0\1") + tlv(0x81, b"\0\2")))
    one("unique identifiers behind the extensions", "malformed", z.leaf(behind=tlv(0x81, b"\0\1")))
    unlike = "malformed: RFC 5280 section 4.1.2.9"
    for label, wanted, numbered, differs in (
            ("4", "malformed", tlv(0xA0, integer(3)), "there are three"),
            ("1 written, with extensions", "version 1", tlv(0xA0, integer(0)), unlike),
            ("2, with extensions", "version 2", tlv(0xA0, integer(1)), unlike),
            ("-1", "malformed", tlv(0xA0, integer(-1)), "there are three"),
            ("without a number", "malformed", tlv(0xA0), None),
            ("twice", "malformed", tlv(0xA0, integer(2), integer(2)), None),
            ("not minimal", "malformed", tlv(0xA0, tlv(2, b"\0\2")), None)):
        one(f"version {label}", wanted, z.leaf(numbered=numbered), differs=differs)
    z.case("bytes: a root of version 1, written", True,
           [z.root(extensions=(), numbered=tlv(0xA0, integer(0)))], [z.leaf()])
    z.case("bytes: a root of version 2 with unique identifiers", True,
           [z.root(extensions=(), version=2, before=tlv(0x81, b"\0\1"))], [z.leaf()],
        differs="as with version 1")
    z.case("bytes: a root of version 1 that is expired", "expired",
           [z.root(extensions=(), version=1, end=NOW - DAY)], [z.leaf()])
    z.case("bytes: a root with bytes behind it", "no certificate", [z.root(tail=b"\0")], [z.leaf()],
           differs="OpenSSL's PEM reader passes over them")
    z.case("bytes: a root of two algorithms", True,
           [z.root(inner=seq(oid("1.2.840.10045.4.3.3")))], [z.leaf()])
    z.case("bytes: a root with a signature of nothing", True, [z.root(sign=lambda tbs: b"")],
           [z.leaf()])
    z.case("bytes: an intermediate of version 1 with the right signature", "no CA", [root],
           [z.leaf("middle"), z.middle(extensions=(), version=1)])


def pair(signature):
    """(r, s) of an ECDSA signature."""
    inside, _ = contents(signature)
    r, rest = contents(inside)
    s, _ = contents(rest)
    return int.from_bytes(r, "big"), int.from_bytes(s, "big")


def ecdsa(z):
    signer, root = z.key("root"), z.root()

    def one(label, wanted, change, differs=None, top=False):
        """`top`: r and s have their highest bits set."""
        def sign(tbs):
            r = s = 0
            while not r or top and not r >> 255 & s >> 255:
                r, s = pair(signer.sign(tbs, "sha256"))
            return change(r, s)
        z.case(f"ECDSA: {label}", wanted, [root], [z.leaf(sign=sign)], differs=differs)

    def number(n, front):
        return tlv(2, front + contents(integer(n))[0])

    one("as it should be", True, lambda r, s: seq(integer(r), integer(s)))
    one("the other s", True, lambda r, s: seq(integer(r), integer(P256_ORDER - s)))
    one("r and s exchanged", "signature", lambda r, s: seq(integer(s), integer(r)))
    one("r not minimal", "signature", lambda r, s: seq(number(r, b"\0"), integer(s)))
    one("s not minimal", "signature", lambda r, s: seq(integer(r), number(s, b"\0")))
    one("numbers taken as negative", "signature",
        lambda r, s: seq(tlv(2, r.to_bytes(32, "big")), tlv(2, s.to_bytes(32, "big"))), top=True)
    one("long form of the length", "signature",
        lambda r, s: b"\x30\x81" + seq(integer(r), integer(s))[1:])
    one("bytes behind", "signature", lambda r, s: seq(integer(r), integer(s)) + b"\0")
    one("bytes behind, inside", "signature", lambda r, s: seq(integer(r), integer(s), tlv(5)))
    one("three numbers", "signature", lambda r, s: seq(integer(r), integer(s), integer(1)))
    one("r zero", "signature", lambda r, s: seq(integer(0), integer(s)))
    one("s zero", "signature", lambda r, s: seq(integer(r), integer(0)))
    one("both zero", "signature", lambda r, s: seq(integer(0), integer(0)))
    one("both one", "signature", lambda r, s: seq(integer(1), integer(1)))
    one("r the order", "signature", lambda r, s: seq(integer(P256_ORDER), integer(s)))
    one("s and the order", "signature", lambda r, s: seq(integer(r), integer(s + P256_ORDER)))
    one("r and the order", "signature", lambda r, s: seq(integer(r + P256_ORDER), integer(s)))
    one("both the prime", "signature", lambda r, s: seq(integer(P256_PRIME), integer(P256_PRIME)))
    one("raw", "signature", lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    one("empty list", "signature", lambda r, s: seq())
    one("empty", "signature", lambda r, s: b"")
    one("zeros", "signature", lambda r, s: bytes(72))
    one("very long", "signature", lambda r, s: seq(integer(1 << 4000), integer(s)))


def sealed(z):
    """RSA signatures, and the names of algorithms."""
    kind, by = "rsa2048", "root-rsa2048"
    root, signer = z.root(by, kind), z.key(by, kind)
    ec_root = z.root()
    rsa_sha256, ec_sha256 = "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"

    def one(label, wanted, differs=None, **more):
        z.case(f"RSA: {label}", wanted, [root], [z.leaf(by, **more)], differs=differs)

    def digest_info(digest, algorithm=SHA256, behind=b""):
        return seq(algorithm, tlv(4, digest)) + behind

    def over(change):
        return lambda tbs: signer.seal(change(hashlib.sha256(tbs).digest()))

    def changed(change):
        return lambda tbs: change(signer.sign(tbs, "sha256"))

    one("as it should be", True, sign=over(digest_info))
    one("digest without parameters", "signature",
        sign=over(lambda d: digest_info(d, seq(oid("2.16.840.1.101.3.4.2.1")))))
    one("digest with other parameters", "signature",
        sign=over(lambda d: digest_info(d, seq(oid("2.16.840.1.101.3.4.2.1"), tlv(4)))))
    one("digest of another name", "signature",
        sign=over(lambda d: digest_info(d, seq(oid("2.16.840.1.101.3.4.2.2"), tlv(5)))))
    one("bytes behind the digest", "signature", sign=over(lambda d: digest_info(d, behind=b"\0")))
    one("digest in BER", "signature", sign=over(lambda d: b"\x30\x81" + digest_info(d)[1:]))
    one("bare digest", "signature", sign=over(lambda d: d))
    one("a zero before", "signature", sign=changed(lambda s: b"\0" + s))
    one("a zero behind", "signature", sign=changed(lambda s: s + b"\0"))
    one("a byte short", "signature", sign=changed(lambda s: s[:-1]))
    one("empty", "signature", sign=lambda tbs: b"")
    one("all ones", "signature", sign=lambda tbs: b"\xff" * 256)
    one("one", "signature", sign=lambda tbs: bytes(255) + b"\1")
    one("algorithm without parameters", True, outer=seq(oid(rsa_sha256)))
    one("algorithm with other parameters", "signed in a way", outer=seq(oid(rsa_sha256), tlv(4)),
        differs="RFC 4055 section 5 has NULL")
    one("algorithm of curves", "signature", outer=seq(oid(ec_sha256)))
    one("sha224", "signed in a way", outer=seq(oid("1.2.840.113549.1.1.14"), tlv(5)),
        sign=lambda tbs: signer.sign(tbs, "sha224"), differs="three hashes are enough")
    mask = seq(tlv(0xA0, SHA256), tlv(0xA1, seq(oid("1.2.840.113549.1.1.8"), SHA256)),
               tlv(0xA2, integer(32)))
    one("PSS", "signed in a way", outer=seq(oid("1.2.840.113549.1.1.10"), mask),
        sign=lambda tbs: signer.sign(tbs, "sha256", "rsa_padding_mode:pss", "rsa_pss_saltlen:32"),
        differs="BearSSL has no RSA-PSS")
    z.case("ECDSA: algorithm of RSA", "signature", [ec_root],
           [z.leaf(outer=seq(oid(rsa_sha256), tlv(5)))])
    z.case("ECDSA: algorithm with NULL", "signed in a way", [ec_root],
           [z.leaf(outer=seq(oid(ec_sha256), tlv(5)))],
        differs="RFC 5758 section 3.2 has none")
    z.case("spare bits in the signature", "malformed", [ec_root],
           [z.leaf(sign=lambda tbs: z.key("root").sign(tbs, "sha256") + b"\0", spare=1)])


def keys(z):
    root = z.root()
    modulus = int.from_bytes(contents(contents(z.key("leaf-rsa2048", "rsa2048").public())[0])[0], "big")
    point = z.key("leaf").public()
    odd = "key"

    def one(label, wanted, key, differs=None):
        z.case(f"key: {label}", wanted, [root], [z.leaf(key=key)], differs=differs)

    one("RSA", True, rsa_info(modulus, 65537))
    one("RSA without parameters", True, rsa_info(modulus, 65537, b""))
    one("RSA with other parameters", "malformed", rsa_info(modulus, 65537, tlv(4)),
        differs="RFC 3279 section 2.3.1 has NULL")
    one("RSA, exponent 1", odd, rsa_info(modulus, 1),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, exponent 0", odd, rsa_info(modulus, 0),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, exponent 2", odd, rsa_info(modulus, 2),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, exponent 65536", odd, rsa_info(modulus, 65536),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, exponent 3", True, rsa_info(modulus, 3))
    one("RSA, exponent -3", "malformed", rsa_info(modulus, -3),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, exponent of 33 bits", odd, rsa_info(modulus, (1 << 32) + 1),
        differs="RSA_EXPONENT_MAX")
    one("RSA, exponent of 2000 bits", odd, rsa_info(modulus, (1 << 2000) + 1),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, even modulus", odd, rsa_info(modulus & ~1, 65537),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, negative modulus", "malformed", rsa_info(modulus - (1 << 2048), 65537),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, modulus 0", "malformed", rsa_info(0, 65537))
    one("RSA, modulus not minimal", "malformed", Info(
        "1.2.840.113549.1.1.1", b"\5\0", seq(tlv(2, bytes(2) + modulus.to_bytes(256, "big")),
                                             integer(65537))),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, modulus alone", "malformed", Info("1.2.840.113549.1.1.1", b"\5\0", seq(integer(modulus))))
    one("RSA, bytes behind", "malformed", Info(
        "1.2.840.113549.1.1.1", b"\5\0", seq(integer(modulus), integer(65537)) + b"\0"),
        differs="OpenSSL does not look before it uses the key")
    one("RSA, nothing", "malformed", Info("1.2.840.113549.1.1.1", b"\5\0", b""))
    one("RSA for PSS only", odd, Info("1.2.840.113549.1.1.10", b"", seq(integer(modulus), integer(65537))),
        differs="BearSSL has no RSA-PSS")
    one("RSA of 2047 bits", odd, z.key("leaf-rsa2047", "rsa2047"), differs="RSA_BITS_MIN")
    for size in (2049, 2056, 3000, 4095):
        one(f"RSA of {size} bits", True, z.key(f"leaf-rsa{size}", f"rsa{size}"))
    for kind in ("rsa2049", "rsa2050", "rsa3000", "rsa2048e3"):
        by = f"root-{kind}"
        z.case(f"key: {kind} root", True, [z.root(by, kind)], [z.leaf(by)])
    one("curve point compressed", odd, ec_info(P256, bytes((2 + point[64] % 2,)) + point[1:33]),
        differs="uncompressed points only (RFC 8422 section 5.4.1)")
    one("curve point hybrid", odd, ec_info(P256, bytes((6 + point[64] % 2,)) + point[1:]),
        differs="uncompressed points only (RFC 8422 section 5.4.1)")
    one("point off the curve", odd, ec_info(P256, point[:-1] + bytes((point[-1] ^ 1,))))
    one("point at infinity", odd, ec_info(P256, b"\0"),
        differs="OpenSSL does not look before it uses the key")
    one("point beyond the prime", odd, ec_info(P256, b"\4" + b"\xff" * 64))
    one("point too short", odd, ec_info(P256, point[:-1]))
    one("point too long", odd, ec_info(P256, point + b"\0"))
    one("point of no bytes", odd, ec_info(P256, b""))
    one("point of zeros", odd, ec_info(P256, b"\4" + bytes(64)))
    one("P-384 with a point of P-256", odd, ec_info(P384, point))
    one("curve without parameters", odd, ec_info(b"", point))
    one("curve NULL", odd, ec_info(tlv(5), point))
    field = seq(oid("1.2.840.10045.1.1"), integer(P256_PRIME))
    a, b = P256_PRIME - 3, 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
    base = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                         "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    explicit = seq(integer(1), field, seq(tlv(4, a.to_bytes(32, "big")), tlv(4, b.to_bytes(32, "big"))),
                   tlv(4, base), integer(P256_ORDER), integer(1))
    one("curve written out", odd, ec_info(explicit, point))
    one("DSA", odd, Info("1.2.840.10040.4.1", seq(integer(23), integer(11), integer(4)), integer(8)))
    one("unknown", odd, Info("1.2.3.4", b"", b"\1\2\3"))
    one("X25519", odd, Info("1.3.101.110", b"", bytes(32)),
        differs="it cannot sign")
    for kind in ("P-224", "secp256k1", "P-192"):
        by = f"root-{kind}"
        z.case(f"key: {kind} root", odd, [z.root(by, kind)], [z.leaf(by)],
               differs="three curves are enough" if kind != "P-192" else None)
    z.case("key: intermediate off the curve", "signature", [root], [z.leaf("middle"), z.middle(
        key=ec_info(P256, z.key("middle").public()[:-1] + b"\0"))])
    z.case("key: intermediate without one", "malformed", [root], [z.leaf("middle"), z.middle(
        key=Info("1.2.840.113549.1.1.1", b"\5\0", b""))])


PARTS = (lengths, ecdsa, sealed, keys)
