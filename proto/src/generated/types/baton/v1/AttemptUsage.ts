// Original file: baton/v1/run.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface AttemptUsage {
  'cpuDuration'?: (_google_protobuf_Duration | null);
  'peakHeapBytes'?: (number | string | Long);
  'peakExternalBytes'?: (number | string | Long);
  '_peakHeapBytes'?: "peakHeapBytes";
  '_peakExternalBytes'?: "peakExternalBytes";
}

export interface AttemptUsage__Output {
  'cpuDuration': (_google_protobuf_Duration__Output | null);
  'peakHeapBytes'?: (number);
  'peakExternalBytes'?: (number);
  '_peakHeapBytes'?: "peakHeapBytes";
  '_peakExternalBytes'?: "peakExternalBytes";
}
