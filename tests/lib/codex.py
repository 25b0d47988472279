"""The official client: how to obtain it, and how to start it with only the model call redirected."""

import glob
import os
import subprocess

VERSION = "0.169.0"


def install(build):
    where = os.path.join(build, "bench", "codex")
    os.makedirs(where, exist_ok=True)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", where,
                    f"@openai/codex@{VERSION}"], check=True, stdout=subprocess.DEVNULL)


def find(build):
    found = glob.glob(os.path.join(build, "bench", "codex", "node_modules", "@openai", "codex-*",
                                   "vendor", "*", "bin", "codex"))
    return found[0] if found else None


def argv(path, *settings):
    """codex exec without what it does besides; `settings` are more -c values."""
    words = [path, "exec", "--skip-git-repo-check", "--ephemeral", "-m", "gpt-5.5"]
    for s in (*settings, "analytics.enabled=false", "features.apps=false",
              "features.plugins=false", "otel.metrics_exporter=none"):
        words += ["-c", s]
    return words + ["say hi"]


def redirected(path, base):
    """... the model call to a provider at `base`, tried once."""
    provider = (f'{{name="mock",base_url="{base}/backend-api/codex",wire_api="responses",'
                "requires_openai_auth=true,supports_websockets=false,request_max_retries=0,"
                "stream_max_retries=0}")
    return argv(path, "model_provider=mock", f"chatgpt_base_url={base}/backend-api",
                f"model_providers.mock={provider}")
