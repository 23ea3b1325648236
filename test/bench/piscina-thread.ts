import type { MessagePort } from "node:worker_threads";

/** An attempt for a thread of the bench, with the port that the measured form sends. */
export interface BenchAttempt {
  readonly text: string;
  readonly port: MessagePort;
}

/** The task that lasts as long as the thread: executes attempts that arrive on the port, and answers there. */
export function serve(port: MessagePort): Promise<never> {
  port.on("message", (text: string) => port.postMessage(execute(text)));
  return new Promise<never>(() => undefined);
}

/** The task for one attempt: returns the attempt's answer. */
export function run(text: string): string {
  return execute(text);
}

/**
 * The task for one attempt with a port for its calls, logs and cancellation. The first message reports that it began.
 */
export function runWithPort({ port, text }: BenchAttempt): string {
  port.on("message", () => undefined);
  port.postMessage("began");
  const answer = execute(text);
  port.close();
  return answer;
}

/** Does the least that a thread does for an attempt: parses its details and payload, and encodes its end and output. */
function execute(text: string): string {
  const payloadAt = text.indexOf("\n") + 1;
  const details = JSON.parse(text.slice(0, payloadAt - 1)) as { readonly attemptId: string };
  const output = JSON.stringify(JSON.parse(text.slice(payloadAt)));
  return `+0\n${JSON.stringify({ attemptId: details.attemptId, end: { type: "succeeded", hasOutput: true } })}\n${output}`;
}
