-- What was written before there was a seal, as the sixth migration left it.

INSERT INTO people (id, name, phone, lang, created_at)
VALUES (1, 'Lò Thị Mẩy', '0912345678', 'vi', 1),
    (2, '', '', 'vi', 1);

INSERT INTO contacts (id, channel, address_key, address, person_id, created_at)
VALUES (1, 'telegram', '70001', '70001', 1, 1),
    (2, 'telegram', '70002', '70002', 2, 1);

INSERT INTO chat_moves (channel, address_key, contact_id, at)
VALUES ('telegram', '-70001', 1, 1);

INSERT INTO sessions (contact_id, state, updated_at)
VALUES (1, '{"said":"Nước suối bị đục"}', 1),
    (2, '', 1);

INSERT INTO outbox (contact_id, channel, lane, payload, not_before, created_at)
VALUES (1, 'telegram', 'reply', 'Đã ghi: Nước suối bị đục', 1, 1);

INSERT INTO shared_words (payload)
VALUES ('Lò Thị Mẩy đã gửi');

INSERT INTO log_notes (seq, salt, words)
VALUES (1, 'salt', 'Nước suối bị đục');

INSERT INTO inbox (id, at, contact_id, state, raw, error, event)
VALUES ('telegram:1', 1, 1, 'failed', 'raw 0912345678', 'E', 'event 0912345678'),
    ('telegram:2', 1, NULL, 'failed', 'raw 70001', 'E', '');

INSERT INTO members (id, contact_id, name, since)
VALUES (1, 1, 'Lò Thị Mẩy', 1);

INSERT INTO invitations (token_key, role, created_at, expires_at, name)
VALUES ('k', 'officer', 1, 9, 'Lò Thị Mẩy');

INSERT INTO staff_groups (address_key, address, thread, unit, bound_at, bound_by)
VALUES ('-100777', '-100777', 0, '*', 1, 1);

INSERT INTO group_answers (address_key, address, thread, reply_to, text, linked, at)
VALUES ('-100777', '-100777', 0, 0, 'PA-1', 0, 1);

INSERT INTO group_sends (address_key, at)
VALUES ('-100777', 1);

INSERT INTO group_hints (person_key, at)
VALUES ('-100777:70001', 1);

INSERT INTO announcements (code, unit, author, state, urgent, words, reason, audience, created_at)
VALUES ('TB-1', '*', 1, 'drafted', 0, '{"text":"Lò Thị Mẩy"}', '70001', '{}', 1);

INSERT INTO files (key, contact_id, channel, kind, name, mime, size, source, sha256, state,
    not_before, created_at)
VALUES ('telegram:A', 1, 'telegram', 'photo', 'đơn của Mẩy.pdf', 'image/png', 508, 'id',
    '{digest}', 'stored', 1, 1),
    ('telegram:B', 1, 'telegram', 'photo', '', 'image/png', 9, 'id',
    'abababababababababababababababababababababababababababababababab', 'stored', 1, 1);

INSERT INTO ticket_words (rowid, words)
VALUES (1, 'khoi0 vung0 goi 0912345678 thua 123'),
    (2, 'khoi0 vung0 nuoc suoi');
