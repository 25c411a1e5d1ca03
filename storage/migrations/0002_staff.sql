-- People who act for the province, and the one-time invitations that make them so.

CREATE TABLE staff (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (contact_id, role)
) {clustered};

-- Only a keyed hash of the token: who reads the database can't join by it.
CREATE TABLE invitations (
    token_key TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_by BIGINT REFERENCES contacts (id)
) {clustered};
