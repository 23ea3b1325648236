import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { services } from "@baton/proto";
import { status } from "@grpc/grpc-js";
import pino from "pino";
import { commandOf, startCoordinator } from "../coordinator.test.support.ts";
import { type GrpcServer, startGrpcServer, stopGraceMs } from "./server.ts";

const { GetRun, Trigger } = services.run;
const { Check } = services.health;
const { Attach } = services.runner;
const patience = { messageMs: 500, answerMs: 500 };
/** How often the server looks for slow clients. */
const sweepMs = 1_000;
/** More than a sixth of what may be unsent of all answers together. */
const largePayload = `"${"x".repeat(17 * 1024 * 1024)}"`;

const largeRunId = "run_large000";

/** Starts a server over a coordinator with one run, whose payload is large. */
async function startServer(): Promise<GrpcServer> {
  const coordinator = await startCoordinator();
  const [made] = await coordinator.runs.trigger([commandOf(largeRunId, largePayload)]);
  assert.ok(made?.ok);
  const server = await startGrpcServer({
    coordinator,
    log: pino({ level: "silent" }),
    listen: "127.0.0.1:0",
    insecure: false,
    maxPayloadBytes: 1024,
    maxOutputBytes: 1024,
    patience,
  });
  const stop = async () => {
    await server.stop();
    await coordinator.stop();
  };
  return { address: server.address, stop };
}

/** Opens a call that sends these bytes and leaves its side open. Nothing of the answer is read. */
function open(session: ClientHttp2Session, path: string, bytes: Buffer): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => undefined);
  stream.write(bytes);
  return stream;
}

function frame(message: Buffer, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

function getRun(session: ClientHttp2Session, runId: string): ClientHttp2Stream {
  const stream = open(session, GetRun.path, frame(GetRun.requestSerialize({ runId })));
  stream.end();
  return stream;
}

/** Returns the gRPC status and the message of a call once it has ended. */
async function endOf(stream: ClientHttp2Stream): Promise<{ readonly code: number; readonly message: string }> {
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  return { code: Number(headers["grpc-status"]), message: decodeURIComponent(headers["grpc-message"] ?? "") };
}

test("a message that does not come to its end is refused, also where no token is needed and on a stream", async () => {
  const server = await startServer();
  const session = connectHttp2(`http://${server.address}`);
  try {
    const beganAt = performance.now();
    const ends = [Trigger.path, Check.path, Attach.path].map((path) =>
      endOf(open(session, path, frame(Buffer.alloc(0), 100))),
    );
    for (const { code, message } of await Promise.all(ends)) {
      assert.equal(code, status.RESOURCE_EXHAUSTED);
      assert.match(message, /did not come to its end within 0\.5 s/);
    }
    const afterMs = performance.now() - beganAt;
    assert.ok(afterMs >= patience.messageMs, `refused after ${afterMs} ms`);
  } finally {
    session.destroy();
    await server.stop();
  }
});

test("an answer may stay unread until others wait for its memory; then its call is ended and they are answered", async () => {
  const server = await startServer();
  const sessions = Array.from({ length: 7 }, () => connectHttp2(`http://${server.address}`));
  const [good, ...hoarders] = sessions;
  assert.ok(good);
  try {
    const unread = hoarders.map((session) => getRun(session, largeRunId));
    await Promise.all(unread.map((stream) => once(stream, "response")));
    await sleep(patience.answerMs + 2 * sweepMs);
    assert.ok(
      unread.every(({ closed }) => !closed),
      "nobody waits",
    );
    const closed = Promise.all(unread.map((stream) => once(stream, "close")));
    assert.equal((await endOf(getRun(good, "run_missing"))).code, status.NOT_FOUND);
    await closed;
    assert.ok(unread.every(({ rstCode }) => rstCode === constants.NGHTTP2_CANCEL));
  } finally {
    for (const session of sessions) session.destroy();
    await server.stop();
  }
});

test("a client that keeps its connection open does not keep the server from stopping", async () => {
  const server = await startServer();
  const [host = "", port] = server.address.split(":");
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  await once(socket, "connect");
  const session = connectHttp2(`http://${server.address}`);
  assert.equal((await endOf(getRun(session, "run_missing"))).code, status.NOT_FOUND);
  session.destroy();
  try {
    const stopped = server.stop().then(() => "stopped");
    assert.equal(await Promise.race([stopped, sleep(stopGraceMs + 3_000, "waits", { ref: false })]), "stopped");
  } finally {
    socket.destroy();
  }
});
