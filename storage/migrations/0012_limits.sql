-- Who sends more than is borne, by chat: how far it went, until when, and how many messages came
-- beyond what is borne since *since*. Nothing of what was sent is here.
CREATE TABLE slowed (
    contact_id BIGINT NOT NULL PRIMARY KEY,
    stage TEXT NOT NULL CHECK (stage IN ('slow', 'ask', 'silent')),
    count BIGINT NOT NULL,
    since BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until BIGINT
) {clustered};

CREATE INDEX slowed_last ON slowed (last_at);

-- Whom officials keep from sending until then, found by one of their cases. The seal hides the
-- reason by the person's own key. Without references: people become one, and are forgotten.
CREATE TABLE blocks (
    person_id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    unit TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
) {clustered};

CREATE INDEX blocks_until ON blocks (until);

-- The marks of what a case tells (handlers/repeats.py), by which copies of it are found.
CREATE TABLE ticket_marks (
    ticket_id BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, mark)
) {clustered};

CREATE INDEX ticket_marks_by_mark ON ticket_marks (mark, ticket_id);
