// Original file: baton/v1/runner_service.proto


export interface Success {
  'output'?: (string);
  'outputTypes'?: (string);
}

export interface Success__Output {
  'output': (string);
  'outputTypes': (string);
}
