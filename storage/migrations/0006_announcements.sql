-- Announcements, whom they concern and who was reached; messages that change earlier ones.

-- words and proposed are the JSON of what is said; the seal hides them. proposed is a correction
-- that waits for its release; version grows with each that was released. entries counts what was
-- done to it, so that who looked before is noticed. live: 1 while there is something to send.
-- looked is the last person (by id) whom the preparing has looked at, prepared that it has ended.
-- counted is the JSON of the last dry run, empty when there is none for this audience.
CREATE TABLE announcements (
    id {identity},
    code TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL,
    author BIGINT NOT NULL,
    releaser BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    live SMALLINT NOT NULL DEFAULT 0,
    urgent SMALLINT NOT NULL,
    words TEXT NOT NULL,
    proposed TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    audience TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    entries BIGINT NOT NULL DEFAULT 1,
    begins_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    begun_at BIGINT,
    ended_at BIGINT,
    looked BIGINT NOT NULL DEFAULT 0,
    prepared SMALLINT NOT NULL DEFAULT 0,
    counted TEXT NOT NULL DEFAULT ''
);

CREATE INDEX announcements_live ON announcements (id) WHERE live = 1;
CREATE INDEX announcements_uncounted ON announcements (id) WHERE counted = '';

-- One person of an audience. version is the text they were told last (0: none yet), message the
-- outbox row that told them first, which a correction changes.
CREATE TABLE deliveries (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'sending', 'sent', 'unreachable', 'failed', 'unknown', 'cancelled')),
    version BIGINT NOT NULL DEFAULT 0,
    message BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (announcement_id, person_id)
) {clustered};

-- Asked for with the literal `state = 'queued'`.
CREATE INDEX deliveries_queued ON deliveries (announcement_id, channel, person_id)
    WHERE state = 'queued';
CREATE INDEX deliveries_of_person ON deliveries (person_id);

-- How many deliveries are in which state, so that nobody has to count a million rows.
CREATE TABLE delivery_counts (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, channel, state)
) {clustered};

-- What many messages say alike, once; the seal hides it.
CREATE TABLE shared_words (
    id {identity},
    payload TEXT NOT NULL
);

-- shared_id: what is said is there and payload is empty. replaces: the message of this chat that is
-- changed by this one, 0 when it is a message of its own. step: the prompt it shows, 0 is none.
ALTER TABLE outbox ADD COLUMN shared_id BIGINT REFERENCES shared_words (id);
ALTER TABLE outbox ADD COLUMN replaces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN announcement_id BIGINT REFERENCES announcements (id);

CREATE INDEX outbox_of_ticket ON outbox (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX outbox_replacing ON outbox (replaces) WHERE replaces > 0;

-- What a person wants to hear of: hears 0, nothing at all; else the communes and topics wanted. A row
-- with wanted 0 was switched off by hand, and filing a case there does not switch it on again.
ALTER TABLE people ADD COLUMN hears SMALLINT NOT NULL DEFAULT 1;

CREATE TABLE follows (
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('commune', 'topic')),
    name TEXT NOT NULL,
    wanted SMALLINT NOT NULL,
    PRIMARY KEY (person_id, kind, name)
) {clustered};

CREATE INDEX follows_wanted ON follows (kind, name, person_id) WHERE wanted = 1;

-- A link by which another chat becomes one of the same person's: used once, for a short time.
CREATE TABLE chat_links (
    token_key TEXT NOT NULL PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    expires_at BIGINT NOT NULL
) {clustered};
