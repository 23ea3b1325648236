// Original file: baton/v1/run_service.proto


export interface ReplayRunRequest {
  'runId'?: (string);
  'newRunId'?: (string);
}

export interface ReplayRunRequest__Output {
  'runId': (string);
  'newRunId': (string);
}
