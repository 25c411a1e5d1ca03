-- Times are milliseconds since 1970 UTC, dates ISO text, truths 0 or 1, JSON text.
-- The seal hides names, phones and addresses in `people`, `contacts` and `chat_moves`, and all texts
-- that may repeat them: sessions.state, outbox.payload, notes.words, inbox.raw and inbox.event,
-- files.name. In clear are the folded words a case is searched by (`ticket_words`, whatever a
-- citizen wrote in them) and what says nothing of anybody: codes, topics, communes, times.

CREATE TABLE people (
    id {identity},
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    lang TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- One chat of one channel. address_key finds it, address writes to it.
CREATE TABLE contacts (
    id {identity},
    channel TEXT NOT NULL,
    address_key TEXT NOT NULL,
    address TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    reachable SMALLINT NOT NULL DEFAULT 1,
    left_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, address_key)
);

CREATE INDEX contacts_of_person ON contacts (person_id);

-- Addresses a chat had before; what still comes from there is the same chat.
CREATE TABLE chat_moves (
    channel TEXT NOT NULL,
    address_key TEXT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (channel, address_key)
) {clustered};

CREATE TABLE consents (
    id {identity},
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    purpose TEXT NOT NULL,
    given SMALLINT NOT NULL,
    version TEXT NOT NULL,
    lang TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX consents_of_contact ON consents (contact_id, id);

-- An empty state is a conversation that has not begun.
CREATE TABLE sessions (
    contact_id {key} REFERENCES contacts (id),
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE tickets (
    id {identity},
    code TEXT NOT NULL UNIQUE,
    receipt_key TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    topic TEXT NOT NULL,
    commune TEXT NOT NULL,
    unit TEXT NOT NULL,
    status TEXT NOT NULL,
    open SMALLINT NOT NULL,
    lang TEXT NOT NULL,
    due_on TEXT NOT NULL,
    calendar TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- The last entry of the history and its hash, so that a cut-off end is seen.
    entries BIGINT NOT NULL,
    head TEXT NOT NULL
);

-- A queue asks with the literal `open = 1`: a list of statuses would not use this index.
CREATE INDEX tickets_open ON tickets (unit, due_on, id) WHERE open = 1;

CREATE TABLE ticket_contacts (
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (contact_id, ticket_id)
) {clustered};

CREATE INDEX ticket_contacts_of_ticket ON ticket_contacts (ticket_id);

-- A row of folded words for each ticket, by its id.
{ticket_words};

CREATE TABLE history (
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (ticket_id, seq)
) {clustered};

{history_only_grows};

-- What people wrote, beside the entry of history that holds its salted digest: the law may have
-- words erased, and the history must stay whole and telling nothing when they are.
CREATE TABLE notes (
    ticket_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    salt TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (ticket_id, seq),
    FOREIGN KEY (ticket_id, seq) REFERENCES history (ticket_id, seq)
);

-- What has arrived. raw, error and event are kept for what failed only.
CREATE TABLE inbox (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    contact_id BIGINT REFERENCES contacts (id),
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'failed')),
    raw TEXT,
    error TEXT,
    event TEXT
) {clustered};

CREATE INDEX inbox_by_age ON inbox (at);
CREATE INDEX inbox_failed ON inbox (at) WHERE state = 'failed';

CREATE TABLE outbox (
    id {identity},
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'sending', 'sent', 'unreachable', 'failed', 'unknown')),
    -- 1 while it is still to be sent.
    waiting SMALLINT NOT NULL DEFAULT 1,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL,
    platform_id TEXT,
    ticket_id BIGINT REFERENCES tickets (id),
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    error TEXT
);

CREATE INDEX outbox_of_contact ON outbox (contact_id, id);
CREATE INDEX outbox_waiting ON outbox (channel, id) WHERE waiting = 1;
-- Only what was tried and put off can hold back what comes after it: few rows, none of them new.
CREATE INDEX outbox_put_off ON outbox (contact_id, lane, id) WHERE waiting = 1 AND attempts > 0;

CREATE TABLE timers (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    name TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (contact_id, name)
) {clustered};

CREATE INDEX timers_due ON timers (due_at);

-- key is what the channel calls the file for ever; sha256 names its bytes once they are here.
CREATE TABLE files (
    key TEXT NOT NULL PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size BIGINT,
    source TEXT NOT NULL,
    sha256 TEXT,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'stored', 'refused')),
    reason TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX files_wanted ON files (channel, not_before) WHERE state = 'wanted';
CREATE INDEX files_by_age ON files (created_at);
CREATE INDEX files_by_bytes ON files (sha256);

CREATE TABLE ticket_files (
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    place BIGINT NOT NULL,
    file_key TEXT NOT NULL REFERENCES files (key),
    PRIMARY KEY (ticket_id, file_key)
) {clustered};

CREATE INDEX ticket_files_of_file ON ticket_files (file_key);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL,
    fence BIGINT NOT NULL
) {clustered};
