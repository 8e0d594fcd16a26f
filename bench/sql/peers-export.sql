-- NAME: a query whose rows go into NAME.csv, for peers-tables.sql
-- months
SELECT num(start) FROM months
-- person
SELECT key FROM person
-- opportunity
SELECT row_number() OVER (), owner, month(created_at_day), num(created_at_day), month(closed_at_day), num(closed_at_day), month(quoted_at_day), outcome, type,
  amount, list_amount FROM opportunity
-- activity
SELECT owner, month(done_at_day), month(scheduled_at_day), kind, direction, outcome, duration FROM activity
-- lead
SELECT l.owner, o.number, month(l.created_at_day), num(l.created_at_day), epoch_us(l.created_at), month(assigned_at_day), epoch_us(assigned_at),
  epoch_us(first_touched_at), month(marketing_qualified_at_day), num(marketing_qualified_at_day), month(qualified_at_day), num(qualified_at_day),
  num(converted_at_day)
FROM lead l LEFT JOIN (SELECT key, row_number() OVER () AS number FROM opportunity) o ON o.key = l.opportunity
-- sale
SELECT owner, month(at_day), account, document, kind, net_amount, list_amount, cost FROM sale
-- service
SELECT owner, month(opened_at_day), epoch_us(opened_at), epoch_us(first_response_at), epoch_us(resolved_at), month(resolved_at_day), contacts, reopened::INTEGER
FROM "case"
-- survey
SELECT owner, person, month(at_day), kind, score, scale FROM survey
-- training
SELECT person, month(due_at_day), num(due_at_day), num(completed_at_day) FROM training
-- coaching
SELECT person, month(due_at_day), num(held_at_day) FROM coaching
-- action
SELECT owner, month(due_at_day), num(due_at_day), num(done_at_day) FROM action
-- quota
SELECT owner, month(starts_at_day), amount FROM quota WHERE kpi = 'revenue'
