// A program that uses the SDK as its own documentation does; tests/sdk/run tells it which way and
// looks at what it prints: the SDK's own objects, as one line of JSON.
import { Codex } from "@openai/codex-sdk";

const [way, prompt, threadOptions, turnOptions] = process.argv.slice(2);
const codex = new Codex({
  codexPathOverride: process.env.SHIM,
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "SHIM")),
});
const thread = codex.startThread(JSON.parse(threadOptions));

const ways = {
  run: () => thread.run(prompt, JSON.parse(turnOptions)),

  async streamed() {
    const { events } = await thread.runStreamed(prompt);
    const all = [];
    for await (const event of events) all.push(event);
    return all;
  },

  // The answer never ends; that the loop does means that nobody holds its pipe any more.
  async aborted() {
    const stop = new AbortController();
    const { events } = await thread.runStreamed(prompt, { signal: stop.signal });
    for await (const event of events) {
      if (event.type === "turn.started") stop.abort();
    }
  },

  async twice() {
    await thread.run(prompt);
    return thread.run(prompt);
  },
};

const out = {};
const began = Date.now();
try {
  out.result = await ways[way]();
} catch (error) {
  out.error = { name: error.name, message: error.message };
}
console.log(JSON.stringify({ ...out, thread: thread.id, ms: Date.now() - began }));
