-- The keys of the seal, each wrapped by a master key that is not in the database (storage/seal.py).
-- From here on the seal hides names, phones and addresses in `people`, `contacts`, `chat_moves`,
-- `members`, `invitations`, `staff_groups` and `group_answers`, and all texts that may repeat them:
-- sessions.state, outbox.payload, notes.words, log_notes.words, answers.words, inbox.raw and
-- inbox.event, files.name, announcements' words. In clear are the masked, folded words a case is
-- searched by (`ticket_words`) and what says nothing of anybody: codes, topics, communes, times.

CREATE TABLE keys (
    id {identity},
    holder TEXT NOT NULL,
    ring TEXT NOT NULL,
    master TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    -- When somebody last sent the bytes this key is for; 0 for other keys.
    used_at BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX keys_of_holder ON keys (holder, id);
CREATE INDEX keys_by_master ON keys (master, id);
CREATE INDEX keys_of_bytes ON keys (used_at) WHERE used_at > 0;

-- What was written before there was a seal and is sealed by now (storage/sealing.py).
CREATE TABLE sealed (
    name TEXT NOT NULL PRIMARY KEY
) {clustered};

-- Master keys that wrap nothing more: a worker that does not know it yet looks into its key file.
CREATE TABLE retired (
    name TEXT NOT NULL PRIMARY KEY
) {clustered};

-- What the secret makes of one word, so that another secret is told at the start: by it no chat and
-- no receipt would be found.
CREATE TABLE secret_check (
    id {key} CHECK (id = 1),
    said TEXT NOT NULL
);
