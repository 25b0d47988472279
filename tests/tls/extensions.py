"""The zoo's wing for extensions: each there, critical, malformed, twice, or where it should not be."""

from der import (CLIENT, SERVER, basic, bits, extension, integer, issuer_id, key_id, name, oid,
                 purposes, san, seq, subject_id, tlv, usage)
from zoo import CA_USAGE, HOST

TRUE, FALSE = tlv(0x01, b"\xff"), tlv(0x01, b"\0")
NAMES = san(("dns", HOST))


def raw(dotted, flag, value):
    """An extension whose critical flag is written as it comes."""
    return seq(oid(dotted), flag, tlv(0x04, value))


class Bench:
    """Short ways to put one extension into one place of a chain."""

    def __init__(self, z):
        self.z, self.plain_root = z, z.root()

    def leaf(self, label, wanted, *add, differs=None, **more):
        self.z.case(label, wanted, [self.plain_root], [self.z.leaf(add=add, **more)], differs=differs)

    def middle(self, label, wanted, *add, differs=None, **more):
        self.z.case(label, wanted, [self.plain_root],
                    [self.z.leaf("middle"), self.z.middle(add=add, **more)], differs=differs)

    def root(self, label, wanted, *extensions, differs=None):
        self.z.case(label, wanted, [self.z.root(extensions=extensions)], [self.z.leaf()],
                    differs=differs)


def identifiers(z):
    b, root = Bench(z), z.key("root")
    leaf = (basic(False), usage("digitalSignature"), purposes(SERVER), NAMES)

    def authority(label, wanted, value, critical=False, differs=None):
        b.leaf(f"authority key identifier {label}", wanted, extensions=leaf
               + (extension("2.5.29.35", value, critical),), differs=differs)

    other = seq(tlv(0x80, key_id(z.key("other"))))
    by_number = tlv(0xA1, tlv(0xA4, name("Zoo root")))
    fits = seq(tlv(0x80, key_id(root)))
    authority("critical", True, fits, True,
              differs="non-critical by RFC 5280 section 4.2.1.1, but known")
    authority("of another key", True, other,
              differs="identifiers are hints here; OpenSSL takes them for facts")
    authority("with issuer and number", True, seq(tlv(0x80, key_id(root)), by_number, tlv(0x82, b"\1")))
    authority("with issuer and number alone", True, seq(by_number, tlv(0x82, b"\1")))
    authority("with another number", True, seq(by_number, tlv(0x82, b"\7")),
              differs="identifiers are hints here; OpenSSL takes them for facts")
    authority("empty", True, seq())
    authority("malformed", "malformed", b"\x04\x01\x00")
    b.leaf("no authority key identifier", True, extensions=leaf)
    b.leaf("subject key identifier of a leaf", True, subject_id(z.key("leaf")))
    b.leaf("subject key identifier critical", True, extension("2.5.29.14", tlv(4, b"\1" * 20), True),
           differs="non-critical by RFC 5280 section 4.2.1.2, but known")
    b.leaf("subject key identifier malformed", "malformed", extension("2.5.29.14", b"\1" * 20))
    b.root("root without subject key identifier", True, basic(), CA_USAGE)
    b.root("root with authority key identifier", True, basic(), CA_USAGE, subject_id(root),
           issuer_id(root))
    b.root("root with another authority key identifier", True, basic(), CA_USAGE, subject_id(root),
           issuer_id(z.key("other")))
    b.root("root: subject key identifier of another key", True, basic(), CA_USAGE,
           subject_id(z.key("other")),
           differs="identifiers are hints here; OpenSSL takes them for facts")
    none = z.middle(extensions=(basic(), CA_USAGE, issuer_id(root)))
    z.case("intermediate without subject key identifier", True, [b.plain_root],
           [z.leaf("middle"), none])


POINT = seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://crl.example/")))))
ACCESS = seq(seq(oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, b"http://ca.example/")))
INFO_ACCESS = "1.3.6.1.5.5.7.1.1"


def strangers(z):
    """Extensions that say nothing this program needs."""
    b = Bench(z)
    policies = seq(seq(oid("2.23.140.1.2.1")))
    known = (
        ("authority information access", INFO_ACCESS, ACCESS, "critical extension", None),
        ("subject information access", "1.3.6.1.5.5.7.1.11", ACCESS, "critical extension", None),
        ("issuer alternative name", "2.5.29.18", seq(tlv(0x86, b"http://ca.example/")),
         "critical extension", None),
        ("revocation list", "2.5.29.31", POINT, True, None),
        ("freshest revocation list", "2.5.29.46", POINT, "critical extension", None),
        ("policies", "2.5.29.32", policies, True, None),
        ("directory attributes", "2.5.29.9", seq(seq(oid("1.2.3.4"), tlv(0x31, tlv(5)))),
         "critical extension", None),
        ("must staple", "1.3.6.1.5.5.7.1.24", seq(integer(5)), "critical extension", None),
        ("private key usage period", "2.5.29.16", seq(tlv(0x81, b"20300101000000Z")),
         "critical extension", None),
        ("Netscape certificate type", "2.16.840.1.113730.1.1", bits(b"\x40", 6), "critical extension",
         "an extension of the last century"),
        ("precertificate poison", "1.3.6.1.4.1.11129.2.4.3", tlv(5), "critical extension", None),
    )
    for label, dotted, value, critical, differs in known:
        b.leaf(f"{label}", True, extension(dotted, value))
        b.leaf(f"{label}, critical", critical, extension(dotted, value, True), differs=differs)
    b.leaf("malformed access", True, extension(INFO_ACCESS, b"malformed"))
    b.leaf("an unknown extension twice", "extension twice", extension("1.2.3.4", b"\5\0"),
           extension("1.2.3.4", b"\5\0"), differs="RFC 5280 section 4.2")
    b.leaf("access twice", "extension twice", extension(INFO_ACCESS, ACCESS),
           extension(INFO_ACCESS, ACCESS), differs="RFC 5280 section 4.2")
    b.leaf("forty unknown extensions", True,
           *(extension(f"1.2.3.{i}", b"\5\0") for i in range(40)))
    b.leaf("two hundred extensions", "extensions",
           *(extension(f"1.2.3.{i}", b"\5\0") for i in range(200)), differs="CERT_EXTENSIONS_MAX")
    for where in (b.middle, b.root):
        own = () if where == b.middle else (basic(), CA_USAGE)
        say = "intermediate" if where == b.middle else "root"
        where(f"{say}: require explicit policy, critical", True, *own,
              extension("2.5.29.36", seq(tlv(0x80, b"\5")), True))
        where(f"{say}: policy mappings", True, *own,
              extension("2.5.29.33", seq(seq(oid("1.2.3"), oid("1.2.4")))))
        where(f"{say}: inhibit any policy, critical", True, *own,
              extension("2.5.29.54", integer(0), True))


def shapes(z):
    """How an extension is written."""
    b = Bench(z)
    b.leaf("critical flag written though false", True, raw("1.2.3.4", FALSE, b"\5\0"))
    b.leaf("critical flag of 1", "malformed", raw("1.2.3.4", tlv(1, b"\1"), b"\5\0"))
    b.leaf("critical flag of two bytes", "malformed", raw("1.2.3.4", tlv(1, b"\xff\xff"), b"\5\0"))
    b.leaf("something behind the value", "malformed",
           seq(oid("1.2.3.4"), tlv(4, b"\5\0"), tlv(5)))
    b.leaf("value no OCTET STRING", "malformed", seq(oid("1.2.3.4"), tlv(3, b"\0\5\0")))
    b.leaf("extension without a value", "malformed", seq(oid("1.2.3.4")))
    b.leaf("empty object identifier", "malformed", seq(tlv(6), tlv(4, b"\5\0")))
    b.leaf("no extension in the list", "malformed", extensions=tlv(0xA3, seq()))
    b.leaf("something behind the list", "malformed",
           extensions=tlv(0xA3, seq(NAMES), tlv(5)))
    b.leaf("two lists of extensions", "malformed", extensions=tlv(0xA3, seq(NAMES)),
           behind=tlv(0xA3, seq(NAMES)))


def basics(z):
    b = Bench(z)
    usual = (usage("digitalSignature"), purposes(SERVER), NAMES)

    def leaf(label, wanted, value, differs=None):
        b.leaf(f"leaf: {label}", wanted, extensions=usual + (extension("2.5.29.19", value, True),),
               differs=differs)

    def middle(label, wanted, value, differs=None):
        b.middle(f"intermediate: {label}", wanted,
                 extensions=(CA_USAGE, extension("2.5.29.19", value, True)), differs=differs)

    leaf("CA flag written though false", True, seq(FALSE))
    leaf("path length without CA flag", True, seq(integer(0)))
    leaf("CA with a path length", True, seq(TRUE, integer(0)))
    leaf("basic constraints of another type", "malformed", integer(0))
    leaf("bytes behind basic constraints", "malformed", seq() + tlv(5),
        differs="OpenSSL reads no further")
    b.leaf("leaf without basic constraints", True, extensions=usual)
    middle("CA flag of 1", "malformed", seq(tlv(1, b"\1")), differs="BER is no DER")
    middle("CA flag written though false", "no CA", seq(FALSE))
    middle("path length without CA flag", "no CA", seq(integer(0)))
    middle("path length -1", "malformed", seq(TRUE, integer(-1)))
    middle("path length of five bytes", True, seq(TRUE, integer(1 << 33)))
    middle("path length not minimal", "malformed", seq(TRUE, tlv(2, b"\0\0")))
    middle("path length before the flag", "malformed", seq(integer(0), TRUE))
    middle("empty basic constraints", "no CA", seq())
    b.root("root: basic constraints not critical", True, basic(critical=False), CA_USAGE)
    b.root("root: path length without CA flag", "no CA", extension("2.5.29.19", seq(integer(3))))


def key_usages(z):
    b = Bench(z)
    usual = (basic(False), purposes(SERVER), NAMES)

    def leaf(label, wanted, value, critical=True, differs=None):
        b.leaf(f"key usage: {label}", wanted, extensions=usual
               + (extension("2.5.29.15", value, critical),), differs=differs)

    leaf("not critical", True, bits(b"\x80", 7), False)
    leaf("zeros behind", True, bits(b"\x80\0", 0))
    leaf("spare bits counted as used", True, bits(b"\x80", 0))
    leaf("nine bits", True, bits(b"\x80\x80", 7))
    leaf("empty", "key usage", bits(b""))
    leaf("all zero", "key usage", bits(b"\0"))
    leaf("spare bits of nothing", "malformed", tlv(3, b"\7"))
    leaf("nine spare bits", "malformed", tlv(3, b"\x09\x80"))
    leaf("of no length", "malformed", tlv(3))
    leaf("another type", "malformed", tlv(4, b"\x80"))
    leaf("bytes behind", "malformed", bits(b"\x80", 7) + tlv(5), differs="OpenSSL reads no further")
    b.leaf("leaf that may sign certificates and is no CA", True,
           use=("digitalSignature", "keyCertSign"))
    b.root("root that is a CA, key usage empty", "key usage", basic(), usage("cRLSign"))


def extended(z):
    b = Bench(z)
    usual = (basic(False), usage("digitalSignature"), NAMES)

    def leaf(label, wanted, value, critical=False, differs=None):
        b.leaf(f"extended key usage: {label}", wanted, extensions=usual
               + (extension("2.5.29.37", value, critical),), differs=differs)

    leaf("critical", True, seq(oid(SERVER)), True)
    leaf("server twice", True, seq(oid(SERVER), oid(SERVER)))
    leaf("server and an unknown one", True, seq(oid("1.2.3.4"), oid(SERVER)))
    leaf("any and server", True, seq(oid("2.5.29.37.0"), oid(SERVER)))
    leaf("unknown", "extended key usage", seq(oid("1.2.3.4")))
    leaf("a longer identifier", "extended key usage", seq(oid(SERVER + ".1")))
    leaf("empty", "malformed", seq())
    leaf("no list", "malformed", oid(SERVER))
    leaf("bytes behind", "malformed", seq(oid(SERVER)) + tlv(5), differs="OpenSSL reads no further")
    root = z.root(extensions=(basic(), CA_USAGE, purposes(SERVER)))
    z.case("root: server purpose", True, [root], [z.leaf()])
    z.case("root: any purpose", "extended key usage",
           [z.root(extensions=(basic(), CA_USAGE, purposes("2.5.29.37.0")))], [z.leaf()])
    clients = z.middle("m1", add=(purposes(CLIENT),))
    z.case("a purpose two levels up", "extended key usage", [z.root()],
           [z.leaf("m2"), z.middle("m2", by="m1", add=(purposes(SERVER),)), clients])


PARTS = (identifiers, strangers, shapes, basics, key_usages, extended)
