// Original file: baton/v1/run_service.proto

import type { RunStatus as _baton_v1_RunStatus, RunStatus__Output as _baton_v1_RunStatus__Output } from '../../baton/v1/RunStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface ListRunsRequest {
  'statuses'?: (_baton_v1_RunStatus)[];
  'taskIds'?: (string)[];
  'versions'?: (string)[];
  'tags'?: (string)[];
  'queues'?: (string)[];
  'machines'?: (string)[];
  'batchId'?: (string);
  'parentRunId'?: (string);
  'isTest'?: (boolean);
  'fromTime'?: (_google_protobuf_Timestamp | null);
  'toTime'?: (_google_protobuf_Timestamp | null);
  'pageSize'?: (number);
  'pageToken'?: (string);
  '_isTest'?: "isTest";
}

export interface ListRunsRequest__Output {
  'statuses': (_baton_v1_RunStatus__Output)[];
  'taskIds': (string)[];
  'versions': (string)[];
  'tags': (string)[];
  'queues': (string)[];
  'machines': (string)[];
  'batchId': (string);
  'parentRunId': (string);
  'isTest'?: (boolean);
  'fromTime': (_google_protobuf_Timestamp__Output | null);
  'toTime': (_google_protobuf_Timestamp__Output | null);
  'pageSize': (number);
  'pageToken': (string);
  '_isTest'?: "isTest";
}
