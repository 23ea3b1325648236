// Original file: baton/v1/log_service.proto


export interface ReadLogsRequest {
  'runId'?: (string);
  'follow'?: (boolean);
}

export interface ReadLogsRequest__Output {
  'runId': (string);
  'follow': (boolean);
}
