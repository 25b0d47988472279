"""The zoo's wing for names: subjectAltName as it may be written, constraints on it, and odd DNs."""

from der import (BMP, PRINTABLE, TELETEX, UTF8, basic, certificate, constraints, extension, general,
                 integer, issuer_id, name, oid, san, seq, subject_id, tlv)
from zoo import CA_USAGE, DAY, HOST, NEW, NOW, OLD, ip, net

DNS = (("dns", HOST),)


def written(z):
    """What a subjectAltName may hold."""
    root = z.root()

    def one(label, wanted, host, *names, differs=None, **more):
        z.case(f"names: {label}", wanted, [root], [z.leaf(names=names, **more)], host=host,
               differs=differs)

    def bare(label, wanted, value, critical=False, differs=None):
        z.case(f"names: {label}", wanted, [root],
               [z.leaf(names=(), add=(extension("2.5.29.17", value, critical),))], differs=differs)

    dns = general("dns", HOST)
    bare("critical beside a subject", True, seq(dns), True)
    bare("an empty list", "malformed", seq())
    bare("no list", "malformed", dns)
    bare("bytes behind the list", "malformed", seq(dns) + tlv(5), differs="OpenSSL reads no further")
    bare("an IA5String of its own", "malformed", seq(tlv(0x16, HOST.encode())))
    bare("a constructed DNS name", "other names", seq(tlv(0xA2, tlv(0x16, HOST.encode()))),
        differs="OpenSSL takes the bytes inside")
    z.case("names: empty subject, not critical", True, [root], [z.leaf(subject=seq())])
    z.case("names: nothing at all", "other names", [root], [z.leaf(subject=seq(), names=())])
    one("an address of five bytes beside", True, HOST, *DNS, ("ip", b"\1\2\3\4\5"))
    one("an address of no bytes", "other names", "192.0.2.7", ("ip", b""))
    one("an address with its mask", "other names", "192.0.2.7", ("ip", net("192.0.2.7/32")))
    one("IPv4 for its mapped form", "other names", "::ffff:192.0.2.7", ("ip", ip("192.0.2.7")))
    one("the mapped form", True, "::ffff:192.0.2.7", ("ip", ip("::ffff:192.0.2.7")),
        differs="judged as a name by openssl verify")
    one("an address written in an address", "other names", "192.0.2.7", ("ip", b"192.0.2.7"))
    one("all kinds", True, HOST, ("mail", "a@b.example"), ("dir", name("x")), ("uri", "urn:a"),
        ("other", "x"), ("id", "1.2.3"), ("ip", ip("192.0.2.7")), *DNS)
    one("URI only", "other names", HOST, ("uri", f"https://{HOST}/"))
    one("other name only", "other names", HOST, ("other", HOST))
    one("directory name only", "other names", HOST, ("dir", name(HOST)))
    one("empty", "other names", HOST, ("dns", ""))
    one("an empty one beside", True, HOST, ("dns", ""), *DNS)
    one("blank before", "other names", HOST, ("dns", " " + HOST))
    one("new line behind", "other names", HOST, ("dns", HOST + "\n"))
    one("a list in one name", "other names", HOST, ("dns", f"{HOST},a.example"))
    one("not ASCII beside", True, HOST, ("dns", "bücher.example".encode()), *DNS)
    one("U-label for an A-label", "other names", "xn--bcher-kva.example",
        ("dns", "bücher.example".encode()))
    one("A-label in capitals", True, "xn--bcher-kva.example", ("dns", "XN--Bcher-KVA.example"))
    one("star in an A-label", "other names", "xn--bcher-kva.example.com",
        ("dns", "xn--*-kva.example.com"))
    one("star and capitals", True, HOST, ("dns", "*.EXAMPLE.com"))
    one("star and final dot", "other names", HOST, ("dns", "*.example.com."))
    one("final dot on both sides", "other names", HOST + ".", ("dns", HOST + "."),
        differs="OpenSSL compares letter by letter")
    one("star behind letters", "other names", HOST, ("dns", "ap*.example.com"),
        differs="only whole labels here")
    one("star before letters", "other names", HOST, ("dns", "*pi.example.com"),
        differs="only whole labels here")
    one("two stars", "other names", HOST, ("dns", "**.example.com"))
    one("star twice", "other names", HOST, ("dns", "*.*.com"))
    one("star and empty label", "other names", HOST, ("dns", "*..com"))
    one("star for an empty label", "other names", "example.com", ("dns", "*example.com"))
    one("star and underscore", True, "_a.example.com", ("dns", "*.example.com"),
        differs="underscores are common")
    one("star deep below", True, "a.b.c.example.com", ("dns", "*.b.c.example.com"))
    one("a dot before", "other names", HOST, ("dns", ".example.com"))
    one("a dot before all", "other names", HOST, ("dns", "." + HOST))
    one("longer by a label", "other names", HOST, ("dns", HOST + ".evil.org"))
    one("a label of 63", True, "a" * 63 + ".example.com", ("dns", "a" * 63 + ".example.com"))
    one("of 253", True, ".".join(["a" * 49] * 5 + ["abc"]), ("dns", ".".join(["a" * 49] * 5 + ["abc"])))
    one("an address in decimal", "other names", "192.0.2.7", ("dns", "3221225991"))
    one("IPv6 in a DNS name", "other names", "2001:db8::7", ("dns", "2001:db8::7"))
    one("a thousand", True, HOST, *(("dns", f"h{i}.example.com") for i in range(1000)), *DNS)
    one("star for a single label", "other names", "localhost", ("dns", "*.localhost"))
    one("star right below a top level, two labels", "other names", "example.localdomain",
        ("dns", "*.localdomain"))


def constrained(z):
    """Name constraints beyond the plain ones."""
    root = z.root()

    def one(label, wanted, names_=DNS, host=HOST, differs=None, subject=None, value=None, **more):
        add = (extension("2.5.29.30", value, True),) if value is not None else (constraints(**more),)
        z.case(f"constraints: {label}", wanted, [root],
               [z.leaf("middle", names=names_, subject=subject), z.middle(add=add)], host=host,
               differs=differs)

    def tree(kind, value, *behind):
        return seq(tlv(0xA0, seq(general(kind, value), *behind)))

    refused = "name constraints"
    one("minimum 0 written", True, value=tree("dns", "example.com", tlv(0x80, b"\0")))
    one("minimum 1", "malformed", value=tree("dns", "example.com", tlv(0x80, b"\1")))
    one("maximum", "malformed", value=tree("dns", "example.com", tlv(0x81, b"\1")))
    one("nothing in it", "malformed", value=seq(), differs="RFC 5280 section 4.2.1.10: not empty")
    one("an empty list", "malformed", value=seq(tlv(0xA0)),
        differs="RFC 5280 section 4.2.1.10: not empty")
    one("lists in the wrong order", "malformed",
        value=seq(tlv(0xA1, seq(general("dns", "a.org"))), tlv(0xA0, seq(general("dns", "example.com")))))
    one("bytes behind", "malformed", value=tree("dns", "example.com") + tlv(5),
        differs="OpenSSL reads no further")
    one("no host names at all", refused, excluded=(("dns", ""),))
    one("no directory names at all", refused, excluded=(("dir", seq()),))
    one("all directory names", True, permitted=(("dir", seq()),))
    one("no directory names, empty subject", True, excluded=(("dir", seq()),), subject=seq())
    one("a directory, empty subject", True, permitted=(("dir", name("x")),), subject=seq())
    one("directory deeper than the subject", refused, subject=name(None),
        permitted=(("dir", name("Zoo")),))
    one("directory by half a component", refused, subject=name(None, org="Zoological"),
        permitted=(("dir", name(None)),))
    one("directory name in the names, outside", refused, DNS + (("dir", name(None, org="Circus")),),
        permitted=(("dir", name(None)),))
    one("directory name in the names, excluded", refused, DNS + (("dir", name(None, org="Circus")),),
        excluded=(("dir", name(None, org="Circus")),))
    one("host name with a star permitted", refused, permitted=(("dns", "*.example.com"),))
    one("host name with a star excluded", refused, excluded=(("dns", "*.example.com"),),
        differs="malformed: a star has no meaning there")
    one("host name with a final dot permitted", refused, permitted=(("dns", "example.com."),))
    one("host name with a blank excluded", refused, excluded=(("dns", " example.com"),),
        differs="malformed")
    one("a dot alone permitted", refused, permitted=(("dns", "."),))
    one("a dot before, excluded, below", refused, excluded=(("dns", ".example.com"),))
    one("a dot before, excluded, equal", True, (("dns", "example.com"),), host="example.com",
        excluded=(("dns", ".example.com"),))
    one("a name with a dot before, permitted", refused, DNS + (("dns", ".example.com"),),
        permitted=(("dns", "example.com"),), differs="malformed, so within nothing")
    one("a name that is none, permitted", refused, DNS + (("dns", "a b.example.com"),),
        permitted=(("dns", "example.com"),), differs="malformed, so within nothing")
    one("single label permitted", True, (("dns", "localhost"),), host="localhost",
        permitted=(("dns", "localhost"),))
    one("top level permitted", True, permitted=(("dns", "com"),))
    one("permitted: five deep", True, (("dns", "a.b.c.d.example.com"),), host="a.b.c.d.example.com",
        permitted=(("dns", "example.com"),))
    one("permitted other names, host by star", refused, (("dns", "*.example.com"),),
        host="a.example.com", permitted=(("dns", "a.example.com"),))
    one("mask with holes, within", True, (("ip", ip("10.1.2.3")),), host="10.1.2.3",
        permitted=(("ip", bytes((10, 0, 2, 0, 255, 0, 255, 0))),))
    one("an address without mask", refused, (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        permitted=(("ip", ip("192.0.2.7")),))
    one("an IPv6 address without mask", refused, (("ip", ip("2001:db8::1")),), host="2001:db8::1",
        permitted=(("ip", ip("2001:db8::1")),))
    one("excluded address without mask", refused, (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        excluded=(("ip", ip("192.0.2.7")),))
    one("a name with mask", refused, (("ip", net("192.0.2.0/24")), ("ip", ip("192.0.2.7"))),
        host="192.0.2.7", permitted=(("ip", net("192.0.2.0/24")),))
    one("all of IPv4", True, (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        permitted=(("ip", net("0.0.0.0/0")),))
    one("IPv4 excluded by a mapped form", True, (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        excluded=(("ip", net("::ffff:0:0/96")),))
    one("mail permitted, within", True, DNS + (("mail", "a@example.com"),),
        permitted=(("mail", "example.com"),))
    one("mail permitted, outside", refused, DNS + (("mail", "a@example.org"),),
        permitted=(("mail", "example.com"),))
    one("mail excluded, outside", True, DNS + (("mail", "a@example.org"),),
        excluded=(("mail", "example.com"),))
    one("mail excluded, within", refused, DNS + (("mail", "a@example.com"),),
        excluded=(("mail", "example.com"),))
    one("URI permitted, within", True, DNS + (("uri", "https://a.example.com/x"),),
        permitted=(("uri", ".example.com"),))
    one("URI permitted, outside", refused, DNS + (("uri", "https://a.example.org/x"),),
        permitted=(("uri", ".example.com"),))
    one("URI excluded, outside", True, DNS + (("uri", "spiffe://a.example.org/x"),),
        excluded=(("uri", ".example.com"),))
    one("URI excluded, no URI", True, excluded=(("uri", ".example.com"),))
    one("other names permitted, none there", True, permitted=(("other", "x"),))
    one("other names permitted, one there", refused, DNS + (("other", "x"),),
        permitted=(("other", "x"),))
    one("registered identifiers excluded, none there", True, excluded=(("id", "1.2.3"),))
    one("many that do not fit, one that does", True,
        permitted=tuple(("dns", f"d{i}.org") for i in range(300)) + (("dns", "example.com"),))
    z.case("constraints: in the server's own certificate", True, [root],
           [z.leaf(add=(constraints(permitted=(("dns", "a.org"),)),))],
           differs=None)


def levels(z):
    """Constraints of several CAs, and names of CAs."""
    root, refused = z.root(), "name constraints"

    def inner(permitted, by="m1", **more):
        return z.middle("m2", by=by, add=(constraints(permitted=permitted),), **more)

    def outer(permitted=(), excluded=()):
        return z.middle("m1", add=(constraints(permitted=permitted, excluded=excluded),))

    a, b, host = ("dns", "example.com"), ("dns", "example.org"), z.leaf("m2")
    z.case("constraints: narrowed below", refused, [root], [host, inner((b,)), outer((a, b))])
    z.case("constraints: widened below", refused, [root], [host, inner((a, b)), outer((b,))])
    z.case("constraints: the same twice", True, [root], [host, inner((a,)), outer((a, b))])
    named = z.middle("m2", by="m1", add=(san(("dns", "ca.example.org")),))
    z.case("constraints: a CA's names outside", refused, [root], [host, named, outer((a,))])
    z.case("constraints: a CA's names excluded", refused, [root], [host, named, outer((), (b,))])
    z.case("constraints: a CA's subject outside", refused, [root],
           [z.leaf("m2", subject=name("leaf", org="Circus")), z.middle("m2", by="m1"),
            outer((("dir", name(None, org="Circus")),))])
    roll = certificate(name("Zoo m1"), z.key("m1b"), name("Zoo m1"), z.key("m1"), OLD, NEW,
                       (basic(), CA_USAGE, subject_id(z.key("m1b")), issuer_id(z.key("m1")),
                        san(("dns", "ca.example.org"))))
    z.case("constraints: not for a self-issued CA", True, [root],
           [z.leaf("m1b", issuer=name("Zoo m1")), roll, outer((a,))])
    own = z.leaf("m1", subject=name("Zoo m1"), names=(("dns", "www.example.org"),))
    z.case("constraints: but for a self-issued leaf", refused, [root], [own, outer((a,))],
           host="www.example.org")
    z.case("constraints: of the root, within", True,
           [z.root(extensions=(basic(), CA_USAGE, subject_id(z.key("root")),
                               constraints(permitted=(a,))))], [z.leaf()])
    z.case("constraints: not critical at the root, outside", refused,
           [z.root(extensions=(basic(), CA_USAGE, subject_id(z.key("root")),
                               constraints(permitted=(b,), critical=False)))], [z.leaf()])


def cn(value, kind=UTF8):
    return seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(kind, value))))


def distinguished(z):
    """Names of certificates as networks have them."""

    def root(label, wanted, subject, issuer=None, differs=None):
        z.case(f"name: {label}", wanted, [z.root(subject=subject)], [z.leaf(issuer=issuer or subject)],
               differs=differs)

    root("Latin-1 in a PrintableString", True, cn("Büro".encode("latin-1"), PRINTABLE))
    root("an at sign in a PrintableString", True, cn(b"a@b.example", PRINTABLE))
    root("UTF-8 in a TeletexString", True, cn("Büro".encode(), TELETEX))
    root("not UTF-8 in a UTF8String", True, cn(b"B\xfcro"),
         differs="the same bytes on both sides")
    root("half a character in a BMPString", "malformed", cn(b"\0Z\0", BMP))
    root("a NumericString", True, cn(b"123", 0x12))
    root("a VisibleString", True, cn(b"Zoo", 0x1A),
        differs="OpenSSL does not read it")
    root("empty", True, seq())
    root("an empty value", True, cn(b""))
    two = seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(UTF8, b"Zoo")), seq(oid("2.5.4.10"), tlv(UTF8, b"Zoo"))))
    root("two attributes in one component", True, two)
    root("mail address in the subject", True,
         seq(tlv(0x31, seq(oid("1.2.840.113549.1.9.1"), tlv(0x16, b"a@b.example")))))
    root("forty components", True, seq(*(tlv(0x31, seq(oid("2.5.4.11"), tlv(UTF8, f"u{i}".encode())))
                                         for i in range(40))))
    root("of three thousand bytes", True, cn(b"Z" * 3000))
    root("a component without attributes", "not trusted", seq(tlv(0x31)), name("Zoo root"))
    z.case("name: two attributes in another component", "not trusted", [z.root(subject=two)],
           [z.leaf(issuer=seq(*(tlv(0x31, seq(oid(o), tlv(UTF8, b"Zoo"))) for o in
                                ("2.5.4.3", "2.5.4.10"))))])
    z.case("name: of the leaf malformed", "malformed", [z.root()],
           [z.leaf(subject=seq(tlv(0x31, seq(oid("2.5.4.3")))))])
    z.case("name: issuer empty, root's not", "not trusted", [z.root()], [z.leaf(issuer=seq())])
    z.case("name: subject an address", True, [z.root()], [z.leaf(subject=cn(b"192.0.2.1"))])


def times(z):
    """Validity as it may be written."""
    root = z.root()

    def until(label, wanted, value, tag=0x17, differs=None, at=NOW):
        z.case(f"until {label}", wanted, [root], [z.leaf(end=tlv(tag, value))], at=at, differs=differs)

    until("a UTCTime", True, b"301231235959Z")
    until("without seconds", "malformed", b"3012312359Z")
    until("with an offset", "malformed", b"301231235959+0100")
    until("without zone", "malformed", b"301231235959")
    until("small z", "malformed", b"301231235959z")
    until("month 13", "malformed", b"301331235959Z")
    until("day 0", "malformed", b"301200235959Z")
    until("day 30 of February", "malformed", b"300230235959Z")
    until("day 29 of February 2029", "malformed", b"290229235959Z")
    until("day 29 of February 2028", True, b"280229235959Z")
    until("hour 24", "malformed", b"301231240000Z")
    until("second 60", "malformed", b"301231235960Z")
    until("with a blank", "malformed", b" 01231235959Z")
    until("year 49", True, b"491231235959Z")
    until("year 50, which is 1950", "expired", b"500101000000Z")
    until("empty", "malformed", b"")
    until("four digits in a UTCTime", "malformed", b"20301231235959Z")
    until("2050", True, b"20500101000000Z", 0x18)
    until("2049 as GeneralizedTime", True, b"20491231235959Z", 0x18)
    until("1949 as GeneralizedTime", "expired", b"19491231235959Z", 0x18)
    until("year 0", "expired", b"00000101000000Z", 0x18, differs=None)
    until("a fraction of a second", "malformed", b"20501231235959.5Z", 0x18)
    until("two digits in a GeneralizedTime", "malformed", b"301231235959Z", 0x18)
    until("GeneralizedTime with an offset", "malformed", b"20501231235959+0000", 0x18)
    until("GeneralizedTime without seconds", "malformed", b"205012312359Z", 0x18)
    until("another type", "malformed", b"301231235959Z", 0x0C)
    z.case("ends before it begins", "not valid before", [root],
           [z.leaf(start=NOW + DAY, end=NOW - DAY)])
    z.case("validity of one second", True, [root], [z.leaf(start=NOW, end=NOW + 1)])
    z.case("three times", "malformed", [root],
           [z.leaf(end=tlv(0x17, b"301231235959Z") + tlv(0x17, b"311231235959Z"))])
    z.case("long after the leaf", "expired", [root], [z.leaf()], at=NOW + 4000 * DAY)
    for label, serial, wanted in (
            ("of 20 bytes", integer((1 << 159) - 1), True),
            ("of 21 bytes", integer(1 << 160), True),
            ("of 200 bytes", integer(1 << 1590), True),
            ("not minimal", tlv(2, b"\0\1"), "malformed"),
            ("negative, not minimal", tlv(2, b"\xff\xff"), "malformed"),
            ("of no bytes", tlv(2), "malformed"),
            ("of another type", tlv(10, b"\1"), "malformed"),
            ("-100", integer(-100), True)):
        z.case(f"number {label}", wanted, [root], [z.leaf(serial=serial)])


PARTS = (written, constrained, levels, distinguished, times)
