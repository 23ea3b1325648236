import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id for a run that is about to be triggered: `run_`, ten characters of time, sixteen of chance. */
export function newRunId(): string {
  return `run_${timeOrderedId()}`;
}

/** An id for a batch that is about to be triggered, made like a run's. */
export function newBatchId(): string {
  return `batch_${timeOrderedId()}`;
}

/** 48 bits of milliseconds, then 80 random bits, so that ids made later sort later. */
function timeOrderedId(): string {
  let time = Date.now();
  let head = "";
  for (let index = 0; index < 10; index++) {
    head = alphabet.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  let tail = "";
  for (const byte of randomBytes(16)) tail += alphabet.charAt(byte % 32);
  return head + tail;
}
