// Original file: baton/v1/runner_service.proto


export interface CancelAttempt {
  'runId'?: (string);
  'attemptId'?: (string);
  'reason'?: (string);
}

export interface CancelAttempt__Output {
  'runId': (string);
  'attemptId': (string);
  'reason': (string);
}
