// Original file: baton/v1/runner_service.proto

import type { Hello as _baton_v1_Hello, Hello__Output as _baton_v1_Hello__Output } from '../../baton/v1/Hello.ts';
import type { Report as _baton_v1_Report, Report__Output as _baton_v1_Report__Output } from '../../baton/v1/Report.ts';
import type { VersionsChanged as _baton_v1_VersionsChanged, VersionsChanged__Output as _baton_v1_VersionsChanged__Output } from '../../baton/v1/VersionsChanged.ts';
import type { Draining as _baton_v1_Draining, Draining__Output as _baton_v1_Draining__Output } from '../../baton/v1/Draining.ts';

export interface AttachRequest {
  'hello'?: (_baton_v1_Hello | null);
  'report'?: (_baton_v1_Report | null);
  'versionsChanged'?: (_baton_v1_VersionsChanged | null);
  'draining'?: (_baton_v1_Draining | null);
  'message'?: "hello"|"report"|"versionsChanged"|"draining";
}

export interface AttachRequest__Output {
  'hello'?: (_baton_v1_Hello__Output | null);
  'report'?: (_baton_v1_Report__Output | null);
  'versionsChanged'?: (_baton_v1_VersionsChanged__Output | null);
  'draining'?: (_baton_v1_Draining__Output | null);
  'message'?: "hello"|"report"|"versionsChanged"|"draining";
}
