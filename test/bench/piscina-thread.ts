import type { MessagePort } from "node:worker_threads";

/** An attempt for a thread of the bench, with what the form under test sends along. */
export interface BenchAttempt {
  readonly text: string;
  readonly port: MessagePort;
}

/** One task as long as the thread: executes the attempts that come on the port, and answers there. */
export function serve(port: MessagePort): Promise<never> {
  port.on("message", (text: string) => port.postMessage(execute(text)));
  return new Promise<never>(() => undefined);
}

/** One task for each attempt: returns what the attempt answers. */
export function run(text: string): string {
  return execute(text);
}

/** One task for each attempt, with a port for its calls, logs and cancel. The first message says that it began. */
export function runWithPort({ port, text }: BenchAttempt): string {
  port.on("message", () => undefined);
  port.postMessage("began");
  const answer = execute(text);
  port.close();
  return answer;
}

/** The least that a thread does for an attempt: reads its details and payload, and writes its end and output. */
function execute(text: string): string {
  const payloadAt = text.indexOf("\n") + 1;
  const details = JSON.parse(text.slice(0, payloadAt - 1)) as { readonly attemptId: string };
  const output = JSON.stringify(JSON.parse(text.slice(payloadAt)));
  return `+0\n${JSON.stringify({ attemptId: details.attemptId, end: { type: "succeeded", hasOutput: true } })}\n${output}`;
}
