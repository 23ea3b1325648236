// Original file: baton/v1/run_service.proto


export interface FindRunsRequest {
  'idPrefix'?: (string);
  'pageSize'?: (number);
}

export interface FindRunsRequest__Output {
  'idPrefix': (string);
  'pageSize': (number);
}
