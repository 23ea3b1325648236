import { once } from "node:events";
import { createServer } from "node:net";
import { defaultAddress } from "@baton/proto/connection";

/** Number of ports to try after the default one. */
const portsTried = 20;

/**
 * Calls `start` with the default address or, when its port is taken, with the next free port.
 *
 * @throws the last error of `start`, when none of the ports is free
 */
export async function startOnFreePort<T>(start: (listen: string) => Promise<T>): Promise<T> {
  const [host = "", port = ""] = defaultAddress.split(":");
  for (let tried = 0; ; tried += 1) {
    const listen = `${host}:${Number(port) + tried}`;
    const isLast = tried === portsTried;
    // The port is checked first, because a coordinator opens its store before it listens.
    if (!isLast && !(await isFree(host, Number(port) + tried))) continue;
    try {
      return await start(listen);
    } catch (error) {
      if (isLast || !isPortTaken(error)) throw error;
    }
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Whether another process has taken the port in the meantime. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "PORT_IN_USE";
}
