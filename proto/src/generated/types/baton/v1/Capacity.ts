// Original file: baton/v1/runner_service.proto


export interface Capacity {
  'concurrency'?: (number);
  'cpu'?: (number | string);
  'memoryGb'?: (number | string);
  'overcommit'?: (boolean);
}

export interface Capacity__Output {
  'concurrency': (number);
  'cpu': (number);
  'memoryGb': (number);
  'overcommit': (boolean);
}
