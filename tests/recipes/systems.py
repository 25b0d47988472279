"""The recipes taken apart, and what of each CI system is needed to run their shell parts as that system does.

Nothing here mends a recipe: a script is run as it stands in the file, with the variables the system documents.
"""

import os
import re
import shlex
import shutil

import yaml

from lib.tap import expect

HERE = os.path.dirname(os.path.abspath(__file__))
RECIPES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "ci", "recipes")


def text_of(name):
    with open(os.path.join(RECIPES, name), encoding="utf-8") as f:
        return f.read()


def yaml_of(name):
    """YAML 1.1 reads the key `on` as true: give it its name back."""
    document = yaml.safe_load(text_of(name))
    return {"on" if key is True else key: value for key, value in document.items()}


# -- GitHub Actions --------------------------------------------------------------------------------

class Github:
    """Runs a workflow's jobs step by step. `facts`: what each ${{ expression }} is; a step whose
    action is not known here fails, and so does an expression."""

    def __init__(self, shop, facts, origin):
        self.shop, self.facts, self.origin = shop, facts, origin
        self.artifacts = {}
        self.seen_token = []        # (job, step) that had the token in its environment

    def value(self, text):
        def one(m):
            expect(m.group(1) in self.facts, f"the test does not know ${{{{ {m.group(1)} }}}}")
            return self.facts[m.group(1)]
        return re.sub(r"\$\{\{ *(.*?) *\}\}", one, str(text))

    def run(self, workflow, name):
        """The job's exit status: that of the first step that fails, else 0."""
        job = workflow["jobs"][name]
        work = f"github/{name}"
        shutil.rmtree(self.shop.path(work), ignore_errors=True)
        self.shop.make(work, "work")
        self.shop.make(work, "temp")
        for file in ("summary", "output"):
            self.shop.write(f"{work}/{file}", "")
        for step in job["steps"]:
            status = self.step(job, step, name, work)
            if status:
                return status
        for line in self.shop.read(f"{work}/output").splitlines():
            key, _, value = line.partition("=")
            self.facts[f"needs.{name}.outputs.{key}"] = value
        return 0

    def step(self, job, step, name, work):
        facts = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_REPOSITORY": "o/r",
                 "GITHUB_WORKSPACE": self.shop.path(work, "work"),
                 "RUNNER_TEMP": self.shop.path(work, "temp"),
                 "GITHUB_STEP_SUMMARY": self.shop.path(work, "summary"),
                 "GITHUB_OUTPUT": self.shop.path(work, "output")}
        self.facts["runner.temp"] = facts["RUNNER_TEMP"]
        if "uses" in step:
            self.action(step["uses"].partition("@")[0], step.get("with", {}), facts["GITHUB_WORKSPACE"])
            return 0
        for where in (workflow_env for workflow_env in (job.get("env"), step.get("env")) if workflow_env):
            facts.update({key: self.value(value) for key, value in where.items()})
        if self.shop.token in facts.values():
            self.seen_token.append((name, step["name"]))
        shell = step.get("shell", job.get("defaults", {}).get("run", {}).get("shell"))
        script = self.shop.write(f"{work}/temp/step.sh", step["run"])
        r = self.shop.run([*{"sh": ["sh", "-e"], None: ["bash", "-e"]}[shell], script],
                          f"{work}/work", facts)
        return r.status

    def action(self, name, with_, work):
        if name == "actions/checkout":
            expect(with_.get("persist-credentials") is False, "checkout leaves its token in the clone")
            self.shop.git("clone", "-q", self.origin, work)
            self.shop.git("checkout", "-q", self.facts["github.event.pull_request.head.sha"], cwd=work)
        elif name == "actions/upload-artifact":
            path = os.path.join(work, self.value(with_["path"]))
            with open(path, "rb") as f:
                self.artifacts[with_["name"]] = (os.path.basename(path), f.read())
        elif name == "actions/download-artifact":
            file, data = self.artifacts[with_["name"]]
            directory = os.path.join(work, with_.get("path", "."))
            os.makedirs(directory, exist_ok=True)
            if isinstance(data, str):
                os.symlink(data, os.path.join(directory, file))
            else:
                with open(os.path.join(directory, file), "wb") as f:
                    f.write(data)
        else:
            expect(False, f"the test does not know the action {name}")


def github_scripts():
    for file in ("github-review.yml", "github-fork-diff.yml", "github-fork-review.yml"):
        for name, job in yaml_of(file)["jobs"].items():
            shell = job.get("defaults", {}).get("run", {}).get("shell", "bash")
            for step in job["steps"]:
                if "run" in step:
                    yield f"{file}, {name}, {step['name']}", shell, step["run"]


# -- GitLab CI -------------------------------------------------------------------------------------

def gitlab_job(name):
    """The job with what it extends merged in, as GitLab does: hashes by key, all else replaced."""
    document = yaml_of("gitlab-ci.yml")

    def merged(base, over):
        out = dict(base)
        for key, value in over.items():
            both = isinstance(value, dict) and isinstance(out.get(key), dict)
            out[key] = merged(out[key], value) if both else value
        return out
    job = document[name]
    return merged(document[job["extends"]], {k: v for k, v in job.items() if k != "extends"})


def gitlab_script(job):
    """What the runner makes of before_script and script: one shell for both."""
    return "\n".join([*job.get("before_script", []), *job["script"]]) + "\n"


def gitlab_scripts():
    for name in ("octavo-review", "octavo-review-fork"):
        yield f"gitlab-ci.yml, {name}", "sh", gitlab_script(gitlab_job(name))


# -- Jenkins ---------------------------------------------------------------------------------------

def jenkins_scripts():
    """Every ''' string as Groovy reads it."""
    for n, text in enumerate(re.findall(r"'''(.*?)'''", text_of("Jenkinsfile"), re.S), 1):
        text = re.sub(r"\\(\n|.)", lambda m: {"\n": "", "\\": "\\"}[m.group(1)], text)
        yield f"Jenkinsfile, {n}", "sh", text


def jenkins_argv(path, text):
    """What Jenkins starts for a script: its own interpreter when it has one, else sh -xe."""
    first = text.split("\n", 1)[0]
    return [*shlex.split(first[2:]), path] if first.startswith("#!") else ["sh", "-xe", path]


# -- cron ------------------------------------------------------------------------------------------

def cron_table():
    """(environment, [(fields, user, command)]) of a file of /etc/cron.d."""
    env, rows = {}, []
    for line in text_of("crontab").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if m := re.fullmatch(r"(\w+) *= *(.*)", line):
            env[m.group(1)] = m.group(2)
        else:
            *fields, user, command = line.split(None, 6)
            expect("%" not in command, "cron takes % for a newline")
            rows.append((fields, user, command))
    return env, rows


def cron_scripts():
    yield "octavo-nightly", "sh", text_of("octavo-nightly")
    for _, _, command in cron_table()[1]:
        yield f"crontab, {command}", "sh", command + "\n"


# -- Docker ----------------------------------------------------------------------------------------

def docker_stages():
    """[(base, name, [(instruction, arguments)])]"""
    stages = []
    for line in text_of("Dockerfile").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append((base, name, []))
        elif line and not line.startswith("#"):
            expect(stages, f"{line} stands before any FROM")
            stages[-1][2].append((word, rest))
    return stages


def docker_scripts():
    for base, name, steps in docker_stages():
        for word, rest in steps:
            if word == "RUN":
                yield f"Dockerfile, {name or base}", "sh", rest + "\n"


# -- Kubernetes ------------------------------------------------------------------------------------

def kube_expand(text, env):
    """$(NAME) and $$ in command and args, as the kubelet does; what it does not know stays."""
    def one(m):
        if m.group(0) == "$$":
            return "$"
        return env.get(m.group(1), m.group(0))
    return re.sub(r"\$\$|\$\(([^)]*)\)", one, text)


class Kube:
    """The Job of the recipe: its container run for an index, and the policy on how that ended."""

    def __init__(self):
        self.job = yaml_of("kubernetes-job.yaml")
        self.spec = self.job["spec"]
        self.pod = self.spec["template"]["spec"]
        self.container, = self.pod["containers"]
        self.env = {e["name"]: e["value"] for e in self.container["env"]}

    def argv(self):
        return [kube_expand(w, self.env) for w in self.container["command"] + self.container["args"]]

    def action(self, status):
        """What the Job's controller does about a pod that ended so."""
        for rule in self.spec["podFailurePolicy"]["rules"]:
            codes = rule.get("onExitCodes")
            if codes and status in codes["values"]:
                return rule["action"]
        return "Count"


def kube_scripts():
    yield "kubernetes-job.yaml", "sh", Kube().argv()[-1]


def scripts():
    """(name, shell, text) of every piece of shell in the recipes."""
    for some in (github_scripts, gitlab_scripts, jenkins_scripts, cron_scripts, docker_scripts, kube_scripts):
        yield from some()
