"""Certificate chains good and bad, and what openssl s_server is told to do with them."""

import os
import shutil

from mock.certs import NAMES, issue, leaf_extensions, make_root, write

STAMP = "made-3"
CA = ("basicConstraints = critical,CA:TRUE", "keyUsage = critical,keyCertSign,cRLSign")
PAST = {"start": "20200101000000Z", "end": "20210101000000Z"}
FUTURE = {"start": "20480101000000Z", "end": "20491231235959Z"}
SIGN = "critical,digitalSignature"

# name, issuer, extensions, more: in the order they must be made
ISSUED = (
    ("middle", "root", CA, {}),
    ("middle-two", "middle", CA, {}),
    ("middle-rsa", "root", CA, {"key": "rsa:2048"}),
    ("middle-384", "root", CA, {"key": "ec:secp384r1", "digest": "sha384"}),
    ("middle-past", "root", CA, PAST),
    ("middle-no-sign", "root", (CA[0], "keyUsage = critical,digitalSignature"), {}),
    ("middle-short", "root", ("basicConstraints = critical,CA:TRUE,pathlen:0", CA[1]), {}),
    ("middle-below", "middle-short", CA, {}),
    ("middle-only-example", "root",
     CA + ("nameConstraints = critical,permitted;DNS:example.org",), {}),
    ("middle-loose-example", "root", CA + ("nameConstraints = permitted;DNS:example.org",), {}),
    ("not-a-middle", "root", ("basicConstraints = critical,CA:FALSE", "keyUsage = " + SIGN), {}),
    ("good", "root", leaf_extensions(), {}),
    ("by-middle", "middle", leaf_extensions(), {}),
    ("by-middle-two", "middle-two", leaf_extensions(), {}),
    ("by-middle-rsa", "middle-rsa", leaf_extensions(), {"key": "rsa:2048"}),
    ("by-middle-384", "middle-384", leaf_extensions(), {"key": "ec:secp384r1", "digest": "sha384"}),
    ("by-middle-past", "middle-past", leaf_extensions(), {}),
    ("by-middle-no-sign", "middle-no-sign", leaf_extensions(), {}),
    ("by-middle-below", "middle-below", leaf_extensions(), {}),
    ("by-middle-only", "middle-only-example", leaf_extensions("DNS:localhost,IP:127.0.0.1"), {}),
    ("by-middle-loose", "middle-loose-example",
     leaf_extensions("DNS:localhost,IP:127.0.0.1"), {}),
    ("by-not-a-middle", "not-a-middle", leaf_extensions(), {}),
    ("rsa-2048", "root", leaf_extensions(), {"key": "rsa:2048"}),
    ("rsa-4096", "root", leaf_extensions(), {"key": "rsa:4096"}),
    ("rsa-1024", "root", leaf_extensions(), {"key": "rsa:1024"}),
    ("sha-1", "root", leaf_extensions(), {"digest": "sha1"}),
    ("past", "root", leaf_extensions(), PAST),
    ("future", "root", leaf_extensions(), FUTURE),
    ("other-address", "root", leaf_extensions("IP:127.0.0.2,DNS:localhost"), {}),
    ("name-only", "root", leaf_extensions("DNS:localhost"), {}),
    ("address-as-name", "root", leaf_extensions("DNS:127.0.0.1"), {}),
    ("no-names", "root", leaf_extensions()[:3], {}),
    ("for-clients", "root", leaf_extensions(purpose="clientAuth"), {}),
    ("cannot-sign", "root", leaf_extensions(usage="critical,keyAgreement"), {}),
    ("critical-unknown", "root", leaf_extensions() + ("1.2.3.4.5 = critical,ASN1:NULL",), {}),
    ("by-stranger", "stranger", leaf_extensions(), {}),
)
# file: certificates in the order they are sent behind the leaf
BUNDLES = {
    "shuffled.chain": ("root", "middle", "middle-two", "stranger"),
    "two.chain": ("middle-two", "middle"),
    "below.chain": ("middle-below", "middle-short"),
}


def with_chain(leaf, chain=None):
    return ("LEAF", leaf) + (("CHAIN", chain) if chain else ())


# name, options of s_server, wanted exit status, words wanted on stderr
TABLE = (
    ("a leaf right under the root", with_chain("good"), 0, ()),
    ("one intermediate", with_chain("by-middle", "middle.pem"), 0, ()),
    ("two intermediates", with_chain("by-middle-two", "two.chain"), 0, ()),
    ("a shuffled chain with strangers in it", with_chain("by-middle-two", "shuffled.chain"), 0, ()),
    ("RSA 2048 under an RSA intermediate", with_chain("by-middle-rsa", "middle-rsa.pem"), 0, ()),
    ("P-384 under P-384", with_chain("by-middle-384", "middle-384.pem"), 0, ()),
    ("RSA 2048", with_chain("rsa-2048"), 0, ()),
    ("RSA 4096", with_chain("rsa-4096"), 0, ()),
    ("AES-256-GCM", with_chain("good") + ("-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"), 0, ()),
    ("ChaCha20-Poly1305", with_chain("good") + ("-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"), 0, ()),
    ("ECDHE-RSA", with_chain("rsa-2048") + ("-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), 0, ()),
    ("key exchange over P-256", with_chain("good") + ("-groups", "P-256"), 0, ()),
    ("key exchange over P-384", with_chain("good") + ("-groups", "P-384"), 0, ()),
    ("key exchange over P-521", with_chain("good") + ("-groups", "P-521"), 0, ()),
    ("key exchange over X25519 alone, which is left out", with_chain("good") +
     ("-groups", "X25519"), 22, ("curve",)),
    ("TLS 1.3 only", with_chain("good") + ("-tls1_3",), 22, ("1.3",)),
    ("TLS 1.1 only",
     with_chain("good") + ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), 22, ()),
    ("CBC suites only", with_chain("good") + ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"),
     22, ()),
    ("static RSA only", with_chain("rsa-2048") + ("-tls1_2", "-cipher", "AES128-GCM-SHA256"),
     22, ()),
    ("an unknown issuer", with_chain("by-stranger"), 22, ("stranger",)),
    ("a missing intermediate", with_chain("by-middle"), 22, ("middle",)),
    ("expired", with_chain("past"), 22, ("expired",)),
    ("not yet valid", with_chain("future"), 22, ()),
    ("an expired intermediate", with_chain("by-middle-past", "middle-past.pem"), 22, ()),
    ("an intermediate that may not sign", with_chain("by-middle-no-sign", "middle-no-sign.pem"),
     22, ()),
    ("an intermediate that is no CA", with_chain("by-not-a-middle", "not-a-middle.pem"), 22, ()),
    ("a path longer than pathlen", with_chain("by-middle-below", "below.chain"), 22, ()),
    ("outside critical name constraints", with_chain("by-middle-only", "middle-only-example.pem"),
     22, ()),
    ("outside name constraints", with_chain("by-middle-loose", "middle-loose-example.pem"), 22, ()),
    ("another address", with_chain("other-address"), 22, ("127.0.0.1",)),
    ("a name where an address was dialled", with_chain("name-only"), 22, ()),
    ("the address as a DNS name", with_chain("address-as-name"), 22, ()),
    ("no subjectAltName at all", with_chain("no-names"), 22, ()),
    ("made for clients", with_chain("for-clients"), 22, ()),
    ("a key that may not sign", with_chain("cannot-sign"), 22, ()),
    ("an unknown critical extension", with_chain("critical-unknown"), 22, ()),
    ("RSA 1024", with_chain("rsa-1024") + ("-cipher", "ALL:@SECLEVEL=0"), 22, ()),
    ("SHA-1", with_chain("sha-1") + ("-cipher", "ALL:@SECLEVEL=0"), 22, ()),
)


def make(directory):
    """Make the set in `directory` when it is not there; returns its absolute path."""
    d = os.path.abspath(directory)
    if os.path.exists(os.path.join(d, STAMP)):
        return d
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    for root in ("root", "stranger"):
        make_root(d, root)
    for name, issuer, extensions, more in ISSUED:
        issue(d, name, issuer, extensions, **more)
    for name, parts in BUNDLES.items():
        text = ""
        for part in parts:
            with open(os.path.join(d, part + ".pem"), encoding="ascii") as f:
                text += f.read()
        write(os.path.join(d, name), text)
    write(os.path.join(d, STAMP), "")
    return d


def resolve(directory, options):
    """LEAF and CHAIN to options of s_server; TLS 1.2 at least unless the table says which."""
    out, words = [], iter(options)
    for word in words:
        if word == "LEAF":
            leaf = next(words)
            out += ["-cert", os.path.join(directory, leaf + ".pem"),
                    "-key", os.path.join(directory, leaf + ".key")]
        elif word == "CHAIN":
            out += ["-cert_chain", os.path.join(directory, next(words))]
        else:
            out.append(word)
    return out
