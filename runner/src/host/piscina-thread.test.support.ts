import { MessagePort, threadId } from "node:worker_threads";
import { closePiscinaPorts, notePiscinaPort } from "../thread/piscina-ports.ts";

notePiscinaPort();

/** Returns the number of its thread. */
export function tellThread(): number {
  return threadId;
}

/** Lasts as long as its thread, as the task of the product does; tells the thread's number on the port. */
export function hold(port: MessagePort): Promise<never> {
  port.on("message", () => port.postMessage(threadId));
  port.postMessage(threadId);
  return new Promise(() => undefined);
}

/** The same, without piscina's ports; tells how many ports this thread is left with. */
export function holdAlone(port: MessagePort): Promise<never> {
  closePiscinaPorts();
  const { _getActiveHandles: listHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] };
  port.on("message", () => {
    port.postMessage(listHandles.call(process).filter((handle) => handle instanceof MessagePort).length);
  });
  port.postMessage(threadId);
  return new Promise(() => undefined);
}
