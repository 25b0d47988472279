"""Set-ups that do not work, and one that does: what is wrong, and what both commands must say of it."""

import json
import time
from email.utils import formatdate

NOW = formatdate(time.time(), usegmt=True)
IN_2049 = "Thu, 01 Jul 2049 00:00:00 GMT"       # when the certificate `future` is valid
IN_2024 = "Mon, 01 Jul 2024 00:00:00 GMT"

AUTH, CHAT = "auth.openai.com", "chatgpt.com"
PAGE = "status 200\nheader Content-Type: text/html\nbody <html>Welcome to the hotel. Please log in.</html>"
EDGE = ("status 403\nheader Content-Type: text/html\nheader cf-ray: 8f00ba4-FRA\n"
        "body <html>Attention Required!</html>")


def bundle(toml):
    return "json " + json.dumps({"requirements_toml": {"enterprise_managed": [
        {"id": "1", "name": "office", "contents": toml}]}})


class Setup:
    """`broken`: the hops that doctor calls broken, in their order, as "name host" ("name" alone: of no
    host); the first ends both commands with `exit`. `script` is the mock's, `env` what differs in
    the environment (None: unset), `args` is for both commands, `doctor` for doctor alone. `via`:
    egress, the mock's proxy; egress-tls, the same spoken to over TLS; direct, the names being this
    machine, with a service (`direct`) or with nothing that listens (`refused`). `files`: name ->
    (mode, text)."""

    def __init__(self, name, exit, broken, words=(), script=None, env=None, args="", doctor="",
                 via="egress", files=None, login=None):
        self.name, self.exit, self.broken, self.words = name, exit, broken, words
        self.script, self.env = script or {}, env or {}
        self.args, self.doctor, self.via = args, doctor, via
        self.files, self.login = files or {}, login


QUICK = "--timeout 1600ms"

WELL = (
    Setup("all is well", 0, (), ("ok    model", "-     live", "this network inspects TLS"),
          {"routing": f"header Date: {NOW}\n{{default}}"}),
    Setup("all is well, directly", 0, (), ("none is set", f"ok    tcp          {CHAT}: connected to 127.0.0.1"),
          via="direct"),
    Setup("all is well, with a model call", 0, (), ("ok    live", "gpt-mock answered"), doctor="--live"),
    Setup("all is well, but the clock", 0, (), ("ahead of the Date", "set this machine's clock"),
          {"routing": f"header Date: {IN_2024}\n{{default}}"}),
)

BROKEN = (
    # the credential
    Setup("no token", 10, ("credential",), ("CODEX_ACCESS_TOKEN",), env={"CODEX_ACCESS_TOKEN": None}),
    Setup("an empty token", 10, ("credential",), ("CODEX_ACCESS_TOKEN", "empty"),
          env={"CODEX_ACCESS_TOKEN": ""}),
    Setup("an API key", 10, ("credential",), ("API key",),
          env={"CODEX_ACCESS_TOKEN": "sk-proj-0123456789abcdefghijklmnop"}),
    Setup("a session's token", 10, ("credential",), ("session",),
          env={"CODEX_ACCESS_TOKEN": "sess-0123456789abcdefghijklmnop"}),
    Setup("an agent identity", 10, ("credential",), ("agent identit",),
          env={"CODEX_ACCESS_TOKEN": "{jwt-agent}"}),
    Setup("an expired JWT", 11, ("credential",), ("expired",),
          env={"CODEX_ACCESS_TOKEN": "{jwt-expired}"}),
    Setup("a token file that all may read", 10, ("credential",), ("chmod 600",),
          env={"CODEX_ACCESS_TOKEN": None}, args="--token-file token", files={"token": (0o644, "{token}")}),
    Setup("a token file that is not there", 10, ("credential",), ("nowhere",),
          env={"CODEX_ACCESS_TOKEN": None}, args="--token-file nowhere"),
    # who it is, and what it may do
    Setup("a revoked token", 11, (f"whoami {AUTH}",), ("401", "the token from CODEX_ACCESS_TOKEN"),
          {"whoami": 'status 401\njson {"error":{"code":"token_revoked"}}'}),
    Setup("another workspace than required", 12, (f"whoami {AUTH}",), ("acc-11111111",),
          args="--require-workspace acc-22222222"),
    Setup("a workspace that routing does not list", 12, (f"routing {CHAT}",), ("not among those",),
          {"routing": 'json {"accounts":[]}'}),
    Setup("a policy with a demand nobody knows", 12, (f"policy {CHAT}",), ("allowed_moons",),
          {"policy": bundle("allowed_moons = 1")}),
    Setup("a policy that forbids the model", 12, (f"model {CHAT}",), ("allowed_models",),
          {"policy": bundle('allowed_models = ["gpt-other"]')}, {"OCTAVO_MODEL": "gpt-mock"}),
    Setup("a catalogue without a model", 32, (f"model {CHAT}",), (), {"models": 'json {"models":[]}'}),
    Setup("routing is not to be had", 30, (f"routing {CHAT}",), ("503",), {"routing": "status 503"}),
    Setup("the plan is used up", 31, (f"live {CHAT}",), ("usage limit",),
          {"responses": 'status 429\njson {"error":{"type":"usage_limit_reached","resets_in_seconds":3600}}'},
          doctor="--live"),
    # the proxy
    Setup("a proxy that is not there", 21, ("tcp 127.0.0.1:9",), ("proxy 127.0.0.1:9", "refused"),
          env={"https_proxy": "http://127.0.0.1:9"}),
    Setup("a wrong proxy password", 21, (f"proxy {AUTH}", f"proxy {CHAT}"), ("407",),
          env={"https_proxy": "http://ci:wrong-{secret}@127.0.0.1:{egress-port}"}, login="ci:{secret}"),
    Setup("a proxy that does not allow the hosts", 21, (f"proxy {AUTH}", f"proxy {CHAT}"), ("403",),
          {"connect": "status 403\nframing close\nbody no"}),
    Setup("a proxy that allows one host only", 21, (f"proxy {CHAT}",), ("403", f"ok    whoami       {AUTH}"),
          {f"connect {CHAT}:443": "status 403\nframing close\nbody no"}),
    Setup("a proxy that reaches nothing", 21, (f"proxy {AUTH}", f"proxy {CHAT}"), ("502",),
          {"connect": "status 502\nframing close\nbody no"}),
    Setup("a SOCKS proxy", 21, ("proxy",), ("socks5://", "http://HOST:PORT"),
          env={"https_proxy": "socks5://127.0.0.1:1080"}),
    Setup("a proxy that speaks something else", 21, (f"proxy {AUTH}", f"proxy {CHAT}"), ("reply to CONNECT",),
          {"connect": "send SSH-2.0-OpenSSH_9.2\\r\\n\\r\\n\nclose"}),
    Setup("a proxy with a login page", 21, (f"proxy {AUTH}", f"proxy {CHAT}"), ("302", "captive portal"),
          {"connect": "status 302\nheader Location: http://login.example/\nframing close\nbody no"}),
    Setup("a silent proxy", 24, (f"proxy {AUTH}", f"proxy {CHAT}"), ("no answer to CONNECT",),
          {"connect": "silence"}, args="--connect-timeout 300ms"),
    Setup("a TLS proxy with a root that is unknown", 22, ("tls 127.0.0.1:{egress-tls-port}",), ("not trusted here",),
          via="egress-tls", env={"SSL_CERT_FILE": "{certs}/stranger.pem"}),
    # names and connections
    Setup("a name that does not exist", 20, ("name no-such-host.example",), ("not found",),
          env={"CODEX_AUTHAPI_BASE_URL": "https://no-such-host.example/api"}, via="direct"),
    Setup("nothing that listens", 20, (f"tcp {AUTH}", f"tcp {CHAT}"), ("refused",), via="refused"),
    # TLS
    Setup("a proxy that inspects TLS, with a root that is unknown", 22, (f"tls {AUTH}", f"tls {CHAT}"),
          ("this network inspects TLS: certificate issued by 'CN=Octavo test stranger",
           "--cacert", "SSL_CERT_FILE", "CODEX_CA_CERTIFICATE"), {"accept": "cert unknown-issuer"}),
    Setup("expired certificates", 22, (f"tls {AUTH}", f"tls {CHAT}", "clock"), ("expired on 2021", "likely wrong"),
          {"accept": "cert expired"}),
    Setup("one expired certificate, and the clock is right", 22, (f"tls {AUTH}",),
          ("it is not why the certificate was refused", "this clock is right"),
          {f"accept {AUTH}:443": "cert expired", "routing": f"status 401\nheader Date: {NOW}\njson {{}}"}),
    Setup("a slow clock", 22, (f"tls {AUTH}", "clock"), (" days behind the Date of chatgpt.com; that is wrong", "set this machine's clock"),
          {f"accept {AUTH}:443": "cert future", "routing": f"status 401\nheader Date: {IN_2049}\njson {{}}"}),
    Setup("a certificate for another name", 22, (f"tls {AUTH}", f"tls {CHAT}"), ("other names",),
          {"accept": "cert wrong-name"}),
    Setup("a server with TLS 1.3 only", 22, (f"tls {AUTH}", f"tls {CHAT}"), ("1.3",), {"accept": "tls 1.3"}),
    Setup("a CA file without certificates", 22, ("trust", f"tls {AUTH}", f"tls {CHAT}"),
          ("no certificate in empty.pem", "inspects TLS"), env={"SSL_CERT_FILE": "empty.pem"},
          files={"empty.pem": (0o644, "")}),
    # who answers in the service's place
    Setup("a login page", 33, (f"whoami {AUTH}",), ("web page", "captive portal"), {"whoami": PAGE}),
    Setup("a redirect", 33, (f"whoami {AUTH}",), ("redirect", "captive portal"),
          {"whoami": "status 302\nheader Location: https://login.example/"}),
    Setup("a block at the edge", 23, (f"whoami {AUTH}",), ("cf-ray 8f00ba4-FRA",), {"whoami": EDGE}),
    Setup("a block by cf-mitigated", 23, (f"routing {CHAT}",), ("edge",),
          {"routing": "status 429\nheader cf-mitigated: challenge\njson {}"}),
    Setup("a silent service", 24, (f"routing {CHAT}",), ("workspace routing",), {"routing": "silence"}, args=QUICK),
    Setup("a silent whoami", 24, (f"whoami {AUTH}",), ("whoami",), {"whoami": "silence"}, args=QUICK),
    # two faults
    Setup("an API key, and a wrong proxy password", 10, ("credential", f"proxy {AUTH}", f"proxy {CHAT}"),
          ("API key", "407"), login="ci:{secret}", env={
              "CODEX_ACCESS_TOKEN": "sk-proj-0123456789abcdefghijklmnop",
              "https_proxy": "http://ci:wrong-{secret}@127.0.0.1:{egress-port}"}),
    Setup("an expired JWT, and TLS inspected", 11, ("credential", f"tls {CHAT}"),
          ("expired", "inspects TLS"), {"accept": "cert unknown-issuer"},
          {"CODEX_ACCESS_TOKEN": "{jwt-expired}"}),
    Setup("no token, and a SOCKS proxy", 21, ("proxy", "credential"), ("socks5://", "CODEX_ACCESS_TOKEN"),
          env={"CODEX_ACCESS_TOKEN": None, "https_proxy": "socks5://127.0.0.1:1080"}),
    Setup("a revoked token, and an expired certificate", 11, (f"whoami {AUTH}", f"tls {CHAT}"),
          ("401", "expired on 2021"),
          {"whoami": f"status 401\nheader Date: {NOW}\njson {{}}", f"accept {CHAT}:443": "cert expired"}),
    Setup("an inspected host, and one the proxy forbids", 22, (f"tls {AUTH}", f"proxy {CHAT}"),
          ("inspects TLS", "403"), {f"accept {AUTH}:443": "cert unknown-issuer",
                                    f"connect {CHAT}:443": "status 403\nframing close\nbody no"}),
    Setup("routing is not to be had, and a policy nobody knows", 30, (f"routing {CHAT}", f"policy {CHAT}"),
          ("503", "allowed_moons"), {"routing": "status 503", "policy": bundle("allowed_moons = 1")}),
    Setup("no token, and a CA file without certificates", 10,
          ("credential", "trust", f"tls {AUTH}", f"tls {CHAT}"),
          ("CODEX_ACCESS_TOKEN", "empty.pem"), files={"empty.pem": (0o644, "")},
          env={"CODEX_ACCESS_TOKEN": None, "SSL_CERT_FILE": "empty.pem"}),
)
