-- The desk: members of staff and their duties, who has a case, what was answered, what was amended.

-- A member is one chat; whoever leaves and comes back is the same member. The seal hides the name.
CREATE TABLE members (
    id {identity},
    contact_id BIGINT NOT NULL UNIQUE REFERENCES contacts (id),
    name TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- The duties of today; how they came and went is in the log.
CREATE TABLE duties (
    member_id BIGINT NOT NULL REFERENCES members (id),
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (member_id, role, unit)
) {clustered};

CREATE INDEX duties_of_unit ON duties (unit, role);

INSERT INTO members (contact_id, name, since)
SELECT contact_id, '', MIN(since) FROM staff GROUP BY contact_id;
INSERT INTO duties (member_id, role, unit, since)
SELECT m.id, s.role, '*', s.since FROM staff s JOIN members m ON m.contact_id = s.contact_id;
DROP TABLE staff;

ALTER TABLE invitations ADD COLUMN unit TEXT NOT NULL DEFAULT '*';
ALTER TABLE invitations ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN made_by BIGINT NOT NULL DEFAULT 0;

-- 0 is nobody. author wrote the answer that waits for release, not_for answered before a reopening.
ALTER TABLE tickets ADD COLUMN assignee BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN author BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN not_for BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN priority SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN bounces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN asked_on TEXT;
ALTER TABLE tickets ADD COLUMN done_on TEXT;
-- The cases of one matter have the same number, the id of the first; 0 is a matter of its own.
ALTER TABLE tickets ADD COLUMN matter BIGINT NOT NULL DEFAULT 0;

-- The queue, in all units and in one (tickets_open is the latter without more): by what it is looked
-- through, each in the order of its pages.
CREATE INDEX tickets_due ON tickets (due_on, id) WHERE open = 1;
CREATE INDEX tickets_by_assignee ON tickets (assignee, due_on, id)
    WHERE open = 1 AND status <> 'sorting';
CREATE INDEX tickets_by_status ON tickets (status, due_on, id) WHERE open = 1;
CREATE INDEX tickets_by_topic ON tickets (topic, due_on, id) WHERE open = 1;
CREATE INDEX tickets_by_commune ON tickets (commune, due_on, id) WHERE open = 1;
CREATE INDEX tickets_open_by_assignee ON tickets (unit, assignee, due_on, id)
    WHERE open = 1 AND status <> 'sorting';
CREATE INDEX tickets_open_by_status ON tickets (unit, status, due_on, id) WHERE open = 1;
CREATE INDEX tickets_open_by_topic ON tickets (unit, topic, due_on, id) WHERE open = 1;
CREATE INDEX tickets_open_by_commune ON tickets (unit, commune, due_on, id) WHERE open = 1;
CREATE INDEX tickets_of_matter ON tickets (matter) WHERE matter <> 0;

-- The blocks of ids a case belongs to, so that a search can begin with the newest (storage/search.py).
UPDATE ticket_words
SET words = 'khoi' || CAST(rowid / 4096 AS TEXT) || ' vung' || CAST(rowid / 65536 AS TEXT)
    || ' ' || words;

-- Up to which entry of its history a contact was told of a case: until now, of all of it.
ALTER TABLE ticket_contacts ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
UPDATE ticket_contacts SET told = (SELECT t.entries FROM tickets t WHERE t.id = ticket_id);

-- 1 while the citizen is not shown it: what a note brought, or an answer not released yet.
ALTER TABLE ticket_files ADD COLUMN withheld SMALLINT NOT NULL DEFAULT 0;

-- What was answered, by unit: a near copy of it is pointed out to the approver. The seal hides it.
CREATE TABLE answers (
    id {identity},
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    unit TEXT NOT NULL,
    words TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX answers_of_unit ON answers (unit, id);

-- What the province changed by command over its files; `seq` is the entry of the log.
CREATE TABLE amendments (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
) {clustered};
