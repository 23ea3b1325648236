// Original file: baton/v1/run_service.proto

import type { Long } from '@grpc/proto-loader';

export interface WatchedRun {
  'runId'?: (string);
  'seenRevision'?: (number | string | Long);
}

export interface WatchedRun__Output {
  'runId': (string);
  'seenRevision': (number);
}
