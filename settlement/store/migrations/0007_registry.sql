-- What has been allocated is read from the operations themselves: those done, by kind.
CREATE INDEX operation_done_by_kind ON operation (kind, operation_id) WHERE state = 'done';
