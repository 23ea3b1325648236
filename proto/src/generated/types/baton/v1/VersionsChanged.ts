// Original file: baton/v1/runner_service.proto


export interface VersionsChanged {
  'versions'?: (string)[];
}

export interface VersionsChanged__Output {
  'versions': (string)[];
}
