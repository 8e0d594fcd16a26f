-- Each query's months lie together, ordered as it groups, with all that it reads: neither table nor sort is needed.
CREATE INDEX opportunity_closed ON opportunity (closed_month, owner, outcome, type, amount, list_amount, closed_day, created_day);
CREATE INDEX opportunity_created ON opportunity (created_month, owner, outcome, amount, closed_day, created_day);
CREATE INDEX opportunity_quoted ON opportunity (quoted_month, owner, outcome);
CREATE INDEX opportunity_owner ON opportunity (owner, closed_month, outcome);
CREATE INDEX activity_done ON activity (done_month, owner, kind, outcome, direction, duration);
CREATE INDEX activity_scheduled ON activity (scheduled_month, owner, outcome, done_month) WHERE kind IN ('meeting', 'demo');
CREATE INDEX lead_created ON lead (created_month, owner, opportunity, created_us, created_day, touched_us);
CREATE INDEX lead_assigned ON lead (assigned_month, owner, assigned_us, touched_us);
CREATE INDEX lead_marketing ON lead (mql_month, owner, mql_day, qualified_day);
CREATE INDEX lead_qualified ON lead (qualified_month, owner, qualified_day, converted_day);
CREATE INDEX sale_month ON sale (month, owner, net_amount, list_amount, cost, kind, document, account);
CREATE INDEX service_opened ON service (opened_month, owner, opened_us, responded_us, resolved_us);
CREATE INDEX service_resolved ON service (resolved_month, owner, contacts, reopened);
CREATE INDEX survey_month ON survey (month, owner, kind, score, scale, person);
