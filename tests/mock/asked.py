"""What a request of octavo asks, taken apart, and the script of an answer that is made from it.

For Mock(compose=...): the answer can then hold what only the attached input said, which proves that it
arrived, and whole.
"""

import hashlib
import json
import re

BEGIN = re.compile(r"^----- begin data (\S+) ([0-9a-f]{32}) -----\n", re.M)


class Asked:
    """`prompt`: the text that is no attachment. `attached`: name -> text, in the order of the request.
    `torn`: names of attachments whose text is not the one its fence was made for. `format`: text.format."""

    def __init__(self, request):
        self.body = json.loads(request.body)
        self.format = self.body.get("text", {}).get("format")
        self.attached, self.torn = {}, []
        self.prompt = self._take_apart(self.body["input"][-1]["content"][0]["text"])

    def _take_apart(self, text):
        prompt, at = "", 0
        while begin := BEGIN.search(text, at):
            name, digest = begin.groups()
            end = f"----- end data {name} {digest} -----\n"
            stop = text.index(end, begin.end())
            data = text[begin.end():stop]
            fits = {hashlib.sha256(d.encode()).hexdigest()[:32] for d in (data, data.removesuffix("\n"))}
            if digest not in fits:
                self.torn.append(name)
            self.attached[name] = data
            prompt += text[at:begin.start()]
            at = stop + len(end)
        return (prompt + text[at:]).strip()

    def all(self):
        """The text of all attachments."""
        return "".join(self.attached.values())


def escaped(text):
    """Text as an argument of a verb that undoes escapes."""
    return (text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
            .replace("\t", "\\t").replace(" ", "\\s"))


def say(text):
    """The script of a whole answer with this text."""
    said = [f"delta {escaped(text)}"] if text else []
    return "\n".join(["created", "message", *said, "done", "completed"])


def cut(text):
    """The script of an answer that ends in the middle."""
    return "\n".join(["created", "message", f"delta {escaped(text[:len(text) // 2])}", "close"])
