-- Announcements, whom they concern and who was reached; messages that change earlier ones.

-- words and proposed are the JSON of what is said; the seal hides them. proposed is a correction
-- that waits for its release; version grows with each that was released. entries counts what was
-- done to it, so that who looked before is noticed. live: 1 while there is something to send.
-- looked is how far the preparing has looked through the people (for `cases`: the cases) by their
-- ids, prepared that it has ended.
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
    counted TEXT NOT NULL DEFAULT '',
    -- The JSON of the file that reports what came of it, and the entries it was made after.
    report TEXT NOT NULL DEFAULT '',
    reported BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX announcements_live ON announcements (id) WHERE live = 1;
CREATE INDEX announcements_unreported ON announcements (id)
    WHERE live = 0 AND ended_at IS NOT NULL AND begun_at IS NOT NULL AND reported < entries;
CREATE INDEX announcements_uncounted ON announcements (id) WHERE counted = '';

-- Files an announcement has or had, and its reports: they are kept as those of cases are.
CREATE TABLE announcement_files (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id),
    file_key TEXT NOT NULL REFERENCES files (key),
    PRIMARY KEY (file_key, announcement_id)
) {clustered};

-- One person of an audience; channel is empty for whoever can be reached on none. version is the
-- text they are or were told last (0: none yet), message the outbox row a correction changes. Without
-- references: rows are made from people and contacts by the million, and nobody of them is deleted.
CREATE TABLE deliveries (
    announcement_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
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
-- Who was told, by what they were told: a correction is for those with an older version.
CREATE INDEX deliveries_sent ON deliveries (announcement_id, version, person_id)
    WHERE state IN ('sent', 'unknown');

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
-- person_id: whose delivery of the announcement it is, whoever the contact belongs to by now.
ALTER TABLE outbox ADD COLUMN shared_id BIGINT REFERENCES shared_words (id);
ALTER TABLE outbox ADD COLUMN replaces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN announcement_id BIGINT REFERENCES announcements (id);
ALTER TABLE outbox ADD COLUMN person_id BIGINT;

CREATE INDEX outbox_of_ticket ON outbox (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX outbox_replacing ON outbox (replaces) WHERE replaces > 0;

-- What a person wants to hear of: hears 0, nothing at all; else the communes and topics wanted. A row
-- with wanted 0 was switched off by hand, and filing a case there does not switch it on again; stopped
-- 1: all was, and agreeing to the notice does not switch it on again. Whoever is there already agreed
-- to a notice without announcements, and hears none until they agree to the one of today.
ALTER TABLE people ADD COLUMN hears SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN stopped SMALLINT NOT NULL DEFAULT 0;

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

-- since, upto: the message tells of the entries of its case after the one up to the other; 0, 0: of
-- none. unreached: the entry that nobody who follows the case could be told of, 0: there is none.
ALTER TABLE outbox ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN upto BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN unreached BIGINT NOT NULL DEFAULT 0;

-- Asked for with the literal `unreached > 0`: few cases, whatever their unit, open or not.
CREATE INDEX tickets_unreached ON tickets (due_on, id) WHERE unreached > 0;
