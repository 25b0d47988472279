"""Certificates for the mock, made on the spot by openssl and cached under build/.

One root, one good leaf for every name the client dials, and a few leaves that must be refused.
Everything is P-256, so making the whole set takes well under a second.
"""

import os
import ssl
import subprocess
import tempfile

NAMES = ("DNS:auth.openai.com,DNS:chatgpt.com,DNS:*.chatgpt.com,DNS:*.openai.com,DNS:localhost,"
         "IP:127.0.0.1,IP:::1")

# leaf name -> (issuer, subjectAltName, notBefore, notAfter, extended key usage)
LEAVES = {
    "good": ("root", NAMES, "20240101000000Z", "20491231235959Z", "serverAuth"),
    "expired": ("root", NAMES, "20200101000000Z", "20210101000000Z", "serverAuth"),
    "future": ("root", NAMES, "20480101000000Z", "20491231235959Z", "serverAuth"),
    "wrong-name": ("root", "DNS:example.org", "20240101000000Z", "20491231235959Z", "serverAuth"),
    "unknown-issuer": ("stranger", NAMES, "20240101000000Z", "20491231235959Z", "serverAuth"),
    "client-only": ("root", NAMES, "20240101000000Z", "20491231235959Z", "clientAuth"),
}
ROOTS = ("root", "stranger")
STAMP = "made-5"


def openssl(*args, cwd):
    done = subprocess.run(("openssl",) + args, cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(args)}:\n{done.stdout}")


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def key_options(kind):
    """"ec:prime256v1" or "rsa:2048" as options of openssl req."""
    algorithm, _, size = kind.partition(":")
    if algorithm == "rsa":
        return ("-newkey", f"rsa:{size}")
    return ("-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{size}")


def make_root(d, name, key="ec:prime256v1"):
    openssl("req", "-x509", *key_options(key), "-nodes",
            "-sha256", "-days", "9000", "-subj", f"/O=Octavo tests/CN=Octavo test {name}",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", f"{name}.key", "-out", f"{name}.pem", cwd=d)


def issue(d, name, issuer, extensions, start="20240101000000Z", end="20491231235959Z",
          key="ec:prime256v1", digest="sha256"):
    """A certificate `name`.pem with `name`.key, signed by `issuer`; `extensions` in the words of
    x509v3_config(5)."""
    openssl("req", "-new", *key_options(key), "-nodes",
            "-sha256", "-subj", f"/O=Octavo tests/CN=Octavo test {name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=d)
    write(os.path.join(d, f"{name}.cnf"), "\n".join((
        "[ca]", "default_ca = x", "[x]", f"database = {name}.db", "rand_serial = yes",
        "new_certs_dir = .", f"default_md = {digest}", "policy = p", "x509_extensions = e",
        "unique_subject = no", "[p]", "organizationName = optional", "commonName = supplied",
        "[e]", *extensions, "subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid", "")))
    write(os.path.join(d, f"{name}.db"), "")
    openssl("ca", "-batch", "-notext", "-config", f"{name}.cnf", "-cert", f"{issuer}.pem",
            "-keyfile", f"{issuer}.key", "-in", f"{name}.csr", "-out", f"{name}.pem",
            "-startdate", start, "-enddate", end, cwd=d)


def leaf_extensions(san=NAMES, usage="critical,digitalSignature", purpose="serverAuth"):
    return ("basicConstraints = critical,CA:FALSE", f"keyUsage = {usage}",
            f"extendedKeyUsage = {purpose}", f"subjectAltName = {san}")


def note_name(tls, name, _context):
    tls.asked_name = name


class Certs:
    """Paths of the cached set in `directory`, made when missing."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        if not os.path.exists(os.path.join(self.directory, STAMP)):
            self._make()
        self.ca = self.path("root.pem")
        self.contexts = {}

    def path(self, name):
        return os.path.join(self.directory, name)

    def _make(self):
        """Build aside and rename, so that two runs at once never see half a set."""
        parent = os.path.dirname(self.directory)
        os.makedirs(parent, exist_ok=True)
        d = tempfile.mkdtemp(prefix="certs.", dir=parent)
        os.chmod(d, 0o755)
        for root in ROOTS:
            make_root(d, root)
        for leaf, (issuer, san, start, end, purpose) in LEAVES.items():
            issue(d, leaf, issuer, leaf_extensions(san, purpose=purpose), start, end)
        write(os.path.join(d, STAMP), "")
        if os.path.exists(self.directory):
            os.rename(self.directory, d + ".old")
        os.rename(d, self.directory)

    def context(self, leaf="good", version=None, alpn="http/1.1"):
        """A server context; `version` "1.2" or "1.3" pins the protocol version."""
        key = (leaf, version, alpn)
        if key not in self.contexts:
            c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            c.sni_callback = note_name
            c.load_cert_chain(self.path(f"{leaf}.pem"), self.path(f"{leaf}.key"))
            if alpn:
                c.set_alpn_protocols([alpn])
            if version:
                v = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
                c.minimum_version = c.maximum_version = v
            self.contexts[key] = c
        return self.contexts[key]
