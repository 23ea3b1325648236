// Original file: baton/v1/runner_service.proto


export interface RegisterVersionResponse {
  'version'?: (string);
}

export interface RegisterVersionResponse__Output {
  'version': (string);
}
