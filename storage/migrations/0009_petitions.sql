-- Petitions that were asked for, until their citizens were told of them: what is to be printed, then
-- the files that were made of it. The seal hides both; words is empty once there are files, so that
-- a citizen's ID number is kept no longer than it takes to print it.
CREATE TABLE petitions (
    id {identity},
    contact_id BIGINT NOT NULL UNIQUE REFERENCES contacts (id),
    words TEXT NOT NULL,
    made TEXT NOT NULL DEFAULT '',
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL
);

CREATE INDEX petitions_waiting ON petitions (not_before) WHERE made = '';
