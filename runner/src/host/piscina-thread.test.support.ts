import { MessagePort, threadId } from "node:worker_threads";
import { closePiscinaPorts, notePiscinaPort } from "../thread/piscina-ports.ts";

notePiscinaPort();

/** Returns the id of its thread. */
export function tellThread(): number {
  return threadId;
}

/** Lasts as long as its thread, like piscina's task in a host, and posts the thread's id on the port. */
export function hold(port: MessagePort): Promise<never> {
  port.on("message", () => port.postMessage(threadId));
  port.postMessage(threadId);
  return new Promise(() => undefined);
}

/**
 * Like {@link hold}, but closes piscina's ports; answers a message with the number of ports that this thread still has.
 */
export function holdAlone(port: MessagePort): Promise<never> {
  closePiscinaPorts();
  const { _getActiveHandles: listHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] };
  port.on("message", () => {
    port.postMessage(listHandles.call(process).filter((handle) => handle instanceof MessagePort).length);
  });
  port.postMessage(threadId);
  return new Promise(() => undefined);
}
