// Original file: baton/v1/runner_service.proto


export interface Interruption {
  'code'?: (string);
  'message'?: (string);
  'suspect'?: (boolean);
}

export interface Interruption__Output {
  'code': (string);
  'message': (string);
  'suspect': (boolean);
}
