-- Groups of officials on Telegram, and the cards of cases shown there. The seal hides addresses.

-- A group, or one topic of it (thread; 0 is none), that shows the cases of a unit ('*': of all).
-- Several topics of one group have the same address. Inactive once the bot was put out of it.
CREATE TABLE staff_groups (
    id {identity},
    address_key TEXT NOT NULL,
    address TEXT NOT NULL,
    thread BIGINT NOT NULL,
    thread_lost SMALLINT NOT NULL DEFAULT 0,
    unit TEXT NOT NULL,
    active SMALLINT NOT NULL DEFAULT 1,
    bound_at BIGINT NOT NULL,
    bound_by BIGINT NOT NULL,
    held_until BIGINT NOT NULL DEFAULT 0,
    UNIQUE (address_key, thread)
);

-- A case in a group: in which message (empty: in none yet; one of several cases is a digest) and
-- what that says, as a digest of its text. What is in changes and not yet in told waits to be shown.
-- late: shown after its due date; over: shown as closed or given to another unit.
CREATE TABLE group_cards (
    group_id BIGINT NOT NULL REFERENCES staff_groups (id),
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    message TEXT NOT NULL DEFAULT '',
    shown TEXT NOT NULL DEFAULT '',
    changes BIGINT NOT NULL DEFAULT 1,
    told BIGINT NOT NULL DEFAULT 0,
    late SMALLINT NOT NULL DEFAULT 0,
    over SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (ticket_id, group_id)
) {clustered};

CREATE INDEX group_cards_of_message ON group_cards (group_id, message);
-- Asked for with the literal `changes > told`.
CREATE INDEX group_cards_waiting ON group_cards (group_id, ticket_id) WHERE changes > told;

-- Cases that changed while there was a group: one row a change, taken away when it is in the cards.
-- Rows are only added, so that a change not yet committed is never taken away unseen.
CREATE TABLE group_changes (
    id {identity},
    ticket_id BIGINT NOT NULL REFERENCES tickets (id)
);

-- What is to be answered in a group.
CREATE TABLE group_answers (
    id {identity},
    address_key TEXT NOT NULL,
    address TEXT NOT NULL,
    thread BIGINT NOT NULL,
    reply_to BIGINT NOT NULL,
    text TEXT NOT NULL,
    linked SMALLINT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX group_answers_of_group ON group_answers (address_key, id);

-- Calls of the last minute, so that the pace is kept over a restart.
CREATE TABLE group_sends (
    id {identity},
    address_key TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX group_sends_of_group ON group_sends (address_key, at);

-- Who was told lately what the group is for.
CREATE TABLE group_hints (
    person_key TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
) {clustered};
