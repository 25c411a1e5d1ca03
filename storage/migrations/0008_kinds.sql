-- What a case is by its content and demand (Circular 05/2021/TT-TTCP), as its sender or a dispatcher
-- said; `seems` is what its words spoke for when the sender chose otherwise, until a dispatcher looks.
ALTER TABLE tickets ADD COLUMN kind TEXT NOT NULL DEFAULT 'feedback';
ALTER TABLE tickets ADD COLUMN seems TEXT NOT NULL DEFAULT '';

-- The queue by kind: few cases, looked for often.
CREATE INDEX tickets_emergencies ON tickets (due_on, id) WHERE open = 1 AND kind = 'emergency';
CREATE INDEX tickets_complaints ON tickets (due_on, id) WHERE open = 1 AND kind = 'complaint';
CREATE INDEX tickets_doubtful ON tickets (due_on, id) WHERE open = 1 AND seems <> '';
