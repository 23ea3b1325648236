import type { Server as NetServer, Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";

/**
 * Connections of a server. Node.js ends a connection politely once its HTTP/2 session is closed: it waits until the client
 * closes its side too, which a client that is paused or hostile never does.
 */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();

  /** Watches what a server that listens accepts. */
  watch(server: Server): void {
    // grpc-js keeps the listening servers to itself (decision 0018).
    const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<NetServer, unknown> };
    for (const listening of http2Servers.keys()) {
      listening.on("connection", (socket) => {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
      });
    }
  }

  /** Cuts every connection that is open. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
