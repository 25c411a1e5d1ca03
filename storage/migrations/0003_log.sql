-- What is done and is about no case: invitations, administration, refusals without a case.
-- The seal hides log_notes.words; data and subject say nothing of anybody.

CREATE TABLE log (
    seq {key},
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Whom or what it is about, by an id: contact:7, unit:so-nn-mt. Empty when there is none.
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX log_of_subject ON log (subject, seq);

{log_only_grows};

-- Words beside the entry that holds their salted digest, as `notes` are beside history.
CREATE TABLE log_notes (
    seq {key} REFERENCES log (seq),
    salt TEXT NOT NULL,
    words TEXT NOT NULL
);

-- The last entry and its hash, so that a cut-off end is seen; one row, locked while appending.
CREATE TABLE log_head (
    id {key} CHECK (id = 1),
    entries BIGINT NOT NULL,
    head TEXT NOT NULL
);

INSERT INTO log_head (id, entries, head) VALUES (1, 0, '');
