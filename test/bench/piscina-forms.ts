import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";
import type { BenchAttempt } from "./piscina-thread.ts";
import { median, percentile } from "./statistics.ts";

/** Threads of each form. */
const threadCount = Math.min(4, availableParallelism());
/** Attempts in flight while processor time and throughput are measured, where piscina or the form has a queue. */
const inFlight = 64;
const busyRunCount = 8_000;
const singleRunCount = 1_000;
const roundCount = 5;

/** One way to give attempts to the threads of a piscina pool. */
interface Form {
  readonly name: string;
  readonly inFlight: number;
  execute(text: string): Promise<string>;
  close(): Promise<void>;
}

interface Measurement {
  readonly cpuUs: number;
  readonly runsPerSecond: number;
  readonly p50Us: number;
}

/**
 * Measures the cost of an attempt between the host's pool and its threads. One form has one task as long as the thread
 * and attempts on a port, as the host does. The others call `pool.run` for each attempt, with what cancellations, calls
 * and logs need. The rounds alternate, so that other load on the computer affects every form.
 */
export async function benchPiscinaForms(): Promise<void> {
  const forms = [
    portForm(),
    bareForm(),
    signalForm("run(text, { signal })", { inFlight }),
    signalForm("the same, queued by the host", { inFlight: threadCount }),
    signalForm("the same, with blocking atomics", { inFlight: threadCount, atomics: "sync" }),
    signalAndPortForm(),
  ];
  const rounds = new Map<Form, Measurement[]>(forms.map((form) => [form, []]));
  try {
    for (const form of forms) await measure(form, 2_000, 200);
    for (let round = 0; round < roundCount; round += 1) {
      for (const form of forms) rounds.get(form)?.push(await measure(form, busyRunCount, singleRunCount));
    }
  } finally {
    for (const form of forms) await form.close();
  }
  console.log(`${threadCount} threads, ${roundCount} alternating rounds; medians, differences of the same round`);
  const [base] = forms;
  const baseRounds = (base && rounds.get(base)) ?? [];
  for (const [form, measured] of rounds) {
    const of = (read: (one: Measurement) => number) => median(measured.map(read));
    const more = median(measured.map(({ cpuUs }, round) => cpuUs - (baseRounds[round]?.cpuUs ?? Number.NaN)));
    console.log(
      `${form.name.padEnd(33)} CPU ${of((one) => one.cpuUs).toFixed(1)} µs a run (${more < 0 ? "" : "+"}${more.toFixed(1)}), ` +
        `${of((one) => one.runsPerSecond).toFixed(0)} runs/s with ${form.inFlight} in flight, ` +
        `one at a time p50 ${of((one) => one.p50Us).toFixed(0)} µs`,
    );
  }
}

async function measure(form: Form, busyRuns: number, singleRuns: number): Promise<Measurement> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let next = 0;
  const client = async () => {
    while (next < busyRuns) await form.execute(attemptText(next++));
  };
  await Promise.all(Array.from({ length: form.inFlight }, client));
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const times: number[] = [];
  for (let n = 0; n < singleRuns; n += 1) {
    const sentAt = performance.now();
    await form.execute(attemptText(n));
    times.push((performance.now() - sentAt) * 1_000);
  }
  return {
    cpuUs: (cpu.user + cpu.system) / busyRuns,
    runsPerSecond: busyRuns / seconds,
    p50Us: percentile(times, 0.5),
  };
}

/** The form of the host: one task per thread, which gets a port; attempts and ends are texts on it. */
function portForm(): Form {
  const pool = makePool("serve");
  const idle: MessagePort[] = [];
  const waiting: { readonly text: string; readonly resolve: (answer: string) => void }[] = [];
  const answers = new Map<MessagePort, (answer: string) => void>();
  const give = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const port = idle.pop();
      const attempt = waiting.shift();
      if (port === undefined || attempt === undefined) return;
      answers.set(port, attempt.resolve);
      port.postMessage(attempt.text);
    }
  };
  for (let n = 0; n < threadCount; n += 1) {
    const { port1, port2 } = new MessageChannel();
    pool.run(port2, { transferList: [port2] }).catch(() => undefined);
    port1.on("message", (answer: string) => {
      answers.get(port1)?.(answer);
      idle.push(port1);
      give();
    });
    idle.push(port1);
  }
  return {
    name: "a port a thread (the host's form)",
    inFlight,
    execute: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
        give();
      }),
    close: async () => {
      await pool.destroy();
      for (const port of idle) port.close();
    },
  };
}

/**
 * The smallest form with cancellation: an abort signal for each attempt, without calls, logs and the thread's number.
 */
function signalForm(name: string, options: { inFlight: number; atomics?: "sync" | "disabled" }): Form {
  const pool = makePool("run", options.atomics);
  return {
    name,
    inFlight: options.inFlight,
    execute: (text) => pool.run(text, { signal: new AbortController().signal }) as Promise<string>,
    close: () => pool.destroy(),
  };
}

/**
 * The form with everything an attempt needs: a signal that ends its thread, and a port for calls, logs, cancellation
 * and the thread's number.
 */
function signalAndPortForm(): Form {
  const pool = makePool("runWithPort");
  return {
    name: "run({ text, port }, { signal, … })",
    inFlight,
    execute: async (text) => {
      const { port1, port2 } = new MessageChannel();
      port1.on("message", () => undefined);
      const attempt: BenchAttempt = { text, port: port2 };
      const { signal } = new AbortController();
      const answer = (await pool.run(attempt, { signal, transferList: [port2] })) as string;
      port1.close();
      return answer;
    },
    close: () => pool.destroy(),
  };
}

/** The form that shows piscina's own cost, without cancellation. */
function bareForm(): Form {
  const pool = makePool("run");
  return {
    name: "run(text), without cancel",
    inFlight,
    execute: (text) => pool.run(text) as Promise<string>,
    close: () => pool.destroy(),
  };
}

/** Creates a pool like that of the host, with the function `name` as its task. */
function makePool(name: string, atomics: "sync" | "disabled" = "disabled"): Piscina {
  return new Piscina({
    filename: fileURLToPath(new URL("./piscina-thread.js", import.meta.url)),
    name,
    minThreads: threadCount,
    maxThreads: threadCount,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics,
    recordTiming: false,
  });
}

function attemptText(n: number): string {
  const details = {
    attemptId: `att_01m8zk7q2v3w4x5y6z7${n}`,
    runId: `run_01m8zk7q2v3w4x5y6z7${n}`,
    number: 1,
    version: "20261127.1",
    taskId: "echo",
    machine: "small-1x",
    queue: "task/echo",
    tags: [],
    isTest: false,
  };
  return `${JSON.stringify(details)}\n${JSON.stringify({ n, text: "many in flight" })}`;
}
