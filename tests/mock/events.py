"""Composes the events of one answer the way the service words them."""

import json
import re

USAGE = {
    "input_tokens": 11,
    "input_tokens_details": {"cached_tokens": 3},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 18,
}


def merge(base, extra):
    """`extra` laid over `base`, objects merged member by member."""
    if isinstance(base, dict) and isinstance(extra, dict):
        return {**base, **{k: merge(base.get(k), v) for k, v in extra.items()}}
    return extra


def words(text):
    """Cut text in pieces that join to the same text, about a word each."""
    return re.findall(r"\s*\S+\s*?(?=\s|$)|\s+", text) or [text]


class Answer:
    """The events of one response, in order; every method returns a list of them."""

    def __init__(self, model="gpt-mock"):
        self.model = model
        self.sequence = 0
        self.index = -1
        self.phase = None
        self.text = ""
        self.output = []

    def event(self, kind, **members):
        e = {"type": kind, "sequence_number": self.sequence, **members}
        self.sequence += 1
        return e

    def response(self, status, **members):
        return {"id": "resp_mock_1", "object": "response", "created_at": 1790000000,
                "status": status, "model": self.model, "output": [], "store": False,
                "error": None, "incomplete_details": None, "usage": None, **members}

    def created(self):
        r = self.response("in_progress")
        return [self.event("response.created", response=r),
                self.event("response.in_progress", response=r)]

    def place(self):
        return {"item_id": f"msg_{self.index}", "output_index": self.index, "content_index": 0}

    def item(self, status, content):
        item = {"id": f"msg_{self.index}", "type": "message", "status": status,
                "role": "assistant", "content": content}
        if self.phase:
            item["phase"] = self.phase
        return item

    def message(self, phase=None):
        self.index += 1
        self.phase = phase
        self.text = ""
        return [self.event("response.output_item.added", output_index=self.index,
                           item=self.item("in_progress", [])),
                self.event("response.content_part.added", **self.place(),
                           part={"type": "output_text", "text": "", "annotations": []})]

    def delta(self, text):
        self.text += text
        return [self.event("response.output_text.delta", **self.place(), delta=text, logprobs=[])]

    def done(self, text=None):
        """Close the message; `text` when the finished item is to say something else."""
        text = self.text if text is None else text
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        item = self.item("completed", [part])
        self.output.append(item)
        return [self.event("response.output_text.done", **self.place(), text=text, logprobs=[]),
                self.event("response.content_part.done", **self.place(), part=part),
                self.event("response.output_item.done", output_index=self.index, item=item)]

    def refusal(self, text):
        self.index += 1
        part = {"type": "refusal", "refusal": text}
        item = self.item("completed", [part])
        self.output.append(item)
        return [self.event("response.output_item.added", output_index=self.index,
                           item=self.item("in_progress", [])),
                self.event("response.content_part.added", **self.place(),
                           part={"type": "refusal", "refusal": ""}),
                self.event("response.refusal.delta", **self.place(), delta=text),
                self.event("response.refusal.done", **self.place(), refusal=text),
                self.event("response.content_part.done", **self.place(), part=part),
                self.event("response.output_item.done", output_index=self.index, item=item)]

    def reasoning(self, text):
        self.index += 1
        item = {"id": f"rs_{self.index}", "type": "reasoning", "encrypted_content": "gAAAAA==",
                "summary": [{"type": "summary_text", "text": text}]}
        where = {"item_id": item["id"], "output_index": self.index, "summary_index": 0}
        return [self.event("response.output_item.added", output_index=self.index,
                           item={**item, "summary": []}),
                self.event("response.reasoning_summary_part.added", **where,
                           part={"type": "summary_text", "text": ""}),
                self.event("response.reasoning_summary_text.delta", **where, delta=text),
                self.event("response.reasoning_summary_text.done", **where, text=text),
                self.event("response.reasoning_summary_part.done", **where,
                           part={"type": "summary_text", "text": text}),
                self.event("response.output_item.done", output_index=self.index, item=item)]

    def end(self, kind, extra=None):
        """response.completed, response.incomplete or response.failed."""
        members = {"output": self.output, "usage": USAGE}
        if kind == "failed":
            members = {"error": {"code": "server_error", "message": "mock failure"}}
        if kind == "incomplete":
            members["incomplete_details"] = {"reason": "max_output_tokens"}
        response = merge(self.response(kind, **members), extra or {})
        return [self.event(f"response.{kind}", response=response)]

    def whole(self, text):
        out = self.created() + self.message()
        for word in words(text):
            out += self.delta(word)
        return out + self.done() + self.end("completed")


class Framing:
    """How events become bytes; each knob is one freedom of the event stream format."""

    def __init__(self):
        self.newline = "\n"
        self.event_lines = True
        self.multiline = False
        self.comments = False
        self.final_blank = True
        self.space = " "

    def frame(self, event, last=False):
        """`last`: this is the end of the stream, for final_blank."""
        data = json.dumps(event, ensure_ascii=False, separators=(",", ":"),
                          indent=0 if self.multiline else None)
        lines = []
        if self.comments:
            lines += [":", ": a comment", "id: 7", "retry: 10", "unknown field"]
        if self.event_lines:
            lines.append(f"event:{self.space}{event.get('type', 'none')}")
        lines += [f"data:{self.space}{piece}" for piece in data.split("\n")]
        if self.final_blank or not last:
            lines.append("")
        return "".join(line + self.newline for line in lines).encode()
