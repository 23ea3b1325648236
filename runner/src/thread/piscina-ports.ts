import { MessagePort, parentPort } from "node:worker_threads";

/** The port on which piscina sends tasks; known once piscina listens on it. */
let taskPort: MessagePort | undefined;

/**
 * Notes piscina's task port when piscina begins to listen on it: the first that happens once the file of its task is
 * loaded. Call it while that file loads.
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
 * Closes the ports between piscina and this thread, which needs them no more. Piscina's code in the host throws on a
 * message that it does not expect: through them, code of a task could end the host or keep its main loop busy.
 */
export function closePiscinaPorts(): void {
  if (taskPort === undefined) throw new Error("Piscina did not listen on its port before it called its task.");
  taskPort.close();
  parentPort?.close();
}
