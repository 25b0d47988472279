"""The zoo: chains good and bad, each with what must be said of it."""

import ipaddress

from der import (ANY, BMP, CLIENT, DAY, IA5, PRINTABLE, SERVER, TELETEX, UNIVERSAL, Key, basic,
                 bits, certificate, constraints, extension, integer, issuer_id, name, oid, purposes,
                 san, seq, subject_id, tlv, usage)

NOW = 1795500000        # 2026-11-24; the verifiers are told so
OLD, NEW = NOW - 400 * DAY, NOW + 400 * DAY
HOST = "api.example.com"

CA_USAGE = usage("keyCertSign", "cRLSign")


def ip(text):
    return ipaddress.ip_address(text).packed


def net(text):
    n = ipaddress.ip_network(text)
    return n.network_address.packed + n.netmask.packed


class Case:
    """
    One chain. `wanted` is True or a word of the refusal; `differs` says why OpenSSL's verdict is
    another one, and is an error when it is not.
    """

    def __init__(self, label, wanted, anchors, chain, host=HOST, at=NOW, differs=None):
        self.label, self.wanted, self.anchors, self.chain = label, wanted, anchors, chain
        self.host, self.at, self.differs = host, at, differs


class Zoo:
    def __init__(self, directory):
        self.directory = directory
        self.keys = {}
        self.cases = []

    def key(self, label, kind="P-256"):
        if label not in self.keys:
            self.keys[label] = Key(self.directory, f"{label}-{kind}", kind)
        return self.keys[label]

    def case(self, *args, **more):
        self.cases.append(Case(*args, **more))

    # ---- parts ----

    def root(self, label="root", kind="P-256", extensions=None, cn=None, start=OLD, end=NEW, **more):
        k = self.key(label, kind)
        subject = more.pop("subject", None) or name(cn or f"Zoo {label}")
        if extensions is None:
            extensions = (basic(), CA_USAGE, subject_id(k))
        return certificate(subject, k, subject, k, start, end, extensions, **more)

    def middle(self, label="middle", kind="P-256", by="root", extensions=None, add=(), start=OLD,
               end=NEW, subject=None, issuer=None, **more):
        k, signer = more.pop("key", None) or self.key(label, kind), self.key(by)
        if extensions is None:
            extensions = (basic(), CA_USAGE, subject_id(k), issuer_id(signer)) + tuple(add)
        return certificate(subject or name(f"Zoo {label}"), k, issuer or name(f"Zoo {by}"), signer,
                           start, end, extensions, **more)

    def leaf(self, by="root", kind="P-256", label="leaf", names=(("dns", HOST),), extensions=None,
             use=("digitalSignature",), purpose=(SERVER,), add=(), start=OLD, end=NEW, subject=None,
             issuer=None, **more):
        k, signer = more.pop("key", None) or self.key(label, kind), self.key(by)
        if extensions is None:
            extensions = (basic(False),)
            extensions += (usage(*use),) if use else ()
            extensions += (purposes(*purpose),) if purpose else ()
            extensions += (issuer_id(signer),)
            extensions += (san(*names),) if names else ()
            extensions += tuple(add)
        return certificate(subject or name("leaf"), k, issuer or name(f"Zoo {by}"), signer, start,
                           end, extensions, **more)


def plain(z):
    root, middle = z.root(), z.middle()
    z.case("leaf under the root", True, [root], [z.leaf()])
    z.case("leaf, intermediate", True, [root], [z.leaf("middle"), middle])
    z.case("the root sent as well", True, [root], [z.leaf("middle"), middle, root])
    z.case("expired leaf", "expired", [root], [z.leaf(start=OLD, end=NOW - DAY)])
    z.case("leaf not yet valid", "not valid before", [root], [z.leaf(start=NOW + DAY)])
    z.case("expired intermediate", "expired", [root], [z.leaf("middle"), z.middle(end=NOW - 1)])
    z.case("expired root", "expired", [z.root(end=NOW - DAY)], [z.leaf()])
    z.case("last second of validity", True, [root], [z.leaf(end=NOW)],
           differs="notAfter is within (RFC 5280 section 4.1.2.5)")
    z.case("first second of validity", True, [root], [z.leaf(start=NOW)])
    z.case("wrong name", "other names", [root], [z.leaf()], host="www.example.com")
    z.case("unknown issuer", "not trusted", [z.root("other")], [z.leaf()])
    z.case("another root of the same name", "signature", [z.root("other", cn="Zoo root")], [z.leaf()])
    z.case("both roots of one name trusted", True, [z.root("other", cn="Zoo root"), root], [z.leaf()])
    z.case("missing intermediate", "not trusted", [root], [z.leaf("middle")])
    z.case("self-signed, unknown", "self-signed", [root],
           [z.leaf("leaf", issuer=name("leaf"))])
    z.case("spoiled signature on the leaf", "signature", [root], [z.leaf(spoil=True)])
    z.case("spoiled signature on the intermediate", "signature", [root],
           [z.leaf("middle"), z.middle(spoil=True)])
    z.case("no certificate of use", "not trusted", [root], [z.leaf("middle"), z.middle("other")])
    z.case("an intermediate as anchor", True, [middle], [z.leaf("middle")])


def orders(z):
    root, m1 = z.root(), z.middle("m1")
    m2, m3 = z.middle("m2", by="m1"), z.middle("m3", by="m2")
    leaf, other = z.leaf("m3"), z.root("other")
    z.case("three intermediates", True, [root], [leaf, m3, m2, m1])
    z.case("shuffled chain", True, [root], [leaf, m1, m3, m2])
    z.case("reversed chain with the root", True, [root], [leaf, root, m1, m2, m3])
    z.case("duplicates", True, [root], [leaf, m3, m3, leaf, m2, m3, m1, m1])
    z.case("strangers between", True, [root], [leaf, other, m1, z.leaf("other"), m3, m2])
    z.case("one of three missing", "not trusted", [root], [leaf, m3, m1])
    # m2 again, under another root that is not trusted
    crossed = z.middle("m2", by="other")
    z.case("cross-signed, the dead end first", True, [root], [leaf, m3, crossed, m2, m1],
           differs="OpenSSL tries one way only")
    z.case("cross-signed, the dead end last", True, [root], [leaf, m3, m2, crossed, m1])
    z.case("cross-signed, the other root trusted", True, [other], [leaf, m3, m2, crossed, m1],
           differs="OpenSSL tries one way only")
    stale = z.middle("m2", by="m1", end=NOW - DAY)
    z.case("an expired twin first", True, [root], [leaf, m3, stale, m2, m1])
    old_root = z.root("old", end=NOW - DAY)
    z.case("cross-signed by an expired root", True, [old_root, root],
           [leaf, m3, m2, m1, z.middle("m1", by="old")])
    z.case("the trusted root cross-signed by an expired one", True, [root],
           [z.leaf(), z.middle("root", by="old")])
    wrong_id = z.middle("m1", extensions=(basic(), CA_USAGE, subject_id(z.key("other"))))
    z.case("key identifiers that do not fit", True, [root], [z.leaf("m1"), wrong_id],
           differs="identifiers are hints here; OpenSSL takes them for facts")
    none = z.middle("m1", extensions=(basic(), CA_USAGE))
    z.case("no key identifiers", True, [z.root(extensions=(basic(), CA_USAGE))],
           [z.leaf("m1", extensions=(san(("dns", HOST)),)), none])
    loop = [z.middle("a", by="b"), z.middle("b", by="a")]
    z.case("a circle", "not trusted", [root], [z.leaf("a")] + loop)


def lengths(z):
    root, chain, by = z.root(), [], "root"
    for i in range(6):
        chain.insert(0, z.middle(f"d{i}", by=by))
        by = f"d{i}"
    z.case("eight certificates with the root", True, [root], [z.leaf("d5")] + chain)
    for i in range(6, 10):
        chain.insert(0, z.middle(f"d{i}", by=f"d{i - 1}"))
    z.case("ten certificates below the root", True, [root], [z.leaf("d8")] + chain[1:])
    z.case("eleven certificates below the root", "longer", [root], [z.leaf("d9")] + chain,
           differs="CHAIN_DEPTH_MAX")
    z.case("path length 0, met", True, [root],
           [z.leaf("middle"), z.middle(extensions=(basic(path_len=0), CA_USAGE))])
    short = z.middle("m1", extensions=(basic(path_len=0), CA_USAGE))
    z.case("path length 0, exceeded", "path length", [root],
           [z.leaf("m2"), z.middle("m2", by="m1"), short])
    z.case("path length 1, met", True, [z.root(extensions=(basic(path_len=1), CA_USAGE))],
           [z.leaf("middle"), z.middle()])
    z.case("path length of the root, exceeded", "path length",
           [z.root(extensions=(basic(path_len=0), CA_USAGE))], [z.leaf("middle"), z.middle()])
    again = certificate(name("Zoo m1"), z.key("m1b"), name("Zoo m1"), z.key("m1"), OLD, NEW,
                        (basic(), CA_USAGE, subject_id(z.key("m1b")), issuer_id(z.key("m1"))))
    z.case("self-issued CAs do not count", True, [root],
           [z.leaf("m1b", issuer=name("Zoo m1")), again,
            z.middle("m1", extensions=(basic(path_len=0), CA_USAGE, subject_id(z.key("m1"))))])
    z.case("twenty certificates, the good ones first", True, [root],
           [z.leaf("m1"), z.middle("m1")] + [z.middle(f"x{i}", by="other") for i in range(5)] * 4)


def algorithms(z):
    for kind in ("P-256", "P-384", "P-521", "rsa2048", "rsa3072", "rsa4096"):
        label = f"root-{kind}"
        for digest in ("sha256", "sha384", "sha512"):
            root = z.root(label, kind, digest=digest)
            z.case(f"{kind} and {digest}", True, [root], [z.leaf(label, digest=digest)])
        z.case(f"{kind} leaf", True, [z.root()], [z.leaf(kind=kind, label=f"leaf-{kind}")])
    weak = z.root("root-rsa1024", "rsa1024")
    z.case("RSA 1024 leaf", "key", [z.root()], [z.leaf(kind="rsa1024", label="leaf-rsa1024")])
    z.case("RSA 1024 root", "key", [weak], [z.leaf("root-rsa1024")])
    below = z.middle("m1024", "rsa1024")
    z.case("RSA 1024 intermediate", "key", [z.root()], [z.leaf("m1024"), below])
    z.case("RSA 5120 root", "key", [z.root("root-rsa5120", "rsa5120")], [z.leaf("root-rsa5120")],
           differs="RSA_BITS_MAX: BearSSL's limit")
    z.case("P-224 leaf", "key", [z.root()], [z.leaf(kind="P-224", label="leaf-P-224")],
           differs="three curves are enough")
    z.case("secp256k1 leaf", "key", [z.root()], [z.leaf(kind="secp256k1", label="leaf-k1")],
           differs="three curves are enough")
    z.case("Ed25519 leaf", "key", [z.root()], [z.leaf(kind="ed25519", label="leaf-ed")],
           differs="BearSSL has no Ed25519")
    rsa = z.root("root-rsa2048", "rsa2048")
    for digest in ("sha1", "md5"):
        z.case(f"{digest} signature, RSA", "MD5 or SHA-1", [rsa],
               [z.leaf("root-rsa2048", digest=digest)])
    z.case("sha1 signature, ECDSA", "MD5 or SHA-1", [z.root()], [z.leaf(digest="sha1")])
    z.case("sha1 signature on the intermediate", "MD5 or SHA-1", [rsa],
           [z.leaf("middle"), z.middle(by="root-rsa2048", digest="sha1")])
    z.case("sha1 self-signature of the root", True, [z.root("root-rsa2048", "rsa2048", digest="sha1")],
           [z.leaf("root-rsa2048")])
    z.case("md5 self-signature of the root", True, [z.root("root-rsa2048", "rsa2048", digest="md5")],
           [z.leaf("root-rsa2048")])
    z.case("spoiled self-signature of the root", True, [z.root(spoil=True)], [z.leaf()])
    other = seq(oid("1.2.840.10045.4.3.3"))
    z.case("two algorithm fields that differ", "signed in a way", [z.root()], [z.leaf(inner=other)])


def names(z):
    root = z.root()

    def one(label, wanted, host, *names_, differs=None, **more):
        z.case(label, wanted, [root], [z.leaf(names=names_, **more)], host=host, differs=differs)

    one("case does not count", True, "API.Example.COM", ("dns", "api.eXample.com"))
    one("final dot of the host", True, "api.example.com.", ("dns", HOST),
        differs="OpenSSL takes the dot literally")
    one("final dot in the certificate", "other names", HOST, ("dns", HOST + "."))
    one("second of three names", True, HOST, ("dns", "a.example"), ("dns", HOST), ("dns", "b.example"))
    one("wildcard", True, HOST, ("dns", "*.example.com"))
    one("wildcard for two labels", "other names", "a.b.example.com", ("dns", "*.example.com"))
    one("wildcard for none", "other names", "example.com", ("dns", "*.example.com"))
    one("wildcard in the middle", "other names", "a.b.example.com", ("dns", "a.*.example.com"))
    one("wildcard part of a label", "other names", HOST, ("dns", "a*.example.com"),
        differs="only whole labels here")
    one("wildcard right below a top level", "other names", "example.com", ("dns", "*.com"))
    one("nothing but a wildcard", "other names", "localhost", ("dns", "*"))
    one("wildcard and dot", "other names", HOST, ("dns", "*."))
    one("two wildcards", "other names", "a.b.example.com", ("dns", "*.*.example.com"))
    one("wildcard against an address", "other names", "127.0.0.1", ("dns", "*.0.0.1"))
    one("wildcard for an A-label", True, "xn--bcher-kva.example.com", ("dns", "*.example.com"))
    one("a name that only ends alike", "other names", "evilexample.com", ("dns", "example.com"))
    one("NUL in the name", "other names", HOST, ("dns", HOST.encode() + b"\0.evil.org"))
    one("NUL before the name", "other names", HOST, ("dns", b"evil\0" + HOST.encode()))
    one("single label", True, "localhost", ("dns", "localhost"))
    one("underscore", True, "a_b.example.com", ("dns", "a_b.example.com"))
    one("IPv4 address", True, "192.0.2.7", ("ip", ip("192.0.2.7")))
    one("IPv6 address", True, "2001:db8::7", ("ip", ip("2001:db8::7")))
    one("IPv6 written otherwise", True, "2001:0db8:0:0:0:0:0:7", ("ip", ip("2001:db8::7")))
    one("another address", "other names", "192.0.2.8", ("ip", ip("192.0.2.7")))
    one("IPv4 address as DNS name", "other names", "192.0.2.7", ("dns", "192.0.2.7"))
    one("IPv4 mapped into IPv6", "other names", "192.0.2.7", ("ip", ip("::ffff:192.0.2.7")))
    one("name where the certificate has an address", "other names", HOST, ("ip", ip("192.0.2.7")))
    one("mail address only", "other names", HOST, ("mail", "a@api.example.com"))
    z.case("common name only", "other names", [root],
           [z.leaf(names=(), subject=name(HOST))], differs="no fall back to the common name")
    z.case("common name fits, subjectAltName does not", "other names", [root],
           [z.leaf(names=(("dns", "a.example"),), subject=name(HOST))])
    z.case("common name an address", "other names", [root],
           [z.leaf(names=(), subject=name("192.0.2.7"))], host="192.0.2.7")
    z.case("empty subject, critical subjectAltName", True, [root],
           [z.leaf(subject=seq(), names=(), add=(san(("dns", HOST), critical=True),))])


def usages(z):
    root = z.root()

    def leaf(label, wanted, differs=None, **more):
        z.case(label, wanted, [root], [z.leaf(**more)], differs=differs)

    def middle(label, wanted, *extensions, differs=None, **more):
        z.case(label, wanted, [root], [z.leaf("middle"), z.middle(extensions=extensions, **more)],
               differs=differs)

    leaf("no key usage", True, use=())
    leaf("key usage: encipherment only", "key usage", use=("keyEncipherment",),
         differs="ECDHE needs digitalSignature (RFC 5246 section 7.4.2)")
    leaf("key usage: agreement only", "key usage", use=("keyAgreement",),
         differs="ECDHE needs digitalSignature (RFC 5246 section 7.4.2)")
    leaf("key usage: encipherment only, RSA", True, use=("keyEncipherment", "dataEncipherment"),
         key=z.key("leaf-rsa2048", "rsa2048"))
    leaf("key usage: data encipherment only, RSA", "key usage", use=("dataEncipherment",),
         key=z.key("leaf-rsa2048", "rsa2048"))
    leaf("key usage: signs certificates only", "key usage", use=("keyCertSign",))
    leaf("no extended key usage", True, purpose=())
    leaf("extended key usage: client only", "extended key usage", purpose=(CLIENT,))
    leaf("extended key usage: server and client", True, purpose=(CLIENT, SERVER))
    leaf("extended key usage: any", "extended key usage", purpose=(ANY,))
    leaf("extended key usage: e-mail", "extended key usage", purpose=("1.3.6.1.5.5.7.3.4",))
    leaf("leaf that is a CA", True, extensions=(basic(), san(("dns", HOST))))
    leaf("unknown extension", True, add=(extension("1.2.3.4", b"\5\0"),))
    leaf("unknown critical extension", "critical extension",
         add=(extension("1.2.3.4", b"\5\0", True),))
    leaf("critical policies", True, add=(extension("2.5.29.32", seq(seq(oid("2.23.140.1.2.1"))), True),))
    middle("intermediate: server purpose", True, basic(), CA_USAGE, purposes(SERVER))
    middle("intermediate: client purpose", "extended key usage", basic(), CA_USAGE, purposes(CLIENT))
    middle("intermediate: any purpose", "extended key usage", basic(), CA_USAGE, purposes(ANY))
    middle("intermediate: no key usage", True, basic())
    middle("intermediate: may not sign certificates", "key usage", basic(),
           usage("digitalSignature", "cRLSign"))
    middle("intermediate: CA flag false", "no CA", basic(False), CA_USAGE)
    middle("intermediate: no basic constraints", "no CA", CA_USAGE)
    middle("intermediate: no extensions", "no CA")
    middle("intermediate: version 1", "no CA", version=1)
    middle("intermediate: basic constraints not critical", True, basic(critical=False), CA_USAGE)
    middle("intermediate: unknown critical extension", "critical extension", basic(), CA_USAGE,
           extension("1.2.3.4", b"\5\0", True))
    z.case("a leaf as CA", "no CA", [root],
           [z.leaf("leaf2", issuer=name("other leaf")),
            z.leaf(label="leaf2", subject=name("other leaf"))])


def constrained(z):
    root = z.root()

    def one(label, wanted, names_, host=HOST, differs=None, subject=None, **more):
        for critical in (True, False):
            how = "critical" if critical else "not critical"
            m = z.middle(add=(constraints(critical=critical, **more),))
            z.case(f"{label}, {how}", wanted, [root],
                   [z.leaf("middle", names=names_, subject=subject), m], host=host, differs=differs)

    dns = (("dns", HOST),)
    one("permitted DNS, within", True, dns, permitted=(("dns", "example.com"),))
    one("permitted DNS, equal", True, dns, permitted=(("dns", HOST),))
    one("permitted DNS, outside", "name constraints", dns, permitted=(("dns", "example.org"),))
    one("permitted DNS, ends alike", "name constraints", dns, permitted=(("dns", "ample.com"),))
    one("permitted DNS with a dot", True, dns, permitted=(("dns", ".example.com"),))
    one("permitted DNS with a dot, equal", "name constraints", (("dns", "example.com"),),
        host="example.com", permitted=(("dns", ".example.com"),))
    one("permitted DNS, other case", True, dns, permitted=(("dns", "EXAMPLE.com"),))
    one("permitted DNS: all", True, dns, permitted=(("dns", ""),))
    one("two permitted", True, dns, permitted=(("dns", "example.org"), ("dns", "example.com")))
    one("one of two names outside", "name constraints", dns + (("dns", "a.org"),),
        permitted=(("dns", "example.com"),))
    one("excluded DNS, outside", True, dns, excluded=(("dns", "example.org"),))
    one("excluded DNS, within", "name constraints", dns, excluded=(("dns", "example.com"),))
    one("excluded wins", "name constraints", dns, permitted=(("dns", "example.com"),),
        excluded=(("dns", HOST),))
    one("wildcard within", True, (("dns", "*.example.com"),), permitted=(("dns", "example.com"),))
    one("wildcard, permitted with a dot", True, (("dns", "*.example.com"),),
        permitted=(("dns", ".example.com"),))
    one("wildcard wider than permitted", "name constraints", (("dns", "*.example.com"),),
        permitted=(("dns", HOST),))
    one("wildcard over an excluded host", "name constraints", (("dns", "*.example.com"),),
        excluded=(("dns", HOST),), differs="the host itself must fit, not only the wildcard")
    one("permitted IPv4, within", True, (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        permitted=(("ip", net("192.0.2.0/24")),))
    one("permitted IPv4, outside", "name constraints", (("ip", ip("198.51.100.7")),),
        host="198.51.100.7", permitted=(("ip", net("192.0.2.0/24")),))
    one("permitted IPv4, an IPv6 name", "name constraints", (("ip", ip("2001:db8::1")),),
        host="2001:db8::1", permitted=(("ip", net("192.0.2.0/24")),))
    one("permitted IPv6, within", True, (("ip", ip("2001:db8::1")),), host="2001:db8::1",
        permitted=(("ip", net("2001:db8::/32")),))
    one("excluded IPv4, within", "name constraints", (("ip", ip("192.0.2.7")),), host="192.0.2.7",
        excluded=(("ip", net("192.0.2.0/25")),))
    one("excluded IPv4, outside", True, (("ip", ip("192.0.2.200")),), host="192.0.2.200",
        excluded=(("ip", net("192.0.2.0/25")),))
    one("all addresses excluded, a DNS name", True, dns,
        excluded=(("ip", net("0.0.0.0/0")), ("ip", net("::/0"))))
    one("only addresses permitted, a DNS name", True, dns, permitted=(("ip", net("192.0.2.0/24")),))
    one("an address mask of odd length", "name constraints", (("ip", ip("192.0.2.7")),),
        host="192.0.2.7", permitted=(("ip", b"\xc0\0\2\0\xff\xff\xff"),))
    one("permitted directory, within", True, dns, permitted=(("dir", name(None)),))
    one("permitted directory, another spelling", True, dns,
        permitted=(("dir", name(None, PRINTABLE, org="ZOO")),))
    one("permitted directory, outside", "name constraints", dns,
        permitted=(("dir", name(None, org="Circus")),))
    one("excluded directory, within", "name constraints", dns, excluded=(("dir", name(None)),))
    one("excluded directory, outside", True, dns, excluded=(("dir", name(None, org="Circus")),))
    one("permitted mail, no mail", True, dns, permitted=(("mail", "example.com"),))
    z.case("constraints of the root, outside", "name constraints",
           [z.root(extensions=(basic(), CA_USAGE, constraints(permitted=(("dns", "a.org"),))))],
           [z.leaf()])
    top = z.middle("m1", add=(constraints(permitted=(("dns", "example.org"),)),))
    z.case("constraints two levels up, outside", "name constraints", [root],
           [z.leaf("m2"), z.middle("m2", by="m1"), top])
    good = z.middle("m1")
    z.case("a constrained twin and a free one", True, [root], [z.leaf("m1"), top, good],
           differs="both ways are tried")
    z.case("common name outside, subjectAltName within", True, [root],
           [z.leaf("middle", subject=name("a.org")),
            z.middle(add=(constraints(permitted=(("dns", "example.com"),)),))])


def odd(z):
    """Names, numbers and roots as real networks have them."""
    for kind, label in ((PRINTABLE, "PrintableString"), (TELETEX, "TeletexString"), (IA5, "IA5String"),
                        (BMP, "BMPString"), (UNIVERSAL, "UniversalString")):
        root = z.root(subject=name("Zoo root", kind))
        z.case(f"root's name a {label}, issuer's UTF8String", True, [root], [z.leaf()])
    z.case("root's name in capitals and blanks", True, [z.root(subject=name("  ZOO   Root "))],
           [z.leaf()])
    z.case("names in Latin-1 and UTF-8", True, [z.root(subject=name("Zoo Büro", TELETEX))],
           [z.leaf(issuer=name("Zoo Büro"))])
    z.case("names that differ in one letter", "not trusted", [z.root(subject=name("Zoo roof"))],
           [z.leaf()])
    z.case("attributes in another order", "not trusted",
           [z.root(subject=seq(*(tlv(0x31, seq(oid(o), tlv(0x0C, t))) for o, t in
                                 (("2.5.4.3", b"Zoo root"), ("2.5.4.10", b"Zoo")))))], [z.leaf()])
    z.case("root of version 1", True, [z.root(extensions=(), version=1)], [z.leaf()])
    z.case("root without key usage", True, [z.root(extensions=(basic(),))], [z.leaf()])
    z.case("root: key usage, no basic constraints", True, [z.root(extensions=(CA_USAGE,))], [z.leaf()])
    z.case("root: version 3, no extensions", "no CA", [z.root(extensions=())], [z.leaf()])
    z.case("root: CA flag false", "no CA", [z.root(extensions=(basic(False),))], [z.leaf()])
    z.case("root: may not sign certificates", "key usage",
           [z.root(extensions=(basic(), usage("digitalSignature")))], [z.leaf()])
    z.case("root: client purpose", "extended key usage",
           [z.root(extensions=(basic(), CA_USAGE, purposes(CLIENT)))], [z.leaf()])
    z.case("root: unknown critical extension", "critical extension",
           [z.root(extensions=(basic(), extension("1.2.3.4", b"\5\0", True)))], [z.leaf()])
    for serial, label in ((-5, "negative"), (0, "zero"), (1 << 200, "25 bytes long")):
        z.case(f"serial number {label}", True, [z.root(serial=serial)], [z.leaf(serial=serial)])
    z.case("GeneralizedTime before 2050", True, [z.root()], [z.leaf(times=("general", "general"))])
    z.case("until 9999", True, [z.root(end=253402300799)], [z.leaf(end=253402300799)])
    z.case("since 1950", True, [z.root(start=-631152000)], [z.leaf(start=-631152000)])
    pinned = z.leaf("leaf", issuer=name("leaf"))
    z.case("self-signed leaf as anchor", True, [pinned], [pinned])
    z.case("self-signed leaf as anchor, wrong name", "other names", [pinned], [pinned], host="a.org")
    stale = z.leaf("leaf", issuer=name("leaf"), end=NOW - DAY)
    z.case("self-signed leaf as anchor, expired", "expired", [stale], [stale])
    bare = z.leaf("leaf", issuer=name("leaf"), extensions=(san(("dns", HOST)),))
    z.case("self-signed leaf without usages as anchor", True, [bare], [bare])
    issued = z.leaf("other")
    z.case("leaf of an unknown issuer as anchor", True, [issued], [issued])
    z.case("another leaf of the same name as anchor", "not trusted", [z.leaf("other", serial=9)],
           [issued])
    z.case("trailing bytes behind the leaf", "malformed", [z.root()], [z.leaf(tail=b"\0")],
           differs="OpenSSL's PEM reader passes over them")
    long_form = z.leaf()
    z.case("length not minimal", "malformed", [z.root()],
           [b"\x30\x83\0" + long_form[2:4] + long_form[4:]],
           differs="BER is no DER")
    z.case("a stranger that is no certificate", True, [z.root()], [z.leaf(), seq(integer(1))],
           differs="openssl verify reads all or nothing")
    z.case("same extension twice", "extension twice: subjectAltName", [z.root()],
           [z.leaf(add=(san(("dns", "a.org")),))])
    z.case("extensions in version 1", "version 1", [z.root()], [z.leaf(version=1)],
           differs="malformed: RFC 5280 section 4.1.2.9")
    z.case("our clock before this program", "wrong", [z.root()], [z.leaf()], at=1000000000)
    z.case("key usage of odd bits", "malformed", [z.root()],
           [z.leaf(use=(), add=(extension("2.5.29.15", bits(b"\x81", 3)),))],
           differs="spare bits must be zero in DER")


def build(directory):
    # They know this file.
    import bytewise
    import extensions
    import paths
    import subjects

    z = Zoo(directory)
    own = (plain, orders, lengths, algorithms, names, usages, constrained, odd)
    for part in own + extensions.PARTS + subjects.PARTS + bytewise.PARTS + paths.PARTS:
        part(z)
    return z.cases
