// Original file: baton/v1/run_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface ItemError {
  'status'?: (number);
  'code'?: (string);
  'message'?: (string);
  'field'?: (string);
  'retryDelay'?: (_google_protobuf_Duration | null);
}

export interface ItemError__Output {
  'status': (number);
  'code': (string);
  'message': (string);
  'field': (string);
  'retryDelay': (_google_protobuf_Duration__Output | null);
}
