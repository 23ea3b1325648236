import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { messageType, type Run__Output, type WatchRunsRequest } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { type ApiError, apiErrorFrom } from "./errors.ts";
import type { RunListener } from "./run-watcher.ts";
import type { StreamingTransport, WatchListener } from "./transport.ts";
import { WatchHub } from "./watch-hub.ts";

interface Opened {
  readonly listener: WatchListener;
  readonly sent: WatchRunsRequest[];
  isClosed: boolean;
}

function runAt(id: string, revision: number): Run__Output {
  return { ...(messageType("baton.v1.Run").deserialize(Buffer.alloc(0)) as Run__Output), id, revision };
}

class Recorder implements RunListener {
  readonly revisions: number[] = [];
  error: ApiError | undefined;
  onRun(run: Run__Output): void {
    this.revisions.push(run.revision);
  }
  onError(error: ApiError): void {
    this.error = error;
  }
}

describe("WatchHub", () => {
  let opened: Opened[];
  let hub: WatchHub;
  /** Whether the coordinator answered a call before the stream. */
  let hasAnswered: boolean;
  const unavailable = apiErrorFrom({ status: 14, message: "away" });

  beforeEach(() => {
    opened = [];
    hasAnswered = false;
    const transport: StreamingTransport = {
      get hasAnswered() {
        return hasAnswered;
      },
      call: () => Promise.reject(new Error("not used")),
      readLogs: () => assert.fail("not used"),
      openWatch: async (listener) => {
        const stream: Opened = { listener, sent: [], isClosed: false };
        opened.push(stream);
        return {
          send: (request) => void stream.sent.push(request),
          close: () => {
            stream.isClosed = true;
          },
        };
      },
    };
    hub = new WatchHub(transport, { lingerMs: 1, reconnectMs: 1, giveUpMs: 60_000 });
  });

  async function connected(count: number): Promise<Opened> {
    await waitUntil("the stream to open", () => (opened[count - 1]?.sent.length ?? 0) > 0);
    return opened[count - 1] as Opened;
  }

  test("asks for the runs of one turn with one message and tells a second listener at once", async () => {
    const [first, second] = [new Recorder(), new Recorder()];
    hub.watch("run_a", first);
    hub.watch("run_b", new Recorder());
    const stream = await connected(1);
    assert.deepEqual(stream.sent, [
      {
        add: [
          { runId: "run_a", seenRevision: 0 },
          { runId: "run_b", seenRevision: 0 },
        ],
      },
    ]);
    stream.listener.onMessage({ run: runAt("run_a", 3) });
    hub.watch("run_a", second);
    await nextTurn();
    assert.deepEqual([first.revisions, second.revisions], [[3], [3]]);
    assert.equal(stream.sent.length, 1);
  });

  test("keeps the payload, which the stream tells once", async () => {
    const told: Run__Output[] = [];
    hub.watch("run_a", { onRun: (run) => void told.push(run), onError: () => undefined });
    const stream = await connected(1);
    stream.listener.onMessage({ run: { ...runAt("run_a", 1), payload: '"5"', payloadTypes: '"bigint"' } });
    stream.listener.onMessage({ run: runAt("run_a", 2) });
    assert.deepEqual(
      told.map(({ payload, payloadTypes }) => [payload, payloadTypes]),
      [
        ['"5"', '"bigint"'],
        ['"5"', '"bigint"'],
      ],
    );
  });

  test("ignores a state that is older than the one it told", async () => {
    const recorder = new Recorder();
    hub.watch("run_a", recorder);
    const { listener } = await connected(1);
    for (const revision of [2, 1, 2, 4]) listener.onMessage({ run: runAt("run_a", revision) });
    assert.deepEqual(recorder.revisions, [2, 4]);
  });

  test("asks anew for a run that is watched again right after the last watch of it ended", async () => {
    const stop = hub.watch("run_a", new Recorder());
    hub.watch("run_b", new Recorder());
    const stream = await connected(1);
    stream.listener.onMessage({ run: runAt("run_a", 5) });
    stop();
    hub.watch("run_a", new Recorder());
    await nextTurn();
    assert.deepEqual(stream.sent.slice(1), [
      { removeRunIds: ["run_a"] },
      { add: [{ runId: "run_a", seenRevision: 0 }] },
    ]);
  });

  test("reconnects with the revisions it saw", async () => {
    const recorder = new Recorder();
    hub.watch("run_a", recorder);
    const { listener } = await connected(1);
    listener.onMessage({ run: runAt("run_a", 5) });
    listener.onEnd(unavailable);
    const again = await connected(2);
    assert.deepEqual(again.sent, [{ add: [{ runId: "run_a", seenRevision: 5 }] }]);
    again.listener.onEnd(undefined);
    await connected(3);
    assert.equal(recorder.error, undefined);
  });

  test("tells the listeners when the coordinator refuses, and when it was never there", async () => {
    const refused = new Recorder();
    hub.watch("run_a", refused);
    (await connected(1)).listener.onEnd(apiErrorFrom({ status: 16, code: "TOKEN_WRONG", message: "wrong" }));
    assert.equal(refused.error?.code, "TOKEN_WRONG");
    const lost = new Recorder();
    hub.watch("run_b", lost);
    for (let count = 2; count <= 6; count++) (await connected(count)).listener.onEnd(unavailable);
    assert.equal(lost.error, unavailable);
    assert.equal(opened.length, 6);
  });

  test("goes on when a coordinator that answered the trigger is away before the first message", async () => {
    hasAnswered = true;
    const run = new Recorder();
    hub.watch("run_a", run);
    for (let count = 1; count <= 8; count += 1) (await connected(count)).listener.onEnd(unavailable);
    (await connected(9)).listener.onMessage({ run: runAt("run_a", 2) });
    assert.deepEqual([run.error, run.revisions], [undefined, [2]]);
  });

  test("closes the stream when nothing is watched and opens another one later", async () => {
    const stop = hub.watch("run_a", new Recorder());
    const stream = await connected(1);
    stop();
    stop();
    await waitUntil("the stream to close", () => stream.isClosed);
    hub.watch("run_b", new Recorder());
    assert.deepEqual((await connected(2)).sent, [{ add: [{ runId: "run_b", seenRevision: 0 }] }]);
  });
});
