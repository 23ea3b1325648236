import { once } from "node:events";
import { createServer } from "node:net";
import { defaultAddress } from "@baton/proto/connection";

/** How many ports after the default one are tried. */
const portsTried = 20;

/**
 * Starts what listens, on the default port of Baton or, when others hold that, on the next free one.
 *
 * @throws what `start` threw last, when it cannot listen on any of them
 */
export async function startOnFreePort<T>(start: (listen: string) => Promise<T>): Promise<T> {
  const [host = "", port = ""] = defaultAddress.split(":");
  for (let tried = 0; ; tried += 1) {
    const listen = `${host}:${Number(port) + tried}`;
    const isLast = tried === portsTried;
    // Asked first, because a coordinator opens its store before it listens.
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

/** Somebody else may have taken the port in the meantime. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "PORT_IN_USE";
}
