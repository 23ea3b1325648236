import type { Server as NetServer, Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";

/**
 * The open connections of a server. After an HTTP/2 session is closed, Node.js waits until the client closes its side
 * of the connection too, which a paused or hostile client never does.
 */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();

  /** Tracks the connections that a listening server accepts. */
  watch(server: Server): void {
    // grpc-js keeps the listening servers private (decision 0018).
    const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<NetServer, unknown> };
    for (const listening of http2Servers.keys()) {
      listening.on("connection", (socket) => {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
      });
    }
  }

  /** Cuts every open connection. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
