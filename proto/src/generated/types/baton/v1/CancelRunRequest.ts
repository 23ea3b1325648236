// Original file: baton/v1/run_service.proto


export interface CancelRunRequest {
  'runId'?: (string);
  'reason'?: (string);
}

export interface CancelRunRequest__Output {
  'runId': (string);
  'reason': (string);
}
