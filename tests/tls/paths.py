"""The zoo's wing for search: one good path among many that are not, and none at all."""

from der import (CLIENT, DAY, basic, certificate, constraints, extension, issuer_id, name, purposes,
                 san, subject_id)
from zoo import CA_USAGE, HOST, NEW, NOW, OLD


TIME = ("expired", "not valid yet")  # what OpenSSL looks at when it chooses


def faults(z):
    """Two ways from m2 up to the root; one of them is spoiled. The order sent does not matter."""
    root = z.root()
    leaf, good = z.leaf("m2"), [z.middle("m2", by="m1"), z.middle("m1")]
    ids = (subject_id(z.key("m2")), issuer_id(z.key("m1")))

    def bad(**more):
        return z.middle("m2", by="m1", **more)

    spoiled = (
        ("expired", bad(end=NOW - DAY)),
        ("not valid yet", bad(start=NOW + DAY)),
        ("CA flag false", bad(extensions=(basic(False), CA_USAGE) + ids)),
        ("no basic constraints", bad(extensions=(CA_USAGE,) + ids)),
        ("client purpose", bad(add=(purposes(CLIENT),))),
        ("names elsewhere", bad(add=(constraints(permitted=(("dns", "a.org"),)),))),
        ("SHA-1", bad(digest="sha1")),
        ("wrong signature", bad(spoil=True)),
        ("unknown critical extension", bad(add=(extension("1.2.3.4", b"\5\0", True),))),
        ("another key", certificate(name("Zoo m2"), z.key("x"), name("Zoo m1"), z.key("m1"), OLD, NEW,
                                    (basic(), CA_USAGE))),
        ("version 1", bad(extensions=(), version=1)),
        ("unknown issuer", z.middle("m2", by="lost")),
        ("path length exceeded above", z.middle("m2", by="short")),
    )
    short = z.middle("short", extensions=(basic(path_len=0), CA_USAGE, subject_id(z.key("short"))))
    for label, twin in spoiled:
        also = [short] if "length" in label else []
        for order, chain in (("first", [twin] + also + good), ("last", good + [twin] + also)):
            z.case(f"two ways, {label} {order}", True, [root], [leaf] + chain,
                   differs="OpenSSL tries one way only" if order == "first" and label not in TIME
                   else None)
    every = [twin for _, twin in spoiled]
    z.case("two ways, every fault before", True, [root], [leaf] + every + good,
           differs="OpenSSL tries one way only")


def crossed(z):
    """CAs that sign one another."""
    a, b, c = "a", "b", "c"
    root = z.root("a", cn="Zoo a")
    pairs = [(x, y) for x in (a, b, c) for y in (a, b, c) if x != y]
    mesh = [z.middle(x, by=y) for x, y in pairs]
    leaf = z.leaf("a1")
    z.case("three CAs that sign one another", True, [root], [leaf, z.middle("a1", by=a)] + mesh)
    z.case("three CAs that sign one another, none trusted", "not trusted", [z.root()],
           [leaf, z.middle("a1", by=a)] + mesh)
    z.case("four CAs that sign one another, one of them trusted", True, [z.root("d", cn="Zoo d")],
           [leaf, z.middle("a1", by=a)] + mesh + [z.middle("c", by="d")],
        differs="OpenSSL tries one way only")
    one = certificate(name("Zoo twin"), z.key("t1"), name("Zoo twin"), z.key("t2"), OLD, NEW,
                      (basic(), CA_USAGE, subject_id(z.key("t1")), issuer_id(z.key("t2"))))
    two = certificate(name("Zoo twin"), z.key("t2"), name("Zoo twin"), z.key("t1"), OLD, NEW,
                      (basic(), CA_USAGE, subject_id(z.key("t2")), issuer_id(z.key("t1"))))
    z.case("one name, two keys that sign each other", "signature", [z.root()],
           [z.leaf("t1", issuer=name("Zoo twin")), one, two])
    own = z.root("b", cn="Zoo b")
    z.case("a root that is sent and not trusted", "not trusted", [z.root()], [z.leaf("b"), own])
    z.case("an intermediate trusted, its root sent", True, [z.middle("b")],
           [z.leaf("b"), z.middle("b"), z.root()])
    z.case("an intermediate trusted, its root expired and sent", True, [z.middle("b")],
           [z.leaf("b"), z.middle("b"), z.root(end=NOW - DAY)])
    z.case("root and intermediate trusted", True, [z.middle("b"), z.root()],
           [z.leaf("b"), z.middle("b")])
    z.case("an expired intermediate trusted, its root too", "expired",
           [z.middle("b", end=NOW - DAY), z.root()], [z.leaf("b"), z.middle("b", end=NOW - DAY)])
    z.case("an expired intermediate trusted, a good one sent", True,
           [z.middle("b", end=NOW - DAY), z.root()], [z.leaf("b"), z.middle("b")],
        differs="OpenSSL tries one way only")
    z.case("the root renewed: an expired one is sent", True, [z.root()],
           [z.leaf(), z.root(end=NOW - DAY)])
    z.case("the root renewed: the expired one is trusted", "expired", [z.root(end=NOW - DAY)],
           [z.leaf(), z.root()])
    z.case("the root renewed: both are trusted", True, [z.root(end=NOW - DAY), z.root()], [z.leaf()])
    z.case("the server's certificate is the root", "other names", [z.root()], [z.root()])
    z.case("the leaf's issuer is the leaf's name", "no CA", [z.root()],
           [z.leaf("leaf2", subject=name("Zoo leaf2"), issuer=name("Zoo leaf2")),
            z.leaf(label="leaf2", subject=name("Zoo leaf2"))])


def crowds(z):
    root = z.root()
    wrong = [certificate(name("Zoo m1"), z.key(f"w{i}"), name("Zoo root"), z.key("other"), OLD, NEW,
                         (basic(), CA_USAGE), serial=i) for i in range(29)]
    leaf, good = z.leaf("m1"), z.middle("m1")
    z.case("twelve CAs of the right name, the last is right", True, [root], [leaf] + wrong[:12] + [good],
           differs="OpenSSL tries one way only")
    z.case("thirty certificates, the last is right", True, [root], [leaf] + wrong[:28] + [good],
           differs="OpenSSL tries one way only")
    z.case("thirty certificates, none is right", "signature", [root], [leaf] + wrong)
    keys = [z.root(f"r{i}", cn="Zoo root") for i in range(12)]
    z.case("twelve roots of one name", True, keys + [root], [leaf, good])
    chain, by = [], "root"
    for i in range(8):
        chain.insert(0, z.middle(f"d{i}", by=by))
        by = f"d{i}"
    z.case("eight intermediates from the other end", True, [root], [z.leaf(by)] + chain[::-1])
    z.case("seven intermediates from the other end", True, [root], [z.leaf("d6")] + chain[:0:-1])


def hostile(z):
    """What it may cost: CHAIN_NAMES_MAX, CHAIN_SIGNATURES_MAX and CHAIN_DEPTH_MAX end it."""
    root = z.root()
    kinds = (("host names", lambda i: ("dns", f"{i}.c"), ("dns", "a.b")),
             ("mailboxes", lambda i: ("mail", f"{i}@b.c"), ("mail", "a.b")),
             ("URIs", lambda i: ("uri", f"a://{i}.c"), ("uri", "a.b")),
             ("addresses", lambda i: ("ip", bytes(4)), ("ip", b"\1" * 8)),
             ("directory names", lambda i: ("dir", name(None, org=f"{i}")), ("dir", name("x"))))
    for label, make, base in kinds:
        names = (("dns", HOST),) + tuple(make(i) for i in range(1000))
        z.case(f"a thousand {label}, a thousand constraints", "too many name constraints", [root],
               [z.leaf("m1", names=names), z.middle("m1", add=(constraints(excluded=(base,) * 1000),))],
               differs="CHAIN_NAMES_MAX")
    keys = [z.key(f"h{i}", "P-521") for i in range(31)]
    wheel = [certificate(name("Zoo h"), k, name("Zoo h"), keys[i - 1], OLD, NEW, (basic(), CA_USAGE),
                         digest="sha512") for i, k in enumerate(keys)]
    leaf = certificate(name("leaf"), z.key("leaf"), name("Zoo h"), keys[0], OLD, NEW,
                       (basic(False), san(("dns", HOST))), digest="sha512")
    z.case("thirty-one CAs of one name in a circle", "signature is wrong", [root], [leaf] + wheel)


PARTS = (faults, crossed, crowds, hostile)
