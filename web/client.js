// The worker, as the page speaks to it: a question has one answer, a job of writing gives characters as they come.
import { $ } from "./document.js";

const calls = new Map(), writers = new Map(); // by id; by topic
let worker = null, last = 0;

/** Starts the worker. wrong(code) is told of faults in what has no answer. */
export function hire(wrong) {
  const inline = $("fk-worker"); // in one file there is no other to load
  worker = inline
    ? new Worker(URL.createObjectURL(new Blob([inline.textContent], { type: "text/javascript" })))
    : new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data: message }) => {
    if (message.kind === "written") return writers.get(message.topic)?.(message.characters);
    const call = calls.get(message.id);
    calls.delete(message.id);
    if (message.kind !== "error") call?.resolve(message);
    else call ? call.reject(message) : wrong(message.code);
  };
}

function post(kind, values) {
  worker.postMessage({ id: ++last, kind, ...values });
  return last;
}

/** The answer to a question of worker.js. Rejected with { code }. */
export function ask(kind, values) {
  return new Promise((resolve, reject) => calls.set(post(kind, values), { resolve, reject }));
}

/** job: see writing.js. heard([{ number, steps }, ...]) as characters are finished. Returns what ends the job. */
export function write(job, heard) {
  const topic = ++last;
  let left = job.numbers.length;
  writers.set(topic, (characters) => {
    left -= characters.length;
    if (!left) writers.delete(topic);
    heard(characters);
  });
  post("write", { topic, ...job });
  return () => writers.delete(topic) && post("cancel", { topic });
}
