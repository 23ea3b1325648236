// Original file: baton/v1/runner_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface Welcome {
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
  'stopAttemptIds'?: (string)[];
  'maxOutputBytes'?: (number);
}

export interface Welcome__Output {
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
  'stopAttemptIds': (string)[];
  'maxOutputBytes': (number);
}
