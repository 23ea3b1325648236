/** The flags and arguments that fill fields of other names. */
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

/** The fields of a trigger with flags of the same names. */
const ofTrigger =
  /^item\.(?:options\.)?(payload|run_id|delay|idempotency_key|idempotency_key_ttl|priority|machine|max_duration|max_attempts)$/;

/** Returns the flag or argument that fills a field of a request; the field itself when there is none. */
export function flagOfField(field: string): string {
  const path = field.replace(/\[\d+\]$/, "");
  const name = ofTrigger.exec(path)?.[1];
  return name === undefined ? (otherNames[path] ?? field) : `--${name.replaceAll("_", "-")}`;
}
