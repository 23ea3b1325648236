// Original file: baton/v1/log_service.proto


export interface AppendLogsResponse {
}

export interface AppendLogsResponse__Output {
}
