-- What has the content of a denunciation, told in confidence: no case, and in no table of cases. The
-- seal hides all that is told of it, also who told it and of which unit, by keys on a ring of their
-- own (`denunciation:ID`). In clear is that there is one, since when, and where it stands.

-- A draft has no receipt yet; one that is never sent is deleted, its key first.
CREATE TABLE denunciations (
    id {identity},
    code TEXT NOT NULL UNIQUE,
    receipt_key TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('draft', 'received', 'forwarded', 'guided', 'closed')),
    open SMALLINT NOT NULL DEFAULT 0,
    due_on TEXT NOT NULL DEFAULT '',
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- JSON: whose chat, the unit named, name, telephone, language.
    body TEXT NOT NULL,
    entries BIGINT NOT NULL DEFAULT 0,
    head TEXT NOT NULL DEFAULT ''
);

CREATE INDEX denunciations_open ON denunciations (id) WHERE open = 1;

-- What was told and done, each look included: a chain (storage/chain.py). words is JSON, with the
-- salt of the digest in `data`: a salt in clear would let short words be guessed.
CREATE TABLE denunciation_entries (
    denunciation_id BIGINT NOT NULL REFERENCES denunciations (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (denunciation_id, seq)
) {clustered};

-- file_key is set while the bytes are still on their way through `files`; then `about` (JSON: name,
-- kind, type, size, digest) is all there is, and bytes_key, the digest, which is keyed, finds it.
CREATE TABLE denunciation_files (
    denunciation_id BIGINT NOT NULL REFERENCES denunciations (id),
    place BIGINT NOT NULL,
    file_key TEXT NOT NULL,
    bytes_key TEXT NOT NULL,
    about TEXT NOT NULL,
    PRIMARY KEY (denunciation_id, place)
) {clustered};

CREATE INDEX denunciation_files_coming ON denunciation_files (file_key) WHERE file_key <> '';
CREATE INDEX denunciation_files_by_bytes ON denunciation_files (bytes_key);

-- 1: said in confidence. Its payload is sealed by a key of the ring of denunciations, and the row goes
-- as soon as whoever was told has done something else.
ALTER TABLE outbox ADD COLUMN confidential SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_confidential ON outbox (contact_id, id) WHERE confidential = 1;
