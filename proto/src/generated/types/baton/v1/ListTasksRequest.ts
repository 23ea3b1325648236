// Original file: baton/v1/task_service.proto


export interface ListTasksRequest {
}

export interface ListTasksRequest__Output {
}
