-- What people ask of their own data; what they were shown when they agreed; what was erased.

-- The very words that were on the screen, once for each text, so that what was agreed to can be
-- printed years later. They are the province's own: nothing in them is anybody's.
CREATE TABLE consent_texts (
    hash TEXT NOT NULL PRIMARY KEY,
    words TEXT NOT NULL,
    at BIGINT NOT NULL
) {clustered};

-- The hash of what was shown; empty where nothing was, as when a consent is taken back.
ALTER TABLE consents ADD COLUMN text TEXT NOT NULL DEFAULT '';

-- Announcements have a consent of their own from here on (Law 91/2025/QH15, art. 9: one for each
-- purpose): whoever agreed to the two at once is asked again, and hears none until then.
UPDATE people SET hears = 0;

-- restricted 1: they asked that what is theirs be used no further than the law demands.
ALTER TABLE people ADD COLUMN restricted SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN erased_at BIGINT;
ALTER TABLE tickets ADD COLUMN restricted SMALLINT NOT NULL DEFAULT 0;
-- 1: its words and files are gone; what is left says nothing of anybody.
ALTER TABLE tickets ADD COLUMN erased SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX tickets_of_person ON tickets (person_id, id);

-- A case that must stay whatever anybody asks: a court, an inspection, a complaint under way.
CREATE TABLE holds (
    ticket_id {key} REFERENCES tickets (id),
    by_member BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- waiting: 1 while an official is to decide or the machine is at it. reason and files are sealed by
-- the chat's key. warned: 1 somebody was told that it is soon due, 2 that it is late. not_before is
-- for the machine, after a fault.
CREATE TABLE data_requests (
    id {identity},
    code TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    waiting SMALLINT NOT NULL,
    lang TEXT NOT NULL,
    due_on TEXT NOT NULL,
    extended SMALLINT NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    scope TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '',
    entries BIGINT NOT NULL DEFAULT 1,
    warned SMALLINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    opened_at BIGINT NOT NULL,
    done_at BIGINT
);

CREATE INDEX data_requests_waiting ON data_requests (due_on, id) WHERE waiting = 1;
CREATE INDEX data_requests_of_person ON data_requests (person_id, id);

-- What was erased, for ever countable and nobody's: how many rows of what kind, as JSON; by which
-- rule or request; from when on no backup can be opened any more either (NULL: until the master
-- keys of its day are destroyed, see docs/data-rights.md). stage and looked say how far it has come,
-- so that one that was interrupted goes on.
CREATE TABLE erasures (
    id {identity},
    why TEXT NOT NULL,
    by_member BIGINT NOT NULL DEFAULT 0,
    person_id BIGINT,
    scope TEXT NOT NULL,
    counts TEXT NOT NULL DEFAULT '{}',
    stage TEXT NOT NULL DEFAULT 'chats',
    looked BIGINT NOT NULL DEFAULT 0,
    begun_at BIGINT NOT NULL,
    done_at BIGINT,
    backups_closed_at BIGINT
);

CREATE INDEX erasures_unfinished ON erasures (id) WHERE done_at IS NULL;
