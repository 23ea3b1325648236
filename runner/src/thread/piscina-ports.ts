import { MessagePort, parentPort } from "node:worker_threads";

/** The port on which piscina sends tasks; set when piscina begins to listen on it. */
let taskPort: MessagePort | undefined;

/**
 * Notes piscina's task port when piscina begins to listen on it. Must be called while the file of piscina's task loads:
 * the first `on` of a port after that is piscina's.
 */
export function notePiscinaPort(): void {
  const note = (port: MessagePort) => {
    Reflect.deleteProperty(MessagePort.prototype, "on");
    taskPort = port;
  };
  const listen = function (this: MessagePort, event: string, listener: (value: unknown) => void): MessagePort {
    note(this);
    return this.on(event, listener);
  };
  Object.defineProperty(MessagePort.prototype, "on", { configurable: true, value: listen });
}

/**
 * Closes the ports between piscina and this thread, which are no longer needed. Piscina's code in the host throws on an
 * unexpected message, so task code could use the ports to end the host or to keep its event loop busy.
 */
export function closePiscinaPorts(): void {
  if (taskPort === undefined) throw new Error("Piscina did not listen on its port before it called its task.");
  taskPort.close();
  parentPort?.close();
}
