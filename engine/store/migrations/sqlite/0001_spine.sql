-- Times are milliseconds since the Unix epoch, UTC. JSON is kept as text. Words (lane, state …) are those of `ponte-model`.
--
-- Ids of contacts, runs and sends grow with time, and keys begin with the contact: what is written together lies
-- together, so a commit writes a few pages of each table instead of one for every row.

-- Grows with each change of numbers, installations or policies, so that a running pipeline notices.
CREATE TABLE registry (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO registry (id, version) VALUES (1, 1);

-- A business phone number, and what the operator set for it.
CREATE TABLE numbers (
    number_id     TEXT PRIMARY KEY,
    tenant        TEXT NOT NULL,
    waba_id       TEXT,
    display_phone TEXT,
    config        TEXT NOT NULL,            -- JSON of `NumberConfig`
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How a number stands with its phone and its account: JSON that the policy alone understands. Written rarely; whoever
-- writes names the revision that they read.
CREATE TABLE number_life (
    number_id TEXT PRIMARY KEY,
    life      TEXT NOT NULL,
    revision  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was last heard of a number; 0 for never. Written by ingest alone, exact to a minute.
CREATE TABLE number_signs (
    number_id   TEXT PRIMARY KEY,
    phone_at    INTEGER NOT NULL,           -- echo, address book or history
    echo_at     INTEGER NOT NULL,
    customer_at INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,           -- the first message of a customer after the last echo
    contacts_at INTEGER NOT NULL,
    history_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A person, once per tenant.
CREATE TABLE contacts (
    contact_id TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL,
    user_id    TEXT,
    phone      TEXT,
    name       TEXT,
    username   TEXT,
    app_name   TEXT,                        -- the name in the phone's address book
    app_name_at INTEGER NOT NULL DEFAULT 0, -- when the phone last changed it: an older change that comes late is none
    same_as    TEXT,                        -- the contact that this one turned out to be; nothing new comes to it
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_same ON contacts (same_as) WHERE same_as IS NOT NULL;

-- Every exact id that a person was seen by.
CREATE TABLE contact_aliases (
    tenant     TEXT NOT NULL,
    alias      TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (tenant, alias)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_tags (
    contact_id TEXT NOT NULL,
    tag        TEXT NOT NULL,
    PRIMARY KEY (contact_id, tag)
) STRICT, WITHOUT ROWID;

-- Who agreed to what, and who took it back. Rows are added and never changed or deleted: consent must be provable.
CREATE TABLE consent_entries (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,        -- the same thing told twice is written once
    contact_id TEXT NOT NULL,
    purpose    TEXT NOT NULL,               -- marketing, utility, authentication, any
    change     TEXT NOT NULL,               -- given, withdrawn
    source     TEXT NOT NULL,               -- chat, platform, import, operator, flow
    text       TEXT,                        -- what was written, or agreed to
    version    TEXT,                        -- of the words that were shown
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_of ON consent_entries (contact_id, seq);

-- People whom nothing automatic may reach, whatever they agreed to.
CREATE TABLE suppressed (
    contact_id TEXT PRIMARY KEY,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- (number, contact). `facts` is written by whoever handles the conversation's events, one at a time. `echo_seq` and
-- `echo_at` are written by ingest alone, in the transaction that stores an app echo: a send that did not know of the
-- echo cannot leave any more.
CREATE TABLE conversations (
    number_id  TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    facts      TEXT NOT NULL DEFAULT '{}',
    echo_seq   INTEGER NOT NULL DEFAULT 0,
    echo_at    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, number_id)
) STRICT, WITHOUT ROWID;

-- Orders of operators about conversations, until the running pipeline has made events of them.
CREATE TABLE controls (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    number_id  TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    control    TEXT NOT NULL,               -- JSON of `Control`
    at         INTEGER NOT NULL
) STRICT;

-- What was learned of the texts that a number's phone sends by itself: JSON that the policy alone understands.
CREATE TABLE phone_texts (
    number_id TEXT PRIMARY KEY,
    learned   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Everything that happened. Rows stay for the time in which the platform may deliver them again.
CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT NOT NULL UNIQUE,
    lane        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    tenant      TEXT NOT NULL,
    number_id   TEXT,
    contact_id  TEXT,
    message_id  TEXT,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    event       TEXT NOT NULL,              -- JSON of `Event`
    state       TEXT NOT NULL DEFAULT 'pending',   -- pending, done, parked
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,                       -- why it was put off or parked
    decision    TEXT,                       -- the rule that decided who handles it
    why         TEXT                        -- what there is to say beyond the rule's name
) STRICT;
CREATE INDEX inbox_open ON inbox (seq) WHERE state = 'pending';
CREATE INDEX inbox_chat ON inbox (contact_id, number_id, seq) WHERE kind IN ('message', 'echo');
CREATE INDEX inbox_orders ON inbox (tenant, contact_id) WHERE kind = 'order';
CREATE INDEX inbox_age ON inbox (received_at);

-- Keys and values of flows.
CREATE TABLE state (
    installation TEXT NOT NULL,
    scope        TEXT NOT NULL,
    owner        TEXT NOT NULL,             -- contact/number, contact, or empty
    key          TEXT NOT NULL,
    value        BLOB NOT NULL,
    version      INTEGER NOT NULL,
    expires_at   INTEGER,
    PRIMARY KEY (installation, scope, owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_expiry ON state (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE timers (
    installation TEXT NOT NULL,
    number_id    TEXT NOT NULL,
    contact_id   TEXT NOT NULL,
    name         TEXT NOT NULL,
    due          INTEGER NOT NULL,
    set_by       INTEGER NOT NULL,          -- the place in the inbox of the event that set it
    payload      TEXT NOT NULL,
    PRIMARY KEY (installation, contact_id, number_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due);

-- How far each cron schedule got.
CREATE TABLE schedules (
    installation TEXT NOT NULL,
    name         TEXT NOT NULL,
    reached      INTEGER NOT NULL,          -- the due time of the last firing, or when the schedule was first seen
    PRIMARY KEY (installation, name)
) STRICT, WITHOUT ROWID;

-- Everything to be sent, and what became of it.
CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    send_id      TEXT NOT NULL UNIQUE,
    number_id    TEXT NOT NULL,
    contact_id   TEXT NOT NULL,
    installation TEXT,
    run_id       TEXT,
    item         TEXT NOT NULL,             -- JSON of `OutboxItem`
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'queued',
    rank         INTEGER NOT NULL DEFAULT 0,        -- of the state: never goes down, save by an explicit requeue
    attempts     INTEGER NOT NULL DEFAULT 0,
    not_before   INTEGER NOT NULL DEFAULT 0,
    held         INTEGER NOT NULL DEFAULT 0,        -- a rule holds it, and others may overtake it; 1: until `not_before`,
                                                    -- 2: or until its template changes, 3: or until the customer writes
    lane         INTEGER NOT NULL DEFAULT 3,        -- how urgent it is: lower leaves first
    when_closed  TEXT,                      -- JSON of `WhenClosed`: what becomes of it if it finds the window closed
    expires_at   INTEGER,
    wamid        TEXT,
    code         INTEGER,                   -- Meta's error code
    reason       TEXT,                      -- why it failed, was refused or is in doubt
    pricing      TEXT,                      -- JSON of `Pricing`, first seen wins
    queued_at    INTEGER NOT NULL,
    sending_at   INTEGER,
    initiates    INTEGER NOT NULL DEFAULT 0,        -- a template that left outside the window: it counts against the tier
    accepted_at  INTEGER,
    sent_at      INTEGER,
    delivered_at INTEGER,
    read_at      INTEGER,
    failed_at    INTEGER
) STRICT;
CREATE INDEX outbox_queue ON outbox (number_id, lane, seq) WHERE state = 'queued';
CREATE INDEX outbox_left ON outbox (sending_at) WHERE sending_at IS NOT NULL;
CREATE INDEX outbox_wamid ON outbox (wamid) WHERE wamid IS NOT NULL;
CREATE INDEX outbox_chat ON outbox (contact_id, number_id, seq);
CREATE INDEX outbox_age ON outbox (queued_at);

-- The ledger: what each message that left costs, as far as it is known. Amounts are micro-units of `currency`. Written
-- with the row of the outbox that leaves, and outlives it.
CREATE TABLE charges (
    send_id      TEXT PRIMARY KEY,
    tenant       TEXT NOT NULL,
    number_id    TEXT NOT NULL,
    contact_id   TEXT NOT NULL,
    installation TEXT,
    account      TEXT NOT NULL,             -- for volume tiers
    market       TEXT,
    category     TEXT,
    free         TEXT,                      -- why it costs nothing
    currency     TEXT,
    quote        TEXT NOT NULL,             -- JSON: the price in each category when it left
    hold         INTEGER,                   -- set aside; null: unknown
    amount       INTEGER,                   -- what it costs; null: unknown
    stage        TEXT NOT NULL,             -- reserved, settled, freed
    owner        TEXT NOT NULL,             -- who held the conversation when it left
    day          TEXT NOT NULL,             -- in the account's zone: 2026-10-31
    at           INTEGER NOT NULL,
    told         TEXT,                      -- JSON of `Pricing`: what a status said, first seen wins
    phone_at     INTEGER                    -- when somebody next wrote from the phone, within a day
) STRICT, WITHOUT ROWID;
CREATE INDEX charges_day ON charges (day);
CREATE INDEX charges_chat ON charges (contact_id, number_id, at);

-- Requests of flows to web services, made after the run that asked. Stand-ins stand for secrets in them. A row stays
-- `queued` until its fate is known: a crash in the middle of a try leads to another with the same id, which is the
-- idempotency key.
CREATE TABLE requests (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id   TEXT NOT NULL UNIQUE,
    tenant       TEXT NOT NULL,
    installation TEXT NOT NULL,
    run_id       TEXT NOT NULL,
    number_id    TEXT,
    contact_id   TEXT,
    host         TEXT NOT NULL,
    request      TEXT NOT NULL,             -- JSON of `HttpRequest`
    state        TEXT NOT NULL DEFAULT 'queued',    -- queued, answered, failed, expired
    attempts     INTEGER NOT NULL DEFAULT 0,
    not_before   INTEGER NOT NULL DEFAULT 0,
    expires_at   INTEGER NOT NULL,
    status       INTEGER,                   -- of the last answer
    reason       TEXT,                      -- why it waits or failed
    queued_at    INTEGER NOT NULL,
    settled_at   INTEGER
) STRICT;
CREATE INDEX requests_queue ON requests (not_before) WHERE state = 'queued';
CREATE INDEX requests_age ON requests (settled_at) WHERE settled_at IS NOT NULL;

-- Secrets of installations, sealed with a key that is not in the database.
CREATE TABLE secrets (
    installation TEXT NOT NULL,
    name         TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    set_at       INTEGER NOT NULL,
    PRIMARY KEY (installation, name)
) STRICT, WITHOUT ROWID;

-- What installations spent on models, by the day (UTC), in micro-units of the configured currency.
CREATE TABLE ai_spend (
    installation TEXT NOT NULL,
    day          TEXT NOT NULL,
    spent        INTEGER NOT NULL,
    calls        INTEGER NOT NULL,
    PRIMARY KEY (day, installation)
) STRICT, WITHOUT ROWID;

-- What may be spent in a day.
CREATE TABLE budgets (
    scope    TEXT NOT NULL,                 -- tenant, number, flow
    owner    TEXT NOT NULL,
    currency TEXT NOT NULL,
    soft     INTEGER,                       -- micro-units
    hard     INTEGER,
    PRIMARY KEY (scope, owner)
) STRICT, WITHOUT ROWID;

-- One execution of a plugin.
CREATE TABLE runs (
    run_id       TEXT NOT NULL UNIQUE,
    seq          INTEGER NOT NULL,
    event_key    TEXT NOT NULL,
    installation TEXT NOT NULL,
    version      TEXT NOT NULL,
    digest       TEXT NOT NULL,
    number_id    TEXT,
    contact_id   TEXT,
    at           INTEGER NOT NULL,
    rule         TEXT NOT NULL,             -- the routing rule that chose the flow
    outcome      TEXT NOT NULL,             -- a short word
    report       TEXT NOT NULL              -- JSON: sentence, refusals, log, usage, effects
) STRICT;
CREATE INDEX runs_age ON runs (at);

-- What it takes to run a run again: what it was told, as the sandbox wrote it. Personal data, bounded in time and size.
CREATE TABLE recordings (
    run_id TEXT NOT NULL UNIQUE,
    at     INTEGER NOT NULL,                -- when it was made
    size   INTEGER NOT NULL,                -- bytes of the body
    body   BLOB NOT NULL
) STRICT;
CREATE INDEX recordings_age ON recordings (at, size);

CREATE TABLE installations (
    installation TEXT PRIMARY KEY,
    tenant       TEXT NOT NULL,
    flow         TEXT NOT NULL,
    version      TEXT NOT NULL,
    digest       TEXT NOT NULL,
    state        TEXT NOT NULL,             -- active, waiting, paused: follows from `installation_life`
    priority     INTEGER NOT NULL,          -- lower is asked first
    numbers      TEXT NOT NULL,             -- JSON list of number ids; empty: every number of the tenant
    package      TEXT NOT NULL,             -- JSON of the package as installed
    settings     TEXT NOT NULL,             -- JSON, checked against the schema
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Versions of installations, side by side: the one in force (it is also in `installations`), and those that were replaced
-- while conversations may go on with them.
CREATE TABLE installation_versions (
    installation TEXT NOT NULL,
    version      TEXT NOT NULL,
    digest       TEXT NOT NULL,
    package      TEXT NOT NULL,             -- JSON of the package as installed
    settings     TEXT NOT NULL,             -- JSON, checked against that package's schema
    installed_at INTEGER NOT NULL,
    needed_until INTEGER,                   -- kept at least until then; null for the one in force
    PRIMARY KEY (installation, version, digest)
) STRICT, WITHOUT ROWID;

-- What stops an installation, and since when: JSON that the policy alone understands. Written rarely; whoever writes names
-- the revision that they read.
CREATE TABLE installation_life (
    installation TEXT PRIMARY KEY,
    life         TEXT NOT NULL,
    revision     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who handles what, by tenant. Every version is kept; the last one is in force.
CREATE TABLE routing_policies (
    tenant     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    policy     TEXT NOT NULL,               -- JSON; null where there is none any more
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

-- Components by digest: what was installed runs, whatever becomes of the folder it came from.
CREATE TABLE plugins (
    digest     TEXT PRIMARY KEY,
    component  BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Templates as the platform has them.
CREATE TABLE templates (
    waba_id  TEXT NOT NULL,
    name     TEXT NOT NULL,
    language TEXT NOT NULL,
    told_at  INTEGER NOT NULL,              -- when a webhook last changed it; 0: as it was listed
    template TEXT NOT NULL,                 -- JSON of `Registered`
    PRIMARY KEY (waba_id, name, language)
) STRICT, WITHOUT ROWID;

-- When templates were last sent, for longer than the outbox is kept: noted before its rows are deleted.
CREATE TABLE template_uses (
    waba_id TEXT NOT NULL,
    name    TEXT NOT NULL,
    sent    INTEGER NOT NULL,               -- how many of the deleted rows left
    last_at INTEGER NOT NULL,
    PRIMARY KEY (waba_id, name)
) STRICT, WITHOUT ROWID;

-- Accounts whose templates were listed. Of others nobody can say what they have.
CREATE TABLE template_books (
    waba_id TEXT PRIMARY KEY,
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Templates that were submitted for installations. The row is written before the request leaves: whoever wrote it
-- submits, and nobody else. A row without outcome is one whose fate nobody noted; after minutes it may be claimed anew.
CREATE TABLE submissions (
    waba_id    TEXT NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    outcome    TEXT,                        -- submitted, refused
    why        TEXT,                        -- what the platform said
    PRIMARY KEY (waba_id, name, language)
) STRICT, WITHOUT ROWID;

-- What the shop is told. A key has one open notice at most.
CREATE TABLE notices (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    key       TEXT NOT NULL,
    tenant    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    words     TEXT NOT NULL,                -- JSON: what, and what to do, in each language
    since     INTEGER NOT NULL,
    until     INTEGER,                      -- when it ends by itself
    closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX notices_open ON notices (key) WHERE closed_at IS NULL;
CREATE INDEX notices_closed ON notices (closed_at) WHERE closed_at IS NOT NULL;
