/** Fields of requests that the command line fills from something of another name. */
const otherNames: Readonly<Record<string, string>> = {
  page_token: "--page",
  page_size: "--limit",
  limit: "--limit",
  statuses: "--status",
  task_ids: "--task",
  tags: "--tag",
  queues: "--queue",
  "item.task_id": "<taskId>",
  run_id: "<runId>",
  new_run_id: "--new-run-id",
  reason: "--reason",
  "item.options.tags": "--tag",
};

/** The fields of a trigger that flags of the same names fill. */
const ofTrigger =
  /^item\.(?:options\.)?(payload|run_id|delay|idempotency_key|idempotency_key_ttl|priority|machine|max_duration|max_attempts)$/;

/** What a user gave for a field of a request: the flag or argument; the field itself when none fills it. */
export function flagOfField(field: string): string {
  const path = field.replace(/\[\d+\]$/, "");
  const name = ofTrigger.exec(path)?.[1];
  return name === undefined ? (otherNames[path] ?? field) : `--${name.replaceAll("_", "-")}`;
}
