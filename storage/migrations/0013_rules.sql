-- What the latest answer of a case rested on: its template, and the rules of the law, by version.

CREATE TABLE answered_by (
    ticket_id BIGINT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, kind, name)
) {clustered};

-- The cases answered by a rule, newest first, whichever version of it.
CREATE INDEX answered_by_name ON answered_by (kind, name, at, ticket_id, version);

-- What its keepers were told of, once each: that a version of it is about to end, or has ended.
CREATE TABLE rule_notices (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    what TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, name, version, what)
) {clustered};
