// Original file: baton/v1/runner_service.proto


export interface Draining {
}

export interface Draining__Output {
}
