import { MessagePort } from "node:worker_threads";

/**
 * Closes every port of this thread but one. Piscina needs its own no more once the thread serves, and its code in the host
 * breaks on a message that it does not expect: code of a task could end the host through them, or flood its main loop.
 */
export function closeOtherPorts(port: MessagePort): void {
  const { _getActiveHandles: listHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] };
  for (const handle of listHandles.call(process)) {
    if (handle instanceof MessagePort && handle !== port) handle.close();
  }
}
